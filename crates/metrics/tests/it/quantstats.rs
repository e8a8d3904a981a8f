//! Parity with quantstats 0.0.86: buy and hold of BTCUSDT on daily closes, 365 periods a year.
//!
//! Agree to 1e-12: Sharpe, Sortino, volatility, maximum drawdown, CAGR, Calmar, total return. Not compared: quantstats' win rate, profit
//! factor, payoff and average win or loss count days, ours count closed trades; the other ratios of the file are not ours.

use std::io::Read;
use std::path::PathBuf;

use metrics::{Metric, Observation, Summary, summarise};
use types::{Interval, Timestamp};

const TOLERANCE: f64 = 1e-12;

#[test]
fn buy_and_hold_of_bitcoin_matches_quantstats() {
    let Some(folder) = real_data() else { return };
    let expected: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string(folder.join("quantstats-BTCUSDT-1d.json")).expect("reference"),
    )
    .expect("json");
    let closes = daily_closes(&folder, "2019-01-01", "2024-12-31");
    let summary = hold(&closes);
    assert_eq!(u64::try_from(closes.len() - 1).ok(), expected["n_returns"].as_u64());
    for (metric, name) in [
        (Metric::Sharpe, "sharpe"),
        (Metric::Sortino, "sortino"),
        (Metric::Volatility, "volatility"),
        (Metric::MaxDrawdown, "max_drawdown"),
        (Metric::Cagr, "cagr"),
        (Metric::Calmar, "calmar"),
        (Metric::TotalReturn, "comp"),
    ] {
        let (found, wanted) =
            (summary.value(metric).expect("a figure"), expected[name].as_f64().expect("a number"));
        assert!((found / wanted - 1.0).abs() < TOLERANCE, "{metric}: {found} is not {wanted}");
    }
}

/// Returns the folder of the reference, or says that there is none.
#[expect(clippy::print_stderr, reason = "a test run says what it left out")]
fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("REAL_DATA_DIR").map(|folder| PathBuf::from(folder).join("parity"));
    if folder.is_none() {
        eprintln!("REAL_DATA_DIR is unset: parity with quantstats was not checked");
    }
    folder
}

/// Returns (close time, close) of the days that open from `first` to `last`, both included.
fn daily_closes(folder: &std::path::Path, first: &str, last: &str) -> Vec<(Timestamp, f64)> {
    let file = std::fs::File::open(folder.join("input-BTCUSDT-1d.csv.gz")).expect("input");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    let days = first.parse::<Timestamp>().expect("a date")..=last.parse().expect("a date");
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let open = Timestamp::from_ms(fields[0].parse().expect("milliseconds"));
        let close = (Interval::D1.next_open(open), fields[4].parse().expect("a price"));
        days.contains(&open).then_some(close)
    };
    text.lines().skip(1).filter_map(row).collect()
}

/// Holds from the first close on.
fn hold(closes: &[(Timestamp, f64)]) -> Summary {
    let (times, equity): (Vec<_>, Vec<_>) = closes[1..].iter().copied().unzip();
    summarise(&Observation {
        interval: Interval::D1,
        start: closes[0].0,
        initial_capital: closes[0].1,
        close_times: &times,
        equity: &equity,
        in_market: u64::try_from(equity.len()).expect("a count"),
        trades: &[],
        open_trade: true,
        fees_paid: 0.0,
        traded_notional: 0.0,
    })
}
