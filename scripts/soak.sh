#!/usr/bin/env bash
# The long versions of three tests: a day of live streaming on a simulated exchange that misbehaves in every way it knows; kill -9
# of worker and web at fifty random moments each while they download and follow, into the lake and into PostgreSQL; and fifty
# kills of those who write a lake that DuckDB reads all the while.
#
#   scripts/soak.sh               all
#   scripts/soak.sh day           the day
#   scripts/soak.sh kills         the kills, ours and those that DuckDB watches
#   scripts/soak.sh lake          only those that DuckDB watches
#
# CRYPTO_SOAK_HOURS, CRYPTO_SOAK_SPEED, CRYPTO_SOAK_SEED and CRYPTO_CRASH_ROUNDS, CRYPTO_CRASH_SEED change what is done.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$repo"
need_rust

day() {
    say "A day of streaming"
    CRYPTO_SOAK_HOURS="${CRYPTO_SOAK_HOURS:-24}" CRYPTO_SOAK_SPEED="${CRYPTO_SOAK_SPEED:-720}" \
        cargo test --release --package ingest --test it day:: -- --nocapture
}

kills() {
    say "Kills"
    scripts/postgres.sh check >/dev/null 2>&1 || apt_install "candles are killed in PostgreSQL too" postgresql
    CRYPTO_CRASH_ROUNDS="${CRYPTO_CRASH_ROUNDS:-50}" \
        cargo test --package server --test it crash::following -- --nocapture
}

lake() {
    say "Kills under DuckDB's eyes"
    python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install "DuckDB comes from PyPI" python3 python3-venv
    scripts/check-clients.sh --install
    cargo build --package server --bin crypto
    local seed=()
    [ -z "${CRYPTO_CRASH_SEED:-}" ] || seed=(--seed "$CRYPTO_CRASH_SEED")
    "$tools/venv/bin/python" -B scripts/lake_kills.py "$target/debug/crypto" \
        --kills "${CRYPTO_CRASH_ROUNDS:-50}" "${seed[@]}"
}

# Not in an `&&` list, where bash would go on after an error in the middle of a function.
case "${1:-all}" in
all) day; kills; lake ;;
day) day ;;
kills) kills; lake ;;
lake) lake ;;
*) die "day, kills, lake, or nothing for all" ;;
esac
