//! Every indicator by name: an explicit list, sorted, one entry each. Adding one is a file, an entry here and a heading in the manual.

use crate::period::PeriodError;
use crate::stream::Stream;
use crate::{Atr, Bollinger, Ema, MAX_PERIOD, Macd, Obv, Rsi, Sma, Stochastic, Wma};

/// Where a chart draws an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pane {
    /// Over the candles, in units of price.
    Overlay,
    /// In a pane of its own.
    Separate,
}

/// A parameter and what it may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Param {
    /// Its name: `period`.
    pub name: &'static str,
    /// Its title on screen.
    pub title: &'static str,
    /// Whether only whole numbers are allowed.
    pub integer: bool,
    /// The smallest allowed value.
    pub min: f64,
    /// The largest allowed value.
    pub max: f64,
    /// What it is when it is not given.
    pub default: f64,
}

type Built = Result<Box<dyn Stream>, PeriodError>;

/// An indicator as the registry knows it.
#[derive(Debug, Clone, Copy)]
pub struct IndicatorKind {
    /// Its name in `rsi(14)`.
    pub name: &'static str,
    /// Its title on screen.
    pub title: &'static str,
    /// One sentence: what it shows.
    pub summary: &'static str,
    /// Where it is drawn.
    pub pane: Pane,
    /// Its parameters, in the order in which they may be given without names.
    pub params: &'static [Param],
    /// The names of its lines.
    pub outputs: &'static [&'static str],
    /// Builds it from one checked value per parameter.
    pub(crate) build: fn(&[f64]) -> Built,
}

/// Returns every indicator, sorted by name.
pub const fn registry() -> &'static [IndicatorKind] {
    &REGISTRY
}

/// Returns the indicator of that name.
pub fn find(name: &str) -> Option<&'static IndicatorKind> {
    REGISTRY.iter().find(|kind| kind.name == name)
}

#[expect(clippy::cast_precision_loss, reason = "MAX_PERIOD is small")]
const LONGEST: f64 = MAX_PERIOD as f64;

const fn period(name: &'static str, title: &'static str, min: f64, default: f64) -> Param {
    Param { name, title, integer: true, min, max: LONGEST, default }
}

/// Reads a value that the range check has found to be a whole number from 0 to [`MAX_PERIOD`].
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked against the parameter's range"
)]
fn whole(values: &[f64], index: usize) -> usize {
    values.get(index).map_or(0, |value| *value as usize)
}

fn boxed<T: Stream + 'static>(built: Result<T, PeriodError>) -> Built {
    built.map(|stream| Box::new(stream) as Box<dyn Stream>)
}

const REGISTRY: [IndicatorKind; 9] = [
    IndicatorKind {
        name: "atr",
        title: "Average True Range",
        summary: "How far price moves in a bar, gaps included; a measure of volatility in units of price.",
        pane: Pane::Separate,
        params: &[period("period", "Period", 1.0, 14.0)],
        outputs: &["atr"],
        build: |values| boxed(Atr::new(whole(values, 0))),
    },
    IndicatorKind {
        name: "bollinger",
        title: "Bollinger Bands",
        summary: "A moving average and a band of standard deviations around it; narrow bands mean a quiet market.",
        pane: Pane::Overlay,
        params: &[
            period("period", "Period", 2.0, 20.0),
            Param {
                name: "width",
                title: "Deviations",
                integer: false,
                min: 0.01,
                max: 1000.0,
                default: 2.0,
            },
        ],
        outputs: &["upper", "middle", "lower"],
        build: |values| boxed(Bollinger::new(whole(values, 0), values.get(1).copied().unwrap_or(0.0))),
    },
    IndicatorKind {
        name: "ema",
        title: "Exponential Moving Average",
        summary: "An average that weighs recent closes more and never quite forgets old ones.",
        pane: Pane::Overlay,
        params: &[period("period", "Period", 1.0, 20.0)],
        outputs: &["ema"],
        build: |values| boxed(Ema::new(whole(values, 0))),
    },
    IndicatorKind {
        name: "macd",
        title: "MACD",
        summary: "The distance between a fast and a slow exponential average, with its own average as a signal.",
        pane: Pane::Separate,
        params: &[
            period("fast", "Fast period", 1.0, 12.0),
            period("slow", "Slow period", 2.0, 26.0),
            period("signal", "Signal period", 1.0, 9.0),
        ],
        outputs: &["macd", "signal", "histogram"],
        build: |values| boxed(Macd::new(whole(values, 0), whole(values, 1), whole(values, 2))),
    },
    IndicatorKind {
        name: "obv",
        title: "On-Balance Volume",
        summary: "Volume added on rises and taken away on falls; its direction shows whether volume confirms the move.",
        pane: Pane::Separate,
        params: &[],
        outputs: &["obv"],
        build: |_| boxed(Ok(Obv::new())),
    },
    IndicatorKind {
        name: "rsi",
        title: "Relative Strength Index",
        summary: "The share of rises in recent moves, from 0 to 100; below 30 counts as oversold, above 70 as overbought.",
        pane: Pane::Separate,
        params: &[period("period", "Period", 2.0, 14.0)],
        outputs: &["rsi"],
        build: |values| boxed(Rsi::new(whole(values, 0))),
    },
    IndicatorKind {
        name: "sma",
        title: "Simple Moving Average",
        summary: "The mean of the last closes.",
        pane: Pane::Overlay,
        params: &[period("period", "Period", 1.0, 20.0)],
        outputs: &["sma"],
        build: |values| boxed(Sma::new(whole(values, 0))),
    },
    IndicatorKind {
        name: "stochastic",
        title: "Stochastic Oscillator",
        summary: "Where the close lies in the recent range, from 0 to 100, smoothed.",
        pane: Pane::Separate,
        params: &[
            period("period", "Period", 1.0, 14.0),
            period("smoothing", "%K smoothing", 1.0, 3.0),
            period("signal", "%D period", 1.0, 3.0),
        ],
        outputs: &["k", "d"],
        build: |values| boxed(Stochastic::new(whole(values, 0), whole(values, 1), whole(values, 2))),
    },
    IndicatorKind {
        name: "wma",
        title: "Weighted Moving Average",
        summary: "An average whose weights fall in equal steps from the newest close to the oldest.",
        pane: Pane::Overlay,
        params: &[period("period", "Period", 1.0, 20.0)],
        outputs: &["wma"],
        build: |values| boxed(Wma::new(whole(values, 0))),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_unique_and_every_default_builds() {
        assert!(registry().windows(2).all(|pair| pair[0].name < pair[1].name));
        for kind in registry() {
            let defaults: Vec<f64> = kind.params.iter().map(|param| param.default).collect();
            assert!((kind.build)(&defaults).is_ok(), "{}", kind.name);
            assert!(
                kind.params.iter().all(|param| (param.min..=param.max).contains(&param.default)),
                "{}",
                kind.name
            );
            assert!(!kind.outputs.is_empty());
            assert_eq!(find(kind.name).map(|found| found.title), Some(kind.title));
        }
        assert!(find("rs").is_none());
    }

    #[test]
    fn the_limits_of_every_parameter_build() {
        for kind in registry().iter().filter(|kind| kind.name != "macd") {
            for pick in [|param: &Param| param.min, |param: &Param| param.max] {
                let values: Vec<f64> = kind.params.iter().map(pick).collect();
                assert!((kind.build)(&values).is_ok(), "{} {values:?}", kind.name);
            }
        }
    }

    #[test]
    fn the_manual_has_a_heading_for_every_indicator() {
        let manual = include_str!("../../../docs/concepts/indicators.md");
        for kind in registry() {
            assert!(manual.contains(&format!("\n### `{}", kind.name)), "{} is missing", kind.name);
        }
    }
}
