//! The simulator's handle: market, clock, limits, faults and counts, shared by all connections and by tests in the process.
//!
//! Cloning shares. No lock is held across an await.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use tokio::sync::watch;
use types::{Candle, Interval, Symbol, TimeRange, Timestamp};

use crate::clock::Clock;
use crate::config::{MarketSource, SimConfig, StreamTimings};
use crate::faults::Fault;
use crate::generator::GeneratedMarket;
use crate::market::{Market, NoSeries, Row, Window};
use crate::rate_limit::{RateLimit, Verdict};
use crate::replay::{ReplayError, ReplayedMarket};
use crate::stats::Stats;

/// How many requests [`Simulator::requests`] remembers.
const REMEMBERED_REQUESTS: usize = 1000;

/// A running exchange, without its network.
#[derive(Debug, Clone)]
pub struct Simulator(Arc<Inner>);

/// Why there is no simulator or no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimError {
    /// The recorded candles cannot be replayed.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A market without symbols.
    #[error("the market lists no symbol; name at least one")]
    NoSymbols,
    /// The symbol is not traded here.
    #[error("{0} is not traded here")]
    UnknownSymbol(Symbol),
    /// The interval is not served for this symbol.
    #[error("{0} candles of {1} are not served here")]
    UnknownInterval(Interval, Symbol),
}

#[derive(Debug)]
struct Inner {
    market: Market,
    clock: Clock,
    rate_clock: Clock,
    weight_per_minute: u32,
    timings: StreamTimings,
    state: Mutex<State>,
    skipped_closings: AtomicU32,
    frames_sent: AtomicU64,
    cuts: watch::Sender<Cut>,
    streams_open: watch::Sender<usize>,
}

#[derive(Debug)]
struct State {
    limit: RateLimit,
    faults: VecDeque<Fault>,
    stats: Stats,
    requests: VecDeque<String>,
    /// Until when clients were told to wait.
    wait_until: Timestamp,
}

/// Why streams are to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Cut {
    /// A fault: the line goes dead.
    #[default]
    Abrupt,
    /// The simulator stops and says goodbye.
    Goodbye,
}

impl Simulator {
    /// Builds the market.
    pub fn new(config: SimConfig) -> Result<Self, SimError> {
        let market = match config.market {
            MarketSource::Generated { seed, listings } => {
                Market::Generated(GeneratedMarket::new(seed, listings))
            }
            MarketSource::Replayed(series) => Market::Replayed(ReplayedMarket::new(series)?),
        };
        if market.pairs().is_empty() {
            return Err(SimError::NoSymbols);
        }
        let state = State {
            limit: RateLimit::new(config.limits),
            faults: VecDeque::new(),
            stats: Stats::default(),
            requests: VecDeque::new(),
            wait_until: Timestamp::from_ms(i64::MIN),
        };
        Ok(Self(Arc::new(Inner {
            market,
            clock: config.clock,
            rate_clock: config.rate_clock,
            weight_per_minute: config.limits.weight_per_minute,
            timings: config.streams,
            state: Mutex::new(state),
            skipped_closings: AtomicU32::new(0),
            frames_sent: AtomicU64::new(0),
            cuts: watch::Sender::default(),
            streams_open: watch::Sender::default(),
        })))
    }

    /// Returns the market's clock; a manual one can be moved through it.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Returns the traded symbols.
    pub fn symbols(&self) -> Vec<Symbol> {
        self.0.market.pairs().into_iter().map(|pair| pair.symbol).collect()
    }

    /// Returns the closed candles that open within a range: what a client should end up with.
    pub fn candles(
        &self,
        symbol: &Symbol,
        interval: Interval,
        range: TimeRange,
    ) -> Result<Vec<Candle>, SimError> {
        let rows = self.closed_rows(symbol, interval, range)?;
        Ok(rows.into_iter().map(|row| row.bar.to_candle(row.open_time)).collect())
    }

    /// Returns what was counted so far.
    pub fn stats(&self) -> Stats {
        let now = self.0.rate_clock.now();
        let mut state = self.state();
        let used_weight = state.limit.used(now);
        Stats {
            used_weight,
            faults_pending: state.faults.len(),
            days_drawn: self.0.market.days_drawn(),
            streams_open: *self.0.streams_open.borrow(),
            frames_sent: self.0.frames_sent.load(Ordering::Relaxed),
            ..state.stats.clone()
        }
    }

    /// Returns the last thousand requests to `/api` as path and query, oldest first.
    pub fn requests(&self) -> Vec<String> {
        self.state().requests.iter().cloned().collect()
    }

    /// Queues a fault for the next klines request, or makes the streams misbehave.
    pub fn inject(&self, fault: Fault) {
        match fault {
            Fault::DisconnectStreams => {
                self.state().stats.faults_fired += 1;
                self.0.cuts.send_replace(Cut::Abrupt);
            }
            Fault::SkipClosingFrame => {
                self.0.skipped_closings.fetch_add(1, Ordering::SeqCst);
            }
            queued => self.state().faults.push_back(queued),
        }
    }

    /// Queues several faults, in order.
    pub fn inject_all(&self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            self.inject(fault);
        }
    }

    /// Returns the faults that still wait for a klines request.
    pub fn pending_faults(&self) -> Vec<Fault> {
        self.state().faults.iter().cloned().collect()
    }

    /// Forgets all faults that still wait.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
        self.0.skipped_closings.store(0, Ordering::SeqCst);
    }

    pub(crate) fn market(&self) -> &Market {
        &self.0.market
    }

    pub(crate) fn weight_per_minute(&self) -> u32 {
        self.0.weight_per_minute
    }

    pub(crate) fn timings(&self) -> StreamTimings {
        self.0.timings
    }

    /// Returns the rows of a range that are closed at the market's clock.
    pub(crate) fn closed_rows(
        &self,
        symbol: &Symbol,
        interval: Interval,
        range: TimeRange,
    ) -> Result<Vec<Row>, SimError> {
        let now = self.0.clock.now();
        let window = Window { from: Some(range.start), to: Some(range.end.plus_ms(-1)), limit: usize::MAX };
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let mut rows =
            self.0.market.rows(symbol, interval, window, now).map_err(|missing| match missing {
                NoSeries::Symbol => SimError::UnknownSymbol(symbol.clone()),
                NoSeries::Interval => SimError::UnknownInterval(interval, symbol.clone()),
            })?;
        rows.retain(|row| row.is_closed(now));
        Ok(rows)
    }

    /// Counts a request and says whether it is served, together with the weight used in this minute.
    pub(crate) fn admit(&self, path: &str, query: &str, weight: u32) -> (Verdict, u32) {
        let now = self.0.rate_clock.now();
        let mut state = self.state();
        let verdict = state.limit.admit(weight, now);
        let used = state.limit.used(now);
        state.stats.requests += 1;
        state.stats.weight += u64::from(weight);
        *state.stats.by_path.entry(path.to_owned()).or_default() += 1;
        if now < state.wait_until {
            state.stats.hasty_requests += 1;
        }
        if state.requests.len() >= REMEMBERED_REQUESTS {
            state.requests.pop_front();
        }
        let separator = if query.is_empty() { "" } else { "?" };
        state.requests.push_back(format!("{path}{separator}{query}"));
        drop(state);
        (verdict, used)
    }

    /// Counts an answer; one that carries Retry-After starts a time in which clients should keep quiet.
    pub(crate) fn answered(&self, status: StatusCode, retry_after_secs: Option<i64>) {
        let now = self.0.rate_clock.now();
        let mut state = self.state();
        *state.stats.by_status.entry(status.as_u16()).or_default() += 1;
        if let Some(seconds) = retry_after_secs {
            state.wait_until = state.wait_until.max(now.plus_ms(seconds.saturating_mul(1000)));
        }
    }

    /// Returns when the rate clock will have advanced by some seconds: the end of a ban.
    pub(crate) fn rate_clock_in(&self, seconds: u32) -> Timestamp {
        self.0.rate_clock.now().plus_ms(i64::from(seconds) * 1000)
    }

    /// Takes the fault that the current klines request has to suffer.
    pub(crate) fn take_fault(&self) -> Option<Fault> {
        let mut state = self.state();
        let fault = state.faults.pop_front();
        state.stats.faults_fired += u64::from(fault.is_some());
        fault
    }

    /// Returns whether the closing frame at hand is to be swallowed.
    pub(crate) fn swallows_closing_frame(&self) -> bool {
        let one_less = |waiting: u32| waiting.checked_sub(1);
        let swallowed =
            self.0.skipped_closings.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok();
        self.state().stats.faults_fired += u64::from(swallowed);
        swallowed
    }

    pub(crate) fn count_frame(&self) {
        self.0.frames_sent.fetch_add(1, Ordering::Relaxed);
    }

    /// Notices when streams are to end.
    pub(crate) fn cuts(&self) -> watch::Receiver<Cut> {
        self.0.cuts.subscribe()
    }

    /// Ends all streams politely.
    pub(crate) fn say_goodbye(&self) {
        self.0.cuts.send_replace(Cut::Goodbye);
    }

    /// Counts open streams.
    pub(crate) fn streams_open(&self) -> &watch::Sender<usize> {
        &self.0.streams_open
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Counters are valid after any single step, so a panic elsewhere leaves nothing half-done.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
