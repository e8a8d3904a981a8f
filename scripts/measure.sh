#!/usr/bin/env bash
# The numbers of README's "Measured": the release server's start, the dashboard under load, import speed, the page's weight.
# Uses its own throw-away data folder and ports; nothing of yours is touched.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$repo"

port="${PORT:-3310}"
base="http://127.0.0.1:$port"
scripts/bundle.sh
say "Building the server (release)"
cargo build --release --package server --bin crypto
has wrk || apt_install "wrk loads the dashboard with 50 concurrent readers" wrk
has curl || apt_install "the server is asked through curl" curl

crypto="$target/release/crypto"
work="$(mktemp -d "${TMPDIR:-/tmp}/crypto-measure.XXXXXX")"
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

port_is_free "$port" || die "port $port is in use; choose another: PORT=… scripts/measure.sh"
now_ms() { echo $(($(date +%s%N) / 1000000)); }
run() { "$crypto" --config-dir config --data-dir "$work/data" "$@"; }
start() {
    LEPTOS_OUTPUT_NAME=crypto "$crypto" --config-dir config --data-dir "$work/data" \
        serve --listen "127.0.0.1:$port" --site-root "$target/site" --demo-exchange "127.0.0.1:$((port + 1))" \
        >"$work/server.log" 2>&1 &
    server=$!
}
export DEMO_EXCHANGE_URL="http://127.0.0.1:$((port + 1))"

# A million generated one-minute candles, as a headerless 12-column CSV.
say "Generating 1,000,000 candles"
awk 'BEGIN {
    srand(7); price = 4000000
    for (i = 0; i < 1000000; i++) {
        open = price; price += int((rand() - 0.5) * 4000); high = (open > price ? open : price) + 100
        low = (open < price ? open : price) - 100; t = 1600000020000 + i * 60000
        # Not %d: some awks count in 32 bits.
        printf "%.0f,%.2f,%.2f,%.2f,%.2f,12.34567000,%.0f,%.8f,321,6.10000000,%.8f,0\n", \
            t, open / 100, high / 100, low / 100, price / 100, t + 59999, 0.1234567 * price, 0.061 * price
    }
}' >"$work/candles.csv"
begin="$(now_ms)"
run import "$work/candles.csv" --exchange binance --symbol BTCUSDT --interval 1m >"$work/import.log" 2>&1 ||
    die "the import failed: $(tail -n1 "$work/import.log")"
took=$(($(now_ms) - begin))
grep -q '1000000 candles added' "$work/import.log" || die "not every candle was stored: $(tail -n1 "$work/import.log")"
echo "import of 1,000,000 rows from CSV         $((1000000000 / took)) rows/s ($took ms)"

start
for _ in $(seq 600); do curl -sf -o /dev/null "$base/health" && break; sleep 0.01; done
run ingest --exchange demo --symbol BTCUSDT --interval 1h --days 365 >/dev/null 2>&1
curl -sf -o /dev/null -c "$work/cookies" -H "Origin: $base" --data-urlencode name=reader \
    --data-urlencode "password=measured and forgotten" --data-urlencode "password_again=measured and forgotten" "$base/api/set_up"
cookie="$(awk '/crypto_session/ { print $6 "=" $7 }' "$work/cookies")"
[ -n "$cookie" ] || die "the set-up of the measuring account failed; see $work/server.log"
kill "$server" && wait "$server" 2>/dev/null || true

times=()
for _ in 1 2 3 4 5; do
    begin="$(now_ms)"
    start
    until curl -sf -o /dev/null "$base/signin"; do :; done
    times+=("$(($(now_ms) - begin))")
    if [ "${#times[@]}" -lt 5 ]; then kill "$server" && wait "$server" 2>/dev/null || true; fi
done
echo "server start to first page                $(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p) ms (median of 5)"

curl -sf -o /dev/null -H "Cookie: $cookie" "$base/" || die "the dashboard does not open for the measuring account"
wrk --threads 2 --connections 50 --duration 10s --latency -H "Cookie: $cookie" "$base/" >"$work/wrk.log"
echo "dashboard, 50 concurrent readers          p99 $(awk '/99%/ { print $2 }' "$work/wrk.log"), $(awk '/Requests\/sec/ { print $2 }' "$work/wrk.log") pages/s"
grep -q 'Non-2xx' "$work/wrk.log" && die "some pages failed: $(grep 'Non-2xx' "$work/wrk.log")"
echo "memory of the server after that           $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$server/status") MB"
scripts/site-size.sh
say "Backtests: the whole command, many strategies, a job, a page of trades"
python3 bench/backtests.py "$crypto" 1
