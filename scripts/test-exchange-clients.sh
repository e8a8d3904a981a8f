#!/bin/sh
# Downloads candles with ccxt and python-binance from PyPI, pointed at a Binance-compatible exchange, and prints them as JSON.
#
#   scripts/test-exchange-clients.sh BASE_URL SYMBOL INTERVAL START_MS END_MS
#   scripts/test-exchange-clients.sh --install          only sets the clients up
#
# The clients live in a virtual environment under ${CRYPTO_TOOLS_DIR:-.tools}/venv, made on first use (python3 with venv is
# needed). Messages go to standard error, JSON alone to standard output.
set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
venv="${CRYPTO_TOOLS_DIR:-$root/.tools}/venv"
# Pinned: a new release of a client must not turn the tests red by itself.
packages="ccxt==4.5.90 python-binance==1.0.37"
stamp="$venv/.exchange-clients"

if [ "$(cat "$stamp" 2>/dev/null || true)" != "$packages" ]; then
    command -v python3 >/dev/null || { echo "python3 is missing; install it with: apt-get install python3-venv" >&2; exit 1; }
    echo "installing $packages into $venv" >&2
    [ -x "$venv/bin/pip" ] || python3 -m venv "$venv" >&2 || {
        echo "python3 cannot make a virtual environment; install it with: apt-get install python3-venv" >&2
        exit 1
    }
    # shellcheck disable=SC2086  # two packages, two words
    "$venv/bin/pip" install --quiet --disable-pip-version-check $packages >&2
    printf '%s' "$packages" > "$stamp"
fi
[ "${1:-}" = "--install" ] && exit 0
exec "$venv/bin/python" "$root/scripts/exchange_clients.py" "$@"
