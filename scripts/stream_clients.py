"""Follows kline streams with the clients that other people use: ccxt.pro, and python-binance's two socket managers.

Used by check-clients.py. Each client follows several symbols of a simulated exchange whose clock runs sixty times as fast as
life, subscribes and unsubscribes while it runs, loses its connection and gets over that by itself; every closed candle that it
saw is compared with the exchange's own.
"""

import asyncio
import json
import logging
import threading
import time
import urllib.request

import ccxt.pro
from binance.async_client import AsyncClient
from binance.base_client import BaseClient
from binance.ws.streams import BinanceSocketManager, ThreadedWebsocketManager

# The simulated exchange these checks want: a minute passes in a second.
SIMULATOR_OPTIONS = ["--start-clock-at", "2024-03-01 12:00:30", "--speed", "60"]
MINUTE_MS = 60_000
# No step of these checks takes longer unless something is broken.
PATIENCE_SECS = 30


class Exchange:
    """The simulated exchange's controls."""

    def __init__(self, port):
        self.rest, self.streams = f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}"

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.rest}{path}", data, timeout=10) as answer:
            return json.load(answer)

    def cut_lines(self):
        self.ask("/sim/faults", {"kind": "disconnect_streams"})

    def now_ms(self):
        return self.ask("/sim/clock")["now_ms"]

    def truth(self, symbol, interval, opens):
        """The candles that opened at some times, as klines rows by open time."""
        span = f"start={min(opens)}&end={max(opens) + 1}"
        rows = self.ask(f"/sim/truth?symbol={symbol}&interval={interval}&{span}")
        return {row[0]: row for row in rows if row[0] in opens}


class Klines:
    """The kline frames of one client: what it saw growing, and what it saw closed."""

    def __init__(self):
        self.growing, self.closed, self.errors, self.replies = {}, {}, [], []

    def take(self, message):
        data = message.get("data", message)
        if data.get("e") == "error":
            self.errors.append(data)
        elif data.get("e") == "kline":
            k = data["k"]
            series = (k["s"], k["i"])
            row = [k[cell] for cell in ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q", "B")]
            if k["x"]:
                self.closed.setdefault(series, {})[k["t"]] = row
            else:
                self.growing[series] = self.growing.get(series, 0) + 1
        else:
            self.replies.append(data)

    def count(self, symbol, interval="1m"):
        return len(self.closed.get((symbol, interval), {}))

    def has(self, symbols, closed):
        """Whether every symbol was seen growing, and closing so many times."""
        return all(self.growing.get((s, "1m"), 0) > 0 and self.count(s) >= closed for s in symbols)

    def difference(self, exchange):
        """Says where a closed candle is not what the exchange has, in any cell."""
        for (symbol, interval), rows in self.closed.items():
            truth = exchange.truth(symbol, interval, set(rows))
            for open_ms, row in rows.items():
                if row != truth.get(open_ms):
                    return f"{symbol} {interval}: {row}, truly {truth.get(open_ms)}"
        return ""


async def until(condition):
    deadline = time.monotonic() + PATIENCE_SECS
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


def wait_until(condition):
    """The same where no loop runs; asyncio.run would put away the current one."""
    deadline = time.monotonic() + PATIENCE_SECS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


async def follow_with_ccxt(exchange, check):
    client = ccxt.pro.binance(
        {"newUpdates": True, "options": {"fetchMarkets": {"types": ["spot"]}, "defaultType": "spot"}}
    )
    client.enableRateLimit = False
    client.urls["api"]["public"] = f"{exchange.rest}/api/v3"
    client.urls["api"]["ws"]["spot"] = f"{exchange.streams}/ws"
    wanted = [["BTC/USDT", "1m"], ["ETH/USDT", "1m"]]
    ids = {"BTC/USDT": "BTCUSDT", "ETH/USDT": "ETHUSDT", "SOL/USDT": "SOLUSDT"}
    # By series and open time: the last state of every candle, and how often it was seen.
    seen, updates, lost = {}, {}, []

    async def watch():
        while True:
            try:
                news = await client.watch_ohlcv_for_symbols([*wanted])
            except ccxt.UnsubscribeError:
                # The call was waiting for a series that was just unsubscribed, among others.
                continue
            except ccxt.NetworkError as error:
                # What ccxt asks of its users: call again, it connects again.
                lost.append(str(error))
                continue
            for symbol, frames in news.items():
                for interval, candles in frames.items():
                    series = seen.setdefault((ids[symbol], interval), {})
                    for candle in candles:
                        series[candle[0]] = candle[1:6]
                        key = (symbol, candle[0])
                        updates[key] = updates.get(key, 0) + 1

    def count(symbol, interval="1m"):
        return len(seen.get((symbol, interval), {}))

    watching = asyncio.create_task(watch())
    try:
        await until(lambda: watching.done() or min(count("BTCUSDT"), count("ETHUSDT")) >= 4)
        grown = min(count("BTCUSDT"), count("ETHUSDT")) >= 4 and max(updates.values()) > 3
        check("ccxt.pro sees several symbols grow and close", grown, describe(watching, seen))
        wanted.append(["SOL/USDT", "1m"])
        added = await until(lambda: watching.done() or count("SOLUSDT") >= 3)
        check("ccxt.pro subscribes while it runs", added and not watching.done(), describe(watching, seen))
        await client.un_watch_ohlcv_for_symbols([wanted.pop(1)])
        settled, others = count("ETHUSDT"), count("BTCUSDT")
        await until(lambda: watching.done() or count("BTCUSDT") >= others + 4)
        quiet = count("ETHUSDT") <= settled + 1 and count("BTCUSDT") >= others + 4
        check("ccxt.pro unsubscribes while it runs", quiet, describe(watching, seen))

        cut_ms = exchange.now_ms()
        exchange.cut_lines()
        others = count("BTCUSDT"), count("SOLUSDT")
        back = await until(
            lambda: watching.done() or (count("BTCUSDT") >= others[0] + 4 and count("SOLUSDT") >= others[1] + 4)
        )
        check("ccxt.pro gets over a cut connection", back and len(lost) > 0, f"{lost} {describe(watching, seen)}")
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await client.close()

    # ccxt does not say which candle is closed: all but the newest are, except one whose end fell into the lost connection.
    wrong = []
    for (symbol, interval), candles in seen.items():
        closed = set(candles) - {max(candles)}
        truth = exchange.truth(symbol, interval, closed)
        for open_ms in sorted(closed):
            is_torn = cut_ms - 2 * MINUTE_MS < open_ms < cut_ms + 2 * MINUTE_MS
            ours = [float(cell) for cell in truth[open_ms][1:6]]
            if candles[open_ms] != ours and not is_torn:
                wrong.append((symbol, open_ms, candles[open_ms], ours))
    total = sum(len(candles) for candles in seen.values())
    check("ccxt.pro's closed candles are the exchange's", total > 20 and not wrong, f"{total} candles, {wrong[:3]}")


async def follow_with_socket_manager(exchange, check):
    client = await AsyncClient.create()
    manager = BinanceSocketManager(client)
    klines, single = Klines(), Klines()

    async def read(socket, into):
        while True:
            into.take(await socket.recv())

    streams = ["btcusdt@kline_1m", "ethusdt@kline_1m"]
    both, one = manager.multiplex_socket(streams), manager.kline_socket("BNBUSDT", "1m")
    async with both, one:
        reading = [asyncio.create_task(read(both, klines)), asyncio.create_task(read(one, single))]
        try:
            seen = await until(lambda: klines.has(["BTCUSDT", "ETHUSDT"], 2) and single.has(["BNBUSDT"], 2))
            check("python-binance's sockets see several symbols grow and close", seen, f"{klines.growing} {klines.errors}")
            await both.ws.send(json.dumps({"method": "SUBSCRIBE", "params": ["solusdt@kline_1m"], "id": 1}))
            added = await until(lambda: klines.has(["SOLUSDT"], 2))
            check("python-binance subscribes while it runs", added, f"{klines.replies} {klines.errors}")
            await both.ws.send(json.dumps({"method": "UNSUBSCRIBE", "params": ["ethusdt@kline_1m"], "id": 2}))
            await until(lambda: len(klines.replies) >= 2)
            settled, others = klines.count("ETHUSDT"), klines.count("BTCUSDT")
            await until(lambda: klines.count("BTCUSDT") >= others + 3)
            quiet = klines.count("ETHUSDT") == settled and klines.count("BTCUSDT") >= others + 3
            check("python-binance unsubscribes while it runs", quiet, f"{klines.replies}")
            check("nothing went wrong on the way", not klines.errors + single.errors, f"{klines.errors + single.errors}")

            exchange.cut_lines()
            at_cut = klines.count("BTCUSDT"), single.count("BNBUSDT")
            back = await until(
                lambda: klines.count("BTCUSDT") >= at_cut[0] + 3 and single.count("BNBUSDT") >= at_cut[1] + 3
            )
            check("python-binance gets over a cut connection", back and bool(klines.errors), f"{klines.errors}")
        finally:
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)
    await client.close_connection()
    wrong = klines.difference(exchange) or single.difference(exchange)
    check("python-binance's closed candles are the exchange's, cell by cell", not wrong, wrong)


def follow_with_threaded_manager(exchange, check):
    # The manager's thread runs this loop, and its sockets take whatever loop is current here: it has to be the same.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    klines, lock = Klines(), threading.Lock()

    def take(message):
        with lock:
            klines.take(message)

    manager = ThreadedWebsocketManager(loop=loop)
    # A manager that does not stop must not keep the checks from ending.
    manager.daemon = True
    manager.start()
    try:
        multiplex = manager.start_multiplex_socket(take, ["btcusdt@kline_1m", "ethusdt@kline_1m"])
        seen = wait_until(lambda: klines.has(["BTCUSDT", "ETHUSDT"], 2))
        check("python-binance's threads see several symbols grow and close", seen, f"{klines.growing} {klines.errors}")
        manager.start_kline_socket(take, "SOLUSDT", "1m")
        added = wait_until(lambda: klines.has(["SOLUSDT"], 2))
        check("python-binance's threads open a socket while they run", added, f"{klines.growing}")
        manager.stop_socket(multiplex)
        wait_until(lambda: multiplex not in manager._socket_running)
        settled, others = klines.count("BTCUSDT"), klines.count("SOLUSDT")
        wait_until(lambda: klines.count("SOLUSDT") >= others + 3)
        quiet = klines.count("BTCUSDT") == settled and klines.count("SOLUSDT") >= others + 3
        check("python-binance's threads close a socket while they run", quiet, f"{klines.growing}")
        at_cut, errors = klines.count("SOLUSDT"), len(klines.errors)
        exchange.cut_lines()
        back = wait_until(lambda: klines.count("SOLUSDT") >= at_cut + 3)
        check("python-binance's threads get over a cut connection", back and len(klines.errors) > errors, f"{klines.errors}")
    finally:
        manager.stop()
        manager.join(PATIENCE_SECS)
        asyncio.set_event_loop(None)
    wrong = klines.difference(exchange)
    check("the threads' closed candles are the exchange's, cell by cell", not wrong, wrong)


def describe(task, seen):
    ended = f"ended with {task.exception()!r}; " if task.done() and not task.cancelled() else ""
    return ended + str({series: len(candles) for series, candles in seen.items()})


def follow(port, check):
    """Runs all clients against the simulated exchange on a port."""
    exchange = Exchange(port)
    # Its managers log every cut that these checks make.
    logging.getLogger("binance").setLevel(logging.CRITICAL)
    # Class attributes: the constructors ask the exchange at once.
    BaseClient.API_URL = f"{exchange.rest}/api"
    BinanceSocketManager.STREAM_URL = f"{exchange.streams}/"
    for client in (follow_with_ccxt, follow_with_socket_manager, follow_with_threaded_manager):
        try:
            outcome = client(exchange, check)
            if asyncio.iscoroutine(outcome):
                asyncio.run(outcome)
        except Exception as error:  # a client that breaks is one failed check, not the end of the others
            check(f"{client.__name__} runs to its end", False, f"{type(error).__name__}: {error}")
    stats = exchange.ask("/sim/stats")
    kept = ["hasty_requests", "stream_attempts_refused", "cut_for_frames", "cut_for_streams", "cut_for_silence"]
    check("no client broke a rule of the exchange", not any(stats[name] for name in kept), json.dumps(stats))
    check("all connections are closed in the end", stats["streams_open"] == 0, f"{stats['streams_open']} open")
