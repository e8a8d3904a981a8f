//! Yahoo's chart service behind the Exchange protocol.
//!
//! Invariants: a page is a stretch answered whole; where a stretch holds nothing, the rest is asked for at once, and one page of it
//! kept. Yahoo tells no time of its own, so its clock is the `Date` of its answers: a server writes it when it answers, cut down
//! to the second and never ahead, and a cached answer carries an older one. `regularMarketTime` would be the last trade's time,
//! which may be days ago.

use std::sync::Arc;

use async_trait::async_trait;
use config::ExchangeSettings;
use types::{ExchangeId, Instrument, Interval, Provenance, Symbol, TimeRange, Timestamp};

use super::chart::{read_candles, read_instrument};
use super::errors::judge;
use crate::budget::BudgetSnapshot;
use crate::clock::Clock;
use crate::protocol::{
    CandlePage, CandleRequest, Exchange, ExchangeError, LiveFeed, LogWatch, Offer, Priority, ServedCandle,
    Watch,
};
use crate::rest::{Call, Dialect, Reply, Rest};
use crate::transport::Transport;

const PRODUCTION: &str = "https://query1.finance.yahoo.com";
const DIALECT: Dialect = Dialect {
    adapter: "yahoo",
    prefix: "/v8/finance/",
    // Yahoo answers 429 at once to whoever does not look like a browser.
    user_agent: concat!("Mozilla/5.0 (compatible; crypto/", env!("CARGO_PKG_VERSION"), ")"),
    used_weight: None,
    judge,
};
const INTERVALS: [Interval; 2] = [Interval::H1, Interval::D1];
/// Yahoo has no pages; this many keep an answer small and the progress moving.
const PAGE_ROWS: usize = 1000;
/// Hours reach back 730 days; the day less is for the time that passes while we ask.
const HOURS_REACH_MS: i64 = 729 * Timestamp::DAY_MS;
/// Asked about when only the time is wanted.
const ANY_SYMBOL: &str = "chart/BTC-USD";

/// Yahoo Finance. Clones made by [`Exchange::watched`] share connections and budget.
#[derive(Debug, Clone)]
pub struct Yahoo {
    id: ExchangeId,
    provenance: Provenance,
    rest: Arc<Rest>,
    priority: Priority,
    watch: Arc<dyn Watch>,
}

impl Yahoo {
    /// Builds the adapter; nothing is sent yet.
    ///
    /// # Errors
    /// [`ExchangeError::Setup`] when `base_url` is no HTTP address, the machine has no CA certificates, or the settings name what
    /// Yahoo does not have.
    pub fn new(settings: &ExchangeSettings, transport: &Transport) -> Result<Self, ExchangeError> {
        if settings.testnet {
            let what = "Yahoo has no test network; leave testnet out".to_owned();
            return Err(ExchangeError::Setup { exchange: settings.id.clone(), what });
        }
        let base_url = settings.base_url.as_deref().unwrap_or(PRODUCTION);
        let rest = Rest::new(settings.id.clone(), base_url, DIALECT, settings.rate_limit, transport)?;
        Ok(Self {
            id: settings.id.clone(),
            provenance: if settings.synthetic { Provenance::Synthetic } else { Provenance::Exchange },
            rest: Arc::new(rest),
            priority: Priority::default(),
            watch: Arc::new(LogWatch),
        })
    }

    /// Asks for all rows of a stretch; also returns Yahoo's time when the request left.
    async fn rows(
        &self,
        request: &CandleRequest,
        part: TimeRange,
    ) -> Result<(Vec<ServedCandle>, Timestamp), ExchangeError> {
        // Yahoo counts in seconds; a bar opens on a whole one.
        let seconds = |at: Timestamp| (at.as_ms().saturating_add(999).div_euclid(1000)).to_string();
        let call = Call::new(format!("chart/{}", request.symbol), 1)
            .about(&request.symbol)
            .of_interval(request.grid.interval())
            .with("interval", request.grid.interval().as_str())
            .with("period1", seconds(part.start))
            .with("period2", seconds(part.end));
        let read = |answer: &Reply| Ok((read_candles(&answer.body, request.grid.interval())?, answer.sent));
        self.rest.get(&call, self.priority, &*self.watch, read).await
    }
}

fn latest() -> Call<'static> {
    Call::new(ANY_SYMBOL, 1).with("interval", "1d").with("range", "1d")
}

#[async_trait]
impl Exchange for Yahoo {
    fn id(&self) -> &ExchangeId {
        &self.id
    }

    fn adapter(&self) -> &'static str {
        "yahoo"
    }

    fn provenance(&self) -> Provenance {
        self.provenance
    }

    fn watched(&self, watch: Arc<dyn Watch>) -> Arc<dyn Exchange> {
        Arc::new(Self { watch, ..self.clone() })
    }

    fn prioritised(&self, priority: Priority) -> Arc<dyn Exchange> {
        Arc::new(Self { priority, ..self.clone() })
    }

    fn offer(&self) -> Offer {
        Offer { intervals: &INTERVALS, page_rows: PAGE_ROWS, page_weight: 1, live: None }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.rest.clock()) as Arc<dyn Clock>
    }

    async fn ping(&self) -> Result<(), ExchangeError> {
        self.rest.get_once(&latest(), self.priority).await
    }

    async fn server_time(&self) -> Result<Timestamp, ExchangeError> {
        let read = |answer: &Reply| {
            let date = answer.date.ok_or("chart: the answer has no header Date that can be read")?;
            self.rest.clock().measure(date, answer.arrived);
            Ok(date)
        };
        self.rest.get(&latest(), self.priority, &*self.watch, read).await
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        Err(ExchangeError::NotOffered { exchange: self.id.clone(), what: "list of pairs" })
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, ExchangeError> {
        let call =
            Call::new(format!("chart/{symbol}"), 1).about(symbol).with("interval", "1d").with("range", "1d");
        let read = |answer: &Reply| read_instrument(&answer.body, symbol);
        self.rest.get(&call, self.priority, &*self.watch, read).await
    }

    async fn candles(&self, request: &CandleRequest) -> Result<CandlePage, ExchangeError> {
        let interval = request.grid.interval();
        if !INTERVALS.contains(&interval) {
            return Err(ExchangeError::BadInterval { exchange: self.id.clone(), interval });
        }
        if !self.rest.clock().is_fresh() {
            self.server_time().await?;
        }
        let now = self.rest.clock().now();
        let reach = if interval == Interval::H1 { now.plus_ms(-HOURS_REACH_MS) } else { Timestamp::EPOCH };
        let start = interval.ceil(request.start.max(reach).max(Timestamp::EPOCH));
        let end = request.end.min(now.plus_ms(1));
        let page_ms = i64::try_from(PAGE_ROWS).unwrap_or(1).saturating_mul(interval.approximate_ms());
        let middle = start.plus_ms(page_ms).min(end);
        if start >= end {
            return Ok(CandlePage::empty(PAGE_ROWS));
        }
        let (mut rows, closed_before) = self.rows(request, TimeRange { start, end: middle }).await?;
        let mut until = middle;
        if rows.is_empty() && middle < end {
            (rows, _) = self.rows(request, TimeRange { start: middle, end }).await?;
            rows.truncate(PAGE_ROWS);
            until = rows.last().map_or(end, |row| interval.next_open(row.candle.open_time)).min(end);
        }
        Ok(CandlePage::from_served(rows, request, PAGE_ROWS, closed_before).covering(until))
    }

    async fn listen(&self) -> Result<Box<dyn LiveFeed>, ExchangeError> {
        Err(ExchangeError::NotOffered { exchange: self.id.clone(), what: "live candles" })
    }

    fn budget(&self) -> BudgetSnapshot {
        self.rest.budget()
    }

    async fn meter(&self) -> BudgetSnapshot {
        self.rest.meter().await
    }
}
