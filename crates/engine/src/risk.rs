//! The gate between a wish and an order: only what is [`Approved`] can be sent, by type.

use types::{Money, Quantity};

use crate::order::{Order, OrderQuantity, Side};

/// Something that risk has let through. There is no other way to make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved<T>(T);

impl<T> Approved<T> {
    /// Returns what was approved.
    pub const fn get(&self) -> &T {
        &self.0
    }

    /// Takes it out again; it is then no longer approved.
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// Why risk refuses an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// A sale of more than is held: spot accounts cannot be short.
    #[error("sells more than is held; a spot account cannot be short")]
    WouldBeShort,
    /// A purchase with money that is not there.
    #[error("spends more cash than there is")]
    NoCash,
    /// An order for nothing.
    #[error("the quantity is zero")]
    Nothing,
}

/// What risk may look at.
#[derive(Debug, Clone, Copy)]
pub struct RiskView {
    /// Free quote currency.
    pub cash: Money,
    /// Held base amount of the order's instrument.
    pub held: Quantity,
}

/// Decides whether an order may be sent.
pub trait Risk: std::fmt::Debug {
    /// Lets the order through or says why not.
    fn check(&self, order: &Order, view: RiskView) -> Result<(), Refusal>;

    /// Turns a checked order into one that can be sent.
    fn approve(&self, order: Order, view: RiskView) -> Result<Approved<Order>, Refusal> {
        self.check(&order, view).map(|()| Approved(order))
    }
}

/// The rules of a plain spot account: buy with the cash there is, sell what is held.
#[derive(Debug, Clone, Copy, Default)]
pub struct LongOnlySpot;

impl Risk for LongOnlySpot {
    fn check(&self, order: &Order, view: RiskView) -> Result<(), Refusal> {
        match (order.side, order.quantity) {
            (_, OrderQuantity::Base(quantity)) if quantity.is_zero() => Err(Refusal::Nothing),
            (Side::Sell, OrderQuantity::Base(quantity)) if quantity > view.held => Err(Refusal::WouldBeShort),
            (Side::Buy, OrderQuantity::Quote(budget)) if budget > view.cash => Err(Refusal::NoCash),
            (_, OrderQuantity::Quote(budget)) if budget.is_zero() || budget.is_negative() => {
                Err(Refusal::Nothing)
            }
            (Side::Buy, OrderQuantity::Base(_)) if view.cash.is_zero() || view.cash.is_negative() => {
                Err(Refusal::NoCash)
            }
            _ => Ok(()),
        }
    }
}
