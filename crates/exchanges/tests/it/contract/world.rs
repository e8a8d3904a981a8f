//! The truth that counterparts serve: one pair's candles, a clock, and holes.

use exchange_sim::{Clock, MarketSource, SimConfig, Simulator};
use rust_decimal::Decimal;
use types::{Candle, Interval, TimeRange};

use crate::support::{at, symbol};

/// A market. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// Knows the candles of years to come.
    oracle: Simulator,
    pub(crate) clock: Clock,
    holes: Vec<TimeRange>,
}

impl World {
    pub(crate) fn new(clock: Clock) -> Self {
        let oracle = SimConfig {
            market: MarketSource::generated(7),
            clock: Clock::manual(at("2030-01-01")),
            ..SimConfig::default()
        };
        Self { oracle: Simulator::new(oracle).unwrap(), clock, holes: Vec::new() }
    }

    /// Without the candles that open in these stretches.
    pub(crate) fn with_holes(self, holes: Vec<TimeRange>) -> Self {
        Self { holes, ..self }
    }

    pub(crate) fn has_holes(&self) -> bool {
        !self.holes.is_empty()
    }

    /// The candles that open in `range` and have closed.
    pub(crate) fn closed(&self, interval: Interval, range: TimeRange) -> Vec<Candle> {
        let now = self.clock.now();
        self.all(interval, TimeRange { end: range.end.min(now), ..range })
            .into_iter()
            .filter(|candle| interval.next_open(candle.open_time) <= now)
            .collect()
    }

    /// The candle that has not closed, as it stands, if it opens in `range`.
    pub(crate) fn forming(&self, interval: Interval, range: TimeRange) -> Option<Candle> {
        let open = interval.floor(self.clock.now());
        let bar = TimeRange { start: open, end: interval.next_open(open) };
        let whole = self.all(interval, bar).pop().filter(|_| range.contains(open))?;
        let price = whole.open;
        Some(Candle {
            high: price,
            low: price,
            close: price,
            volume: whole.volume.min(Decimal::ONE),
            quote_volume: whole.quote_volume.map(|volume| volume.min(price)),
            ..whole
        })
    }

    fn all(&self, interval: Interval, range: TimeRange) -> Vec<Candle> {
        let mut candles = self.oracle.candles(&symbol("BTCUSDT"), interval, range).unwrap();
        candles.retain(|candle| !self.holes.iter().any(|hole| hole.contains(candle.open_time)));
        candles
    }
}
