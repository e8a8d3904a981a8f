"""The other contestants of candles.py, one task per call: `python candles_peers.py TASK ARGUMENT…`, figures as JSON on the last line.

Written to win: columns are gathered at once, the garbage collector is off, nothing is done per cell where a library does it, and
imports and reading what is not part of the task are not counted.
"""

import gc
import glob
import json
import sys
import time

NAMES = ["open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "trades", "taker_buy_base", "taker_buy_quote", "unused"]
AMOUNTS = [1, 2, 3, 4, 5, 7, 9, 10]
KEPT = [0, *AMOUNTS, 8]
DECIMALS = [NAMES[cell] for cell in AMOUNTS]
BARS = ["open", "high", "low", "close", "volume"]
AGGREGATES = {"open": "first", "high": "max", "low": "min", "close": "last"} | {
    column: "sum" for column in ["volume", "quote_volume", "taker_buy_base", "taker_buy_quote", "trades"]
}


class Watch:
    def __init__(self):
        self.begin, self.cpu = time.perf_counter(), time.process_time()

    def figures(self):
        """Time on the clock and on all processors, all threads of this process together."""
        return {"elapsed_ms": (time.perf_counter() - self.begin) * 1000, "cpu_ms": (time.process_time() - self.cpu) * 1000}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def pages(folder):
    return sorted(glob.glob(f"{folder}/*.json"))


def as_csv(folder):
    """The pages as one CSV: rows are told apart by '],[', and quotes around amounts mean the same in both."""
    return b"\n".join(read(path)[2:-2].replace(b"],[", b"\n") for path in pages(folder))


def pyarrow(folder, target):
    import orjson
    import pyarrow as pa
    import pyarrow.parquet as pq

    watch = Watch()
    chunks = [[] for _ in NAMES]
    for path in pages(folder):
        # Page by page: the strings of one page are still in the processor's caches when they become an array.
        columns = list(zip(*orjson.loads(read(path))))
        for cell in KEPT:
            chunks[cell].append(pa.array(columns[cell], pa.string() if cell in AMOUNTS else pa.int64()))
    kind = {cell: pa.decimal128(18, 8) for cell in AMOUNTS} | {0: pa.timestamp("ms", tz="UTC"), 8: pa.int64()}
    table = pa.table({NAMES[cell]: pa.chunked_array(chunks[cell]).cast(kind[cell]) for cell in KEPT})
    # Found by trying: smaller and quicker to write than plain, dictionary or byte-split pages.
    encoding = {name: "DELTA_BINARY_PACKED" for name in table.column_names}
    pq.write_table(table, target, compression="zstd", compression_level=1, store_decimal_as_integer=True, use_dictionary=False, column_encoding=encoding)
    return watch.figures()


def polars(folder, target):
    import orjson
    import polars as pl

    watch = Watch()
    rows = []
    for path in pages(folder):
        rows += orjson.loads(read(path))
    columns = list(zip(*rows))
    del rows
    frame = pl.DataFrame({NAMES[cell]: pl.Series(columns[cell], dtype=pl.String if cell in AMOUNTS else pl.Int64) for cell in KEPT})
    frame = frame.with_columns(pl.col(DECIMALS).str.to_decimal(scale=8), pl.col("open_time").cast(pl.Datetime("ms", "UTC")))
    frame.write_parquet(target, compression="zstd", compression_level=1)
    return watch.figures()


def polars_csv(folder, target):
    import polars as pl

    watch = Watch()
    schema = {name: pl.Decimal(18, 8) if cell in AMOUNTS else pl.Int64 for cell, name in enumerate(NAMES)} | {"unused": pl.String}
    frame = pl.read_csv(as_csv(folder), has_header=False, schema=schema, columns=sorted(KEPT))
    frame = frame.with_columns(pl.col("open_time").cast(pl.Datetime("ms", "UTC")))
    frame.write_parquet(target, compression="zstd", compression_level=1)
    return watch.figures()


def polars_bars(year, runs):
    import polars as pl

    def load():
        frame = pl.scan_parquet(year, hive_partitioning=False).select("open_time", *(pl.col(name).cast(pl.Float64) for name in BARS)).collect()
        return [frame[name].to_numpy() for name in ["open_time", *BARS]]

    columns = load()
    elapsed, watch = [], Watch()
    for _ in range(int(runs)):
        begin = time.perf_counter()
        load()
        elapsed.append((time.perf_counter() - begin) * 1000)
    cpu = watch.figures()["cpu_ms"] / int(runs)
    return {"rows": len(columns[0]), "sums": [float(column.sum()) for column in columns[1:]], "elapsed_ms": elapsed, "cpu_ms": cpu}


def pandas_floats(source, target):
    """The minutes as a pandas user keeps them: floats, indexed by time."""
    import pyarrow.parquet as pq

    frame = pq.read_table(source).to_pandas()
    frame = frame.astype({name: "float64" for name in DECIMALS}).set_index("open_time")[list(AGGREGATES)]
    frame.to_parquet(target, compression="zstd")
    return {"rows": len(frame)}


def pandas_resample(source, target):
    import pandas as pd

    frame = pd.read_parquet(source)
    figures = {}
    for name, rule in {"5m": "5min", "1h": "1h", "1d": "1D"}.items():
        frame.resample(rule).agg(AGGREGATES)  # what it keeps for later is there
        watch = Watch()
        coarse = frame.resample(rule).agg(AGGREGATES)
        kernel = watch.figures()
        watch = Watch()
        stored = pd.read_parquet(source).resample(rule).agg(AGGREGATES)
        stored.to_parquet(target, compression="zstd")
        route = watch.figures()
        sums = {column: float(coarse[column].sum()) for column in coarse.columns}
        figures[name] = route | {"kernel_ms": kernel["elapsed_ms"], "rows": len(coarse), "sums": sums}
    return figures


def ready_tuples(folder, series):
    import datetime
    import decimal

    import orjson

    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    rows = []
    for path in pages(folder):
        for row in orjson.loads(read(path)):
            at = epoch + datetime.timedelta(milliseconds=row[0])
            rows.append((series, at, *(decimal.Decimal(row[cell]) for cell in AMOUNTS), row[8], "exchange"))
    return rows


def psycopg(folder, url):
    import psycopg as pg

    columns = f"series_id, open_time, {', '.join(DECIMALS)}, trades, source"
    with pg.connect(url) as connection:
        connection.execute("TRUNCATE candles")
        series = connection.execute("SELECT id FROM candle_series").fetchone()[0]
        connection.commit()
        rows = ready_tuples(folder, series)
        watch = Watch()
        with connection.cursor().copy(f"COPY candles ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "timestamptz", *["numeric"] * 8, "int8", "text"])
            for row in rows:
                copy.write_row(row)
        connection.commit()
        return watch.figures()


def postgres_sums(url):
    import psycopg as pg

    sums = ", ".join(f"sum({name})::text" for name in ["trades", *DECIMALS])
    with pg.connect(url, autocommit=True) as connection:
        found = connection.execute(f"SELECT count(*), (sum(extract(epoch FROM open_time)) * 1000)::numeric(40), {sums} FROM candles").fetchone()
        connection.execute("TRUNCATE candles")
    return [str(cell) for cell in found]


if __name__ == "__main__":
    gc.disable()
    task, *arguments = sys.argv[1:]
    print(json.dumps(globals()[task](*arguments)))
