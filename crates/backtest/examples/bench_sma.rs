//! The Rust side of `bench/sma_crossover.py`: generates bars, runs the engine, runs a hand-written loop; times itself inside.

use std::io::{BufWriter, Read as _, Write as _};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use engine::{FillModel, Kernel, LongOnlySpot, SimulatedVenue};
use metrics::drawdown_series;
use strategies::SmaCrossover;
use testkit::RandomWalk;
use types::{Bars, FilterSchedule, Interval, Timestamp};

const CAPITAL: f64 = 1e9;
// A thousandth of usual costs: a million bars traded at full ones would lose everything on the way and leave nothing to compare.
const FEE: f64 = 0.000_001;
const SLIPPAGE: f64 = 0.000_000_5;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", path, bars] => generate(path, bars.parse()?),
        ["engine", path] => report(&run_engine(&read(path)?)?),
        ["loop", path] => report(&run_loop(&read(path)?)),
        _ => bail!("usage: bench_sma generate FILE BARS | engine FILE | loop FILE"),
    }
}

/// Open and close of every bar, as little-endian `f64` pairs.
fn generate(path: &str, count: usize) -> Result<()> {
    let bars = RandomWalk::new(7).interval(Interval::M1).price_cents(4_000_000).step_per_mille(1).bars(count);
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    for bar in bars.iter() {
        file.write_all(&bar.open.to_le_bytes())?;
        file.write_all(&bar.close.to_le_bytes())?;
    }
    Ok(file.flush()?)
}

fn read(path: &str) -> Result<Bars> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.read_to_end(&mut bytes)?;
    let (pairs, _) = bytes.as_chunks::<16>();
    let (mut open, mut close) = (Vec::new(), Vec::new());
    for pair in pairs {
        let (first, second) = pair.split_at(8);
        open.push(f64::from_le_bytes(first.try_into()?));
        close.push(f64::from_le_bytes(second.try_into()?));
    }
    let high = open.iter().zip(&close).map(|(open, close)| f64::max(*open, *close)).collect();
    let low = open.iter().zip(&close).map(|(open, close)| f64::min(*open, *close)).collect();
    let times = (0..).map(|minute| Timestamp::from_ms(minute * 60_000)).take(open.len()).collect();
    let volume = vec![1.0; open.len()];
    Ok(Bars::new(Interval::M1, times, [open, high, low, close, volume])?)
}

struct Outcome {
    milliseconds: f64,
    trades: usize,
    equity: f64,
}

/// Signals, exact ledger, trades, equity curve and drawdown curve, bar by bar through the kernel.
fn run_engine(bars: &Bars) -> Result<Outcome> {
    let started = Instant::now();
    let model = FillModel {
        fee_rate: "0.000001".parse()?,
        slippage: "0.0000005".parse()?,
        filters: vec![FilterSchedule::default()],
    };
    let venue = SimulatedVenue::new(&model)?;
    let strategy = Box::new(SmaCrossover::new(10, 30)?);
    let mut kernel = Kernel::new(strategy, Box::new(LongOnlySpot), venue, "1000000000".parse()?, 1);
    let (equity, _) = backtest::simulate(&mut kernel, bars, &mut |_| backtest::Flow::Continue)?;
    let drawdown: Vec<f64> = drawdown_series(CAPITAL, &equity).collect();
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    let equity = equity.last().copied().context("no bars")?;
    ensure!(drawdown.len() == bars.len(), "a drawdown for every bar");
    Ok(Outcome { milliseconds, trades: kernel.trades().len(), equity })
}

/// The least work that gives equity and drawdown: running sums, one position, no trades, no ledger, no exactness.
fn run_loop(bars: &Bars) -> Outcome {
    let started = Instant::now();
    let (open, close) = (bars.open(), bars.close());
    let (mut cash, mut held, mut wish) = (CAPITAL, 0.0, 0);
    let (mut fast, mut slow, mut before) = (0.0, 0.0, f64::NAN);
    let mut equity = Vec::with_capacity(close.len());
    let mut drawdown = Vec::with_capacity(close.len());
    let mut peak = CAPITAL;
    let mut trades = 0;
    for bar in 0..close.len() {
        if wish > 0 {
            held = cash / (open[bar] * (1.0 + SLIPPAGE) * (1.0 + FEE));
            cash = 0.0;
        } else if wish < 0 {
            cash += held * open[bar] * (1.0 - SLIPPAGE) * (1.0 - FEE);
            held = 0.0;
            trades += 1;
        }
        wish = 0;
        fast += close[bar] - if bar >= 10 { close[bar - 10] } else { 0.0 };
        slow += close[bar] - if bar >= 30 { close[bar - 30] } else { 0.0 };
        if bar >= 29 {
            let difference = fast / 10.0 - slow / 30.0;
            if difference > 0.0 && before <= 0.0 && held == 0.0 {
                wish = 1;
            } else if difference < 0.0 && before >= 0.0 && held > 0.0 {
                wish = -1;
            }
            before = difference;
        }
        let value = cash + held * close[bar];
        peak = value.max(peak);
        equity.push(value);
        drawdown.push(value / peak - 1.0);
    }
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    Outcome { milliseconds, trades, equity: equity.last().copied().unwrap_or(CAPITAL) }
}

#[expect(clippy::print_stdout, reason = "the benchmark's driver reads it")]
fn report(outcome: &Outcome) -> Result<()> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak memory")?;
    let peak_kb: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    let Outcome { milliseconds, trades, equity } = outcome;
    println!(
        r#"{{"milliseconds": {milliseconds}, "trades": {trades}, "equity": {equity}, "peak_kb": {peak_kb}}}"#
    );
    Ok(())
}
