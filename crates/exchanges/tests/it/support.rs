//! What the tests share: a clock for both sides, a sink that remembers, an exchange pointed at a local port.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use config::{ExchangeSettings, Secret};
use exchanges::{
    Budgets, CandleSink, Clock, DownloadError, DownloadSummary, Exchange, Notice, Progress, RefusedCandle,
    RetryPolicy, SinkError, Transport, download, registry,
};
use tokio_util::sync::CancellationToken;
use types::{Candle, CandleBatch, Interval, Symbol, TimeRange, Timestamp};

/// The simulator's manual clock as ours: when the adapter waits, the exchange's time passes too.
#[derive(Debug, Clone)]
pub(crate) struct SharedClock(pub(crate) exchange_sim::Clock);

#[async_trait]
impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        let wait_ms = deadline.ms_since(self.0.now());
        if wait_ms > 0 {
            self.0.advance_ms(wait_ms);
        }
        tokio::task::yield_now().await;
    }
}

/// The simulator's time-scaled clock as ours: waiting takes as much less time as the exchange's world is faster.
#[derive(Debug, Clone)]
pub(crate) struct FastClock {
    pub(crate) clock: exchange_sim::Clock,
    pub(crate) speed: u32,
}

#[async_trait]
impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        while let Ok(left_ms @ 1..) = u64::try_from(deadline.ms_since(self.now())) {
            tokio::time::sleep(
                Duration::from_micros(left_ms * 1000 / u64::from(self.speed)).max(Duration::from_millis(1)),
            )
            .await;
        }
    }
}

/// Remembers everything it is handed; refuses candles once `room` is used up.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(crate) candles: Vec<Candle>,
    pub(crate) batches: usize,
    pub(crate) refused: Vec<RefusedCandle>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) progress: Vec<Progress>,
    pub(crate) room: usize,
    pub(crate) cancel_after_batch: Option<CancellationToken>,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self {
            candles: Vec::new(),
            batches: 0,
            refused: Vec::new(),
            notices: Vec::new(),
            progress: Vec::new(),
            room: usize::MAX,
            cancel_after_batch: None,
        }
    }

    /// The notices as a user reads them.
    pub(crate) fn said(&self) -> String {
        self.notices.iter().map(Notice::to_string).collect::<Vec<_>>().join("\n")
    }
}

#[async_trait]
impl CandleSink for Memory {
    async fn candles(&mut self, candles: CandleBatch) -> Result<(), SinkError> {
        if self.candles.len() + candles.len() > self.room {
            return Err("no space left on device".into());
        }
        self.candles.extend(candles.into_candles());
        self.batches += 1;
        if let Some(cancel) = &self.cancel_after_batch {
            cancel.cancel();
        }
        Ok(())
    }

    async fn refused(&mut self, rows: &[RefusedCandle]) {
        self.refused.extend_from_slice(rows);
    }

    async fn notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    async fn progress(&mut self, progress: Progress) {
        self.progress.push(progress);
    }
}

pub(crate) fn transport(clock: &exchange_sim::Clock) -> Transport {
    Transport {
        clock: Arc::new(SharedClock(clock.clone())),
        retry: RetryPolicy::default(),
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(20),
        budgets: Budgets::default(),
    }
}

pub(crate) fn settings(base_url: &str, rate_limit: u32) -> ExchangeSettings {
    ExchangeSettings {
        id: "demo".parse().unwrap(),
        adapter: "binance".to_owned(),
        testnet: false,
        base_url: Some(base_url.to_owned()),
        stream_url: Some(base_url.replace("http://", "ws://")),
        api_key: Secret::default(),
        api_secret: Secret::default(),
        rate_limit,
        synthetic: true,
    }
}

pub(crate) fn connect(base_url: &str, rate_limit: u32, transport: Transport) -> Arc<dyn Exchange> {
    registry::build(&settings(base_url, rate_limit), transport).unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn symbol(text: &str) -> Symbol {
    text.parse().unwrap()
}

pub(crate) fn range(start: &str, end: &str) -> TimeRange {
    TimeRange { start: at(start), end: at(end) }
}

/// Downloads BTCUSDT into a fresh memory.
pub(crate) async fn fetch(
    exchange: &dyn Exchange,
    interval: Interval,
    range: TimeRange,
) -> (Memory, Result<DownloadSummary, DownloadError>) {
    fetch_symbol(exchange, &symbol("BTCUSDT"), interval, range).await
}

/// Downloads into a fresh memory.
pub(crate) async fn fetch_symbol(
    exchange: &dyn Exchange,
    symbol: &Symbol,
    interval: Interval,
    range: TimeRange,
) -> (Memory, Result<DownloadSummary, DownloadError>) {
    let mut memory = Memory::new();
    let cancel = CancellationToken::new();
    let result = download(exchange, symbol, interval, range, &mut memory, cancel).await;
    (memory, result)
}
