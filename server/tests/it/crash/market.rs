//! Candles to lose: generated one-minute candles over several years.

use std::fmt::Write as _;

use testkit::RandomWalk;
use types::{Candle, Interval, SeriesKey, Timestamp};

/// Candles in each stretch: fifty-five days, from December into the next year.
const STRETCH: usize = 80_000;

/// Returns candles of 2020 to 2024 in four stretches, each across a turn of the year: five files in the lake.
pub(crate) fn minutes() -> Vec<Candle> {
    (0..4)
        .flat_map(|year| {
            let start = Timestamp::from_ymd(2020 + year, 12, 5).unwrap();
            let seed = u64::from(year.unsigned_abs());
            RandomWalk::new(seed).interval(Interval::M1).start(start).step_per_mille(2).candles(STRETCH)
        })
        .map(|candle| Candle {
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
            ..candle
        })
        .collect()
}

/// Writes candles as a file of six columns.
pub(crate) fn csv(candles: &[Candle]) -> String {
    let mut text = String::new();
    for candle in candles {
        let Candle { open_time, open, high, low, close, volume, .. } = candle;
        let _ = writeln!(text, "{},{open},{high},{low},{close},{volume}", open_time.as_ms());
    }
    text
}

/// Returns the series that `text` names: `binance BTCUSDT 1m`.
pub(crate) fn series(text: &str) -> SeriesKey {
    let mut parts = text.split_whitespace();
    let mut part = || parts.next().unwrap();
    SeriesKey {
        exchange: part().parse().unwrap(),
        symbol: part().parse().unwrap(),
        interval: part().parse().unwrap(),
    }
}
