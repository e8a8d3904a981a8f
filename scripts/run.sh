#!/usr/bin/env bash
# From a clone to a page: installs what is missing, builds, serves http://127.0.0.1:3000 until Ctrl-C.
# PORT picks another port, DATA_DIR another data folder. Quick when nothing changed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$repo"

port="${PORT:-3000}"
data="${DATA_DIR:-data}"
[[ "$port" =~ ^[0-9]+$ ]] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ] ||
    die "PORT is '$port'; it must be a number from 1 to 65535"

check_port() {
    port_is_free "$port" ||
        die "port $port on 127.0.0.1 is in use; stop what listens there or choose another: make run PORT=$((port + 1))"
}

check_port
# A relative folder is meant from where make was called, which is the checkout.
mkdir -p "$data" 2>/dev/null && [ -w "$data" ] ||
    die "the data folder '$data' cannot be written; fix its permissions or choose another: make run DATA_DIR=…"

scripts/bundle.sh
say "Building the server (the first time takes some minutes)"
cargo build --release --package server --bin crypto

check_port
server=
stop() {
    [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
}
trap stop INT TERM
LEPTOS_OUTPUT_NAME=crypto LEPTOS_SITE_ROOT="$target/site" LEPTOS_SITE_PKG_DIR=pkg \
    "$target/release/crypto" --config-dir config --data-dir "$data" \
    serve --listen "127.0.0.1:$port" --site-root "$target/site" --demo-exchange &
server=$!

for _ in $(seq 300); do
    kill -0 "$server" 2>/dev/null || break
    if ! port_is_free "$port"; then
        say "Ready: http://127.0.0.1:$port (data in $data, stop with Ctrl-C)"
        break
    fi
    sleep 0.1
done
# A signal interrupts `wait`; the second one collects the server's own orderly end.
status=0
wait "$server" || status=$?
if kill -0 "$server" 2>/dev/null; then
    wait "$server" || status=$?
fi
# 130 and 143: stopped from the keyboard or by a supervisor, which is how a server ends.
case "$status" in 130 | 143) status=0 ;; esac
exit "$status"
