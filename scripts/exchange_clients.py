"""Downloads candles with the clients that other people use: ccxt and python-binance.

    exchange_clients.py BASE_URL SYMBOL INTERVAL START_MS END_MS

BASE_URL is a Binance-compatible exchange (`crypto exchange-sim`), START_MS is included, END_MS is not. Prints one JSON object:
{"ccxt": [[open_time, open, high, low, close, volume], ...], "python_binance": [[...12 cells...], ...], "markets": [...], ...}.
ccxt gives floats, python-binance Binance's own strings. Candles still open are dropped by the exchange's clock, as a careful user would.
"""

import json
import sys

import ccxt
from binance.client import Client


def download_with_ccxt(base_url, symbol, interval, start_ms, end_ms):
    """Returns (candles, market symbols), paging with fetch_ohlcv until the range is covered."""
    exchange = ccxt.binance({"options": {"fetchMarkets": {"types": ["spot"]}, "defaultType": "spot"}})
    # The whole page budget belongs to the simulator; ccxt's own throttle would only slow the test down.
    exchange.enableRateLimit = False
    exchange.urls["api"]["public"] = f"{base_url}/api/v3"
    markets = exchange.load_markets()
    unified = next(name for name, market in markets.items() if market["id"] == symbol)
    step_ms = exchange.parse_timeframe(interval) * 1000
    now_ms = exchange.fetch_time()
    candles, since_ms = [], start_ms
    while since_ms < end_ms:
        page = exchange.fetch_ohlcv(unified, interval, since=since_ms, limit=1000)
        page = [row for row in page if row[0] >= since_ms]
        if not page:
            break
        candles += page
        since_ms = page[-1][0] + 1
    closed = [row for row in candles if row[0] < end_ms and row[0] + step_ms <= now_ms]
    return closed, sorted(markets)


def download_with_python_binance(base_url, symbol, interval, start_ms, end_ms):
    """Returns candles, paging with get_klines, and the same range by the client's own pager."""
    # The constructor pings the class's address, so that has to point here before there is an instance.
    Client.API_URL = f"{base_url}/api"
    client = Client()
    client.API_URL = f"{base_url}/api"
    now_ms = client.get_server_time()["serverTime"]
    candles, since_ms = [], start_ms
    while since_ms < end_ms:
        page = client.get_klines(
            symbol=symbol, interval=interval, startTime=since_ms, endTime=end_ms - 1, limit=1000
        )
        if not page:
            break
        candles += page
        since_ms = page[-1][0] + 1
    # python-binance includes the end; its own pager must agree with ours.
    own = client.get_historical_klines(symbol, interval, start_ms, end_ms - 1)
    closed = lambda rows: [row for row in rows if row[6] < now_ms]
    return closed(candles), closed(own)


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    base_url, symbol, interval = sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3]
    start_ms, end_ms = int(sys.argv[4]), int(sys.argv[5])
    from_ccxt, markets = download_with_ccxt(base_url, symbol, interval, start_ms, end_ms)
    from_python_binance, from_own_pager = download_with_python_binance(
        base_url, symbol, interval, start_ms, end_ms
    )
    if from_python_binance != from_own_pager:
        sys.exit("python-binance: get_historical_klines and paged get_klines disagree")
    json.dump(
        {
            "versions": {"ccxt": ccxt.__version__},
            "markets": markets,
            "ccxt": from_ccxt,
            "python_binance": from_python_binance,
        },
        sys.stdout,
    )
    print()


if __name__ == "__main__":
    main()
