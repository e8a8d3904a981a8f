#!/usr/bin/env bash
# The long versions of two tests: a day of live streaming on a simulated exchange that misbehaves in every way it knows, and
# kill -9 of the server at fifty random moments while it fills and follows, into the lake and into PostgreSQL.
#
#   scripts/soak.sh               both
#   scripts/soak.sh day|kills     one of them
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

case "${1:-both}" in
both) day && kills ;;
day) day ;;
kills) kills ;;
*) die "day, kills, or nothing for both" ;;
esac
