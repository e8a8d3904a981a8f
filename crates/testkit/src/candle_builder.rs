//! Single candles and short series, written as a test would say them.

use rust_decimal::Decimal;
use types::{Bars, Candle, Interval, Timestamp};

/// Reads a literal date such as `2024-01-31 10:00`, UTC.
///
/// # Panics
/// When the text is no date: a mistake in the test.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a literal date")
}

/// One candle: flat at a price with a volume of 1 unless told otherwise.
#[derive(Debug, Clone)]
pub struct CandleBuilder {
    candle: Candle,
}

impl CandleBuilder {
    /// Starts with a flat candle.
    pub fn flat(open_time: Timestamp, price: Decimal) -> Self {
        let candle = Candle {
            open_time,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Decimal::ONE,
            quote_volume: None,
            trades: None,
            taker_buy_base: None,
            taker_buy_quote: None,
        };
        Self { candle }
    }

    /// Sets the four prices: open, high, low, close.
    #[must_use]
    pub fn prices(mut self, [open, high, low, close]: [Decimal; 4]) -> Self {
        (self.candle.open, self.candle.high, self.candle.low, self.candle.close) = (open, high, low, close);
        self
    }

    /// Sets the volume in base currency.
    #[must_use]
    pub fn volume(mut self, volume: Decimal) -> Self {
        self.candle.volume = volume;
        self
    }

    /// Returns the candle, unchecked, so that a test may build an impossible one.
    pub fn build(self) -> Candle {
        self.candle
    }
}

/// Returns bars without holes whose closes are given: each opens at the close before it, and high and low are the outer two.
///
/// # Panics
/// When a close is not a finite number: a mistake in the test.
pub fn bars_from_closes(interval: Interval, start: Timestamp, closes: &[f64]) -> Bars {
    let opens: Vec<f64> = closes.first().into_iter().chain(closes).copied().take(closes.len()).collect();
    let outer = |pick: fn(f64, f64) -> f64| {
        opens.iter().zip(closes).map(|(open, close)| pick(*open, *close)).collect()
    };
    let first = interval.ceil(start);
    let times = std::iter::successors(Some(first), |open| Some(interval.next_open(*open)))
        .take(closes.len())
        .collect();
    let columns = [opens.clone(), outer(f64::max), outer(f64::min), closes.to_vec(), vec![1.0; closes.len()]];
    Bars::new(interval, times, columns).expect("closes are finite numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_open_where_the_one_before_closed() {
        let bars = bars_from_closes(Interval::D1, at("2024-01-01"), &[1.0, 3.0, 2.0]);
        assert_eq!(bars.open(), [1.0, 1.0, 3.0]);
        assert_eq!(bars.high(), [1.0, 3.0, 3.0]);
        assert_eq!(bars.low(), [1.0, 1.0, 2.0]);
        assert_eq!(bars.open_time()[2], at("2024-01-03"));
        assert!(bars_from_closes(Interval::D1, at("2024-01-01"), &[]).is_empty());
    }

    #[test]
    fn a_built_candle_holds_what_was_said() {
        let [one, two, three] = [1, 2, 3].map(Decimal::from);
        let candle =
            CandleBuilder::flat(at("2024-01-01"), two).prices([two, three, one, two]).volume(three).build();
        assert_eq!(candle.check(Interval::D1), Ok(()));
        assert_eq!((candle.high, candle.volume), (three, three));
    }
}
