#!/bin/sh
# A throw-away Redis for tests. It listens on a Unix socket in its own folder only: no port to clash with another clone's,
# nothing reachable from outside. It keeps nothing on disk: stopped and started again, it is empty.
#
#   scripts/redis.sh start DIR [PID]   starts a server in DIR (made; an existing one must be of this script) and prints its
#                                      URL; with PID, stops and deletes it once that process is gone
#   scripts/redis.sh halt DIR          stops the server and keeps DIR, so that 'start' brings it back at the same URL
#   scripts/redis.sh stop DIR          stops the server and deletes DIR
#   scripts/redis.sh check             says where Redis's server is, or fails
#
# The server is taken from REDIS_SERVER or PATH (redis-server, valkey-server).
set -eu

fail() {
    echo "redis.sh: $*" >&2
    exit 1
}

# Prints the path of the server's program.
find_server() {
    command -v "${REDIS_SERVER:-redis-server}" || command -v valkey-server ||
        fail "no Redis here (redis-server); 'make test' installs it, or: apt-get install redis-server"
}

# Whether the server of this folder is alive. Its title names its socket: a stale pid may be somebody else's by now.
is_running() {
    [ -f "$dir/redis.pid" ] || return 1
    case "$(ps -o args= -p "$(cat "$dir/redis.pid")" 2>/dev/null)" in *"$dir/redis."*) ;; *) return 1 ;; esac
}

start() {
    server=$(find_server)
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd -P)
    [ -f "$dir/redis.conf" ] || [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty"
    # A socket's path has at most 107 bytes.
    [ "${#dir}" -le 85 ] || fail "$dir: the path is too long for a Unix socket; use a shorter one"
    case "$dir" in *[!A-Za-z0-9/._-]*) fail "$dir: use letters, digits, '.', '_' and '-' only" ;; esac
    ! is_running || fail "a server is running in $dir already"
    chmod 700 "$dir"
    cat >"$dir/redis.conf" <<CONF
port 0
unixsocket $dir/redis.sock
unixsocketperm 700
dir $dir
pidfile $dir/redis.pid
logfile $dir/redis.log
daemonize yes
save ""
appendonly no
CONF
    rm -f "$dir/redis.sock"
    "$server" "$dir/redis.conf" >"$dir/start.log" 2>&1 || fail "Redis did not start: $(tail -n 5 "$dir/start.log")"
    # The daemon's parent returns before the socket is there.
    tries=0
    until [ -S "$dir/redis.sock" ] && is_running; do
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || fail "Redis did not start: $(tail -n 5 "$dir/redis.log")"
        sleep 0.1
    done
    if [ -n "${1:-}" ]; then
        # Outlives its parent's shell and holds none of its pipes.
        setsid sh -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; exec sh "$2" stop "$3"' \
            watchdog "$1" "$script" "$dir" </dev/null >/dev/null 2>&1 &
    fi
    echo "unix://$dir/redis.sock"
}

# Returns once the server is gone.
halt() {
    [ -d "$dir" ] || return 0
    dir=$(cd "$dir" && pwd -P)
    # Nothing but a folder that we made is ever touched.
    [ -f "$dir/redis.conf" ] || fail "$dir holds no server of this script"
    ! is_running || kill -KILL "$(cat "$dir/redis.pid")" 2>/dev/null || true
    tries=0
    while is_running; do
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || fail "the server in $dir does not stop"
        sleep 0.05
    done
    rm -f "$dir/redis.pid"
}

script=$(readlink -f "$0")
dir=${2:-}
case "${1:-}" in
start)
    [ -n "$dir" ] || fail "name a folder: start DIR [PID]"
    start "${3:-}"
    ;;
halt)
    [ -n "$dir" ] || fail "name a folder: halt DIR"
    halt
    ;;
stop)
    [ -n "$dir" ] || fail "name a folder: stop DIR"
    halt
    rm -rf "$dir"
    ;;
check) find_server ;;
*)
    sed -n '2,/^set -eu/p' "$script" | sed '$d; s/^# \{0,1\}//'
    exit 2
    ;;
esac
