//! The default fill model: a venue inside the loop that matches working orders against closed bars.
//!
//! | order | fills |
//! |---|---|
//! | market, decided at the close of bar t | at the open of bar t+1, × (1 + slippage) for a buy, × (1 − slippage) for a sell |
//! | stop | when the bar touches it, at the worse of open and trigger, with slippage; the entry bar counts |
//! | target (limit) | when the bar touches it, at the better of open and price, without slippage |
//! | stop and target in one bar | the stop |
//!
//! Fee = rate × notional, in quote. Prices are rounded against the taker to the tick and quantities down to the lot step where the
//! instrument has one, by the rules in force when the bar opened in which the order fills. What it cannot represent: queue position, partial fills, market impact, latency, and the path inside a bar.

mod rules;

use types::{Bar, FilterSchedule, FixedError, Price, Quantity, Rate, Timestamp};

use crate::InstrumentIndex;
use crate::order::{Fill, Order, OrderEvent, OrderId, OrderKind, OrderQuantity, RejectReason, Side};
use crate::risk::Approved;
use crate::simulated_venue::rules::RuleBook;
use crate::venue::{Venue, VenueEvent};

/// The costs and rules of a simulated venue; the same for every instrument but for the filters.
#[derive(Debug, Clone)]
pub struct FillModel {
    /// Fee as a share of notional.
    pub fee_rate: Rate,
    /// How much worse than the reference price a taker fills, as a share of it.
    pub slippage: Rate,
    /// Each instrument's order filters over time; an instrument beyond the list has none.
    pub filters: Vec<FilterSchedule>,
}

#[derive(Debug, Clone, Copy)]
struct Working {
    id: OrderId,
    instrument: InstrumentIndex,
    side: Side,
    kind: OrderKind,
    quantity: OrderQuantity,
    parent: Option<OrderId>,
}

/// A venue inside the loop; see the module for its rules.
#[derive(Debug)]
pub struct SimulatedVenue {
    fee_rate: Rate,
    slippage: Rate,
    rules: Vec<RuleBook>,
    working: Vec<Working>,
}

impl SimulatedVenue {
    /// Opens a venue, or says which filter does not fit.
    pub fn new(model: &FillModel) -> Result<Self, FixedError> {
        Ok(Self {
            fee_rate: model.fee_rate,
            slippage: model.slippage,
            rules: model.filters.iter().map(RuleBook::new).collect::<Result<_, _>>()?,
            working: Vec::new(),
        })
    }

    fn execute(
        &self,
        order: &Working,
        bar: &Bar,
        at: Timestamp,
        reference: Price,
        has_slippage: bool,
    ) -> Result<Fill, RejectReason> {
        let overflow = |_| RejectReason::Overflow;
        let rules = self.rules.get(order.instrument.as_usize());
        let rules = rules.map(|rules| rules.at(bar.open_time)).unwrap_or_default();
        let is_buy = order.side.is_buy();
        let price =
            if has_slippage { reference.scaled(self.slippage, is_buy).map_err(overflow)? } else { reference };
        let price = price.round_against_taker(rules.tick, is_buy).map_err(overflow)?;
        let quantity = match order.quantity {
            OrderQuantity::Base(quantity) => quantity.floor_to(rules.step),
            OrderQuantity::Quote(budget) => {
                Quantity::affordable(budget, price, self.fee_rate, rules.step).map_err(overflow)?
            }
        };
        let notional = price.notional(quantity).map_err(overflow)?;
        let fee = notional.at_rate(self.fee_rate).map_err(overflow)?;
        rules.check(quantity, notional)?;
        Ok(Fill { order: order.id, number: 1, at, side: order.side, price, quantity, notional, fee })
    }

    fn report(
        &mut self,
        order: &Working,
        outcome: Result<Fill, RejectReason>,
        reports: &mut Vec<VenueEvent>,
    ) {
        let event = match outcome {
            Ok(fill) => OrderEvent::Filled { fill, is_last: true },
            Err(reason) => OrderEvent::Rejected { reason },
        };
        reports.push(VenueEvent { order: order.id, event });
        // One cancels the other: what protected the same entry goes with it.
        if let Some(parent) = order.parent {
            self.working.retain(|sibling| {
                let goes = sibling.parent == Some(parent);
                if goes {
                    reports.push(VenueEvent { order: sibling.id, event: OrderEvent::Cancelled });
                }
                !goes
            });
        }
    }

    /// Returns the price at which a resting order fills in this bar and whether it slips, or `None` when the bar does not touch it.
    fn touch(order: &Working, bar: &Bar) -> Result<Option<(Price, bool)>, FixedError> {
        let open = Price::from_column(bar.open)?;
        let (low, high) = (Price::from_column(bar.low)?, Price::from_column(bar.high)?);
        Ok(match (order.kind, order.side) {
            (OrderKind::Market, _) => None,
            (OrderKind::Stop { trigger }, Side::Sell) => (low <= trigger).then(|| (open.min(trigger), true)),
            (OrderKind::Stop { trigger }, Side::Buy) => (high >= trigger).then(|| (open.max(trigger), true)),
            (OrderKind::Limit { price }, Side::Sell) => (high >= price).then(|| (open.max(price), false)),
            (OrderKind::Limit { price }, Side::Buy) => (low <= price).then(|| (open.min(price), false)),
        })
    }
}

impl Venue for SimulatedVenue {
    fn submit(&mut self, order: &Approved<Order>, reports: &mut Vec<VenueEvent>) {
        let order = order.get();
        self.working.push(Working {
            id: order.id,
            instrument: order.instrument,
            side: order.side,
            kind: order.kind,
            quantity: order.quantity,
            parent: order.parent,
        });
        reports.push(VenueEvent { order: order.id, event: OrderEvent::Accepted });
    }

    fn cancel(&mut self, order: OrderId, reports: &mut Vec<VenueEvent>) {
        let before = self.working.len();
        self.working.retain(|working| working.id != order);
        let event =
            if self.working.len() < before { OrderEvent::Cancelled } else { OrderEvent::CancelRejected };
        reports.push(VenueEvent { order, event });
    }

    fn on_open(&mut self, instrument: InstrumentIndex, bar: &Bar, reports: &mut Vec<VenueEvent>) {
        let mut index = 0;
        while index < self.working.len() {
            let order = self.working[index];
            if order.instrument != instrument || order.kind != OrderKind::Market {
                index += 1;
                continue;
            }
            self.working.remove(index);
            let outcome = Price::from_column(bar.open)
                .map_err(|_| RejectReason::Overflow)
                .and_then(|open| self.execute(&order, bar, bar.open_time, open, true));
            self.report(&order, outcome, reports);
        }
    }

    fn on_range(
        &mut self,
        instrument: InstrumentIndex,
        bar: &Bar,
        closed_at: Timestamp,
        reports: &mut Vec<VenueEvent>,
    ) {
        // Stops before targets: when one bar touches both, the worse is assumed.
        for is_stop_pass in [true, false] {
            let mut index = 0;
            while index < self.working.len() {
                let order = self.working[index];
                let is_stop = matches!(order.kind, OrderKind::Stop { .. });
                if order.instrument != instrument
                    || order.kind == OrderKind::Market
                    || is_stop != is_stop_pass
                {
                    index += 1;
                    continue;
                }
                let outcome = match Self::touch(&order, bar) {
                    Ok(None) => {
                        index += 1;
                        continue;
                    }
                    Ok(Some((price, has_slippage))) => {
                        self.execute(&order, bar, closed_at, price, has_slippage)
                    }
                    Err(_) => Err(RejectReason::Overflow),
                };
                self.working.remove(index);
                self.report(&order, outcome, reports);
                // The order's siblings may have gone from anywhere in the list.
                index = 0;
            }
        }
    }
}
