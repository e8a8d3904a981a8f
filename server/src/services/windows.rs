//! Windows of candles that many look at: made once, kept for a moment, shared with other processes through Redis where there is one.
//!
//! Invariants: what is kept is named by the state of its series, so that a candle more is another window, and kept for seconds only,
//! so that values that were revised in place show soon; a Redis that is away makes nothing slower and nothing wrong.

mod shelf;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::AppError;
use app::markets::model::{CandleQuery, CandleWindow};
use market_data::SeriesSummary;
use moka::future::Cache;

use shelf::Shelf;

/// How long a window is kept.
const KEPT: Duration = Duration::from_secs(5);
/// The most memory that windows take, in bytes.
const MEMORY: u64 = 32 << 20;

/// The windows of late.
#[derive(Debug)]
pub(crate) struct HotWindows {
    near: Cache<String, Arc<CandleWindow>>,
    far: Option<Arc<Shelf>>,
}

impl HotWindows {
    /// Keeps windows in this process, and in Redis unless `cache_url` is `memory`.
    pub(crate) fn new(cache_url: &str) -> Self {
        let near = Cache::builder()
            .max_capacity(MEMORY)
            .weigher(|_, window: &Arc<CandleWindow>| u32::try_from(size(window)).unwrap_or(u32::MAX))
            .time_to_live(KEPT)
            .build();
        let far = match cache_url {
            "memory" => None,
            url => Shelf::open(url).map(Arc::new),
        };
        Self { near, far }
    }

    /// Returns the window of this query over the series as `state` describes it, and makes it if nobody did lately. Whoever asks for a
    /// window that is being made waits for it.
    pub(super) async fn get_or_make(
        &self,
        query: &CandleQuery,
        state: &SeriesSummary,
        make: impl Future<Output = Result<CandleWindow, AppError>>,
    ) -> Result<Arc<CandleWindow>, AppError> {
        let name = name(query, state);
        let found = self.near.try_get_with_by_ref(&name, async {
            if let Some(far) = &self.far
                && let Some(window) = far.find(&name).await
            {
                return Ok(Arc::new(window));
            }
            let window = Arc::new(make.await?);
            if let Some(far) = &self.far {
                // Nobody waits for this.
                tokio::spawn(far.clone().keep(name.clone(), window.clone(), KEPT));
            }
            Ok(window)
        });
        found.await.map_err(|error: Arc<AppError>| AppError::clone(&error))
    }
}

/// Names a window by what it was made from.
fn name(query: &CandleQuery, state: &SeriesSummary) -> String {
    let CandleQuery { key, before_ms, limit, indicators, known_only } = query;
    let SeriesSummary { rows, first, last, bytes, .. } = state;
    let (first, last, before) = (first.as_ms(), last.as_ms(), before_ms.unwrap_or(i64::MAX));
    format!("{key}|{rows}|{first}|{last}|{bytes}|{before}|{limit}|{known_only}|{}", indicators.join(";"))
}

/// Roughly what a window takes in memory, in bytes.
fn size(window: &CandleWindow) -> usize {
    let values: usize = window.lines.iter().map(|line| line.values.len() * 2).sum();
    (window.time.len() * 6 + values) * size_of::<f64>() + 1000
}

#[cfg(test)]
mod tests;
