//! An instrument's order rules in the engine's own types, by the time of the bar in which an order fills.

use types::{FilterSchedule, FixedError, InstrumentFilters, Money, Price, Quantity, Timestamp};

use crate::order::RejectReason;

/// The rules of one stretch of time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rules {
    /// Prices are multiples of this; zero when any will do.
    pub(super) tick: Price,
    /// Quantities are multiples of this; zero when any will do.
    pub(super) step: Quantity,
    min_quantity: Option<Quantity>,
    max_quantity: Option<Quantity>,
    min_notional: Option<Money>,
    max_notional: Option<Money>,
}

/// The rules of one instrument over time.
#[derive(Debug, Clone)]
pub(super) struct RuleBook {
    initial: Rules,
    // In order of time, as the schedule has them.
    changes: Vec<(Timestamp, Rules)>,
}

impl Rules {
    fn new(filters: &InstrumentFilters) -> Result<Self, FixedError> {
        Ok(Self {
            tick: filters.tick_size.map_or(Ok(Price::ZERO), Price::try_from)?,
            step: filters.step_size.map_or(Ok(Quantity::ZERO), Quantity::try_from)?,
            min_quantity: filters.min_quantity.map(Quantity::try_from).transpose()?,
            max_quantity: filters.max_quantity.map(Quantity::try_from).transpose()?,
            min_notional: filters.min_notional.map(Money::try_from).transpose()?,
            max_notional: filters.max_notional.map(Money::try_from).transpose()?,
        })
    }

    pub(super) fn check(&self, quantity: Quantity, notional: Money) -> Result<(), RejectReason> {
        if quantity.is_zero() {
            return Err(RejectReason::BelowStep);
        }
        if self.min_quantity.is_some_and(|min| quantity < min) {
            return Err(RejectReason::BelowMinimumQuantity);
        }
        if self.max_quantity.is_some_and(|max| quantity > max) {
            return Err(RejectReason::AboveMaximumQuantity);
        }
        if self.min_notional.is_some_and(|min| notional < min) {
            return Err(RejectReason::BelowMinimumNotional);
        }
        if self.max_notional.is_some_and(|max| notional > max) {
            return Err(RejectReason::AboveMaximumNotional);
        }
        Ok(())
    }
}

impl RuleBook {
    pub(super) fn new(schedule: &FilterSchedule) -> Result<Self, FixedError> {
        let change = |(from, filters): (&Timestamp, &InstrumentFilters)| Ok((*from, Rules::new(filters)?));
        Ok(Self {
            initial: Rules::new(&schedule.initial)?,
            changes: schedule.changes.iter().map(change).collect::<Result<_, FixedError>>()?,
        })
    }

    /// Returns the rules in force at an instant.
    pub(super) fn at(&self, at: Timestamp) -> Rules {
        // Looked up for an order that fills, not for a bar: a handful of changes costs nothing.
        let past = self.changes.iter().rev().find(|(from, _)| *from <= at);
        past.map_or(self.initial, |(_, rules)| *rules)
    }
}
