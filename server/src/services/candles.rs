//! A window of candles with indicators over them, for the chart.

use std::sync::Arc;

use app::markets::model::{CandleQuery, CandleWindow, LinePane, LineView, ProvenanceRun, RefusedIndicator};
use app::{AppError, FieldError};
use indicators::{IndicatorSpec, Pane, ParseIndicatorError, compute, parse, registry};
use market_data::{StoredCandle, Take};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use types::{Bars, Candle, TimeRange, Timestamp};

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
        let Asked { known, refused } = asked(&query)?;
        let longest = known
            .iter()
            .flat_map(|(_, spec)| spec.values())
            .fold(0.0_f64, |longest, value| longest.max(*value));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a checked period")]
        let warm_up = if known.is_empty() { 0 } else { WARM_UP + longest as usize * 4 };
        let candles = self.shared.house.candles.as_ref();
        let Some(state) = candles.summary(&query.key).await.map_err(internal)? else {
            return Err(AppError::NotFound { what: format!("series {}", query.key) });
        };
        let made = self.make(&query, &known, refused, warm_up);
        let window = self.shared.windows.get_or_make(&query, &state, made).await?;
        Ok(Arc::unwrap_or_clone(window))
    }

    async fn make(
        &self,
        query: &CandleQuery,
        known: &[(String, IndicatorSpec)],
        refused: Vec<RefusedIndicator>,
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
        let lines = lines(known, &bars, shown)?;
        let of_shown = &stored[shown..];
        Ok(CandleWindow {
            time: bars.open_time()[shown..].iter().map(|at| at.as_ms()).collect(),
            open: bars.open()[shown..].to_vec(),
            high: bars.high()[shown..].to_vec(),
            low: bars.low()[shown..].to_vec(),
            close: bars.close()[shown..].to_vec(),
            volume: bars.volume()[shown..].to_vec(),
            provenance: provenance_runs(of_shown),
            lines,
            refused,
            price_decimals: decimals(of_shown, |candle| {
                vec![candle.open, candle.high, candle.low, candle.close]
            }),
            volume_decimals: decimals(of_shown, |candle| vec![candle.volume]),
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

/// What was asked for, apart.
struct Asked {
    /// Indicators with their texts.
    known: Vec<(String, IndicatorSpec)>,
    /// What is none.
    refused: Vec<RefusedIndicator>,
}

/// Reads the indicators of a query.
///
/// # Errors
/// All that are none, unless they are to be left out.
fn asked(query: &CandleQuery) -> Result<Asked, AppError> {
    let mut asked = Asked { known: Vec::new(), refused: Vec::new() };
    for text in &query.indicators {
        match parse(text) {
            Ok(spec) => asked.known.push((text.clone(), spec)),
            Err(error) => {
                asked
                    .refused
                    .push(RefusedIndicator { indicator: text.clone(), message: complaint(text, &error) });
            }
        }
    }
    if asked.refused.is_empty() || query.known_only {
        return Ok(asked);
    }
    let fault =
        |refused: RefusedIndicator| FieldError { field: "indicators".to_owned(), message: refused.message };
    Err(AppError::Invalid { fields: asked.refused.into_iter().map(fault).collect() })
}

/// Checks an indicator as somebody wrote it.
pub(super) fn check_indicator(text: &str) -> Result<(), AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid("add", "Enter an indicator, such as ema(34)."));
    }
    parse(text).map(drop).map_err(|error| invalid("add", complaint(text, &error)))
}

/// Says what is wrong with an indicator and which one may have been meant.
fn complaint(text: &str, error: &ParseIndicatorError) -> String {
    let ParseIndicatorError::Unknown { found } = error else { return format!("'{text}': {error}.") };
    let names: Vec<&str> = registry().iter().map(|kind| kind.name).collect();
    match config::nearest(found, names.iter().copied()) {
        Some(name) => format!("There is no indicator '{found}'. Did you mean '{name}'?"),
        None => format!("There is no indicator '{found}'. There are: {}.", names.join(", ")),
    }
}

/// Returns how many decimals write these values of all candles exactly. A price has ten significant digits at most: what a file has
/// beyond them (`98.00000000000001`) was made by somebody's floating-point arithmetic.
fn decimals(stored: &[StoredCandle], values: impl Fn(&Candle) -> Vec<Decimal>) -> u32 {
    const DIGITS: u32 = 10;
    let values = stored.iter().flat_map(|stored| values(&stored.candle));
    let (exact, largest) = values.fold((0, Decimal::ZERO), |(exact, largest), value| {
        (value.normalize().scale().max(exact), value.abs().max(largest))
    });
    let whole = if largest < Decimal::ONE { 0 } else { largest.trunc().to_string().len() };
    // Below 1, zeros behind the point are no significant digits.
    let zeros = if largest.is_zero() || whole > 0 { 0 } else { leading_zeros(largest) };
    exact.min((DIGITS + zeros).saturating_sub(u32::try_from(whole).unwrap_or(DIGITS)))
}

/// Returns the number of zeros between the point and the first digit of a value below 1.
fn leading_zeros(value: Decimal) -> u32 {
    let digits = u32::try_from(value.mantissa().unsigned_abs().to_string().len()).unwrap_or(0);
    value.scale().saturating_sub(digits)
}

fn lines(known: &[(String, IndicatorSpec)], bars: &Bars, shown: usize) -> Result<Vec<LineView>, AppError> {
    let mut lines = Vec::new();
    for (text, spec) in known {
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
                values: column.part(shown..bars.len()).collect(),
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

#[cfg(test)]
mod tests {
    use types::Provenance;

    use super::*;

    fn candles(prices: &[&str]) -> Vec<StoredCandle> {
        let of = |price: &&str| {
            let price: Decimal = price.parse().expect("a decimal");
            let candle = testkit::CandleBuilder::flat(types::Timestamp::EPOCH, price).build();
            StoredCandle { candle, provenance: Provenance::Exchange }
        };
        prices.iter().map(of).collect()
    }

    #[test]
    fn prices_have_the_decimals_that_write_them_all() {
        let of = |prices: &[&str]| decimals(&candles(prices), |candle| vec![candle.close]);
        assert_eq!(of(&["0.00013692", "0.0001366", "0.00013600"]), 8, "LUNCUSDT");
        assert_eq!(of(&["0.00000812"]), 8, "SHIBUSDT");
        assert_eq!(of(&["64123.40", "64123.45"]), 2, "BTCUSDT");
        assert_eq!(of(&["9500000", "9510000"]), 0, "BTCJPY");
        assert_eq!(of(&["98.00000000000001", "97.5"]), 8, "somebody's arithmetic");
        assert_eq!(of(&["0"]), 0);
        assert_eq!(of(&[]), 0);
    }

    #[test]
    fn what_is_no_indicator_is_told_with_what_may_have_been_meant() {
        let message = |text: &str| match check_indicator(text) {
            Err(AppError::Invalid { fields }) => (fields[0].field.clone(), fields[0].message.clone()),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            message("smaa(3)"),
            ("add".into(), "There is no indicator 'smaa'. Did you mean 'sma'?".into())
        );
        assert!(message("nonsense").1.starts_with("There is no indicator 'nonsense'. There are: "));
        assert!(message("sma(0)").1.starts_with("'sma(0)': "));
        assert_eq!(message(" ").1, "Enter an indicator, such as ema(34).");
        assert_eq!(check_indicator(" EMA(34) "), Ok(()));
    }
}
