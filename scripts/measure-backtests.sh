#!/usr/bin/env bash
# Backtests as users start them (bench/backtests.py). Arguments: another `crypto` to compare with, the number of rounds; both may be
# left out.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$repo"

need_rust
say "Building the server (release)"
cargo build --release --package server --bin crypto
python3 bench/backtests.py "$target/release/crypto" "$@"
