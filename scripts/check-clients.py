"""Other people's programs against ours: ccxt and python-binance download what `crypto ingest` stored, DuckDB reads the lake,
ccxt.pro and python-binance follow the exchange's streams.

    check-clients.py CRYPTO_BINARY
    check-clients.py --simulator BINARY      only the streams; BINARY is the example `serve` of crates/exchange-sim

Starts `crypto exchange-sim` on a free port, ingests a month of its generated market, downloads the same month with the clients, and
compares every cell; then starts another one with a fast clock for the streams. Prints one line per check and closes with "N passed,
N failed".
"""

import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
from decimal import Decimal

import duckdb

import stream_clients

SCRIPTS = pathlib.Path(__file__).resolve().parent
SYMBOL, INTERVAL = "BTCUSDT", "15m"
# Long enough for several pages of 1000 candles.
START_MS, END_MS = 1_704_067_200_000, 1_706_745_600_000  # 2024-01-01 to 2024-02-01
EXCHANGES = """version: 1
exchanges:
  demo:
    adapter: binance
    base_url: http://127.0.0.1:{port}
    rate_limit: 6000
    synthetic: true
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit(f"crypto exchange-sim ended with code {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("crypto exchange-sim did not listen within 30 s")


def ingest(binary, folder):
    arguments = ["--config-dir", f"{folder}/config", "--data-dir", f"{folder}/data", "--json", "ingest"]
    arguments += ["--exchange", "demo", "--symbol", SYMBOL, "--interval", INTERVAL]
    arguments += ["--start", "2024-01-01", "--end", "2024-02-01"]
    subprocess.run([binary, *arguments], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def stored(folder):
    """The lake as a stranger reads it: hive partitions, exact decimals."""
    relation = duckdb.sql(
        f"""SELECT epoch_ms(open_time), open, high, low, close, volume
            FROM read_parquet('{folder}/data/lake/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)
            WHERE exchange = 'demo' AND symbol = '{SYMBOL}' AND "interval" = '{INTERVAL}'
            ORDER BY open_time"""
    )
    return relation.fetchall()


def download(port):
    arguments = [f"http://127.0.0.1:{port}", SYMBOL, INTERVAL, str(START_MS), str(END_MS)]
    script = [sys.executable, SCRIPTS / "exchange_clients.py", *arguments]
    return json.loads(subprocess.run(script, check=True, capture_output=True, text=True).stdout)


def main():
    arguments = sys.argv[1:]
    results = []

    def check(scenario, holds, detail=""):
        results.append(holds)
        print(f"{'ok  ' if holds else 'FAIL'} {scenario}{'' if holds else ': ' + detail}", flush=True)

    if arguments[:1] == ["--simulator"]:
        check_streams(arguments[1:], check)
    else:
        check_downloads(arguments[0], check)
        check_streams([arguments[0], "exchange-sim"], check)
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if all(results) else 1)


def check_streams(simulator, check):
    port = free_port()
    options = ["--listen", f"127.0.0.1:{port}", *stream_clients.SIMULATOR_OPTIONS]
    process = subprocess.Popen([*simulator, *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        stream_clients.follow(port, check)
    finally:
        process.kill()
        process.wait()


def check_downloads(binary, check):
    with tempfile.TemporaryDirectory(prefix="crypto-clients-") as folder:
        port = free_port()
        config = pathlib.Path(folder, "config")
        config.mkdir()
        (config / "exchanges.yaml").write_text(EXCHANGES.format(port=port))
        simulator = subprocess.Popen([binary, "exchange-sim", "--listen", f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL)
        try:
            wait_for(port, simulator)
            ingest(binary, folder)
            lake = stored(folder)
            clients = download(port)
        finally:
            simulator.kill()
            simulator.wait()

    check("duckdb reads the lake that ingest wrote", 2500 < len(lake) <= 2976, f"{len(lake)} rows")
    check("the lake holds every candle once, in order", [r[0] for r in lake] == sorted({r[0] for r in lake}))
    theirs = [(row[0], *(Decimal(cell) for cell in row[1:6])) for row in clients["python_binance"]]
    check("python-binance gets the candles that ingest stored, digit for digit", theirs == lake, difference(theirs, lake))
    # ccxt hands out floats; the nearest float of our exact number must be the same one.
    floats = [(row[0], *(float(cell) for cell in row[1:6])) for row in clients["ccxt"]]
    ours = [(row[0], *(float(cell) for cell in row[1:])) for row in lake]
    check("ccxt gets the candles that ingest stored", floats == ours, difference(floats, ours))
    check("ccxt lists the market", any("BTC/USDT" in name for name in clients["markets"]), str(clients["markets"]))


def difference(theirs, ours):
    if len(theirs) != len(ours):
        return f"{len(theirs)} candles, {len(ours)} stored"
    return next((f"first at {a}, stored {b}" for a, b in zip(theirs, ours) if a != b), "")


if __name__ == "__main__":
    main()
