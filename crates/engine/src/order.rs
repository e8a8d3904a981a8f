//! Orders: what may be asked of a venue and what becomes of it.
//!
//! An order is a fold of its events: [`Order::apply`] is the only way it changes, and [`Order::replay`] rebuilds it from storage.

mod state;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use types::{Money, Price, Quantity, Timestamp};

use crate::InstrumentIndex;

pub use state::{OrderEvent, OrderState, RejectReason, TransitionError};

/// Names an order within its session: the first is 0, the next 1. A pure function of the events, so a replay repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(u64);

impl OrderId {
    /// Wraps the order's position in its session.
    pub const fn new(position: u64) -> Self {
        Self(position)
    }

    /// Returns the order's position in its session.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

/// Direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Pays quote, receives base.
    Buy,
    /// Gives base, receives quote.
    Sell,
}

impl Side {
    /// Returns whether it is a buy.
    pub const fn is_buy(self) -> bool {
        matches!(self, Self::Buy)
    }
}

/// How much an order is for. Base and quote amounts are different types, so neither is ever read as the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderQuantity {
    /// This much of the base asset.
    Base(Quantity),
    /// As much as this amount of quote currency pays for, fee included.
    Quote(Money),
}

/// How an order is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// At once, at the market.
    Market,
    /// At the market once the price has touched the trigger against the position.
    Stop {
        /// The price that releases it.
        trigger: Price,
    },
    /// At this price or better.
    Limit {
        /// The worst price taken.
        price: Price,
    },
}

/// Exits that become active with the entry's fill: whichever comes first cancels the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bracket {
    /// Protective stop.
    pub stop: Option<Price>,
    /// Profit target.
    pub target: Option<Price>,
}

impl Bracket {
    /// Returns whether there is neither stop nor target.
    pub const fn is_empty(&self) -> bool {
        self.stop.is_none() && self.target.is_none()
    }
}

/// One execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The order it belongs to.
    pub order: OrderId,
    /// The venue's number for it, unique per order; a repeated number is the same fill reported again.
    pub number: u64,
    /// When it happened (UTC): for a market order of a backtest, the open of the bar.
    pub at: Timestamp,
    /// Direction.
    pub side: Side,
    /// Quote per base.
    pub price: Price,
    /// Base amount.
    pub quantity: Quantity,
    /// price × quantity, in quote.
    pub notional: Money,
    /// What the venue took, in quote.
    pub fee: Money,
}

/// An order and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its name within the session.
    pub id: OrderId,
    /// What is traded.
    pub instrument: InstrumentIndex,
    /// Direction.
    pub side: Side,
    /// How it is executed.
    pub kind: OrderKind,
    /// How much.
    pub quantity: OrderQuantity,
    /// Exits to activate with its fill.
    pub bracket: Bracket,
    /// The entry that this order protects; orders of one parent cancel each other.
    pub parent: Option<OrderId>,
    /// Why the strategy wanted it, for the trade list.
    pub reason: Cow<'static, str>,
    /// When it was decided (UTC): the close of the bar that gave the signal.
    pub created_at: Timestamp,
    /// Where it stands.
    pub state: OrderState,
}

impl Order {
    /// Moves the order on, or says why it may not.
    pub fn apply(&mut self, event: &OrderEvent) -> Result<(), Box<TransitionError>> {
        match self.state.apply(event) {
            Some(state) => {
                self.state = state;
                Ok(())
            }
            None => Err(Box::new(TransitionError { order: self.id, from: self.state, event: *event })),
        }
    }

    /// Rebuilds where an order stands from its stored events.
    pub fn replay(mut order: Order, events: &[OrderEvent]) -> Result<Order, Box<TransitionError>> {
        order.state = OrderState::Initialised;
        for event in events {
            order.apply(event)?;
        }
        Ok(order)
    }
}
