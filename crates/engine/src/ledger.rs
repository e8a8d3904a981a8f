//! The exact books: cash, positions, fees and closed trades, changed by fills only.
//!
//! Invariants: `cash = initial − Σ bought + Σ sold − Σ fees`, to the last digit, after every fill; cash is never below nothing. A fill
//! that would break them, or whose sums do not fit, is an error and not booked. Beside the exact amounts it keeps their nearest `f64`
//! for marking, so that marking a bar costs one multiplication and never touches the books.

use std::borrow::Cow;

use types::{FixedError, Money, Quantity, Timestamp};

use crate::order::{Fill, Side};
use crate::trade::Trade;
use crate::{InstrumentIndex, OrderId};

/// What is held of one instrument, and what it took to get there.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// Held base amount, what earlier trades could not sell included.
    pub quantity: Quantity,
    /// Bought since it was last flat.
    pub bought: Quantity,
    /// Sold since it was last flat.
    pub sold: Quantity,
    /// Paid since it was last flat, without fees.
    pub entry_notional: Money,
    /// Received since it was last flat, without fees.
    pub exit_notional: Money,
    /// Fees since it was last flat.
    pub fees: Money,
    /// The part of `fees` that buying took.
    pub entry_fees: Money,
    /// When it was opened (UTC).
    pub opened_at: Timestamp,
    /// The order that opened it.
    pub entry_order: OrderId,
    /// Why it was opened.
    pub entry_reason: Cow<'static, str>,
    /// Bars at whose close it was held.
    pub bars_held: u64,
    is_open: bool,
    quantity_f64: f64,
    mark: f64,
}

/// Why something was done; almost always a literal, so copying it costs nothing.
pub(crate) type Reason = Cow<'static, str>;

/// A fill that the books cannot take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// More was sold than was held.
    #[error("order {} sold {sold}, but only {held} is held", order.as_u64())]
    Oversold {
        /// The order.
        order: OrderId,
        /// Sold base amount.
        sold: Quantity,
        /// Held base amount.
        held: Quantity,
    },
    /// A purchase cost more than there was.
    #[error("order {} cost {cost}, but there was only {cash}", order.as_u64())]
    Overdrawn {
        /// The order.
        order: OrderId,
        /// Notional and fee.
        cost: Money,
        /// What there was.
        cash: Money,
    },
    /// A sum of the books that does not fit.
    #[error("order {} makes a sum of the account larger than the books can hold (1.7 × 10^22): start with less capital", order.as_u64())]
    TooLarge {
        /// The order.
        order: OrderId,
    },
    /// A fill for an instrument that the session does not have.
    #[error("order {} is for an instrument that the session does not have", order.as_u64())]
    UnknownInstrument {
        /// The order.
        order: OrderId,
    },
}

/// The exact books of one account in one quote currency.
#[derive(Debug, Clone)]
pub struct Ledger {
    initial_cash: Money,
    cash: Money,
    cash_f64: f64,
    bought: Money,
    sold: Money,
    fees: Money,
    positions: Vec<Position>,
}

impl Position {
    fn flat() -> Self {
        Self {
            quantity: Quantity::ZERO,
            bought: Quantity::ZERO,
            sold: Quantity::ZERO,
            entry_notional: Money::ZERO,
            exit_notional: Money::ZERO,
            fees: Money::ZERO,
            entry_fees: Money::ZERO,
            opened_at: Timestamp::EPOCH,
            entry_order: OrderId::new(0),
            entry_reason: Cow::Borrowed(""),
            bars_held: 0,
            is_open: false,
            quantity_f64: 0.0,
            mark: 0.0,
        }
    }

    fn buy(&mut self, fill: &Fill) -> Result<(), FixedError> {
        self.quantity = self.quantity.checked_add(fill.quantity)?;
        self.bought = self.bought.checked_add(fill.quantity)?;
        self.entry_notional = self.entry_notional.checked_add(fill.notional)?;
        self.fees = self.fees.checked_add(fill.fee)?;
        self.entry_fees = self.entry_fees.checked_add(fill.fee)?;
        Ok(())
    }

    fn sell(&mut self, fill: &Fill, left: Quantity) -> Result<(), FixedError> {
        self.quantity = left;
        self.sold = self.sold.checked_add(fill.quantity)?;
        self.exit_notional = self.exit_notional.checked_add(fill.notional)?;
        self.fees = self.fees.checked_add(fill.fee)?;
        Ok(())
    }

    /// Returns the round trip that this sale ended.
    fn closed(&self, instrument: InstrumentIndex, exit: &Fill, reason: &Reason) -> Result<Trade, FixedError> {
        Ok(Trade {
            instrument,
            entry_order: self.entry_order,
            exit_order: exit.order,
            entry_time: self.opened_at,
            exit_time: exit.at,
            quantity: self.bought,
            sold: (self.sold != self.bought).then_some(self.sold),
            entry_notional: self.entry_notional,
            exit_notional: self.exit_notional,
            fees: self.fees,
            entry_cost: self.entry_notional.checked_add(self.entry_fees)?,
            profit: self.exit_notional.checked_sub(self.entry_notional)?.checked_sub(self.fees)?,
            bars_held: self.bars_held,
            entry_reason: self.entry_reason.clone(),
            exit_reason: reason.clone(),
        })
    }

    /// Returns whether no trade is open. A remainder that the lot step kept back may be held even so.
    #[inline]
    pub const fn is_flat(&self) -> bool {
        !self.is_open
    }

    /// Returns what the open trade has to sell; nothing when it is flat.
    #[inline]
    pub fn held(&self) -> Quantity {
        if self.is_open { self.quantity } else { Quantity::ZERO }
    }

    /// Returns what earlier trades could not sell, while no trade is open: the next one takes it along.
    pub fn remainder(&self) -> Quantity {
        if self.is_open { Quantity::ZERO } else { self.quantity }
    }

    /// Returns the last mark, quote per base: the close of the last bar.
    pub fn mark(&self) -> f64 {
        self.mark
    }

    /// Returns what it is worth at the last mark, in quote.
    #[inline]
    pub fn value(&self) -> f64 {
        self.quantity_f64 * self.mark
    }
}

impl Ledger {
    /// Opens the books with this much quote currency for this many instruments.
    pub fn new(initial_cash: Money, instruments: usize) -> Self {
        Self {
            initial_cash,
            cash: initial_cash,
            cash_f64: initial_cash.to_f64(),
            bought: Money::ZERO,
            sold: Money::ZERO,
            fees: Money::ZERO,
            positions: vec![Position::flat(); instruments],
        }
    }

    /// Returns the quote currency it was opened with.
    pub fn initial_cash(&self) -> Money {
        self.initial_cash
    }

    /// Returns the quote currency there is.
    pub fn cash(&self) -> Money {
        self.cash
    }

    /// Returns all that was paid for base, without fees.
    pub fn bought(&self) -> Money {
        self.bought
    }

    /// Returns all that was received for base, without fees.
    pub fn sold(&self) -> Money {
        self.sold
    }

    /// Returns all fees.
    pub fn fees(&self) -> Money {
        self.fees
    }

    /// Returns the position in an instrument, or `None` when the session does not have it.
    #[inline]
    pub fn position(&self, instrument: InstrumentIndex) -> Option<&Position> {
        self.positions.get(instrument.as_usize())
    }

    /// Returns cash plus every position at its mark, in quote.
    #[inline]
    pub fn equity(&self) -> f64 {
        self.positions.iter().fold(self.cash_f64, |sum, position| sum + position.value())
    }

    /// Marks an instrument at a bar's close and counts the bar for its open position.
    #[inline]
    pub(crate) fn mark(&mut self, instrument: InstrumentIndex, close: f64) {
        if let Some(position) = self.positions.get_mut(instrument.as_usize()) {
            position.mark = close;
            position.bars_held += u64::from(position.is_open);
        }
    }

    /// Books a fill; returns the trade that it closed, if any. A sale closes it when nothing is left, or when it `ends_exit`: it is
    /// the last fill of an order for everything, and what is left can no longer be sold.
    pub(crate) fn book(
        &mut self,
        instrument: InstrumentIndex,
        fill: &Fill,
        reason: &Reason,
        ends_exit: bool,
    ) -> Result<Option<Trade>, Box<LedgerError>> {
        let position = self
            .positions
            .get_mut(instrument.as_usize())
            .ok_or_else(|| Box::new(LedgerError::UnknownInstrument { order: fill.order }))?;
        let too_large = |_: FixedError| Box::new(LedgerError::TooLarge { order: fill.order });
        let fees = self.fees.checked_add(fill.fee).map_err(too_large)?;
        let closed = match fill.side {
            Side::Buy => {
                let cost = fill.notional.checked_add(fill.fee).map_err(too_large)?;
                let cash = self.cash.checked_sub(cost).map_err(too_large)?;
                if cash.is_negative() {
                    let overdrawn = LedgerError::Overdrawn { order: fill.order, cost, cash: self.cash };
                    return Err(Box::new(overdrawn));
                }
                self.bought = self.bought.checked_add(fill.notional).map_err(too_large)?;
                self.cash = cash;
                if position.is_flat() {
                    let (quantity, mark) = (position.quantity, position.mark);
                    *position = Position { quantity, mark, is_open: true, ..Position::flat() };
                    position.opened_at = fill.at;
                    position.entry_order = fill.order;
                    position.entry_reason.clone_from(reason);
                }
                position.buy(fill).map_err(too_large)?;
                None
            }
            Side::Sell => {
                let left = position.quantity.checked_sub(fill.quantity).ok_or_else(|| {
                    Box::new(LedgerError::Oversold {
                        order: fill.order,
                        sold: fill.quantity,
                        held: position.quantity,
                    })
                })?;
                let proceeds = fill.notional.checked_sub(fill.fee).map_err(too_large)?;
                self.cash = self.cash.checked_add(proceeds).map_err(too_large)?;
                self.sold = self.sold.checked_add(fill.notional).map_err(too_large)?;
                position.sell(fill, left).map_err(too_large)?;
                position.is_open = !(left.is_zero() || ends_exit);
                let closed = position.is_flat().then(|| position.closed(instrument, fill, reason));
                closed.transpose().map_err(too_large)?
            }
        };
        self.fees = fees;
        position.quantity_f64 = position.quantity.to_f64();
        self.cash_f64 = self.cash.to_f64();
        Ok(closed)
    }

    /// Returns whether the books balance to the last digit.
    pub fn is_balanced(&self) -> bool {
        let balance = self.initial_cash.checked_sub(self.bought).and_then(|rest| rest.checked_add(self.sold));
        balance.and_then(|rest| rest.checked_sub(self.fees)) == Ok(self.cash)
    }
}
