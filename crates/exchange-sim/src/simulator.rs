//! The simulator's handle: market, clock, limits, faults and counts, shared by all connections and by tests in the process.
//!
//! Cloning shares. No lock is held across an await.

mod admission;
mod injection;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::AbortHandle;
use types::{Candle, Interval, Symbol, TimeRange, Timestamp};

use crate::clock::Clock;
use crate::config::{MarketSource, SimConfig, StreamLimits, StreamTimings};
use crate::connection_limit::ConnectionLimit;
use crate::faults::{Fault, FrameFaults};
use crate::generator::GeneratedMarket;
use crate::market::{Market, NoSeries, Row, Window};
use crate::rate_limit::RateLimit;
use crate::replay::{ReplayError, ReplayedMarket};
use crate::signals::Signals;
use crate::stats::Stats;

pub(crate) use admission::NoConnection;

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
    /// There is nothing to revise.
    #[error("{symbol} has no closed candle that opened at {open_time}; look at /sim/truth for those it has")]
    NoCandle {
        /// The pair.
        symbol: Symbol,
        /// The open time asked for.
        open_time: Timestamp,
    },
    /// A fault that would do nothing.
    #[error("a fault of no frames does nothing; 'count' is at least 1")]
    EmptyFault,
}

#[derive(Debug)]
struct Inner {
    market: Market,
    clock: Clock,
    rate_clock: Clock,
    weight_per_minute: u32,
    stream_limits: StreamLimits,
    timings: StreamTimings,
    state: Mutex<State>,
    frames_sent: AtomicU64,
    signals: watch::Sender<Signals>,
    streams_open: watch::Sender<usize>,
    /// Plans that run on request over HTTP; they end with the simulator's service.
    plans: Mutex<Vec<AbortHandle>>,
}

#[derive(Debug)]
struct State {
    limit: RateLimit,
    connections: ConnectionLimit,
    /// Faults that wait for a klines request.
    faults: VecDeque<Fault>,
    /// Faults that wait for stream frames.
    frame_faults: FrameFaults,
    stats: Stats,
    requests: VecDeque<String>,
    /// Until when clients were told to wait.
    wait_until: Timestamp,
    /// Until when the exchange is down.
    down_until: Timestamp,
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
        let never = Timestamp::from_ms(i64::MIN);
        let state = State {
            limit: RateLimit::new(config.limits),
            connections: ConnectionLimit::new(config.stream_limits.attempts_per_five_minutes),
            faults: VecDeque::new(),
            frame_faults: FrameFaults::default(),
            stats: Stats::default(),
            requests: VecDeque::new(),
            wait_until: never,
            down_until: never,
        };
        Ok(Self(Arc::new(Inner {
            market,
            clock: config.clock,
            rate_clock: config.rate_clock,
            weight_per_minute: config.limits.weight_per_minute,
            stream_limits: config.stream_limits,
            timings: config.streams,
            state: Mutex::new(state),
            frames_sent: AtomicU64::new(0),
            signals: watch::Sender::default(),
            streams_open: watch::Sender::default(),
            plans: Mutex::default(),
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

    /// Returns the closed candles that open within a range, as revised until now: what a client should end up with.
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
            faults_pending: state.faults.len() + state.frame_faults.len(),
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

    pub(crate) fn market(&self) -> &Market {
        &self.0.market
    }

    pub(crate) fn weight_per_minute(&self) -> u32 {
        self.0.weight_per_minute
    }

    pub(crate) fn stream_limits(&self) -> StreamLimits {
        self.0.stream_limits
    }

    pub(crate) fn timings(&self) -> StreamTimings {
        self.0.timings
    }

    /// The clock of limits, bans and outages.
    pub(crate) fn rate_clock(&self) -> &Clock {
        &self.0.rate_clock
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

    /// Changes what is counted.
    pub(crate) fn count(&self, change: impl FnOnce(&mut Stats)) {
        change(&mut self.state().stats);
    }

    pub(crate) fn count_frame(&self) {
        self.0.frames_sent.fetch_add(1, Ordering::Relaxed);
    }

    /// Notices what streams are told.
    pub(crate) fn signals(&self) -> watch::Receiver<Signals> {
        self.0.signals.subscribe()
    }

    /// Ends all streams politely and all plans at once.
    pub(crate) fn say_goodbye(&self) {
        self.0.signals.send_modify(Signals::end);
        self.stop_plans();
    }

    /// Remembers a plan that runs on request, so that it ends with the service.
    pub(crate) fn keep_plan(&self, plan: AbortHandle) {
        let mut plans = self.0.plans.lock().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|plan| !plan.is_finished());
        plans.push(plan);
    }

    /// Ends the plans that run on request.
    pub(crate) fn stop_plans(&self) {
        let mut plans = self.0.plans.lock().unwrap_or_else(PoisonError::into_inner);
        plans.drain(..).for_each(|plan| plan.abort());
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
