//! Faults on their way in: each is queued for its victim or happens at once.

use std::time::Duration;

use tokio::time::Instant;
use types::{Candle, Symbol, Timestamp};

use crate::faults::{Fate, Fault, Victim};
use crate::market::Window;
use crate::signals::Signals;
use crate::simulator::{SimError, Simulator};

const MINUTE_MS: i64 = 60_000;

impl Simulator {
    /// Makes something go wrong: queues a fault for the next klines request or the next frames, or lets it happen now.
    ///
    /// A fault that cannot happen is logged and counted as refused; [`Simulator::try_inject`] says why.
    pub fn inject(&self, fault: Fault) {
        if let Err(error) = self.try_inject(fault) {
            tracing::warn!(%error, "a fault cannot happen");
        }
    }

    /// Makes something go wrong and returns the fault as it happened: `ReviseRecent` becomes the `Revise` it stood for.
    pub fn try_inject(&self, fault: Fault) -> Result<Fault, SimError> {
        let injected = self.place(fault);
        match &injected {
            Ok(fault) if fault.victim() == Victim::World => self.count(|stats| stats.faults_fired += 1),
            Ok(_) => {}
            Err(_) => self.count(|stats| stats.faults_refused += 1),
        }
        injected
    }

    /// Queues several faults, in order.
    pub fn inject_all(&self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            self.inject(fault);
        }
    }

    /// Revises a closed candle and every coarser one that contains it; returns it as it is from now on.
    pub fn revise(&self, symbol: &Symbol, open_time: Timestamp) -> Result<Candle, SimError> {
        if !self.0.market.has_symbol(symbol) {
            return Err(SimError::UnknownSymbol(symbol.clone()));
        }
        let revised = self.0.market.revise(symbol, open_time, self.0.clock.now());
        let row = revised.ok_or_else(|| SimError::NoCandle { symbol: symbol.clone(), open_time })?;
        self.count(|stats| stats.candles_revised += 1);
        Ok(row.bar.to_candle(row.open_time))
    }

    /// Returns the faults that still wait for a klines request or for frames.
    pub fn pending_faults(&self) -> Vec<Fault> {
        let state = self.state();
        state.faults.iter().chain(state.frame_faults.iter()).cloned().collect()
    }

    /// Forgets all faults that still wait; what has begun goes on.
    pub fn clear_faults(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.frame_faults.clear();
    }

    /// Takes the fault that the current klines request has to suffer.
    pub(crate) fn take_fault(&self) -> Option<Fault> {
        let mut state = self.state();
        let fault = state.faults.pop_front();
        state.stats.faults_fired += u64::from(fault.is_some());
        fault
    }

    /// Takes the fate of the frame at hand.
    pub(crate) fn frame_fate(&self, is_closing: bool) -> Fate {
        let mut state = self.state();
        let (fate, is_used_up) = state.frame_faults.next(is_closing);
        let counts = &mut state.stats;
        counts.faults_fired += u64::from(is_used_up);
        match fate {
            // Late frames are counted where they are held back, since others queue up behind them.
            Fate::Sent | Fate::Delayed(_) => {}
            Fate::Dropped => counts.frames_dropped += 1,
            Fate::Duplicated => counts.frames_duplicated += 1,
            Fate::Reordered => counts.frames_reordered += 1,
        }
        fate
    }

    fn place(&self, fault: Fault) -> Result<Fault, SimError> {
        let signals = &self.0.signals;
        let real = |ms: u32| Instant::now() + Duration::from_millis(u64::from(ms));
        match &fault {
            Fault::DelayFrames { count: 0, .. }
            | Fault::DuplicateFrames { count: 0 }
            | Fault::ReorderFrames { count: 0 } => return Err(SimError::EmptyFault),
            Fault::DisconnectStreams => signals.send_modify(Signals::cut),
            Fault::StallStreams { ms } => signals.send_modify(|signals| signals.stall(real(*ms))),
            Fault::ServerShutdown { after_ms } => {
                signals.send_modify(|signals| signals.shut_down(real(*after_ms)));
            }
            Fault::Outage { ms } => {
                let until = self.0.rate_clock.now().plus_ms(i64::from(*ms));
                let mut state = self.state();
                state.down_until = state.down_until.max(until);
                drop(state);
                // Nobody gets back in between: the door is closed before the lines are cut.
                signals.send_modify(Signals::cut);
            }
            Fault::Ban { secs } => {
                let until = self.rate_clock_in(*secs);
                self.state().limit.ban(until);
            }
            Fault::Revise { symbol, open_time } => {
                self.revise(symbol, *open_time)?;
            }
            Fault::ReviseRecent { nth_symbol, minutes_ago } => {
                let (symbol, open_time) = self.recent_candle(*nth_symbol, *minutes_ago)?;
                self.revise(&symbol, open_time)?;
                return Ok(Fault::Revise { symbol, open_time });
            }
            queued if queued.victim() == Victim::Frames => self.state().frame_faults.push(fault.clone()),
            _ => self.state().faults.push_back(fault.clone()),
        }
        Ok(fault)
    }

    /// Returns the newest closed candle of the n-th symbol's finest series that opened so many minutes ago or earlier.
    fn recent_candle(&self, nth_symbol: u32, minutes_ago: u32) -> Result<(Symbol, Timestamp), SimError> {
        let mut symbols = self.symbols();
        let nth = usize::try_from(nth_symbol).unwrap_or(0).checked_rem(symbols.len());
        let symbol = symbols.swap_remove(nth.ok_or(SimError::NoSymbols)?);
        let now = self.0.clock.now();
        let open_time = now.plus_ms(-i64::from(minutes_ago) * MINUTE_MS);
        // The newer of the two may be open still.
        let window = Window { from: None, to: Some(open_time), limit: 2 };
        let finest = self.0.market.finest(&symbol);
        let rows = finest.and_then(|interval| self.0.market.rows(&symbol, interval, window, now).ok());
        let closed = rows.into_iter().flatten().rfind(|row| row.is_closed(now));
        match closed {
            Some(row) => Ok((symbol, row.open_time)),
            None => Err(SimError::NoCandle { symbol, open_time }),
        }
    }
}
