#!/usr/bin/env bash
# Deletes what `make run` stored: accounts, runs and candles. Asks first when someone is there to answer.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ -d "$repo/data" ] || { say "There is no data folder"; exit 0; }
if [ -t 0 ] && [ "${YES:-}" != 1 ]; then
    read -r -p "Delete $repo/data with all accounts, runs and candles? [y/N] " answer
    [ "$answer" = y ] || die "nothing deleted"
fi
rm -rf "$repo/data"
say "Deleted $repo/data"
