//! Series that are kept current, as a page shows them.

use serde::{Deserialize, Serialize};
use types::{SeriesKey, Timestamp};

use crate::error::AppError;
use crate::form::Faults;

/// What a followed series is at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowState {
    /// Asked for a moment ago; no worker has said anything yet.
    Starting,
    /// The past is being fetched.
    Filling,
    /// Candles come in as they close.
    Live,
    /// There is no stream: the exchange is asked after each close.
    Polling,
    /// It cannot go on as things stand.
    Waiting(String),
    /// No worker runs, or it has stopped giving signs of life.
    Stopped,
}

/// A subscription of the user, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionView {
    /// The series.
    pub key: SeriesKey,
    /// Candles are to be complete from here on, UTC milliseconds.
    pub since_ms: i64,
    /// What it is at.
    pub state: FollowState,
    /// Open time of the last candle that is stored with everything before it.
    pub last_ms: Option<i64>,
    /// How long ago that candle closed.
    pub lag_ms: Option<i64>,
    /// How often the stream was lost.
    pub reconnects: u32,
    /// How many candles the stream did not tell and were asked for.
    pub fetched: u64,
}

impl FollowState {
    /// Returns its name on screen.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Starting => "Starting",
            Self::Filling => "Filling",
            Self::Live => "Live",
            Self::Polling => "Polling",
            Self::Waiting(_) => "Waiting",
            Self::Stopped => "Not running",
        }
    }

    /// Returns what the name means.
    pub fn meaning(&self) -> String {
        match self {
            Self::Starting => "No worker has taken it up yet".to_owned(),
            Self::Filling => "Fetching the past from the exchange".to_owned(),
            Self::Live => "Candles are stored as they close".to_owned(),
            Self::Polling => {
                "There is no stream at the moment: the exchange is asked after each close".to_owned()
            }
            Self::Waiting(reason) => reason.clone(),
            Self::Stopped => "No worker gives signs of life: start crypto serve or crypto daemon".to_owned(),
        }
    }

    /// Returns its class in the style sheet.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Starting => "queued",
            Self::Filling | Self::Polling => "running",
            Self::Live => "done",
            Self::Waiting(_) | Self::Stopped => "failed",
        }
    }
}

/// The form of a subscription as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FollowForm {
    /// The exchange's name.
    pub exchange: String,
    /// The symbol.
    pub symbol: String,
    /// The interval.
    pub interval: String,
    /// How many days back it is to be complete.
    pub days: String,
}

/// A subscription to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowRequest {
    /// The series.
    pub key: SeriesKey,
    /// How many days back it is to be complete.
    pub days: u32,
}

/// More days than any exchange has existed.
const MOST_DAYS: u32 = 36_500;

impl FollowForm {
    /// Reads the form, or says everything that is wrong with it.
    pub fn check(&self) -> Result<FollowRequest, AppError> {
        let mut faults = Faults::default();
        let exchange = faults.read("exchange", &self.exchange);
        let symbol = faults.read("symbol", &self.symbol);
        let interval = faults.read("interval", &self.interval);
        let days = self.days.trim().parse::<u32>().ok().filter(|days| (1..=MOST_DAYS).contains(days));
        if days.is_none() {
            faults.add("days", "Write a number of days, from 1 to 36,500.");
        }
        faults.finish()?;
        let (Some(exchange), Some(symbol), Some(interval), Some(days)) = (exchange, symbol, interval, days)
        else {
            return Err(AppError::invalid("", "Check the form."));
        };
        Ok(FollowRequest { key: SeriesKey { exchange, symbol, interval }, days })
    }
}

impl FollowRequest {
    /// Returns from when on it is to be complete.
    pub fn since(&self, now: Timestamp) -> Timestamp {
        now.plus_ms(-i64::from(self.days) * Timestamp::DAY_MS).floor_day()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_come_at_once_each_at_its_field() {
        let form = FollowForm { exchange: "Binance".into(), days: "0".into(), ..FollowForm::default() };
        let error = form.check().unwrap_err();
        for field in ["exchange", "symbol", "interval", "days"] {
            assert!(error.of_field(field).is_some(), "{field}");
        }
    }

    #[test]
    fn a_good_form_is_read_and_days_are_whole() {
        let form = FollowForm {
            exchange: "demo".into(),
            symbol: "btc/usdt".into(),
            interval: "1m".into(),
            days: " 30 ".into(),
        };
        let request = form.check().unwrap();
        assert_eq!((request.key.to_string(), request.days), ("demo BTCUSDT 1m".to_owned(), 30));
        let since = request.since("2024-03-01 12:20".parse().unwrap());
        assert_eq!(since, "2024-01-31".parse().unwrap());
    }
}
