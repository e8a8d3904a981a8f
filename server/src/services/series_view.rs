//! Stored series as pages show them, each worked out once until it changes.

use app::AppError;
use app::data::model::MonthCover;
use app::markets::model::{ProvenanceView, SeriesView, TrendView};
use market_data::{CandleStore, ProvenanceCounts, SeriesSummary, Take};
use reports::{Theme, sparkline_svg};
use rust_decimal::prelude::ToPrimitive as _;
use types::{TimeRange, Timestamp};

use super::errors::internal;
use super::months::months;
use super::request::RequestServices;
use crate::wiring::now;

/// How far back the trend looks.
const TREND_DAYS: i64 = 30;
/// How many candles it looks at, at most.
const TREND_CANDLES: usize = 1000;

/// What pages show of a series, from one look at its candles.
#[derive(Debug, Clone)]
pub(crate) struct SeriesFacts {
    /// Its row in lists.
    pub(super) view: SeriesView,
    /// How much of each month is there.
    pub(super) months: Vec<MonthCover>,
}

impl RequestServices {
    /// Returns every stored series. Candles are the installation's, shared by its users.
    pub(super) async fn all_series(&self) -> Result<Vec<SeriesView>, AppError> {
        Ok(self.all_facts().await?.into_iter().map(|facts| facts.view).collect())
    }

    /// Returns what pages show of every series; one that did not change since somebody asked is not looked at again.
    pub(super) async fn all_facts(&self) -> Result<Vec<SeriesFacts>, AppError> {
        let candles = self.shared.house.candles.as_ref();
        let mut all = Vec::new();
        for summary in candles.series().await.map_err(internal)? {
            all.push(self.facts_of(&summary).await?);
        }
        Ok(all)
    }

    /// Returns what pages show of the series that is in this state.
    pub(super) async fn facts_of(&self, summary: &SeriesSummary) -> Result<SeriesFacts, AppError> {
        let candles = self.shared.house.candles.as_ref();
        self.shared.series_facts.get(summary, facts(candles, summary)).await.map_err(internal)
    }
}

async fn facts(
    candles: &dyn CandleStore,
    summary: &SeriesSummary,
) -> Result<SeriesFacts, market_data::StoreError> {
    let gaps = candles.gaps(&summary.key).await?;
    let view = SeriesView {
        key: summary.key.clone(),
        rows: summary.rows,
        first_ms: summary.first.as_ms(),
        last_ms: summary.last.as_ms(),
        bytes: summary.bytes,
        gaps: gaps.len() as u64,
        missing: gaps.iter().map(|gap| gap.missing).sum(),
        provenance: provenance(summary.provenance),
        trend: trend(candles, summary).await?,
    };
    Ok(SeriesFacts { view, months: months(summary, &gaps, now()) })
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
