//! The form of a new backtest: what it offers, what was typed, and its check.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use types::limits::{MAX_INITIAL_CAPITAL, QUESTIONABLE_PERCENT, check_initial_capital, check_share};
use types::{ExchangeId, Interval, Money, Rate, SeriesKey, Symbol, Timestamp, format, is_coin};

use crate::error::AppError;
use crate::form::{Faults, end_of_day, ungrouped};

/// A strategy to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StrategyChoice {
    /// Its name in the library.
    pub name: String,
    /// Its kind's title with its parameters: `SMA crossover, fast 10, slow 30`.
    pub title: String,
    /// Its parameters, each with the value that it has in the library.
    pub params: Vec<ParamField>,
    /// One sentence: what it does.
    pub summary: String,
    /// The exchange it was written for.
    pub exchange: ExchangeId,
    /// The symbols it was written for.
    pub symbols: Vec<Symbol>,
    /// The interval it was written for.
    pub interval: Interval,
}

/// A parameter as a form asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParamField {
    /// Its name in the YAML: `fast_period`.
    pub name: String,
    /// Its label.
    pub title: String,
    /// What it means, in a sentence.
    pub doc: String,
    /// What it counts: `bars`. Empty for a bare number.
    pub unit: String,
    /// What it may be, for a hint: `1 to 1000`.
    pub range: String,
    /// The words or the two states to choose from; empty for a number.
    pub options: Vec<String>,
    /// What the field begins with.
    pub value: String,
}

/// A series to choose: stored, or resampled from a stored one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesChoice {
    /// The series.
    pub key: SeriesKey,
    /// The stored interval that it is resampled from; `None` when it is stored itself.
    pub from: Option<Interval>,
    /// Number of candles, of the stored series.
    pub rows: u64,
    /// Open time of the first, UTC milliseconds.
    pub first_ms: i64,
    /// Open time of the last.
    pub last_ms: i64,
    /// Whether it holds generated candles.
    pub is_synthetic: bool,
}

/// What the form offers and begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BacktestDefaults {
    /// The strategies of the library.
    pub strategies: Vec<StrategyChoice>,
    /// The stored series.
    pub series: Vec<SeriesChoice>,
    /// Cash at the start.
    pub initial_capital: Money,
    /// Fee as a share of notional.
    pub commission: Rate,
    /// Slippage as a share of price.
    pub slippage: Rate,
}

/// The form as typed. Rates are typed in percent, dates as days with the last one included.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BacktestForm {
    /// The strategy's name.
    pub strategy: String,
    /// Its parameters by name; one that is missing or empty keeps the library's value.
    pub params: BTreeMap<String, String>,
    /// The series: `binance BTCUSDT 1h`.
    pub series: String,
    /// The first day; empty begins with the first candle.
    pub start: String,
    /// The last day, included; empty ends with the last candle.
    pub end: String,
    /// Cash at the start.
    pub initial_capital: String,
    /// Fee in percent of notional.
    pub commission: String,
    /// Slippage in percent of price.
    pub slippage: String,
}

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacktestRequest {
    /// The strategy's name in the library.
    pub strategy: String,
    /// Its parameters as typed, for the catalogue to check.
    pub params: BTreeMap<String, String>,
    /// The series.
    pub key: SeriesKey,
    /// The first open time; `None` begins with the first candle.
    pub start: Option<Timestamp>,
    /// The first open time that no longer belongs to it; `None` ends with the last candle.
    pub end: Option<Timestamp>,
    /// Cash at the start.
    pub initial_capital: Money,
    /// Fee as a share of notional.
    pub commission: Rate,
    /// Slippage as a share of price.
    pub slippage: Rate,
}

impl BacktestForm {
    /// Reads the form, or says everything that is wrong with it. Whether the names exist is the server's to know.
    pub fn check(&self) -> Result<BacktestRequest, AppError> {
        let mut faults = Faults::default();
        let strategy = Some(self.strategy.trim().to_owned()).filter(|name| !name.is_empty());
        if strategy.is_none() {
            faults.add("strategy", "Choose a strategy.");
        }
        let key = self.key(&mut faults);
        let range = self.range(&mut faults);
        let initial_capital = self.initial_capital(&mut faults);
        let commission = read_percent(&mut faults, "commission", &self.commission);
        let slippage = read_percent(&mut faults, "slippage", &self.slippage);
        faults.finish()?;
        let read = || {
            let (start, end) = range?;
            Some(BacktestRequest {
                strategy: strategy?,
                params: self.params.clone(),
                key: key?,
                start,
                end,
                initial_capital: initial_capital?,
                commission: commission?,
                slippage: slippage?,
            })
        };
        read().ok_or_else(|| AppError::invalid("", "Check the form."))
    }

    fn key(&self, faults: &mut Faults) -> Option<SeriesKey> {
        let key = parse_key(&self.series);
        if key.is_none() {
            faults.add("series", "Choose a series.");
        }
        key
    }

    fn range(&self, faults: &mut Faults) -> Option<(Option<Timestamp>, Option<Timestamp>)> {
        let (start, end) = (faults.date("start", &self.start), faults.date("end", &self.end));
        let (start, end) = (start?, end?.map(end_of_day));
        if start.zip(end).is_some_and(|(start, end)| end <= start) {
            faults.add("end", "Choose a last day that is not before the first.");
            return None;
        }
        Some((start, end))
    }

    fn initial_capital(&self, faults: &mut Faults) -> Option<Money> {
        let capital: Money = faults.number("initial_capital", &self.initial_capital, "10000")?;
        let checked = check_initial_capital(capital).ok();
        if checked.is_none() {
            let most = format::number(Decimal::from(MAX_INITIAL_CAPITAL), 0);
            faults.add("initial_capital", format!("Enter an amount above 0 and up to {most}."));
        }
        checked
    }
}

/// Reads a series as a form names it: `binance BTCUSDT 1h`, the text of a [`SeriesKey`].
pub fn parse_key(text: &str) -> Option<SeriesKey> {
    let mut parts = text.split_whitespace();
    let key = SeriesKey {
        exchange: parts.next()?.parse().ok()?,
        symbol: parts.next()?.parse().ok()?,
        interval: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(key)
}

/// Returns a share as percent, as it is typed: `0.1` for 0.001.
pub fn percent_text(rate: Rate) -> String {
    (rate.to_decimal() * Decimal::ONE_HUNDRED).normalize().to_string()
}

/// Asks about costs, typed as percent, that are most often a mistake.
pub(crate) fn question_percent(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('%').trim();
    let percent: f64 = text.parse().ok()?;
    let is_odd = (f64::from(QUESTIONABLE_PERCENT)..=100.0).contains(&percent);
    is_odd.then(|| format!("{text} % of every fill is unusually high: 0.1 means 0.1 %."))
}

/// Asks about a capital that is typed as if it were dollars, where the pair is quoted in a coin.
pub(crate) fn question_capital(text: &str, currency: &str) -> Option<String> {
    /// So much of any coin is a fortune.
    const MUCH: f64 = 1000.0;
    let capital: f64 = ungrouped(text.trim()).parse().ok()?;
    (is_coin(currency) && capital >= MUCH).then(|| {
        format!("This pair is quoted in {currency}: is it really {} {currency}?", format::number(capital, 0))
    })
}

fn read_percent(faults: &mut Faults, field: &str, text: &str) -> Option<Rate> {
    let percent: Rate = faults.number(field, text.trim().trim_end_matches('%'), "0.1")?;
    let share = percent.to_decimal() / Decimal::ONE_HUNDRED;
    let rate = Rate::try_from(share).ok().and_then(|rate| check_share(rate).ok());
    if rate.is_none() {
        faults.add(field, "Enter a percentage from 0 to 100.");
    }
    rate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> BacktestForm {
        BacktestForm {
            strategy: "sma_crossover_btc".into(),
            params: [("fast_period".to_owned(), "12".to_owned())].into(),
            series: "binance BTCUSDT 1h".into(),
            start: "2018-01-01".into(),
            end: "2023-12-31".into(),
            initial_capital: "10000".into(),
            commission: "0.1".into(),
            slippage: "0.05 %".into(),
        }
    }

    #[test]
    fn percent_becomes_a_share_and_the_last_day_is_included() {
        let request = form().check().unwrap();
        assert_eq!(request.commission, "0.001".parse().unwrap());
        assert_eq!(request.slippage, "0.0005".parse().unwrap());
        assert_eq!(request.end, Timestamp::from_ymd(2024, 1, 1));
        assert_eq!(request.params.get("fast_period").map(String::as_str), Some("12"));
        assert_eq!(percent_text(request.slippage), "0.05");
    }

    #[test]
    fn costs_that_are_most_often_a_mistake_are_questioned() {
        for text in ["2", "10", " 2.5 %", "100"] {
            assert!(question_percent(text).is_some(), "{text}");
        }
        for text in ["", "0.1", "1.99", "101", "-5", "much", "NaN"] {
            assert_eq!(question_percent(text), None, "{text}");
        }
    }

    #[test]
    fn empty_dates_mean_all_there_is() {
        let request = BacktestForm { start: String::new(), end: " ".into(), ..form() }.check().unwrap();
        assert_eq!((request.start, request.end), (None, None));
    }

    #[test]
    fn all_faults_come_at_once_each_at_its_field() {
        let broken = BacktestForm {
            initial_capital: "0".into(),
            commission: "100.1".into(),
            slippage: "-1".into(),
            start: "2024-13-01".into(),
            end: "never".into(),
            ..BacktestForm::default()
        };
        let error = broken.check().unwrap_err();
        for field in ["strategy", "series", "start", "end", "initial_capital", "commission", "slippage"] {
            assert!(error.of_field(field).is_some(), "{field}");
        }
        for capital in ["0", "1000000000000001", "1e9"] {
            let error = BacktestForm { initial_capital: capital.into(), ..form() }.check().unwrap_err();
            assert!(error.of_field("initial_capital").is_some(), "{capital}");
        }
        let backwards = BacktestForm { end: "2017-01-01".into(), ..form() };
        assert!(backwards.check().unwrap_err().of_field("end").is_some());
    }

    #[test]
    fn a_series_reads_back_as_it_is_written() {
        let key = parse_key("binance BTCUSDT 1h").unwrap();
        assert_eq!(parse_key(&key.to_string()), Some(key));
        for text in ["", "binance", "binance BTCUSDT 7m", "binance BTCUSDT 1h more"] {
            assert_eq!(parse_key(text), None, "{text}");
        }
    }
}
