#!/usr/bin/env bash
# The performance comparisons of bench/README.md, as ratios within one run. Arguments: the number of rounds.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$repo"

need_rust
python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install "the peers are Python packages" python3 python3-venv
venv="$tools/bench-venv"
packages="vectorbt==1.2.0 vectorbt-rust==1.2.0"
if [ "$(cat "$venv/.installed" 2>/dev/null)" != "$packages" ]; then
    say "Installing $packages (pip)"
    [ -x "$venv/bin/pip" ] || python3 -m venv "$venv"
    # shellcheck disable=SC2086 # two packages, two words
    "$venv/bin/pip" install --quiet --disable-pip-version-check $packages >&2
    printf '%s' "$packages" >"$venv/.installed"
fi
say "Building the engine (release)"
cargo build --release --package backtest --example bench_sma
"$venv/bin/python" bench/sma_crossover.py "$target/release/examples/bench_sma" "$@"
