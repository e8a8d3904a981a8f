"""Candles: pages of an exchange into Parquet and PostgreSQL, a year into the engine, and coarser bars, beside Python's fastest routes.

Usage: python candles.py BENCH_CANDLES POSTGRES_SH [ROUNDS]

BENCH_CANDLES is the release build of the example of that name of the `market-data` crate, POSTGRES_SH is scripts/postgres.sh. The
contestants take turns on the same files; figures are medians over the rounds, ratios are taken round by round. Every contestant is
a process of its own that measures its work after its imports: start-up and imports are counted for nobody. Results are compared
outside the measured time, and a difference ends the benchmark.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

import duckdb

ROWS = 1_000_000
PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "candles_peers.py")
DECIMALS = ["open", "high", "low", "close", "volume", "quote_volume", "taker_buy_base", "taker_buy_quote"]
SUMS = f"count(*), sum(epoch_ms(open_time)), sum(trades), {', '.join(f'sum({column})' for column in DECIMALS)}"


def once(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed with {done.returncode}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def peer(*arguments):
    return once(sys.executable, PEERS, *arguments)


def agree(what, results):
    """A comparison counts only between contestants that did the same."""
    first_name, first = next(iter(results.items()))
    for name, result in results.items():
        if result != first:
            sys.exit(f"{what}: {name} and {first_name} disagree:\n  {result}\n  {first}")
    return first


def sums_of(files):
    return duckdb.sql(f"SELECT {SUMS} FROM read_parquet('{files}')").fetchone()


def table(title, contestants, keys):
    """Prints a row per contestant, ours first, with how many times our figure the others' is: the median of the rounds' ratios."""
    print(f"\n{title}")
    ours = next(iter(contestants.values()))
    for name, runs in contestants.items():
        cells = []
        for key, label in keys:
            median = statistics.median(run[key] for run in runs)
            ratios = [run[key] / max(mine[key], 1e-9) for run, mine in zip(runs, ours)]
            ratio = "" if runs is ours else f" = {statistics.median(ratios):5.2f} x ours ({min(ratios):.2f} to {max(ratios):.2f})"
            cells.append(f"{label} {median:8.1f} ms{ratio}")
        print(f"  {name:58} " + "   ".join(cells))


def to_parquet(binary, folder, pages, rounds):
    lake = f"{folder}/lake"
    peers = {"orjson + pyarrow": "pyarrow", "orjson + polars": "polars", "polars, pages taken for CSV": "polars_csv"}
    runs = {"ours, into a lake of three years": []} | {name: [] for name in peers}
    for _ in range(rounds):
        subprocess.run(["rm", "-rf", lake], check=True)
        runs["ours, into a lake of three years"].append(once(binary, "ingest", pages, lake))
        for name, task in peers.items():
            runs[name].append(peer(task, pages, f"{folder}/{task}.parquet"))
    sums = {"ours": sums_of(f"{lake}/**/*.parquet")}
    sums |= {name: sums_of(f"{folder}/{task}.parquet") for name, task in peers.items()}
    rows, *_ = agree("Parquet", sums)
    table(f"{rows:,} klines in JSON pages to Parquet, exact decimals, zstd", runs, [("cpu_ms", "CPU"), ("elapsed_ms", "elapsed")])
    return sums["ours"]


def to_postgres(binary, script, folder, pages, rounds, expected):
    cluster = f"{folder}/pg"
    os.chmod(folder, 0o711)  # the user that PostgreSQL runs as has to get in
    url = subprocess.run([script, "start", cluster, str(os.getpid())], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    try:
        runs = {"ours: PostgresCandles::append": [], "psycopg 3: binary COPY of ready tuples": []}
        for _ in range(rounds):
            runs["ours: PostgresCandles::append"].append(once(binary, "postgres", pages, url))
            ours = peer("postgres_sums", url)
            runs["psycopg 3: binary COPY of ready tuples"].append(peer("psycopg", pages, url))
            theirs = peer("postgres_sums", url)
            agree("PostgreSQL", {"ours": ours, "psycopg": theirs, "Parquet": [str(cell) for cell in expected]})
        table(f"{ROWS:,} candles into one PostgreSQL table", runs, [("elapsed_ms", "elapsed"), ("cpu_ms", "client CPU")])
    finally:
        subprocess.run([script, "stop", cluster], check=True)


def to_columns(binary, folder, rounds):
    lake = f"{folder}/lake"
    year = f"{lake}/exchange=binance/symbol=BTCUSDT/interval=1m/year=2023/part.parquet"
    runs = {"ours: CandleStore::bars": [], "polars: scan, cast to f64": []}
    for _ in range(rounds):
        for name, run in ("ours: CandleStore::bars", once(binary, "bars", lake, "15")), ("polars: scan, cast to f64", peer("polars_bars", year, "15")):
            runs[name].append(run | {"elapsed_ms": statistics.median(run["elapsed_ms"])})
    # Sums of floats depend on their order in the last digits only.
    agree("bars", {name: (found[0]["rows"], [f"{total:.11g}" for total in found[0]["sums"]]) for name, found in runs.items()})
    table(f"One year of minutes, {runs['ours: CandleStore::bars'][0]['rows']:,} bars, from Parquet to columns of f64, warm", runs, [("elapsed_ms", "elapsed"), ("cpu_ms", "CPU")])


def to_coarser(binary, folder, rounds):
    """The calculation alone in memory, and the whole way from stored minutes to stored coarser bars; pandas in floats."""
    floats = f"{folder}/floats.parquet"
    peer("pandas_floats", f"{folder}/pyarrow.parquet", floats)
    ours, pandas = [], []
    for _ in range(rounds):
        ours.append(once(binary, "resample", f"{folder}/lake"))
        pandas.append(peer("pandas_resample", floats, f"{folder}/coarse.parquet"))
    for interval in ("5m", "1h", "1d"):
        agree(f"bars of {interval}", {"ours": ours[0][interval]["rows"], "pandas": pandas[0][interval]["rows"]})
        exact = duckdb.sql(f"SELECT {', '.join(f'sum({name})' for name in [*DECIMALS, 'trades'])} FROM read_parquet('{folder}/lake/*/*/interval={interval}/*/*.parquet')").fetchone()
        for name, total in zip([*DECIMALS, "trades"], exact):
            theirs = pandas[0][interval]["sums"][name]
            if abs(theirs / float(total) - 1) > 1e-9:
                sys.exit(f"{interval} {name}: ours adds up to {total}, pandas' floats to {theirs}")
    for interval in ("5m", "1h", "1d"):
        pick = lambda runs: [run[interval] for run in runs]
        names = {"ours, exact: in memory; lake to lake, synced to disk": pick(ours), "pandas, f64: in memory; read_parquet to to_parquet": pick(pandas)}
        keys = [("kernel_ms", "in memory"), ("cpu_ms", "stored to stored, CPU"), ("elapsed_ms", "elapsed")]
        table(f"{ROWS:,} minutes to {ours[0][interval]['rows']:,} bars of {interval}", names, keys)


def main():
    binary, script = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory(prefix="crypto-bench-") as folder:
        pages = f"{folder}/pages"
        once(binary, "generate", pages, str(ROWS))
        sums = to_parquet(binary, folder, pages, rounds)
        to_columns(binary, folder, rounds)
        to_coarser(binary, folder, rounds)
        to_postgres(binary, script, folder, pages, rounds, sums)


if __name__ == "__main__":
    main()
