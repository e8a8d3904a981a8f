//! Stored series as pages show them, kept until the series changes: a dashboard must not scan years of candles per visitor.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use app::AppError;
use app::markets::model::{ProvenanceView, SeriesView, TrendView};
use market_data::{CandleStore, ProvenanceCounts, SeriesSummary, Take};
use reports::{Theme, sparkline_svg};
use rust_decimal::prelude::ToPrimitive as _;
use types::{SeriesKey, TimeRange, Timestamp};

use super::errors::internal;
use super::request::RequestServices;

/// How far back the trend looks.
const TREND_DAYS: i64 = 30;
/// How many candles it looks at, at most.
const TREND_CANDLES: usize = 1000;

/// Views of series, each with the summary it was made from.
#[derive(Debug, Default)]
pub(crate) struct SeriesViews(Mutex<BTreeMap<SeriesKey, (SeriesSummary, SeriesView)>>);

impl SeriesViews {
    fn find(&self, summary: &SeriesSummary) -> Option<SeriesView> {
        let views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        views.get(&summary.key).filter(|(made_from, _)| made_from == summary).map(|(_, view)| view.clone())
    }

    /// Returns how many candles are missing in a series, if that is known of its present state.
    pub(super) fn missing(&self, summary: &SeriesSummary) -> Option<u64> {
        self.find(summary).map(|view| view.missing)
    }

    fn keep(&self, summary: SeriesSummary, view: SeriesView) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(summary.key.clone(), (summary, view));
    }
}

impl RequestServices {
    /// Returns every stored series. Candles are the installation's, shared by its users.
    pub(super) async fn all_series(&self) -> Result<Vec<SeriesView>, AppError> {
        let candles = self.shared.house.candles.as_ref();
        let mut views = Vec::new();
        for summary in candles.series().await.map_err(internal)? {
            let view = if let Some(view) = self.shared.series_views.find(&summary) {
                view
            } else {
                let view = view(candles, &summary).await.map_err(internal)?;
                self.shared.series_views.keep(summary, view.clone());
                view
            };
            views.push(view);
        }
        Ok(views)
    }
}

async fn view(
    candles: &dyn CandleStore,
    summary: &SeriesSummary,
) -> Result<SeriesView, market_data::StoreError> {
    let gaps = candles.gaps(&summary.key).await?;
    Ok(SeriesView {
        key: summary.key.clone(),
        rows: summary.rows,
        first_ms: summary.first.as_ms(),
        last_ms: summary.last.as_ms(),
        bytes: summary.bytes,
        gaps: gaps.len() as u64,
        missing: gaps.iter().map(|gap| gap.missing).sum(),
        provenance: provenance(summary.provenance),
        trend: trend(candles, summary).await?,
    })
}

pub(super) fn provenance(counts: ProvenanceCounts) -> ProvenanceView {
    ProvenanceView {
        exchange: counts.exchange,
        imported: counts.imported,
        resampled: counts.resampled,
        repaired: counts.repaired,
        synthetic: counts.synthetic,
    }
}

async fn trend(
    candles: &dyn CandleStore,
    summary: &SeriesSummary,
) -> Result<Option<TrendView>, market_data::StoreError> {
    let start = summary.last.plus_ms(-TREND_DAYS * Timestamp::DAY_MS);
    let range = TimeRange { start, end: TimeRange::ALL.end };
    let stored = candles.candles(&summary.key, range, Take::Last(TREND_CANDLES)).await?;
    let closes: Vec<f64> = stored.iter().filter_map(|stored| stored.candle.close.to_f64()).collect();
    let (Some(&first), Some(&last), Some(oldest)) = (closes.first(), closes.last(), stored.first()) else {
        return Ok(None);
    };
    Ok(Some(TrendView {
        last_price: last,
        change: last / first - 1.0,
        span: span(summary.last.ms_since(oldest.candle.open_time)),
        svg: sparkline_svg(&closes, Theme::Dark),
    }))
}

fn span(ms: i64) -> String {
    const HOUR: i64 = 3_600_000;
    match ms {
        ms if ms >= 2 * Timestamp::DAY_MS => {
            format!("{} days", (ms + Timestamp::DAY_MS / 2) / Timestamp::DAY_MS)
        }
        ms if ms >= 2 * HOUR => format!("{} hours", (ms + HOUR / 2) / HOUR),
        ms => format!("{} minutes", ms / 60_000),
    }
}
