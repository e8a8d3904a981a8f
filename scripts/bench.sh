#!/usr/bin/env bash
# The performance comparisons of bench/README.md, as ratios within one run. Arguments: the number of rounds.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$repo"

need_rust
python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install "the peers are Python packages" python3 python3-venv
venv="$tools/bench-venv"
packages="vectorbt==1.2.0 vectorbt-rust==1.2.0 pandas==3.1.1 numpy==2.4.6 orjson==3.13.0 pyarrow==26.0.1 polars==2.1.0 duckdb==1.5.6 psycopg[binary]==3.3.9"
if [ "$(cat "$venv/.installed" 2>/dev/null)" != "$packages" ]; then
    say "Installing $packages (pip)"
    [ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
    # shellcheck disable=SC2086 # several packages, several words
    "$venv/bin/pip" install --quiet --disable-pip-version-check $packages >&2
    printf '%s' "$packages" >"$venv/.installed"
fi
scripts/postgres.sh check >/dev/null 2>&1 || apt_install "candles go into PostgreSQL too" postgresql
say "Building the engine and the stores (release)"
cargo build --release --package backtest --example bench_sma
cargo build --release --package market-data --example bench_candles
"$venv/bin/python" bench/sma_crossover.py "$target/release/examples/bench_sma" "$@"
"$venv/bin/python" bench/candles.py "$target/release/examples/bench_candles" scripts/postgres.sh "$@"
