"""DuckDB reads a lake while everybody who writes it is killed again and again.

    lake_kills.py CRYPTO_BINARY [--kills N] [--seed N]

Starts `crypto exchange-sim` with a fast clock, follows two series with `crypto daemon` and downloads the past of one of them with
`crypto ingest`; kills either with SIGKILL at random moments and starts it again. All the while DuckDB reads every file of the lake: a
file that cannot be read, an open time that is there twice or a series that lost rows fails. After each kill DuckDB compares what is
stored with the exchange's own candles, and once more in the end, when nothing may be missing either. Prints one line per check and
closes with "N passed, N failed"; a seed repeats the moments.
"""

import argparse
import csv
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import duckdb

from lake_readers import AMOUNTS, Checks, table

SPEED = 120  # a minute of the exchange is half a second of ours
NOW, SINCE = "2024-03-02 12:00:00", "2024-03-01"
SINCE_MS, DAY_MS = 1_709_251_200_000, 86_400_000
FIRST_MS = 1_577_836_800_000  # 2020-01-01, where the generated market begins
STRETCH_DAYS = 25
BUSY, CALM = "BTCUSDT", "ETHUSDT"  # the one is downloaded as well
LIFE_SECONDS = 2.5
PATIENCE_SECONDS = 240
UNCACHED = {"enable_external_file_cache": "false"}
CANDLE = ["symbol", "open_time", *AMOUNTS, "trades"]
EXCHANGES = """version: 1
exchanges:
  demo:
    adapter: binance
    base_url: http://{address}
    stream_url: ws://{address}
    rate_limit: 6000
    synthetic: true
"""


class Installation:
    """Folders of a crypto that knows one exchange, the simulated one."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.running = binary, folder, []
        self.lake = folder / "data" / "lake"
        self.log = open(folder / "log", "w")
        (folder / "config").mkdir()

    def command(self, *arguments):
        return [self.binary, "--config-dir", self.folder / "config", "--data-dir", self.folder / "data", *arguments]

    def run(self, *arguments, text=""):
        pipes = {"stdout": subprocess.PIPE, "stderr": self.log}
        return subprocess.run(self.command(*arguments), check=True, input=text, text=True, **pipes).stdout

    def start(self, *arguments, stderr=None):
        pipes = {"stdin": subprocess.DEVNULL, "stdout": self.log, "stderr": stderr or self.log}
        process = subprocess.Popen(self.command(*arguments), text=True, **pipes)
        self.running.append(process)
        return process

    def close(self):
        for process in self.running:
            process.kill()
            process.wait()
        self.log.close()


class Exchange:
    """The simulated one; asked for the truth beside its interface, free of limits."""

    def __init__(self, installation):
        arguments = ["exchange-sim", "--listen", "127.0.0.1:0", "--start-clock-at", NOW, "--speed", str(SPEED)]
        process = installation.start(*arguments, stderr=subprocess.PIPE)
        line = next((line for line in process.stderr if "http://" in line), None)
        if line is None:
            sys.exit("crypto exchange-sim ended without a word")
        self.address = line.split("http://")[1].split()[0]
        # Whatever else it says must not fill the pipe.
        threading.Thread(target=process.stderr.read, daemon=True).start()

    def get(self, path):
        with urllib.request.urlopen(f"http://{self.address}{path}", timeout=60) as answer:
            return json.load(answer)

    def now_ms(self):
        return self.get("/sim/clock")["now_ms"]

    def truth(self, symbol, start_ms, end_ms):
        return self.get(f"/sim/truth?symbol={symbol}&interval=1m&start={start_ms}&end={end_ms}")


def hold_still(lake, links):
    """Links every file as it is now: whatever replaces it later, the link stays what it is."""
    for path in lake.glob("**/*.parquet"):
        link = links / path.relative_to(lake)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.hardlink_to(path)
    return table(f"{links}/**/*.parquet")


class Reader(threading.Thread):
    """DuckDB as any other program, with a connection of its own, reading all columns of all files until stopped.

    DuckDB opens a file twice in a query: for its footer and for its rows. A file that is replaced in between makes the query fail,
    never a wrong answer; asked again, it succeeds. Links hold still, so reading those has no excuse. Its cache of files is off: with
    it an answer may lack the newest row of the one before.
    """

    REPEATS = 5

    def __init__(self, installation):
        super().__init__(daemon=True)
        self.lake, self.links = installation.lake, installation.folder / "links"
        self.is_over, self.reads, self.repeated, self.rows = threading.Event(), 0, 0, {}
        self.faults = {"error": [], "twice": [], "fewer": []}

    def run(self):
        try:
            with duckdb.connect(config=UNCACHED) as self.connection:
                while not self.is_over.is_set():
                    self.look(self.lake, self.REPEATS)
                    hold_still(self.lake, self.links)
                    self.look(self.links, 0)
        except Exception as error:
            # Nobody would hear of it: a thread that ends looks like one that found nothing wrong.
            self.faults["error"].append(f"the reader broke after {self.reads} reads: {type(error).__name__}: {error}")

    def look(self, folder, repeats):
        sums = ", ".join(f"sum({name})" for name in AMOUNTS)
        source = table(f"{folder}/**/*.parquet")
        query = f'SELECT symbol, "interval", count(*), count(DISTINCT open_time), {sums} FROM {source} GROUP BY ALL'
        self.reads += 1
        try:
            self.compare(self.connection.execute(query).fetchall())
        except duckdb.Error as error:
            if repeats > 0:
                self.repeated += 1
                self.look(folder, repeats - 1)
            else:
                self.faults["error"].append(f"read {self.reads} of {folder.name}: {type(error).__name__}: {error}")

    def compare(self, series):
        found = {tuple(row[:2]): row[2] for row in series}
        self.faults["twice"] += [f"read {self.reads}: {row[:4]}" for row in series if row[2] != row[3]]
        fewer = [f"read {self.reads}: {key} {found.get(key)} after {rows}" for key, rows in self.rows.items() if found.get(key, 0) < rows]
        self.faults["fewer"] += fewer
        self.rows = found

    def stop(self):
        self.is_over.set()
        self.join()


class Truth:
    """The exchange's candles in DuckDB, exact, to compare the lake with."""

    def __init__(self, installation, exchange):
        self.lake, self.exchange, self.folder = installation.lake, exchange, installation.folder
        self.connection = duckdb.connect(config=UNCACHED)
        self.columns = ", ".join(f"{name}::DECIMAL(38, 18) AS {name}" for name in AMOUNTS)
        for name in ("past", "present"):
            self.connection.execute(f"CREATE TABLE {name} AS {self.select(self.still())} LIMIT 0")

    def still(self):
        return hold_still(self.lake, self.folder / "compared")

    def select(self, source):
        return f"SELECT symbol, epoch_ms(open_time) AS open_time, {self.columns}, trades FROM {source}"

    def take(self, name, symbol, start_ms, end_ms):
        """Adds the closed candles of a stretch to a table."""
        path = self.folder / "truth.csv"
        with open(path, "w", newline="") as out:
            rows = self.exchange.truth(symbol, start_ms, end_ms)
            csv.writer(out).writerows([symbol, row[0], *row[1:6], row[7], row[9], row[10], row[8]] for row in rows)
        names = json.dumps(CANDLE).replace('"', "'")
        source = f"read_csv('{path}', header = false, all_varchar = true, names = {names})"
        columns = self.columns + ", trades::BIGINT AS trades"
        self.connection.execute(f"INSERT INTO {name} SELECT symbol, open_time::BIGINT, {columns} FROM {source}")

    def differences(self, until_ms=None):
        """Stored candles that are foreign, and candles that open before a time and are missing; a few of each."""
        # What is stored meanwhile is in the truth that is asked for afterwards.
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE lake AS {self.select(self.still())}")
        self.connection.execute("DELETE FROM present")
        for symbol in (BUSY, CALM):
            self.take("present", symbol, SINCE_MS, self.exchange.now_ms())
        some = lambda query: self.connection.execute(f"FROM ({query}) ORDER BY symbol, open_time LIMIT 3").fetchall()
        truth = "(FROM past UNION ALL FROM present)"
        foreign = some(f"FROM lake EXCEPT ALL FROM {truth}")
        if until_ms is None:
            return foreign
        return foreign, some(f"FROM {truth} WHERE open_time < {until_ms} EXCEPT ALL FROM lake")


class Work:
    """The daemon and the download, which goes on to an earlier stretch when one is complete."""

    def __init__(self, installation, truth):
        self.installation, self.truth, self.stretch = installation, truth, (SINCE_MS, SINCE_MS)
        self.daemon, self.download = installation.start("daemon"), None

    def go_on(self):
        if self.download is not None and self.download.poll() is None:
            return
        if self.download is None or self.download.returncode == 0:
            start_ms, end_ms = self.stretch[0] - STRETCH_DAYS * DAY_MS, self.stretch[0]
            if start_ms < FIRST_MS:
                sys.exit("the market has no past left to download; ask for fewer kills")
            self.truth.take("past", BUSY, start_ms, end_ms)
            self.stretch = (start_ms, end_ms)
        elif self.download.returncode > 0:
            said = (self.installation.folder / "log").read_text()[-2000:]
            sys.exit(f"crypto ingest ended with code {self.download.returncode}; the last words of all processes: {said}")
        start, end = (time.strftime("%Y-%m-%d", time.gmtime(ms // 1000)) for ms in self.stretch)
        series = ["--exchange", "demo", "--symbol", BUSY, "--interval", "1m"]
        self.download = self.installation.start("ingest", *series, "--start", start, "--end", end)

    def go_on_for(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.go_on()
            time.sleep(min(0.02, max(0, deadline - time.monotonic())))

    def kill(self, name):
        process = getattr(self, name)
        process.kill()
        process.wait()

    def start_again(self, name):
        if name == "daemon":
            self.daemon = self.installation.start("daemon")
        self.go_on()


def wait_until(what, is_met):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_met():
        if time.monotonic() > deadline:
            sys.exit(f"not in time: {what}")
        time.sleep(0.2)


def follow(installation):
    installation.run("user", "add", "alice", text="correct horse battery\n")
    for symbol in (BUSY, CALM):
        series = ["--exchange", "demo", "--symbol", symbol, "--interval", "1m"]
        installation.run("subscription", "add", "--user", "alice", *series, "--since", SINCE)


def is_complete(installation, until_ms):
    """Whether the daemon says that every series is complete up to a time."""
    rows = json.loads(installation.run("--json", "subscription", "list", "--user", "alice"))
    until = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(until_ms // 1000))
    return all((row.get("status", {}).get("complete_until") or "")[:19] >= until for row in rows)


def kill_and_compare(installation, kills, dice, check):
    exchange = Exchange(installation)
    (installation.folder / "config" / "exchanges.yaml").write_text(EXCHANGES.format(address=exchange.address))
    follow(installation)
    daemon = installation.start("daemon")
    # A pattern that matches no file is DuckDB's error, not ours.
    wait_until("a first file of both series", lambda: len(list(installation.lake.glob("*/*/*/*/*.parquet"))) == 2)
    daemon.kill()
    daemon.wait()
    reader = Reader(installation)
    reader.start()
    truth = Truth(installation, exchange)
    work = Work(installation, truth)
    work.go_on()
    for number in range(1, kills + 1):
        victim, moment = dice.choice(["daemon", "download"]), dice.uniform(0, LIFE_SECONDS)
        work.go_on_for(moment)
        work.kill(victim)
        foreign, reads = truth.differences(), reader.reads
        check(f"kill {number} of {kills}, the {victim}: {reads} reads by then, nothing foreign is stored", not foreign, foreign)
        work.start_again(victim)
    wait_until("the last download", lambda: work.download.poll() is not None)
    check("the last download comes to its end", work.download.returncode == 0, work.download.returncode)
    until_ms = exchange.now_ms() // 60_000 * 60_000 + 600_000
    wait_until("both series to be current", lambda: is_complete(installation, until_ms))
    # Whoever stops in order leaves nothing in journals, which are ours alone to read.
    work.daemon.terminate()
    check("the daemon stops in order", work.daemon.wait(PATIENCE_SECONDS) == 0, work.daemon.returncode)
    foreign, missing = truth.differences(until_ms)
    check("in the end nothing is foreign", not foreign, foreign)
    check("in the end nothing is missing", not missing, missing)
    reader.stop()
    rows, reads = sum(reader.rows.values()), reader.reads
    print(f"{reads} reads by duckdb, {reader.repeated} of them failed and were repeated: a file was replaced between its two looks")
    for name, scenario in (("error", "can be read"), ("twice", "has each open time once"), ("fewer", "has every row that it had")):
        faults = reader.faults[name]
        check(f"at every one of {reads} reads by duckdb, up to {rows} rows, the lake {scenario}", not faults, f"{len(faults)} times, first {faults[:1]}")
    check("duckdb read between the kills, not beside them", reads >= kills, reads)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    check = Checks()
    with tempfile.TemporaryDirectory(prefix="crypto-kills-") as folder:
        installation = Installation(arguments.binary, pathlib.Path(folder))
        try:
            kill_and_compare(installation, arguments.kills, random.Random(arguments.seed), check)
        finally:
            installation.close()
    check.close()


if __name__ == "__main__":
    main()
