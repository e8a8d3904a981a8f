//! The download form as typed, and its check.

use serde::{Deserialize, Serialize};
use types::{SeriesKey, Timestamp};

use super::{IngestRequest, IngestWindow};
use crate::error::AppError;
use crate::form::{Faults, end_of_day};

/// The download form as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IngestForm {
    /// The exchange's name.
    pub exchange: String,
    /// The symbol.
    pub symbol: String,
    /// The interval.
    pub interval: String,
    /// A number of days, `all`, or `custom` for the two dates.
    pub range: String,
    /// The first day; used with `custom`.
    pub start: String,
    /// The last day, included; used with `custom`, empty means up to now.
    pub end: String,
}

/// More days than any exchange has existed.
const MOST_DAYS: u32 = 36_500;

impl IngestForm {
    /// Reads the form, or says everything that is wrong with it.
    pub fn check(&self) -> Result<IngestRequest, AppError> {
        let mut faults = Faults::default();
        let exchange = faults.read("exchange", &self.exchange);
        let symbol = faults.read("symbol", &self.symbol);
        let interval = faults.read("interval", &self.interval);
        let window = self.window(&mut faults);
        faults.finish()?;
        let (Some(exchange), Some(symbol), Some(interval), Some(window)) =
            (exchange, symbol, interval, window)
        else {
            return Err(AppError::invalid("", "Check the form."));
        };
        Ok(IngestRequest { key: SeriesKey { exchange, symbol, interval }, window })
    }

    fn window(&self, faults: &mut Faults) -> Option<IngestWindow> {
        match self.range.trim() {
            "all" => Some(IngestWindow::Everything),
            "custom" => {
                let start: Timestamp = faults.read("start", &self.start)?;
                let end = faults.read_optional::<Timestamp>("end", &self.end)?.map(end_of_day);
                if end.is_some_and(|end| end <= start) {
                    faults.add("end", "Must not be before the first day.");
                    return None;
                }
                Some(IngestWindow::Between { start, end })
            }
            days => match days.parse::<u32>() {
                Ok(days) if (1..=MOST_DAYS).contains(&days) => Some(IngestWindow::LastDays(days)),
                _ => {
                    faults.add("range", "Choose a range from the list.");
                    None
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(range: &str, start: &str, end: &str) -> IngestForm {
        IngestForm {
            exchange: "binance".into(),
            symbol: "btc/usdt".into(),
            interval: "1h".into(),
            range: range.into(),
            start: start.into(),
            end: end.into(),
        }
    }

    #[test]
    fn reads_presets_and_dates_with_the_last_day_included() {
        let window = |range, start, end| form(range, start, end).check().map(|request| request.window);
        assert_eq!(window("365", "", ""), Ok(IngestWindow::LastDays(365)));
        assert_eq!(window("all", "", ""), Ok(IngestWindow::Everything));
        let start = Timestamp::from_ymd(2024, 1, 1).unwrap();
        let end = Timestamp::from_ymd(2024, 2, 1);
        assert_eq!(window("custom", "2024-01-01", "2024-01-31"), Ok(IngestWindow::Between { start, end }));
        assert_eq!(window("custom", "2024-01-01", ""), Ok(IngestWindow::Between { start, end: None }));
    }

    #[test]
    fn all_faults_come_at_once_each_at_its_field() {
        let broken = IngestForm {
            exchange: "Binance".into(),
            symbol: String::new(),
            interval: "7m".into(),
            range: "0".into(),
            ..IngestForm::default()
        };
        let error = broken.check().unwrap_err();
        for field in ["exchange", "symbol", "interval", "range"] {
            assert!(error.of_field(field).is_some(), "{field}");
        }
        let error = form("custom", "2024-02-01", "2024-01-01").check().unwrap_err();
        assert!(error.of_field("end").is_some());
        assert!(form("custom", "yesterday", "").check().unwrap_err().of_field("start").is_some());
    }
}
