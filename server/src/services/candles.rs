//! A window of candles with indicators over them, for the chart.

use std::sync::Arc;

use app::AppError;
use app::markets::model::{CandleQuery, CandleWindow, LinePane, LineView, ProvenanceRun};
use indicators::{IndicatorSpec, Pane, compute, parse};
use market_data::{StoredCandle, Take};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use types::{Bars, TimeRange, Timestamp};

use super::errors::{internal, invalid};
use super::request::RequestServices;

/// The most candles a chart may ask for at once.
const MOST_CANDLES: u32 = 5000;
/// The most indicators at once.
const MOST_INDICATORS: usize = 12;
/// Bars before the window that warm the indicators up. Recursive ones (EMA, RSI, ATR) forget by a constant share per bar, so that
/// after this many bars beyond their period the start of the computation no longer shows in a chart's pixels.
const WARM_UP: usize = 1000;

impl RequestServices {
    /// Returns the latest candles before a moment, with indicator values as if computed over the whole series.
    pub(super) async fn window(&self, query: CandleQuery) -> Result<CandleWindow, AppError> {
        if query.indicators.len() > MOST_INDICATORS {
            return Err(invalid("indicators", format!("At most {MOST_INDICATORS} indicators at once.")));
        }
        let specs: Vec<IndicatorSpec> = query
            .indicators
            .iter()
            .map(|text| parse(text).map_err(|error| invalid("indicators", format!("'{text}': {error}."))))
            .collect::<Result<_, _>>()?;
        let longest =
            specs.iter().flat_map(IndicatorSpec::values).fold(0.0_f64, |longest, value| longest.max(*value));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a checked period")]
        let warm_up = if specs.is_empty() { 0 } else { WARM_UP + longest as usize * 4 };
        let candles = self.shared.house.candles.as_ref();
        let Some(state) = candles.summary(&query.key).await.map_err(internal)? else {
            return Err(AppError::NotFound { what: format!("series {}", query.key) });
        };
        let made = self.make(&query, &specs, warm_up);
        let window = self.shared.windows.get_or_make(&query, &state, made).await?;
        Ok(Arc::unwrap_or_clone(window))
    }

    async fn make(
        &self,
        query: &CandleQuery,
        specs: &[IndicatorSpec],
        warm_up: usize,
    ) -> Result<CandleWindow, AppError> {
        let limit = query.limit.clamp(1, MOST_CANDLES) as usize;
        let end = query.before_ms.map_or(TimeRange::ALL.end, Timestamp::from_ms);
        let range = TimeRange { start: TimeRange::ALL.start, end };
        let candles = self.shared.house.candles.as_ref();
        let stored =
            candles.candles(&query.key, range, Take::Last(limit + warm_up + 1)).await.map_err(internal)?;
        let shown = stored.len().saturating_sub(limit);
        let bars = bars(query, &stored)?;
        let lines = lines(query, specs, &bars, shown)?;
        Ok(CandleWindow {
            time: bars.open_time()[shown..].iter().map(|at| at.as_ms()).collect(),
            open: bars.open()[shown..].to_vec(),
            high: bars.high()[shown..].to_vec(),
            low: bars.low()[shown..].to_vec(),
            close: bars.close()[shown..].to_vec(),
            volume: bars.volume()[shown..].to_vec(),
            provenance: provenance_runs(&stored[shown..]),
            lines,
            has_earlier: shown > 0,
        })
    }
}

fn bars(query: &CandleQuery, stored: &[StoredCandle]) -> Result<Bars, AppError> {
    let column = |value: fn(&StoredCandle) -> Decimal| -> Vec<f64> {
        stored.iter().map(|candle| value(candle).to_f64().unwrap_or(f64::NAN)).collect()
    };
    Bars::new(
        query.key.interval,
        stored.iter().map(|stored| stored.candle.open_time).collect(),
        [
            column(|stored| stored.candle.open),
            column(|stored| stored.candle.high),
            column(|stored| stored.candle.low),
            column(|stored| stored.candle.close),
            column(|stored| stored.candle.volume),
        ],
    )
    .map_err(internal)
}

fn lines(
    query: &CandleQuery,
    specs: &[IndicatorSpec],
    bars: &Bars,
    shown: usize,
) -> Result<Vec<LineView>, AppError> {
    let mut lines = Vec::new();
    for (text, spec) in query.indicators.iter().zip(specs) {
        let pane = match spec.kind().pane {
            Pane::Overlay => LinePane::Overlay,
            Pane::Separate => LinePane::Separate,
        };
        let columns =
            compute(spec, bars).map_err(|error| invalid("indicators", format!("'{text}': {error}.")))?;
        for column in columns {
            lines.push(LineView {
                indicator: text.clone(),
                name: column.name.to_owned(),
                pane,
                values: column.values[shown..].to_vec(),
            });
        }
    }
    Ok(lines)
}

fn provenance_runs(stored: &[StoredCandle]) -> Vec<ProvenanceRun> {
    let mut runs: Vec<ProvenanceRun> = Vec::new();
    for candle in stored {
        match runs.last_mut() {
            Some(run) if run.provenance == candle.provenance => run.count += 1,
            _ => runs.push(ProvenanceRun { provenance: candle.provenance, count: 1 }),
        }
    }
    runs
}
