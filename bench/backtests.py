"""Backtests as users start them: the whole command, many strategies, a job of the web interface, a page of trades.

Usage: python backtests.py CRYPTO [BEFORE] [ROUNDS]

CRYPTO is the release binary, BEFORE another one to compare with: the two take turns on the same data, each in folders of its own, and
the last column says how many times ours it took (the median of the rounds' ratios, with their range). CPU is user and system time of
all threads. Nothing is judged by a time; the run fails when a result does, or when two binaries disagree about the number of trades.
"""

import http.cookiejar
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

BARS, FEWER_BARS, STRATEGIES = 1_000_000, 200_000, 50
PORT = int(os.environ.get("PORT", "3312"))
TICKS = os.sysconf("SC_CLK_TCK")


def candles(path, bars):
    """A random walk of one-minute candles with steps of up to 0.1 %."""
    draw = random.Random(7)
    price = 4_000_000
    with open(path, "w") as file:
        file.write("open_time,open,high,low,close,volume\n")
        for minute in range(bars):
            open_price = price
            price = max(100_000, price + int(price * (draw.random() - 0.5) * 0.002))
            high, low = max(open_price, price) + 100, min(open_price, price) - 100
            values = ",".join(f"{value / 100:.2f}" for value in (open_price, high, low, price))
            file.write(f"{1_600_000_020_000 + minute * 60_000},{values},12.34567\n")


def configure(folder):
    os.makedirs(folder)

    def write(name, text):
        with open(f"{folder}/{name}", "w") as file:
            file.write("version: 1\n" + text)

    write("settings.yaml", "")
    write("exchanges.yaml", "exchanges:\n  binance: { adapter: binance }\n")
    crossing = "{{ type: sma_crossover, params: {{ fast_period: {}, slow_period: {} }}, symbols: [BTCUSDT], interval: 1m }}"
    names = [f"sma_{number:02}" for number in range(STRATEGIES)]
    lines = [f"  {name}: {crossing.format(10 + number, 30 + 2 * number)}" for number, name in enumerate(names)]
    write("strategies.yaml", "strategies:\n" + "\n".join(lines) + "\n")
    costs = "initial_capital: 1000000, commission: 0.00001, slippage: 0"
    write(
        "backtests.yaml",
        "backtests:\n"
        f"  one: {{ strategies: [sma_00], symbol: BTCUSDT, {costs} }}\n"
        f"  fifty: {{ strategies: [{', '.join(names)}], symbol: ETHUSDT, {costs} }}\n",
    )


class Installation:
    """A binary with folders of its own and the candles in them."""

    def __init__(self, binary, folder, files):
        self.binary, self.folder = binary, folder
        os.makedirs(folder)
        configure(f"{folder}/config")
        for symbol, file in files.items():
            self.run("import", file, "--exchange", "binance", "--symbol", symbol, "--interval", "1m")

    def command(self, *arguments):
        return [self.binary, "--config-dir", f"{self.folder}/config", "--data-dir", f"{self.folder}/data", *arguments]

    def run(self, *arguments):
        """Runs a verb; returns elapsed time, CPU time and peak memory."""
        begin = time.monotonic()
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(self.command(*arguments), stdout=out, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                out.seek(0)
                sys.exit(f"{' '.join(arguments)} failed:\n{out.read().decode()[-2000:]}")
        return {
            "elapsed": (time.monotonic() - begin) * 1000,
            "cpu": (usage.ru_utime + usage.ru_stime) * 1000,
            "mb": usage.ru_maxrss / 1024,
        }

    def trades(self):
        with open(f"{self.folder}/data/backtests/one/sma_00-binance-BTCUSDT-1m/trades.csv") as file:
            return sum(1 for _ in file) - 1

    def result_bytes(self):
        return os.path.getsize(f"{self.folder}/data/backtests/one/sma_00-binance-BTCUSDT-1m/result.json")


class Server:
    """The web interface over an installation, and a browser that is signed in."""

    def __init__(self, installation, port):
        self.origin = f"http://127.0.0.1:{port}"
        os.makedirs(f"{installation.folder}/site/pkg", exist_ok=True)
        command = installation.command("serve", "--listen", f"127.0.0.1:{port}", "--site-root", f"{installation.folder}/site")
        self.log = open(f"{installation.folder}/server.log", "w")
        environment = {**os.environ, "LEPTOS_OUTPUT_NAME": "crypto"}
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, env=environment)
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        for _ in range(600):
            try:
                self.browser.open(f"{self.origin}/health").read()
                break
            except OSError:
                time.sleep(0.05)
        else:
            sys.exit(f"the server did not start; see {self.log.name}")
        self.call("set_up", name="reader", password="measured and forgotten", password_again="measured and forgotten")

    def call(self, endpoint, **form):
        data = urllib.parse.urlencode(form).encode()
        headers = {"Origin": self.origin, "Accept": "application/json"}
        request = urllib.request.Request(f"{self.origin}/api/{endpoint}", data, headers)
        text = self.browser.open(request).read()
        return json.loads(text) if text else None

    def cpu_ms(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / TICKS

    def backtest(self):
        """Queues a run over every bar; returns the job's figures and the id of the result."""
        form = {"start": "", "end": "", "initial_capital": "1000000", "commission": "0.001", "slippage": "0"}
        begin, before = time.monotonic(), self.cpu_ms()
        self.call("start_backtest", strategy="sma_00", series="binance BTCUSDT 1m", **form)
        while not (runs := self.call("runs")["runs"]):
            # Asking costs the server something too.
            time.sleep(0.2)
        return {"elapsed": (time.monotonic() - begin) * 1000, "cpu": self.cpu_ms() - before}, runs[0]["id"]

    def timed(self, ask, times=20):
        """Asks so many times; returns the median of the elapsed times, the CPU time of one, and the peak memory."""
        taken, before = [], self.cpu_ms()
        for _ in range(times):
            begin = time.monotonic()
            ask()
            taken.append((time.monotonic() - begin) * 1000)
        return {"elapsed": statistics.median(taken), "cpu": (self.cpu_ms() - before) / times}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.log.close()


def measured(installation, port):
    figures = {"run, 1,000,000 bars": installation.run("backtest", "run", "one")}
    figures["run --json, 1,000,000 bars"] = installation.run("--json", "backtest", "run", "one")
    figures[f"{STRATEGIES} strategies, {FEWER_BARS:,} bars"] = installation.run("backtest", "run", "fifty")
    shutil.rmtree(f"{installation.folder}/data/state", ignore_errors=True)
    for name in os.listdir(f"{installation.folder}/data"):
        if name.startswith("crypto.db"):
            os.remove(f"{installation.folder}/data/{name}")
    server = Server(installation, port)
    try:
        figures["web job, 1,000,000 bars"], run = server.backtest()
        last = server.call("trades", run=run, page=1)["pages"]
        figures["web: last page of trades"] = server.timed(lambda: server.call("trades", run=run, page=last))
        figures["web: data of the result's page"] = server.timed(lambda: server.call("run", id=run))
        page = f"{server.origin}/backtests/{run}?page={last}"
        figures["web: the page itself"] = server.timed(lambda: server.browser.open(page).read())
    finally:
        server.stop()
    return figures


def main():
    binaries = [os.path.abspath(argument) for argument in sys.argv[1:] if not argument.isdigit()]
    rounds = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 3)
    folder = tempfile.mkdtemp(prefix="crypto-backtests.")
    try:
        files = {"BTCUSDT": f"{folder}/BTCUSDT.csv", "ETHUSDT": f"{folder}/ETHUSDT.csv"}
        candles(files["BTCUSDT"], BARS)
        candles(files["ETHUSDT"], FEWER_BARS)
        names = ["this one", "before"][: len(binaries)]
        installations = {
            name: Installation(binary, f"{folder}/{name.replace(' ', '-')}", files) for name, binary in zip(names, binaries)
        }
        runs = {name: [] for name in installations}
        for _ in range(rounds):
            for place, (name, installation) in enumerate(installations.items()):
                runs[name].append(measured(installation, PORT + place))
        trades = {name: installation.trades() for name, installation in installations.items()}
        # Binaries may differ on purpose (averages that touch), but never by much.
        if max(trades.values()) - min(trades.values()) > max(trades.values()) / 100:
            sys.exit(f"the binaries disagree about the trades: {trades}")
        for name, installation in installations.items():
            print(f"{name}: {trades[name]:,} trades, result.json {installation.result_bytes() / 1e6:.1f} MB")
        for what in runs["this one"][0]:
            print(what)
            for key in runs["this one"][0][what]:
                unit = "MB" if key == "mb" else "ms"
                ours = [run[what][key] for run in runs["this one"]]
                line = f"  {key:8} {statistics.median(ours):9.1f} {unit}"
                if "before" in runs:
                    theirs = [run[what][key] for run in runs["before"]]
                    ratios = [b / max(a, 0.01) for a, b in zip(ours, theirs)]
                    line += f"   before {statistics.median(theirs):9.1f} {unit} = {statistics.median(ratios):6.2f} x"
                    line += f" ({min(ratios):.2f} to {max(ratios):.2f})"
                print(line)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
