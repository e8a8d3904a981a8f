//! The kernel: one event in, one audit out, nothing else.
//!
//! Order within a bar: market orders fill at its open; resting orders, those just activated by an entry included, are matched with
//! its range; positions are marked at its close; the strategy sees it; its wishes pass risk and go to the venue for the next bar.

use std::borrow::Cow;

use types::{Bar, FixedError, Money, Timestamp};

use crate::audit::{Audit, Record};
use crate::event::{Event, InstrumentIndex};
use crate::ledger::{Ledger, LedgerError, Position};
use crate::order::{
    Bracket, Fill, Order, OrderEvent, OrderId, OrderKind, OrderQuantity, OrderState, RejectReason, Side,
    TransitionError,
};
use crate::risk::{Risk, RiskView};
use crate::strategy::{Context, Intent, Intents, Size, Strategy};
use crate::trade::Trade;
use crate::venue::{Venue, VenueEvent};

/// A broken invariant: the session must stop, because its books can no longer be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// A report about an order that the session never sent.
    #[error("the venue reported on order {}, which this session did not send", .0.as_u64())]
    UnknownOrder(OrderId),
    /// A bar of an instrument that the session does not have.
    #[error("a bar of instrument {}, which this session does not have", .0.as_usize())]
    UnknownInstrument(InstrumentIndex),
    /// A bar that does not come after the one before it.
    #[error("the bar closing at {at} does not come after the last event at {last}")]
    OutOfOrder {
        /// When the bar closed.
        at: Timestamp,
        /// The last event's time.
        last: Timestamp,
    },
    /// An impossible transition.
    #[error(transparent)]
    Transition(#[from] Box<TransitionError>),
    /// A fill that the books cannot take.
    #[error(transparent)]
    Ledger(#[from] Box<LedgerError>),
    /// An amount out of range.
    #[error(transparent)]
    Amount(#[from] FixedError),
    /// The simulated venue could not compute a fill.
    #[error(
        "the fill of order {} is larger than the books can hold (1.7 × 10^22 of money, 1.7 × 10^26 of the base asset): \
         start with less capital, and look for prices that cannot be true",
        .0.as_u64()
    )]
    FillTooLarge(OrderId),
}

/// The engine as a value: strategy, risk, venue and books behind one function.
#[derive(Debug)]
pub struct Kernel<V> {
    strategy: Box<dyn Strategy>,
    risk: Box<dyn Risk + Send>,
    venue: V,
    ledger: Ledger,
    orders: Vec<Order>,
    working: Vec<OrderId>,
    fills: Vec<Fill>,
    trades: Vec<Trade>,
    now: Timestamp,
    audit: Audit,
    // Buffers, kept between events so that a quiet bar allocates nothing.
    intents: Intents,
    reports: Vec<VenueEvent>,
}

impl<V: Venue> Kernel<V> {
    /// Assembles an engine for a session over so many instruments.
    pub fn new(
        strategy: Box<dyn Strategy>,
        risk: Box<dyn Risk + Send>,
        venue: V,
        initial_cash: Money,
        instruments: usize,
    ) -> Self {
        Self {
            strategy,
            risk,
            venue,
            ledger: Ledger::new(initial_cash, instruments),
            orders: Vec::new(),
            working: Vec::new(),
            fills: Vec::new(),
            trades: Vec::new(),
            now: Timestamp::from_ms(i64::MIN),
            audit: Audit::default(),
            intents: Intents::default(),
            reports: Vec::new(),
        }
    }

    /// Processes one event and returns what was done with it.
    ///
    /// # Errors
    /// A broken invariant. The engine must not be used afterwards.
    pub fn process(&mut self, event: &Event) -> Result<&Audit, EngineError> {
        self.audit.sequence += 1;
        self.audit.records.clear();
        match event {
            Event::Bar { instrument, bar, closed_at } => self.on_bar(*instrument, bar, *closed_at)?,
            Event::Venue(report) => {
                self.reports.push(*report);
                self.drain_reports()?;
            }
        }
        self.audit.at = self.now;
        Ok(&self.audit)
    }

    /// Returns the books.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Returns every order of the session, by id.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    /// Returns every fill of the session, in order.
    pub fn fills(&self) -> &[Fill] {
        &self.fills
    }

    /// Returns every closed trade, in order of closing.
    pub fn trades(&self) -> &[Trade] {
        &self.trades
    }

    fn on_bar(
        &mut self,
        instrument: InstrumentIndex,
        bar: &Bar,
        closed_at: Timestamp,
    ) -> Result<(), EngineError> {
        // Bars of several instruments may close at once; none may close before one already seen.
        if closed_at < self.now {
            return Err(EngineError::OutOfOrder { at: closed_at, last: self.now });
        }
        self.now = closed_at;
        if !self.working.is_empty() {
            self.venue.on_open(instrument, bar, &mut self.reports);
            self.drain_reports()?;
            self.venue.on_range(instrument, bar, closed_at, &mut self.reports);
            self.drain_reports()?;
        }
        self.ledger.mark(instrument, bar.close);
        let position = self.ledger.position(instrument).ok_or(EngineError::UnknownInstrument(instrument))?;
        let context = Context {
            instrument,
            now: closed_at,
            held: position.held(),
            cash: self.ledger.cash(),
            has_working_order: !self.working.is_empty() && self.has_market_order(instrument),
        };
        self.strategy.on_bar(&context, bar, &mut self.intents);
        if !self.intents.0.is_empty() {
            let mut intents = std::mem::take(&mut self.intents);
            for intent in intents.0.drain(..) {
                self.act_on(instrument, intent)?;
                self.drain_reports()?;
            }
            self.intents = intents;
        }
        Ok(())
    }

    fn has_market_order(&self, instrument: InstrumentIndex) -> bool {
        self.working_orders(instrument).any(|order| order.kind == OrderKind::Market)
    }

    fn working_orders(&self, instrument: InstrumentIndex) -> impl Iterator<Item = &Order> {
        self.working
            .iter()
            .filter_map(|id| self.order(*id))
            .filter(move |order| order.instrument == instrument)
    }

    fn order(&self, id: OrderId) -> Option<&Order> {
        usize::try_from(id.as_u64()).ok().and_then(|index| self.orders.get(index))
    }

    /// Cash that no working purchase has claimed.
    fn free_cash(&self) -> Result<Money, FixedError> {
        let claims = self.working.iter().filter_map(|id| self.order(*id)).filter_map(|order| {
            match (order.side, order.quantity) {
                (Side::Buy, OrderQuantity::Quote(budget)) => Some(budget),
                _ => None,
            }
        });
        self.ledger.cash().checked_sub(Money::sum(claims)?)
    }

    fn act_on(&mut self, instrument: InstrumentIndex, intent: Intent) -> Result<(), EngineError> {
        match intent {
            Intent::Enter { size, stop, target, reason } => {
                let quantity = match size {
                    Size::AllCash => OrderQuantity::Quote(self.free_cash()?),
                    Size::ShareOfCash(share) => OrderQuantity::Quote(self.free_cash()?.at_rate(share)?),
                    Size::Base(quantity) => OrderQuantity::Base(quantity),
                };
                let bracket = Bracket { stop, target };
                self.submit(instrument, Side::Buy, OrderKind::Market, quantity, bracket, None, reason)
            }
            Intent::Exit { reason } => {
                self.cancel_protection(instrument);
                self.drain_reports()?;
                let held = self.ledger.position(instrument).map(Position::held).unwrap_or_default();
                let quantity = OrderQuantity::Base(held);
                self.submit(
                    instrument,
                    Side::Sell,
                    OrderKind::Market,
                    quantity,
                    Bracket::default(),
                    None,
                    reason,
                )
            }
        }
    }

    /// Sends an order past risk; the venue's answers wait in `reports` for the caller's drain.
    #[expect(clippy::too_many_arguments, reason = "the fields of an order, each of its own type")]
    fn submit(
        &mut self,
        instrument: InstrumentIndex,
        side: Side,
        kind: OrderKind,
        quantity: OrderQuantity,
        bracket: Bracket,
        parent: Option<OrderId>,
        reason: Cow<'static, str>,
    ) -> Result<(), EngineError> {
        let id = OrderId::new(self.orders.len() as u64);
        let state = OrderState::Initialised;
        let created_at = self.now;
        let mut order =
            Order { id, instrument, side, kind, quantity, bracket, parent, reason, created_at, state };
        let view = RiskView {
            cash: self.free_cash()?,
            held: self.ledger.position(instrument).map(Position::held).unwrap_or_default(),
        };
        order.apply(&OrderEvent::Submitted)?;
        match self.risk.approve(order, view) {
            Ok(approved) => {
                // Known before it is sent, so that an answer never meets an unknown order.
                self.orders.push(approved.get().clone());
                self.working.push(id);
                self.audit.records.push(Record::Submitted(id));
                self.venue.submit(&approved, &mut self.reports);
                Ok(())
            }
            Err(refusal) => {
                self.audit.records.push(Record::Refused { side, refusal });
                Ok(())
            }
        }
    }

    fn drain_reports(&mut self) -> Result<(), EngineError> {
        // Acting on a report may bring further ones; they queue behind.
        let mut next = 0;
        while next < self.reports.len() {
            let report = self.reports[next];
            next += 1;
            self.on_report(&report)?;
        }
        self.reports.clear();
        Ok(())
    }

    fn on_report(&mut self, report: &VenueEvent) -> Result<(), EngineError> {
        let order = usize::try_from(report.order.as_u64())
            .ok()
            .and_then(|index| self.orders.get_mut(index))
            .ok_or(EngineError::UnknownOrder(report.order))?;
        let before = order.state;
        if let OrderEvent::Rejected { reason: RejectReason::Overflow } = &report.event {
            // A run that goes on without this fill would be believed.
            return Err(EngineError::FillTooLarge(report.order));
        }
        order.apply(&report.event)?;
        let is_new_fill = order.state.filled().fills > before.filled().fills;
        let (instrument, bracket, parent) = (order.instrument, order.bracket, order.parent);
        let is_done = order.state.is_final();
        self.audit.records.push(Record::Reported(*report));
        let mut closed = None;
        if let OrderEvent::Filled { fill, is_last } = &report.event
            && is_new_fill
        {
            // An order for everything that ends with less: no order can sell what the lot step kept back.
            let held = self.ledger.position(instrument).map(Position::held).unwrap_or_default();
            let everything = OrderQuantity::Base(held.checked_add(before.filled().quantity)?);
            let ends_exit = *is_last && order.quantity == everything;
            closed = self.ledger.book(instrument, fill, &order.reason, ends_exit)?;
            self.fills.push(*fill);
        }
        if is_done && !before.is_final() {
            self.working.retain(|id| *id != report.order);
        }
        if let Some(trade) = closed {
            self.audit.records.push(Record::TradeClosed(self.trades.len() as u64));
            self.trades.push(trade);
        }
        if is_new_fill && is_done && parent.is_none() && !bracket.is_empty() {
            self.protect(instrument, report.order, bracket)?;
        }
        Ok(())
    }

    /// Cancels the exits that protect a position, which would otherwise sell it a second time.
    fn cancel_protection(&mut self, instrument: InstrumentIndex) {
        let protective: Vec<OrderId> = self
            .working_orders(instrument)
            .filter(|order| order.parent.is_some())
            .map(|order| order.id)
            .collect();
        for order in protective {
            self.reports.push(VenueEvent { order, event: OrderEvent::CancelRequested });
            self.venue.cancel(order, &mut self.reports);
        }
    }

    /// Activates the exits of an entry that has just been filled. They protect the whole position and replace earlier ones.
    fn protect(
        &mut self,
        instrument: InstrumentIndex,
        entry: OrderId,
        bracket: Bracket,
    ) -> Result<(), EngineError> {
        self.cancel_protection(instrument);
        let held = self.ledger.position(instrument).map(Position::held).unwrap_or_default();
        let quantity = OrderQuantity::Base(held);
        let exits = [
            (bracket.stop.map(|trigger| OrderKind::Stop { trigger }), "stop"),
            (bracket.target.map(|price| OrderKind::Limit { price }), "target"),
        ];
        for (kind, reason) in exits {
            if let Some(kind) = kind {
                let none = Bracket::default();
                self.submit(
                    instrument,
                    Side::Sell,
                    kind,
                    quantity,
                    none,
                    Some(entry),
                    Cow::Borrowed(reason),
                )?;
            }
        }
        Ok(())
    }
}
