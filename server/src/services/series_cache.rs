//! What was worked out about stored series, kept until they change: a page must not scan years of candles per visitor.
//!
//! Invariants: what is handed out was made from a summary equal to the one asked with; of several who ask for the same at once one
//! works, the others wait for it; a failure is kept from nobody and remembered for nobody.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use market_data::SeriesSummary;
use types::SeriesKey;

/// Values by series, each with the summary it was made from.
#[derive(Debug)]
pub(crate) struct SeriesCache<T> {
    kept: Mutex<BTreeMap<SeriesKey, (SeriesSummary, T)>>,
    /// Whoever makes a value holds it.
    making: tokio::sync::Mutex<()>,
}

impl<T> Default for SeriesCache<T> {
    fn default() -> Self {
        Self { kept: Mutex::default(), making: tokio::sync::Mutex::default() }
    }
}

impl<T: Clone> SeriesCache<T> {
    /// Returns what is kept of a series in the state of `summary`; otherwise awaits `make` and keeps what it makes.
    pub(super) async fn get<E>(
        &self,
        summary: &SeriesSummary,
        make: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        if let Some(value) = self.find(summary) {
            return Ok(value);
        }
        let _turn = self.making.lock().await;
        if let Some(value) = self.find(summary) {
            return Ok(value);
        }
        let value = make.await?;
        self.lock().insert(summary.key.clone(), (summary.clone(), value.clone()));
        Ok(value)
    }

    fn find(&self, summary: &SeriesSummary) -> Option<T> {
        let kept = self.lock();
        kept.get(&summary.key).filter(|(made_from, _)| made_from == summary).map(|(_, value)| value.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<SeriesKey, (SeriesSummary, T)>> {
        // Entries are replaced whole, so a panic elsewhere cannot have left half of one.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use market_data::ProvenanceCounts;
    use types::Timestamp;

    use super::*;

    fn summary(symbol: &str, rows: u64) -> SeriesSummary {
        SeriesSummary {
            key: SeriesKey {
                exchange: "demo".parse().expect("an exchange"),
                symbol: symbol.parse().expect("a symbol"),
                interval: "1h".parse().expect("an interval"),
            },
            rows,
            first: Timestamp::EPOCH,
            last: Timestamp::EPOCH,
            provenance: ProvenanceCounts::default(),
            bytes: 1,
        }
    }

    #[tokio::test]
    async fn a_value_is_made_once_per_series_and_again_when_it_changed() {
        let (cache, count) = (SeriesCache::default(), Cell::new(0));
        let get = async |symbol, rows| {
            let make = async {
                count.set(count.get() + 1);
                Ok::<_, Infallible>(count.get())
            };
            cache.get(&summary(symbol, rows), make).await
        };
        assert_eq!((get("BTCUSDT", 5).await, get("BTCUSDT", 5).await), (Ok(1), Ok(1)));
        assert_eq!((get("ETHUSDT", 5).await, get("BTCUSDT", 6).await), (Ok(2), Ok(3)));
        assert_eq!((get("ETHUSDT", 5).await, get("BTCUSDT", 6).await), (Ok(2), Ok(3)));
    }

    #[tokio::test]
    async fn of_two_who_ask_at_once_one_works() {
        let (cache, count) = (SeriesCache::default(), Cell::new(0));
        let get = async || {
            let make = async {
                tokio::task::yield_now().await;
                count.set(count.get() + 1);
                Ok::<_, Infallible>(count.get())
            };
            cache.get(&summary("BTCUSDT", 5), make).await
        };
        assert_eq!(tokio::join!(get(), get()), (Ok(1), Ok(1)));
    }

    #[tokio::test]
    async fn a_failure_is_told_and_not_kept() {
        let cache = SeriesCache::default();
        let series = summary("BTCUSDT", 5);
        assert_eq!(
            cache.get(&series, async { Err::<u8, _>("the disk is away") }).await,
            Err("the disk is away")
        );
        assert_eq!(cache.get(&series, async { Ok::<_, Infallible>(7) }).await, Ok(7));
    }
}
