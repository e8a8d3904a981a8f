//! OKX behind the Exchange protocol.
//!
//! Invariants: a page is asked for as a stretch, because OKX serves the newest rows of one first; recent stretches are asked of
//! the endpoint that has them, older ones of the archive. A candle is final when OKX says so and its time has passed by OKX's
//! clock as it stood when the request left.

use std::sync::Arc;

use async_trait::async_trait;
use config::ExchangeSettings;
use types::{ExchangeId, Instrument, Provenance, Symbol, TimeRange, Timestamp};

use super::bars::{INTERVALS, bar_of};
use super::errors::judge;
use super::feed::OkxFeed;
use super::wire::{read_candles, read_instruments, read_server_time};
use crate::budget::BudgetSnapshot;
use crate::clock::Clock;
use crate::protocol::{
    CandlePage, CandleRequest, Exchange, ExchangeError, LiveFeed, LiveOffer, LogWatch, Offer, Priority,
    ServedCandle, Watch,
};
use crate::rest::{Call, Dialect, Pace, Reply, Rest, USER_AGENT};
use crate::stretch::{Found, Stretch};
use crate::transport::Transport;

const PRODUCTION: &str = "https://www.okx.com";
const PRODUCTION_STREAMS: &str = "wss://ws.okx.com:8443";
const DIALECT: Dialect =
    Dialect { adapter: "okx", prefix: "/api/v5/", user_agent: USER_AGENT, used_weight: None, judge };
/// The most rows that OKX serves at once; fewer would do no harm.
const PAGE_ROWS: usize = 300;
/// `candles` has the newest 1440; a stretch of a page's length that ends after this many bars ago lies within them.
const RECENT_BARS: i64 = 1100;
/// No limit is documented that we would come near; a message of acknowledgements stays small.
const CHANNELS_PER_CONNECTION: usize = 300;
/// OKX counts in stretches of two seconds, on its own clock: a little longer is safe.
const PACE_MS: i64 = 2_200;

/// OKX spot. Clones made by [`Exchange::watched`] share connections and budget.
#[derive(Debug, Clone)]
pub struct Okx {
    id: ExchangeId,
    provenance: Provenance,
    rest: Arc<Rest>,
    paces: Arc<Paces>,
    stream_url: String,
    transport: Transport,
    priority: Priority,
    watch: Arc<dyn Watch>,
}

/// What OKX allows an address at each endpoint.
#[derive(Debug)]
struct Paces {
    recent: Pace,
    archive: Pace,
    instruments: Pace,
    time: Pace,
}

impl Okx {
    /// Builds the adapter; nothing is sent yet.
    ///
    /// # Errors
    /// [`ExchangeError::Setup`] when `base_url` is no HTTP address, the machine has no CA certificates or a test network is asked for.
    pub fn new(settings: &ExchangeSettings, transport: Transport) -> Result<Self, ExchangeError> {
        if settings.testnet {
            let what = "OKX has no test network with candles of its own; leave testnet out".to_owned();
            return Err(ExchangeError::Setup { exchange: settings.id.clone(), what });
        }
        let base_url = settings.base_url.as_deref().unwrap_or(PRODUCTION);
        let rest = Rest::new(settings.id.clone(), base_url, DIALECT, settings.rate_limit, &transport)?;
        let paces = Paces {
            recent: Pace::new(40, PACE_MS),
            archive: Pace::new(20, PACE_MS),
            instruments: Pace::new(20, PACE_MS),
            time: Pace::new(10, PACE_MS),
        };
        Ok(Self {
            id: settings.id.clone(),
            provenance: if settings.synthetic { Provenance::Synthetic } else { Provenance::Exchange },
            rest: Arc::new(rest),
            paces: Arc::new(paces),
            stream_url: settings.stream_url.as_deref().unwrap_or(PRODUCTION_STREAMS).to_owned(),
            transport,
            priority: Priority::default(),
            watch: Arc::new(LogWatch),
        })
    }

    async fn pairs(&self, symbol: Option<&Symbol>) -> Result<Vec<Instrument>, ExchangeError> {
        let mut call =
            Call::new("public/instruments", 1).with("instType", "SPOT").paced(&self.paces.instruments);
        if let Some(symbol) = symbol {
            call = call.about(symbol).with("instId", symbol.as_str());
        }
        self.rest.get(&call, self.priority, &*self.watch, |answer| read_instruments(&answer.body)).await
    }

    /// Asks for the newest rows of a part of a stretch; also returns the exchange's time when the request left.
    async fn rows(
        &self,
        request: &CandleRequest,
        bar: &'static str,
        part: TimeRange,
    ) -> Result<(Vec<ServedCandle>, Timestamp), ExchangeError> {
        let clock = self.rest.clock();
        let recent_from = clock.now().plus_ms(-RECENT_BARS * request.grid.interval().approximate_ms());
        let (path, pace) = if part.end > recent_from {
            ("market/candles", &self.paces.recent)
        } else {
            ("market/history-candles", &self.paces.archive)
        };
        // 'after' means earlier than, 'before' later than: neither is included.
        let call = Call::new(path, 1)
            .about(&request.symbol)
            .of_interval(request.grid.interval())
            .with("instId", request.symbol.as_str())
            .with("bar", bar)
            .with("before", part.start.plus_ms(-1).max(Timestamp::EPOCH).as_ms().to_string())
            .with("after", part.end.as_ms().to_string())
            .with("limit", PAGE_ROWS.to_string())
            .paced(pace);
        let read =
            |answer: &Reply| Ok((read_candles(&answer.body, path, request.grid.interval())?, answer.sent));
        self.rest.get(&call, self.priority, &*self.watch, read).await
    }
}

#[async_trait]
impl Exchange for Okx {
    fn id(&self) -> &ExchangeId {
        &self.id
    }

    fn adapter(&self) -> &'static str {
        "okx"
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
        let live = LiveOffer { channels_per_connection: CHANNELS_PER_CONNECTION, intervals: &INTERVALS };
        Offer { intervals: &INTERVALS, page_rows: PAGE_ROWS, page_weight: 1, live: Some(live) }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(self.rest.clock()) as Arc<dyn Clock>
    }

    async fn ping(&self) -> Result<(), ExchangeError> {
        self.rest.get_once(&Call::new("public/time", 1).paced(&self.paces.time), self.priority).await
    }

    async fn server_time(&self) -> Result<Timestamp, ExchangeError> {
        let read = |answer: &Reply| {
            read_server_time(&answer.body).inspect(|&time| self.rest.clock().measure(time, answer.arrived))
        };
        let call = Call::new("public/time", 1).paced(&self.paces.time);
        self.rest.get(&call, self.priority, &*self.watch, read).await
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        self.pairs(None).await
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, ExchangeError> {
        let found = self.pairs(Some(symbol)).await?;
        let unknown = || ExchangeError::UnknownSymbol { exchange: self.id.clone(), symbol: symbol.clone() };
        found.into_iter().find(|instrument| &instrument.symbol == symbol).ok_or_else(unknown)
    }

    async fn candles(&self, request: &CandleRequest) -> Result<CandlePage, ExchangeError> {
        let Some(bar) = bar_of(request.grid.interval()) else {
            let (exchange, interval) = (self.id.clone(), request.grid.interval());
            return Err(ExchangeError::BadInterval { exchange, interval });
        };
        if !self.rest.clock().is_fresh() {
            self.server_time().await?;
        }
        let now = self.rest.clock().now();
        let range =
            TimeRange { start: request.start.max(Timestamp::EPOCH), end: request.end.min(now.plus_ms(1)) };
        let Some(mut stretch) = Stretch::new(request.grid, range, PAGE_ROWS) else {
            return Ok(CandlePage::empty(PAGE_ROWS));
        };
        // A page may take several requests; the first one's time is the safe one.
        let mut closed_before = None;
        loop {
            let (rows, sent) = self.rows(request, bar, stretch.part()).await?;
            let closed_before = *closed_before.get_or_insert(sent);
            match stretch.answer(rows) {
                Found::NotYet => {}
                Found::Nothing => return Ok(CandlePage::empty(PAGE_ROWS)),
                Found::Page { rows, until } => {
                    return Ok(
                        CandlePage::from_served(rows, request, PAGE_ROWS, closed_before).covering(until)
                    );
                }
            }
        }
    }

    async fn listen(&self) -> Result<Box<dyn LiveFeed>, ExchangeError> {
        let feed = OkxFeed::connect(&self.stream_url, &self.transport)
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
