//! Binance behind the Exchange protocol.
//!
//! Invariant: whether a candle has closed is judged by Binance's clock as it stood when the request left, so that an answer
//! computed before the close is never taken for final.

use std::sync::Arc;

use async_trait::async_trait;
use config::ExchangeSettings;
use types::{ExchangeId, Instrument, Interval, Provenance, Symbol, Timestamp};

use super::errors::judge;
use super::feed::BinanceFeed;
use super::wire::{read_instruments, read_klines, read_server_time, scan_klines};
use crate::budget::BudgetSnapshot;
use crate::clock::Clock;
use crate::protocol::{
    CandlePage, CandleRequest, Exchange, ExchangeError, LiveFeed, LiveOffer, LogWatch, Offer, Priority, Watch,
};
use crate::rest::{Call, Dialect, Reply, Rest, USER_AGENT};
use crate::transport::Transport;

/// Market data without a key; what the main host serves, without its trading traffic.
const PRODUCTION: &str = "https://data-api.binance.vision";
const TESTNET: &str = "https://testnet.binance.vision";
/// Streams of market data only; what the main host serves, without its trading traffic.
const PRODUCTION_STREAMS: &str = "wss://data-stream.binance.vision";
const TESTNET_STREAMS: &str = "wss://stream.testnet.binance.vision";
const STREAMS_PER_CONNECTION: usize = 1024;
const DIALECT: Dialect = Dialect {
    adapter: "binance",
    prefix: "/api/v3/",
    user_agent: USER_AGENT,
    used_weight: Some("x-mbx-used-weight-1m"),
    judge,
};
/// The most rows that klines serves at once.
const PAGE_ROWS: usize = 1000;
/// What it asks for a page, however many rows are on it.
const PAGE_WEIGHT: u32 = 2;

/// Binance spot. Clones made by [`Exchange::watched`] share connections and budget.
#[derive(Debug, Clone)]
pub struct Binance {
    id: ExchangeId,
    provenance: Provenance,
    rest: Arc<Rest>,
    stream_url: String,
    transport: Transport,
    priority: Priority,
    watch: Arc<dyn Watch>,
}

impl Binance {
    /// Builds the adapter; nothing is sent yet.
    ///
    /// # Errors
    /// [`ExchangeError::Setup`] when `base_url` is no HTTP address or the machine has no CA certificates.
    pub fn new(settings: &ExchangeSettings, transport: Transport) -> Result<Self, ExchangeError> {
        let default = if settings.testnet { TESTNET } else { PRODUCTION };
        let base_url = settings.base_url.as_deref().unwrap_or(default);
        let streams = if settings.testnet { TESTNET_STREAMS } else { PRODUCTION_STREAMS };
        let rest = Rest::new(settings.id.clone(), base_url, DIALECT, settings.rate_limit, &transport)?;
        Ok(Self {
            id: settings.id.clone(),
            provenance: if settings.synthetic { Provenance::Synthetic } else { Provenance::Exchange },
            rest: Arc::new(rest),
            stream_url: settings.stream_url.as_deref().unwrap_or(streams).to_owned(),
            transport,
            priority: Priority::default(),
            watch: Arc::new(LogWatch),
        })
    }

    /// Reads the body of a klines answer and checks it: what [`Exchange::candles`] does once the answer is there.
    ///
    /// For answers that were kept as files, which need no connection; the benchmark measures reading by it.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`], naming row and cell.
    pub fn read_page(
        exchange: &ExchangeId,
        body: &[u8],
        request: &CandleRequest,
        closed_before: Timestamp,
    ) -> Result<CandlePage, ExchangeError> {
        page_of(body, request, closed_before)
            .map_err(|what| ExchangeError::Malformed { exchange: exchange.clone(), what })
    }
}

#[async_trait]
impl Exchange for Binance {
    fn id(&self) -> &ExchangeId {
        &self.id
    }

    fn adapter(&self) -> &'static str {
        "binance"
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
        let live = LiveOffer { channels_per_connection: STREAMS_PER_CONNECTION, intervals: &Interval::ALL };
        Offer { intervals: &Interval::ALL, page_rows: PAGE_ROWS, page_weight: PAGE_WEIGHT, live: Some(live) }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.rest.clock()) as Arc<dyn Clock>
    }

    async fn ping(&self) -> Result<(), ExchangeError> {
        self.rest.get_once(&Call::new("ping", 1), self.priority).await
    }

    async fn server_time(&self) -> Result<Timestamp, ExchangeError> {
        let read = |answer: &Reply| {
            read_server_time(&answer.body).inspect(|&time| self.rest.clock().measure(time, answer.arrived))
        };
        self.rest.get(&Call::new("time", 1), self.priority, &*self.watch, read).await
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        let call = Call::new("exchangeInfo", 20);
        self.rest.get(&call, self.priority, &*self.watch, |answer| read_instruments(&answer.body)).await
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, ExchangeError> {
        let call = Call::new("exchangeInfo", 20).about(symbol).with("symbol", symbol.as_str());
        let found = self
            .rest
            .get(&call, self.priority, &*self.watch, |answer| read_instruments(&answer.body))
            .await?;
        let unknown = || ExchangeError::UnknownSymbol { exchange: self.id.clone(), symbol: symbol.clone() };
        found.into_iter().find(|instrument| &instrument.symbol == symbol).ok_or_else(unknown)
    }

    async fn candles(&self, request: &CandleRequest) -> Result<CandlePage, ExchangeError> {
        let start = request.start.max(Timestamp::EPOCH);
        if start >= request.end {
            return Ok(CandlePage::empty(PAGE_ROWS));
        }
        if !self.rest.clock().is_fresh() {
            self.server_time().await?;
        }
        // Binance includes its endTime, ours is the first that no longer belongs; "for ever" is no time it knows.
        let last = request.end.plus_ms(-1).min(self.rest.clock().now().plus_ms(Timestamp::DAY_MS));
        let call = Call::new("klines", PAGE_WEIGHT)
            .about(&request.symbol)
            .of_interval(request.grid.interval())
            .with("symbol", request.symbol.as_str())
            .with("interval", request.grid.interval().as_str())
            .with("startTime", start.as_ms().to_string())
            .with("endTime", last.max(start).as_ms().to_string())
            .with("limit", PAGE_ROWS.to_string());
        let read = |answer: &Reply| page_of(&answer.body, request, answer.sent);
        self.rest.get(&call, self.priority, &*self.watch, read).await
    }

    async fn listen(&self) -> Result<Box<dyn LiveFeed>, ExchangeError> {
        let feed = BinanceFeed::connect(&self.stream_url, &self.transport)
            .await
            .map_err(|last| ExchangeError::Unavailable { exchange: self.id.clone(), attempts: 1, last })?;
        Ok(Box::new(feed))
    }

    fn budget(&self) -> BudgetSnapshot {
        self.rest.budget()
    }

    async fn meter(&self) -> BudgetSnapshot {
        self.rest.meter().await
    }
}

fn page_of(body: &[u8], request: &CandleRequest, closed_before: Timestamp) -> Result<CandlePage, String> {
    // The form that Binance writes is read into columns; whatever else means the same, row by row.
    Ok(match scan_klines(body) {
        Some(columns) => CandlePage::from_columns(columns, request, PAGE_ROWS, closed_before),
        None => CandlePage::from_served(read_klines(body)?, request, PAGE_ROWS, closed_before),
    })
}
