//! The kernel `process(event) -> audit`: orders' lifecycle, ledger, risk and the simulated venue.
//!
//! Invariants: a pure state machine. The same events give the same audits, byte for byte, in any process on any day. Strategy, risk
//! and ledger cannot tell whether bars are recorded or live, nor whether the venue is simulated.
//! This crate deliberately has no clock, no randomness, no I/O, no async runtime and no hash maps.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod audit;
mod event;
mod kernel;
mod ledger;
mod order;
mod risk;
mod simulated_venue;
mod strategy;
mod trade;
mod venue;

pub use audit::{Audit, Record};
pub use event::{Event, InstrumentIndex};
pub use kernel::{EngineError, Kernel};
pub use ledger::{Ledger, LedgerError, Position};
pub use order::{
    Bracket, Fill, Order, OrderEvent, OrderId, OrderKind, OrderQuantity, OrderState, RejectReason, Side,
    TransitionError,
};
pub use risk::{Approved, LongOnlySpot, Refusal, Risk};
pub use simulated_venue::{FillModel, SimulatedVenue};
pub use strategy::{Context, Intent, Intents, Size, Strategy};
pub use trade::Trade;
pub use venue::{Venue, VenueEvent};
