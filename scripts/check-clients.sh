#!/usr/bin/env bash
# Runs lake_readers.py, lake_kills.py and check-clients.py with the clients from PyPI, in a virtual environment below $tools. CRYPTO_BIN
# names the binary; with EXCHANGE_SIM_BIN instead (the example `serve` of crates/exchange-sim) only the exchange's streams are checked.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

venv="$tools/venv"
# Pinned, like the clients: a new release must not turn the check red by itself.
reader="duckdb==1.5.6 polars==2.1.0"

CRYPTO_TOOLS_DIR="$tools" "$repo/scripts/test-exchange-clients.sh" --install
if [ "$(cat "$venv/.lake-reader" 2>/dev/null)" != "$reader" ]; then
    say "Installing $reader (pip)"
    # shellcheck disable=SC2086 # several packages, several words
    "$venv/bin/pip" install --quiet --disable-pip-version-check $reader >&2
    printf '%s' "$reader" >"$venv/.lake-reader"
fi
[ "${1:-}" != --install ] || exit 0
[ -z "${EXCHANGE_SIM_BIN:-}" ] ||
    exec "$venv/bin/python" -B "$repo/scripts/check-clients.py" --simulator "$EXCHANGE_SIM_BIN"
"$venv/bin/python" -B "$repo/scripts/lake_readers.py" "${CRYPTO_BIN:-$target/debug/crypto}"
"$venv/bin/python" -B "$repo/scripts/lake_kills.py" "${CRYPTO_BIN:-$target/debug/crypto}"
exec "$venv/bin/python" -B "$repo/scripts/check-clients.py" "${CRYPTO_BIN:-$target/debug/crypto}"
