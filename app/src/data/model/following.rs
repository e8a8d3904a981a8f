//! Series that are kept current, as a page shows them.

use serde::{Deserialize, Serialize};
use types::{SeriesKey, Timestamp};

use crate::error::AppError;
use crate::form::Faults;
use crate::format;

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
    /// It cannot go on at the moment.
    Waiting {
        /// Why, as the last attempt said it.
        reason: String,
        /// When the next attempt is made, UTC milliseconds; `None` when somebody has to change something first.
        retry_ms: Option<i64>,
    },
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
    /// How long until the next candle closes, in milliseconds; negative when it should have been there for so long.
    pub due_ms: Option<i64>,
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
            Self::Filling => "Backfilling",
            Self::Live => "Live",
            Self::Polling => "Polling",
            Self::Waiting { retry_ms: Some(_), .. } => "Retrying",
            Self::Waiting { retry_ms: None, .. } => "Stopped",
            Self::Stopped => "Not running",
        }
    }

    /// Returns what the name means.
    pub fn meaning(&self) -> String {
        match self {
            Self::Starting => "Waiting for a worker".to_owned(),
            Self::Filling => "Fetching history from the exchange".to_owned(),
            Self::Live => "Candles are stored as they close".to_owned(),
            Self::Polling => {
                "No live stream at the moment: the exchange is asked after each close".to_owned()
            }
            Self::Waiting { reason, .. } => reason.clone(),
            Self::Stopped => "No worker is running: start crypto serve or crypto daemon".to_owned(),
        }
    }

    /// Returns its class in the style sheet.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Starting => "queued",
            Self::Filling | Self::Polling => "running",
            Self::Live => "done",
            Self::Waiting { retry_ms: Some(_), .. } => "interrupted",
            Self::Waiting { retry_ms: None, .. } | Self::Stopped => "failed",
        }
    }

    /// Returns why it does not go on and when it is tried again, where that is so.
    pub fn problem(&self) -> Option<String> {
        match self {
            Self::Waiting { reason, retry_ms: Some(at) } => {
                let at = format::date_time(*at);
                let time = at.rsplit(' ').next().unwrap_or(&at);
                Some(format!("{} Next try at {time} UTC.", sentence(reason)))
            }
            Self::Waiting { reason, retry_ms: None } => Some(sentence(reason)),
            Self::Stopped => Some(format!("{}.", self.meaning())),
            _ => None,
        }
    }
}

/// A candle is stored some seconds after it closed: until then it is not late.
const GRACE_MS: i64 = 30_000;

impl SubscriptionView {
    /// Returns when the next candle is due: `In 10 min`. It is behind only when a candle that should be there is missing.
    pub fn freshness(&self) -> String {
        match (&self.state, self.due_ms) {
            (FollowState::Filling | FollowState::Starting, _) | (_, None) => "After the backfill".to_owned(),
            (_, Some(due)) if due > 0 => format!("In {}", format::duration(due.max(1000))),
            (_, Some(due)) if due > -GRACE_MS => "Due now".to_owned(),
            (_, Some(due)) => format!("Behind by {}", format::duration(-due)),
        }
    }

    /// Returns whether a candle that should be there is missing.
    pub fn is_behind(&self) -> bool {
        !matches!(self.state, FollowState::Filling | FollowState::Starting)
            && self.due_ms.is_some_and(|due| due <= -GRACE_MS)
    }
}

fn sentence(text: &str) -> String {
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{text}{end}")
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
            faults.add("days", "Enter a number of days from 1 to 36,500.");
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
    fn a_series_is_behind_only_when_a_candle_that_should_be_there_is_missing() {
        let view = |state, due_ms| SubscriptionView {
            key: crate::backtests::model::parse_key("demo BTCUSDT 1h").unwrap(),
            since_ms: 0,
            state,
            last_ms: Some(0),
            due_ms,
            reconnects: 0,
            fetched: 0,
        };
        let said = |due_ms| {
            let view = view(FollowState::Live, Some(due_ms));
            (view.freshness(), view.is_behind())
        };
        assert_eq!(said(600_000), (format!("In {}", format::duration(600_000)), false));
        assert_eq!(said(-5_000), ("Due now".into(), false));
        assert_eq!(said(-3_000_000), (format!("Behind by {}", format::duration(3_000_000)), true));
        assert!(!view(FollowState::Filling, Some(-3_000_000)).is_behind(), "the past is on its way");
    }

    #[test]
    fn what_cannot_go_on_says_why_and_when_it_is_tried_again() {
        let waiting =
            |retry_ms| FollowState::Waiting { reason: "binance does not answer: refused".into(), retry_ms };
        assert_eq!(
            waiting(Some(50_400_000)).problem().as_deref(),
            Some("binance does not answer: refused. Next try at 14:00:00 UTC.")
        );
        assert_eq!(waiting(None).problem().as_deref(), Some("binance does not answer: refused."));
        assert_eq!(FollowState::Live.problem(), None);
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
