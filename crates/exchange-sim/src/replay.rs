//! Recorded candles played back: what the clock has not reached is not shown, and the candle it is in shows in part.
//!
//! Invariants: each series ascends strictly in open time. Off-grid open times are kept as they are, since exchanges have
//! published such; only the given intervals are served, nothing is resampled.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use types::{Candle, Grid, Interval, Symbol, Timestamp};

use crate::bar::{Bar, BarError};
use crate::market::{Pair, Revision, Row, Window};

/// Recorded candles of one symbol and interval.
#[derive(Debug, Clone)]
pub struct ReplaySeries {
    /// The pair: `BTCUSDT`.
    pub symbol: Symbol,
    /// Base and quote asset; `None` derives them from the symbol's ending.
    pub assets: Option<(String, String)>,
    /// Length of the candles.
    pub interval: Interval,
    /// The candles, oldest first. Columns that are absent are served as zero.
    pub candles: Vec<Candle>,
}

/// Why recorded candles cannot be played back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// A candle is not after its predecessor.
    #[error(
        "{symbol} {interval}: the candle at {at} does not come after the one before it; sort the file and drop duplicates"
    )]
    NotAscending {
        /// The pair.
        symbol: Symbol,
        /// The interval.
        interval: Interval,
        /// Open time of the offending candle.
        at: Timestamp,
    },
    /// A candle that the wire format cannot carry, or that contradicts itself.
    #[error("{symbol} {interval}: the candle at {at} cannot be replayed: {reason}")]
    Unusable {
        /// The pair.
        symbol: Symbol,
        /// The interval.
        interval: Interval,
        /// Open time of the offending candle.
        at: Timestamp,
        /// What is wrong with it.
        reason: BarError,
    },
    /// The same series was given twice.
    #[error("{symbol} {interval} is given twice")]
    Twice {
        /// The pair.
        symbol: Symbol,
        /// The interval.
        interval: Interval,
    },
    /// The symbol does not say which assets it trades.
    #[error("cannot tell base and quote asset of {symbol}; name them")]
    UnknownAssets {
        /// The pair.
        symbol: Symbol,
    },
}

/// Quote assets a symbol may end in, longest first.
const QUOTES: [&str; 11] =
    ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "BTC", "ETH", "BNB", "EUR", "TRY", "USD"];

/// Recorded series.
#[derive(Debug)]
pub(crate) struct ReplayedMarket {
    pairs: Vec<Pair>,
    /// Changed by revisions only, one row at a time, so that a panic elsewhere cannot leave them half-done.
    series: RwLock<Series>,
}

type Series = BTreeMap<(Symbol, Interval), Vec<Row>>;

impl ReplayedMarket {
    /// Checks recorded candles and takes them in.
    pub(crate) fn new(recorded: Vec<ReplaySeries>) -> Result<Self, ReplayError> {
        let mut pairs: Vec<Pair> = Vec::new();
        let mut series = Series::new();
        for ReplaySeries { symbol, assets, interval, candles } in recorded {
            let rows = rows(&symbol, interval, &candles)?;
            if pairs.iter().all(|pair| pair.symbol != symbol) {
                let (base, quote) = assets
                    .or_else(|| split(symbol.as_str()))
                    .ok_or_else(|| ReplayError::UnknownAssets { symbol: symbol.clone() })?;
                pairs.push(Pair { symbol: symbol.clone(), base, quote });
            }
            if series.insert((symbol.clone(), interval), rows).is_some() {
                return Err(ReplayError::Twice { symbol, interval });
            }
        }
        Ok(Self { pairs, series: RwLock::new(series) })
    }

    pub(crate) fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// Returns where candles of a series open, as its first one shows.
    pub(crate) fn grid(&self, symbol: &Symbol, interval: Interval) -> Option<Grid> {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        let first = series.get(&(symbol.clone(), interval))?.first()?;
        Some(Grid::through(interval, first.open_time))
    }

    /// Returns the finest interval recorded for a symbol.
    pub(crate) fn finest(&self, symbol: &Symbol) -> Option<Interval> {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        series.keys().filter(|(name, _)| name == symbol).map(|(_, interval)| *interval).min()
    }

    /// Revises the closed candle that opened at a time, in the finest series that has it, and the coarser ones around it.
    pub(crate) fn revise(&self, symbol: &Symbol, open_time: Timestamp, now: Timestamp) -> Option<Row> {
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        // Ascending keys: the finest series of the symbol comes first.
        let mut of_symbol = series.iter_mut().filter(|((name, _), _)| name == symbol);
        let (revision, revised) = of_symbol.find_map(|(_, rows)| {
            let at = rows.binary_search_by_key(&open_time, |row| row.open_time).ok()?;
            let row = rows.get_mut(at).filter(|row| row.is_closed(now))?;
            let revision = Revision::of(row.bar);
            row.bar = revision.after;
            Some((revision, *row))
        })?;
        for (_, rows) in of_symbol {
            let at = rows.partition_point(|row| row.open_time <= open_time);
            let coarse = at.checked_sub(1).and_then(|at| rows.get_mut(at));
            if let Some(coarse) = coarse.filter(|coarse| revised.next_open <= coarse.next_open) {
                coarse.bar = revision.carried_into(coarse.bar, revised.next_open == coarse.next_open);
            }
        }
        Some(revised)
    }

    /// Returns the rows of a window as the clock `now` shows them, or `None` when the series was not recorded.
    pub(crate) fn rows(
        &self,
        symbol: &Symbol,
        interval: Interval,
        window: Window,
        now: Timestamp,
    ) -> Option<Vec<Row>> {
        let all = self.series.read().unwrap_or_else(PoisonError::into_inner);
        let series = all.get(&(symbol.clone(), interval))?;
        let last = window.to.map_or(now, |to| to.min(now));
        let end = series.partition_point(|row| row.open_time <= last);
        let slice = match window.from {
            Some(from) => {
                let start = series.partition_point(|row| row.open_time < from).min(end);
                series.get(start..end.min(start.saturating_add(window.limit)))?
            }
            None => series.get(end.saturating_sub(window.limit)..end)?,
        };
        let shown = slice.iter().map(|row| Row {
            bar: row.bar.partial(now.ms_since(row.open_time), row.next_open.ms_since(row.open_time)),
            ..*row
        });
        Some(shown.collect())
    }
}

fn rows(symbol: &Symbol, interval: Interval, candles: &[Candle]) -> Result<Vec<Row>, ReplayError> {
    let mut rows: Vec<Row> = Vec::with_capacity(candles.len());
    for candle in candles {
        let at = candle.open_time;
        let unusable = |reason| ReplayError::Unusable { symbol: symbol.clone(), interval, at, reason };
        if rows.last().is_some_and(|row| row.open_time >= at) {
            return Err(ReplayError::NotAscending { symbol: symbol.clone(), interval, at });
        }
        match candle.check(interval) {
            Ok(()) | Err(types::CandleFault::OffGrid) => {}
            Err(fault) => return Err(unusable(fault.into())),
        }
        let bar = Bar::from_candle(candle).map_err(unusable)?;
        rows.push(Row { open_time: at, next_open: interval.next_open(at), bar });
    }
    Ok(rows)
}

fn split(symbol: &str) -> Option<(String, String)> {
    QUOTES.iter().find_map(|quote| {
        let base = symbol.strip_suffix(quote).filter(|base| !base.is_empty())?;
        Some((base.to_owned(), (*quote).to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candle(hour: i64) -> Candle {
        let bar =
            Bar { high: 300_000_000, volume: 100_000_000, quote: 250_000_000, ..Bar::flat(200_000_000) };
        Bar { trades: 10, ..bar }.to_candle(Timestamp::from_ms(hour * 3_600_000))
    }

    fn series(hours: &[i64]) -> ReplaySeries {
        let candles = hours.iter().map(|&hour| candle(hour)).collect();
        ReplaySeries { symbol: "BTCUSDT".parse().unwrap(), assets: None, interval: Interval::H1, candles }
    }

    fn opens(market: &ReplayedMarket, window: Window, now_hours: i64) -> Vec<i64> {
        let now = Timestamp::from_ms(now_hours * 3_600_000);
        let rows = market.rows(&"BTCUSDT".parse().unwrap(), Interval::H1, window, now).unwrap();
        rows.iter().map(|row| row.open_time.as_ms() / 3_600_000).collect()
    }

    #[test]
    fn windows_follow_the_exchange() {
        let market = ReplayedMarket::new(vec![series(&[1, 2, 4, 5])]).unwrap();
        let at = |hour: i64| Some(Timestamp::from_ms(hour * 3_600_000));
        let window = |from, to, limit| Window { from, to, limit };
        assert_eq!(opens(&market, window(None, None, 2), 9), [4, 5]);
        assert_eq!(opens(&market, window(at(2), None, 2), 9), [2, 4]);
        assert_eq!(opens(&market, window(None, at(4), 2), 9), [2, 4]);
        assert_eq!(opens(&market, window(at(2), at(4), 9), 9), [2, 4]);
        assert_eq!(opens(&market, window(None, None, 9), 2), [1, 2], "the future is hidden");
        assert_eq!(opens(&market, window(at(5), at(1), 9), 9), [0; 0]);
        assert_eq!(opens(&market, window(at(2), None, usize::MAX), 9), [2, 4, 5]);
    }

    #[test]
    fn a_revision_changes_the_finest_series_and_what_contains_it() {
        let day = ReplaySeries { interval: Interval::D1, ..series(&[0]) };
        let market = ReplayedMarket::new(vec![day, series(&[0, 1, 23])]).unwrap();
        let (symbol, now) = ("BTCUSDT".parse().unwrap(), Timestamp::from_ms(24 * 3_600_000));
        let rows = |interval| {
            let window = Window { from: None, to: None, limit: 9 };
            market.rows(&symbol, interval, window, now).unwrap()
        };
        let (hours, days) = (rows(Interval::H1), rows(Interval::D1));
        let at = |hour: i64| Timestamp::from_ms(hour * 3_600_000);
        assert_eq!(market.revise(&symbol, at(2), now), None, "there is no such candle");
        assert_eq!(market.revise(&symbol, at(23), at(23)), None, "it is not closed");
        let middle = market.revise(&symbol, at(1), now).unwrap();
        assert_eq!(rows(Interval::H1), [hours[0], middle, hours[2]]);
        assert_ne!(middle.bar.close, hours[1].bar.close);
        let whole = rows(Interval::D1)[0].bar;
        assert_eq!(whole.volume - days[0].bar.volume, middle.bar.volume - hours[1].bar.volume);
        assert_eq!(whole.close, days[0].bar.close, "other hours come after it");
        let last = market.revise(&symbol, at(23), now).unwrap();
        assert_eq!(rows(Interval::D1)[0].bar.close, last.bar.close);
    }

    #[test]
    fn disorder_repetition_and_unknown_assets_are_refused() {
        assert!(matches!(ReplayedMarket::new(vec![series(&[2, 1])]), Err(ReplayError::NotAscending { .. })));
        assert!(matches!(
            ReplayedMarket::new(vec![series(&[1]), series(&[2])]),
            Err(ReplayError::Twice { .. })
        ));
        let odd = ReplaySeries { symbol: "ABC".parse().unwrap(), ..series(&[1]) };
        assert!(matches!(ReplayedMarket::new(vec![odd]), Err(ReplayError::UnknownAssets { .. })));
        let mut wrong = series(&[1]);
        wrong.candles[0].high = 1.into();
        let error = ReplayedMarket::new(vec![wrong]).unwrap_err();
        assert!(error.to_string().contains("1970-01-01 01:00:00"), "{error}");
    }
}
