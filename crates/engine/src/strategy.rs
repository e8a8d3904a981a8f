//! The port that strategies plug into: they see closed bars and a read-only view, and answer with wishes.

use std::borrow::Cow;

use types::{Bar, Money, Price, Quantity, Rate, Timestamp};

use crate::InstrumentIndex;

/// What a strategy may look at when a bar has closed. Nothing in it lies in the future of that close.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The instrument whose bar has closed.
    pub instrument: InstrumentIndex,
    /// When it closed (UTC): the strategy's now.
    pub now: Timestamp,
    /// Base amount of this instrument that the open trade holds. A remainder that no order can sell is none.
    pub held: Quantity,
    /// Free quote currency.
    pub cash: Money,
    /// Whether an order for this instrument is under way.
    pub has_working_order: bool,
}

impl Context {
    /// Returns whether no trade in this instrument is open.
    pub const fn is_flat(&self) -> bool {
        self.held.is_zero()
    }
}

/// How much to buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Everything there is, fee included.
    AllCash,
    /// This share of the free cash, fee included.
    ShareOfCash(Rate),
    /// This much of the base asset.
    Base(Quantity),
}

/// What a strategy wishes at a bar's close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Buy at the next open.
    Enter {
        /// How much.
        size: Size,
        /// Protective stop, watched from the entry bar on.
        stop: Option<Price>,
        /// Profit target, watched from the entry bar on.
        target: Option<Price>,
        /// Why, for the trade list.
        reason: Cow<'static, str>,
    },
    /// Sell all that is held at the next open.
    Exit {
        /// Why, for the trade list.
        reason: Cow<'static, str>,
    },
}

/// Collects the wishes of one bar; the kernel reuses it, so a quiet bar allocates nothing.
#[derive(Debug, Default)]
pub struct Intents(pub(crate) Vec<Intent>);

impl Intents {
    /// Wishes to buy with all cash.
    pub fn enter_all_in(&mut self, reason: &'static str) {
        self.push(Intent::Enter {
            size: Size::AllCash,
            stop: None,
            target: None,
            reason: Cow::Borrowed(reason),
        });
    }

    /// Wishes to sell all that is held.
    pub fn exit(&mut self, reason: &'static str) {
        self.push(Intent::Exit { reason: Cow::Borrowed(reason) });
    }

    /// Adds a wish.
    pub fn push(&mut self, intent: Intent) {
        self.0.push(intent);
    }

    /// Returns the wishes so far, for tests of strategies.
    pub fn as_slice(&self) -> &[Intent] {
        &self.0
    }
}

/// A strategy: a state machine over closed bars. It cannot tell a backtest from a live session.
pub trait Strategy: std::fmt::Debug + Send {
    /// Returns how many bars it needs before its first wish can be right.
    fn warm_up_bars(&self) -> usize;

    /// Reacts to a bar that has closed.
    fn on_bar(&mut self, context: &Context, bar: &Bar, intents: &mut Intents);
}
