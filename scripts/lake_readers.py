"""Other people's readers on a lake of ours: DuckDB and polars prune partitions and add up exact decimals.

    lake_readers.py CRYPTO_BINARY

Generates candles of two exchanges, two symbols, two intervals and three years, imports them with `crypto import`, and lets DuckDB and
polars read them. Prints one line per check and closes with "N passed, N failed".
"""

import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from decimal import Decimal

import duckdb
import polars

DAY_MS = 86_400_000
FIRST_MS = 1_640_995_200_000  # 2022-01-01
DAYS = 1000  # reaches into 2024
INTERVALS = {"12h": DAY_MS // 2, "1d": DAY_MS}
AMOUNTS = ["open", "high", "low", "close", "volume", "quote_volume", "taker_buy_base", "taker_buy_quote"]
ONE = {"exchange": "kraken", "symbol": "ETHUSDT", "interval": "12h", "year": 2023}
SERIES = [(exchange, symbol, interval) for exchange in ("demo", "kraken") for symbol in ("BTCUSDT", "ETHUSDT") for interval in INTERVALS]


def candles(seed, step_ms):
    """Rows as the exchange's archives have them: amounts with eight decimals, so that no float holds their sum."""
    draw = random.Random(seed).randint
    for open_ms in range(FIRST_MS, FIRST_MS + DAYS * DAY_MS, step_ms):
        low = draw(10**12, 10**13)
        high = low + draw(2, 10**11)
        volume = draw(1, 10**15)
        quote = volume * draw(low, high) // 10**8
        cells = [draw(low, high), high, low, draw(low, high), volume, quote, volume // 3, quote // 3]
        o, h, l, c, v, q, tb, tq = (f"{cell // 10**8}.{cell % 10**8:08}" for cell in cells)
        yield [open_ms, o, h, l, c, v, open_ms + step_ms - 1, q, draw(1, 5000), tb, tq, 0]


def year_of(open_ms):
    return next(year for year, end in ((2022, 1_672_531_200_000), (2023, 1_704_067_200_000), (2024, 1_735_689_600_000)) if open_ms < end)


def import_all(binary, folder):
    """Fills the lake; returns what went in as exact sums for each partition."""
    sums = {}
    (folder / "config").mkdir()
    entries = "".join(f"  {exchange}: {{ adapter: binance }}\n" for exchange in ("demo", "kraken"))
    (folder / "config" / "exchanges.yaml").write_text(f"version: 1\nexchanges:\n{entries}")
    for seed, (exchange, symbol, interval) in enumerate(SERIES):
        file = folder / f"{seed}.csv"
        with open(file, "w", newline="") as out:
            writer = csv.writer(out)
            for row in candles(seed, INTERVALS[interval]):
                writer.writerow(row)
                key = (exchange, symbol, interval, year_of(row[0]))
                total = sums.setdefault(key, [0] + [Decimal(0)] * len(AMOUNTS))
                amounts = (Decimal(row[cell]) for cell in (1, 2, 3, 4, 5, 7, 9, 10))
                sums[key] = [total[0] + 1, *(old + new for old, new in zip(total[1:], amounts))]
        arguments = ["--config-dir", folder / "config", "--data-dir", folder / "data", "--json", "import", file]
        arguments += ["--exchange", exchange, "--symbol", symbol, "--interval", interval]
        subprocess.run([binary, *arguments], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return sums


class Checks:
    def __init__(self):
        self.results = []

    def __call__(self, scenario, holds, detail=""):
        self.results.append(bool(holds))
        print(f"{'ok  ' if holds else 'FAIL'} {scenario}{'' if holds else ': ' + str(detail)}", flush=True)

    def close(self):
        passed = sum(self.results)
        print(f"{passed} passed, {len(self.results) - passed} failed")
        sys.exit(0 if passed == len(self.results) else 1)


def check_lake(lake, expected, check):
    """Everything that is looked at in a lake that holds what `expected` says."""
    files = f"{lake}/**/*.parquet"
    by_duckdb, by_polars = whole(files)
    check("duckdb reads every partition, sums equal to the last digit", by_duckdb == expected, difference(by_duckdb, expected))
    check("polars reads every partition, sums equal to the last digit", by_polars == expected, difference(by_polars, expected))

    # What must not be opened is made unreadable; whoever opens it fails. Both take the schema from the first file they find.
    wanted = lake / "/".join(f"{name}={value}" for name, value in ONE.items()) / "part.parquet"
    first, *rest = sorted(lake.glob("**/*.parquet"))
    others = [path for path in rest if path != wanted]
    check("the lake has partitions to leave out", wanted in rest and len(others) == len(expected) - 2, len(others))
    for path in others:
        path.write_bytes(b"PAR1 not a parquet file any more PAR1")
    one = expected[tuple(ONE.values())]
    check("duckdb opens only the partition it is asked for", attempt(duckdb_one, files) == one, attempt(duckdb_one, files))
    scanned = attempt(duckdb_files_read, files)
    check("duckdb says that it read one file", scanned == (1, len(expected)), scanned)
    check("polars opens only the partition it is asked for", attempt(polars_one, files) == one, attempt(polars_one, files))
    broken = attempt(lambda: duckdb.sql(f"SELECT sum(volume) FROM {table(files)}").fetchall())
    check("the other partitions really cannot be read", isinstance(broken, str), broken)


def attempt(read, *arguments):
    """What a reader found, or what it said; a reader that fails is a failed check, not the end of all checks."""
    try:
        return read(*arguments)
    except (duckdb.Error, polars.exceptions.PolarsError, OSError) as error:
        return f"{type(error).__name__}: {error}"


def table(files):
    return f"read_parquet('{files}', hive_partitioning = true, hive_types_autocast = false, union_by_name = false)"


def whole(files):
    names = list(ONE)
    sums = ", ".join(f"sum({name})" for name in AMOUNTS)
    keys = ", ".join(f'"{name}"' for name in names)
    rows = duckdb.sql(f"SELECT {keys}, count(*), {sums} FROM {table(files)} GROUP BY {keys}").fetchall()
    by_duckdb = {(*row[:3], int(row[3])): list(row[4:]) for row in rows}
    frame = polars.scan_parquet(files, hive_partitioning=True).group_by(names).agg(polars.len(), polars.col(AMOUNTS).sum()).collect()
    by_polars = {(*row[:3], int(row[3])): list(row[4:]) for row in frame.select([*names, "len", *AMOUNTS]).iter_rows()}
    return by_duckdb, by_polars


def condition():
    return " AND ".join(f"\"{name}\" = '{value}'" for name, value in ONE.items())


def duckdb_one(files):
    sums = ", ".join(f"sum({name})" for name in AMOUNTS)
    return list(duckdb.sql(f"SELECT count(*), {sums} FROM {table(files)} WHERE {condition()}").fetchone())


def duckdb_files_read(files):
    """What EXPLAIN ANALYZE says: files read, files found."""
    duckdb.sql("PRAGMA enable_profiling = 'no_output'")
    text = duckdb.sql(f"EXPLAIN (ANALYZE, FORMAT json) SELECT sum(volume) FROM {table(files)} WHERE {condition()}").fetchall()[0][1]
    found = []

    def walk(node):
        info = node.get("extra_info", {})
        if "Scanning Files" in info or "Total Files Read" in info:
            found.append(info)
        for child in node.get("children", []):
            walk(child)

    walk(json.loads(text))
    info = found[0]
    _, total = info["Scanning Files"].split("/")
    return int(info["Total Files Read"]), int(total)


def polars_one(files):
    scan = polars.scan_parquet(files, hive_partitioning=True)
    query = scan.filter(*(polars.col(name) == value for name, value in ONE.items()))
    return list(query.select(polars.len(), polars.col(AMOUNTS).sum()).collect().row(0))


def difference(found, expected):
    return next((f"{key}: {found.get(key)} instead of {value}" for key, value in expected.items() if found.get(key) != value), f"{len(found)} partitions")


def main():
    check = Checks()
    with tempfile.TemporaryDirectory(prefix="crypto-lake-") as folder:
        expected = import_all(sys.argv[1], pathlib.Path(folder))
        check_lake(pathlib.Path(folder, "data", "lake"), expected, check)
    check.close()


if __name__ == "__main__":
    main()
