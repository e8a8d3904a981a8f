"""SMA 10/30 over 1,000,000 one-minute bars: our engine beside vectorbt's Rust engine and a hand-written loop.

Usage: python sma_crossover.py ENGINE_BINARY [ROUNDS]

ENGINE_BINARY is the release build of the `bench_sma` example of the `backtest` crate. The contestants take turns; every figure is the
median over the rounds, and ratios are taken round by round. Our engine computes its own signals; vectorbt is handed them ready.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd
import vectorbt as vbt

BARS = 1_000_000
# A thousandth of usual costs: a million bars traded at full ones would lose everything on the way and leave nothing to compare.
FEES, SLIPPAGE, CAPITAL = 0.000_001, 0.000_000_5, 1e9
CLOSED = 1  # status of a record of vectorbt's trades


def once(*command):
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def signals(close):
    """Crossovers from exact sums of cents: a rolling mean in floats drifts, and then averages that only touch seem to cross."""
    cents = np.rint(close * 100).astype(np.int64)
    total = np.concatenate([[0], np.cumsum(cents)])
    mean_of = lambda period: np.concatenate([np.full(period - 1, np.nan), (total[period:] - total[:-period]) / period])
    difference = mean_of(10) - mean_of(30)
    before = np.concatenate([[np.nan], difference[:-1]])
    shifted = lambda wish: pd.Series(np.concatenate([[False], wish[:-1]]))
    return shifted((difference > 0) & (before <= 0)), shifted((difference < 0) & (before >= 0))


def vectorbt_once(path):
    columns = np.fromfile(path, dtype="<f8").reshape(-1, 2)
    opens, closes = pd.Series(columns[:, 0].copy()), pd.Series(columns[:, 1].copy())
    entries, exits = signals(closes.to_numpy())

    def run():
        started = time.perf_counter()
        portfolio = vbt.Portfolio.from_signals(
            closes, entries, exits, price=opens, fees=FEES, slippage=SLIPPAGE, init_cash=CAPITAL, freq="1min", engine="rust"
        )
        equity = portfolio.value()
        portfolio.drawdown()
        records = portfolio.trades.records
        return (time.perf_counter() - started) * 1000, int((records["status"] == CLOSED).sum()), float(equity.iloc[-1])

    run()  # compiles and warms up what it keeps
    milliseconds, trades, equity = run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"milliseconds": milliseconds, "trades": trades, "equity": equity, "peak_kb": peak}))


def check_agreement(ours, peer):
    """A comparison counts only between contestants that did the same: the same trades, the same money in the end."""
    if ours["trades"] != peer["trades"] or abs(ours["equity"] / peer["equity"] - 1) > 1e-9:
        sys.exit(f"the contestants disagree: ours {ours['trades']} trades and {ours['equity']}, vectorbt {peer['trades']} and {peer['equity']}")


def main():
    if sys.argv[1] == "vectorbt":
        return vectorbt_once(sys.argv[2])
    binary, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/bars.bin"
        subprocess.run([binary, "generate", path, str(BARS)], check=True)
        engine, loop, peer = [], [], []
        for _ in range(rounds):
            engine.append(once(binary, "engine", path))
            loop.append(once(binary, "loop", path))
            peer.append(once(sys.executable, __file__, "vectorbt", path))
    check_agreement(engine[0], peer[0])

    median = lambda runs: statistics.median(run["milliseconds"] for run in runs)
    peak = lambda runs: max(run["peak_kb"] for run in runs) / 1024
    ratio = lambda over, under: statistics.median(o["milliseconds"] / u["milliseconds"] for o, u in zip(over, under))
    print(f"SMA 10/30 over {BARS:,} one-minute bars, {engine[0]['trades']:,} trades, medians of {rounds} rounds")
    for name, runs in (
        ("our engine: signals, exact ledger, trades, equity, drawdown", engine),
        (f"vectorbt {vbt.__version__}, Rust engine, signals handed over ready", peer),
        ("hand-written Rust loop: equity and drawdown only", loop),
    ):
        print(f"  {name:62} {median(runs):8.1f} ms   peak memory {peak(runs):6.0f} MB")
    print(f"  ours is {ratio(peer, engine):.2f} times as fast as vectorbt and takes {ratio(engine, loop):.2f} times as long as the loop")
    print(f"  both end with the same {engine[0]['trades']:,} trades and the same equity to 1e-9: {engine[0]['equity']:.2f}")


if __name__ == "__main__":
    main()
