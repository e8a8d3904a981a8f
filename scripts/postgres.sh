#!/bin/sh
# A throw-away PostgreSQL cluster for tests. It listens on a Unix socket in its own folder only: no port to clash with
# another clone's, nothing reachable from outside.
#
#   scripts/postgres.sh start DIR [PID]   makes and starts a cluster in DIR (made; must be absent or empty) and prints
#                                         its URL; with PID, stops and deletes it once that process is gone
#   scripts/postgres.sh stop DIR          stops the cluster and deletes DIR
#   scripts/postgres.sh check             says where PostgreSQL's programs are, or fails
#
# PostgreSQL refuses to run as root: as root, everything runs as the user 'postgres' (PG_USER names another). The
# programs are taken from PG_BIN, PATH, or the newest /usr/lib/postgresql/*/bin. Data is not synced to disk.
set -eu

fail() {
    echo "postgres.sh: $*" >&2
    exit 1
}

# Prints the folder of initdb and pg_ctl.
find_programs() {
    for candidate in "${PG_BIN:-}" "$(dirname "$(command -v initdb || echo /none/initdb)")" \
        $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr) /usr/pgsql-*/bin; do
        if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then
            # Debian's programs look for their siblings beside the real file, so follow links.
            dirname "$(readlink -f "$candidate/initdb")"
            return
        fi
    done
    fail "no PostgreSQL here (initdb and pg_ctl); 'make test' installs it, or: apt-get install postgresql"
}

# Runs a command as somebody whom PostgreSQL accepts.
unprivileged() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    else
        setpriv --reuid "$user" --regid "$user" --clear-groups env HOME="$dir" "$@"
    fi
}

start() {
    bin=$(find_programs)
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd -P)
    [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty"
    # A socket's path has at most 107 bytes.
    [ "${#dir}" -le 85 ] || fail "$dir: the path is too long for a Unix socket; use a shorter one"
    case "$dir" in *[!A-Za-z0-9/._-]*) fail "$dir: use letters, digits, '.', '_' and '-' only" ;; esac
    if [ "$(id -u)" = 0 ]; then
        id "$user" >/dev/null 2>&1 || fail "there is no user '$user' to run PostgreSQL as; set PG_USER"
        chown "$user:" "$dir"
        setpriv --reuid "$user" --regid "$user" --clear-groups test -w "$dir" ||
            fail "user '$user' cannot get into $dir; use a folder under /tmp"
    fi
    chmod 700 "$dir"
    # From a folder that the unprivileged user may read.
    cd "$dir"
    unprivileged "$bin/initdb" --pgdata "$dir/data" --username crypto --auth trust --encoding UTF8 --no-locale \
        --no-sync >"$dir/initdb.log" 2>&1 || fail "initdb failed: $(tail -n 5 "$dir/initdb.log")"
    cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 300
shared_buffers = 64MB
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    unprivileged "$bin/pg_ctl" --pgdata "$dir/data" --log "$dir/server.log" --wait --timeout 60 start \
        >"$dir/pg_ctl.log" 2>&1 || fail "PostgreSQL did not start: $(tail -n 5 "$dir/server.log" "$dir/pg_ctl.log")"
    if [ -n "${1:-}" ]; then
        # Outlives its parent's shell and holds none of its pipes.
        setsid sh -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; exec sh "$2" stop "$3"' \
            watchdog "$1" "$script" "$dir" </dev/null >/dev/null 2>&1 &
    fi
    echo "postgres://crypto@localhost/postgres?host=$dir"
}

stop() {
    [ -d "$dir" ] || return 0
    dir=$(cd "$dir" && pwd -P)
    # Nothing but a folder that we made is ever deleted.
    [ -f "$dir/data/PG_VERSION" ] && [ -f "$dir/initdb.log" ] || fail "$dir holds no cluster of this script"
    if [ -f "$dir/data/postmaster.pid" ]; then
        bin=$(find_programs)
        cd "$dir"
        unprivileged "$bin/pg_ctl" --pgdata "$dir/data" --mode immediate --wait stop >/dev/null 2>&1 || true
        cd /
    fi
    rm -rf "$dir"
}

script=$(readlink -f "$0")
user=${PG_USER:-postgres}
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
check) find_programs ;;
*)
    sed -n '2,/^set -eu/p' "$script" | sed '$d; s/^# \{0,1\}//'
    exit 2
    ;;
esac
