"""SMA 10/30 over 1,000,000 one-minute bars: our engine beside vectorbt's Rust engine and a hand-written loop.

Usage: python sma_crossover.py ENGINE_BINARY [ROUNDS]

ENGINE_BINARY is the release build of the `bench_sma` example of the `backtest` crate. The contestants take turns; every figure is the
median over the rounds, and ratios are taken round by round. Our engine computes its own signals; vectorbt is handed them ready.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd
import vectorbt as vbt

BARS = 1_000_000
FEES, SLIPPAGE, CAPITAL = 0.001, 0.0005, 1e9


def ours(binary, mode, path):
    done = subprocess.run([binary, mode, path], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def signals(close):
    fast = pd.Series(close).rolling(10).mean().to_numpy()
    slow = pd.Series(close).rolling(30).mean().to_numpy()
    difference = fast - slow
    before = np.concatenate([[np.nan], difference[:-1]])
    shifted = lambda wish: pd.Series(np.concatenate([[False], wish[:-1]]))
    return shifted((difference > 0) & (before <= 0)), shifted((difference < 0) & (before >= 0))


def vectorbt_once(opens, closes, entries, exits):
    started = time.perf_counter()
    portfolio = vbt.Portfolio.from_signals(
        closes, entries, exits, price=opens, fees=FEES, slippage=SLIPPAGE, init_cash=CAPITAL, freq="1min", engine="rust"
    )
    equity = portfolio.value()
    portfolio.drawdown()
    trades = len(portfolio.trades.records)
    return (time.perf_counter() - started) * 1000, trades, float(equity.iloc[-1])


def main():
    binary, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/bars.bin"
        subprocess.run([binary, "generate", path, str(BARS)], check=True)
        columns = np.fromfile(path, dtype="<f8").reshape(-1, 2)
        opens, closes = pd.Series(columns[:, 0].copy()), pd.Series(columns[:, 1].copy())
        entries, exits = signals(closes.to_numpy())
        vectorbt_once(opens, closes, entries, exits)
        engine, loop, peer = [], [], []
        for _ in range(rounds):
            engine.append(ours(binary, "engine", path))
            loop.append(ours(binary, "loop", path))
            peer.append(vectorbt_once(opens, closes, entries, exits))

    milliseconds = lambda runs: statistics.median(run["milliseconds"] for run in runs)
    to_peer = statistics.median(p[0] / e["milliseconds"] for p, e in zip(peer, engine))
    to_loop = statistics.median(e["milliseconds"] / l["milliseconds"] for e, l in zip(engine, loop))
    print(f"SMA 10/30 over {BARS:,} one-minute bars, medians of {rounds} rounds")
    print(f"  our engine (signals, exact ledger, trades, equity, drawdown)  {milliseconds(engine):8.1f} ms")
    print(f"  vectorbt {vbt.__version__}, Rust engine, ready signals                 {statistics.median(p[0] for p in peer):8.1f} ms")
    print(f"  hand-written Rust loop (equity and drawdown only)             {milliseconds(loop):8.1f} ms")
    print(f"  ours is {to_peer:.2f} times as fast as vectorbt and takes {to_loop:.2f} times as long as the loop")
    print(f"  peak memory of our process {max(run['peak_kb'] for run in engine) / 1024:.0f} MB, its bars included")
    print(f"  trades: ours {engine[0]['trades']}, vectorbt {peer[0][1]}; final equity: ours {engine[0]['equity']:.6f}, vectorbt {peer[0][2]:.6f}")


if __name__ == "__main__":
    main()
