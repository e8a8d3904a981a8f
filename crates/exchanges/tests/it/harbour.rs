//! Harbour, an exchange that does not exist: its adapter, written exactly as docs/guides/add-an-exchange.md says and from outside
//! the crate, with nothing but its public toolkit.

mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use config::ExchangeSettings;
use exchanges::toolkit::{Call, Dialect, Fault, Reply, Rest, USER_AGENT, excerpt};
use exchanges::{
    BudgetSnapshot, CandlePage, CandleRequest, Clock, Exchange, ExchangeError, LiveFeed, LogWatch, Offer,
    Priority, Transport, Watch,
};
use types::{ExchangeId, Instrument, Interval, Provenance, Symbol, Timestamp};

/// Step 3: how Harbour is asked and what its answers mean.
const DIALECT: Dialect =
    Dialect { adapter: "harbour", prefix: "/v1/", user_agent: USER_AGENT, used_weight: None, judge };
const INTERVALS: [Interval; 2] = [Interval::H1, Interval::D1];
const PAGE_ROWS: usize = 500;

/// Step 2: what every call shares. Clones share connections and budget.
#[derive(Debug, Clone)]
pub(crate) struct Harbour {
    id: ExchangeId,
    provenance: Provenance,
    rest: Arc<Rest>,
    priority: Priority,
    watch: Arc<dyn Watch>,
}

impl Harbour {
    pub(crate) fn new(settings: &ExchangeSettings, transport: &Transport) -> Result<Self, ExchangeError> {
        let base_url = settings.base_url.as_deref().unwrap_or("https://api.harbour.example");
        let rest = Rest::new(settings.id.clone(), base_url, DIALECT, settings.rate_limit, transport)?;
        Ok(Self {
            id: settings.id.clone(),
            provenance: if settings.synthetic { Provenance::Synthetic } else { Provenance::Exchange },
            rest: Arc::new(rest),
            priority: Priority::default(),
            watch: Arc::new(LogWatch),
        })
    }

    async fn ask<T>(
        &self,
        call: &Call<'_>,
        read: impl Fn(&Reply) -> Result<T, String>,
    ) -> Result<T, ExchangeError> {
        self.rest.get(call, self.priority, &*self.watch, read).await
    }
}

fn judge(exchange: &ExchangeId, call: &Call<'_>, reply: &Reply, now: Timestamp) -> Result<(), Fault> {
    let (status, message) = (reply.status, excerpt(&reply.body));
    Err(match (status, call.symbol()) {
        (200, _) => return Ok(()),
        (429, _) => {
            let pause_ms = i64::from(reply.retry_after_secs.unwrap_or(10).max(1)) * 1000;
            Fault::Limited { until: now.plus_ms(pause_ms), is_ban: false }
        }
        (408 | 500..=599, _) => Fault::Transient(format!("the exchange answered HTTP {status}: {message}")),
        (404, Some(symbol)) => {
            Fault::Fatal(ExchangeError::UnknownSymbol { exchange: exchange.clone(), symbol: symbol.clone() })
        }
        _ => Fault::Fatal(ExchangeError::Rejected { exchange: exchange.clone(), status, code: 0, message }),
    })
}

#[async_trait]
impl Exchange for Harbour {
    fn id(&self) -> &ExchangeId {
        &self.id
    }

    fn adapter(&self) -> &'static str {
        "harbour"
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
        self.rest.get_once(&Call::new("clock", 1), self.priority).await
    }

    async fn server_time(&self) -> Result<Timestamp, ExchangeError> {
        let read = |answer: &Reply| {
            wire::read_clock(&answer.body).inspect(|&now| self.rest.clock().measure(now, answer.arrived))
        };
        self.ask(&Call::new("clock", 1), read).await
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        Err(ExchangeError::NotOffered { exchange: self.id.clone(), what: "list of pairs" })
    }

    async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, ExchangeError> {
        let call = Call::new(format!("pairs/{symbol}"), 1).about(symbol);
        self.ask(&call, |answer| wire::read_pair(&answer.body, symbol)).await
    }

    async fn candles(&self, request: &CandleRequest) -> Result<CandlePage, ExchangeError> {
        let interval = request.grid.interval();
        if !INTERVALS.contains(&interval) {
            return Err(ExchangeError::BadInterval { exchange: self.id.clone(), interval });
        }
        if !self.rest.clock().is_fresh() {
            self.server_time().await?;
        }
        let call = Call::new("bars", 1)
            .about(&request.symbol)
            .of_interval(interval)
            .with("pair", request.symbol.as_str())
            .with("minutes", (interval.approximate_ms() / 60_000).to_string())
            .with("from", request.start.max(Timestamp::EPOCH).as_ms().to_string())
            .with("to", request.end.as_ms().to_string())
            .with("count", PAGE_ROWS.to_string());
        let read = |answer: &Reply| {
            let rows = wire::read_bars(&answer.body, interval)?;
            // Closed is judged by the exchange's clock as it stood when the request left.
            Ok(CandlePage::from_served(rows, request, PAGE_ROWS, answer.sent))
        };
        self.ask(&call, read).await
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
