//! What a run shows of itself: its equity bar by bar and the trades it closed.
//!
//! Everything the statistics need and nothing else; built by whoever ran it, borrowed, never stored.

use types::{Interval, Timestamp};

/// One run as the statistics see it. `close_times` and `equity` have one entry per bar, in order of time.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// The length of a bar.
    pub interval: Interval,
    /// The open time of the first bar: the calendar of the run starts here.
    pub start: Timestamp,
    /// Cash before the first bar, in quote currency. It is the first peak and the first daily point.
    pub initial_capital: f64,
    /// When each bar closed, strictly rising. A bar named 10:00 on 1h closes at 11:00:00.000.
    pub close_times: &'a [Timestamp],
    /// Mark-to-market equity at each close, open positions included, in quote currency.
    pub equity: &'a [f64],
    /// The number of bars with an open position at their close.
    pub in_market: u64,
    /// The trades that were closed, in order of exit. An open one is not among them.
    pub trades: &'a [TradeOutcome],
    /// Whether a position was still open at the last close.
    pub open_trade: bool,
    /// All fees paid, those of the open trade included, in quote currency.
    pub fees_paid: f64,
    /// The sum of price × quantity over all fills, buys and sells, in quote currency.
    pub traded_notional: f64,
}

/// A closed trade, from the first fill that opened the position to the one that closed it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradeOutcome {
    /// When it was opened.
    pub entry_time: Timestamp,
    /// When it was closed.
    pub exit_time: Timestamp,
    /// What it earned after fees, in quote currency.
    pub profit: f64,
    /// `profit` divided by what the entry cost, fee included.
    pub return_on_cost: f64,
    /// The fees of entry and exit, in quote currency.
    pub fees: f64,
    /// The number of bars at whose close it was open.
    pub bars_held: u64,
}

impl Observation<'_> {
    /// Returns calendar days from the first open to the last close, fractions included; zero without bars.
    pub(crate) fn days(&self) -> f64 {
        self.close_times.last().map_or(0.0, |close| days_between(self.start, *close)).max(0.0)
    }

    /// Says why the equity curve cannot be read, naming the bar.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.close_times.is_empty() {
            return Err("the run has no bars".to_owned());
        }
        if self.close_times.len() != self.equity.len() {
            return Err(format!(
                "{} close times but {} equity values: both need one entry per bar",
                self.close_times.len(),
                self.equity.len()
            ));
        }
        if !(self.initial_capital.is_finite() && self.initial_capital > 0.0) {
            return Err("the initial capital is not a positive number".to_owned());
        }
        let mut before = self.start;
        for (index, (&close, equity)) in self.close_times.iter().zip(self.equity).enumerate() {
            if close <= before {
                return Err(format!("bar {index} closes at {close}, not after the bar before it"));
            }
            if !equity.is_finite() {
                return Err(format!("the equity at the close of bar {index} ({close}) is not a number"));
            }
            before = close;
        }
        Ok(())
    }
}

/// Returns `to - from` in days.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of any calendar span are far below 2^53")]
pub(crate) fn days_between(from: Timestamp, to: Timestamp) -> f64 {
    to.ms_since(from) as f64 / Timestamp::DAY_MS as f64
}
