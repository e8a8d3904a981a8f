//! What an exchange says about a traded pair: assets, state and order filters.
//!
//! Fees are deliberately not part of it: an exchange charges an account, by its tier and its discounts, and tells that account alone.
//! A run takes its fee rate from its own specification.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Symbol;

/// A traded pair and its rules, as of the moment it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// The pair's name.
    pub symbol: Symbol,
    /// What is bought and sold: `BTC`.
    pub base: String,
    /// What is paid: `USDT`.
    pub quote: String,
    /// Whether it can be traded.
    pub status: InstrumentStatus,
    /// The rules an order must obey.
    pub filters: InstrumentFilters,
}

/// Whether a pair can be traded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentStatus {
    /// Orders are taken and matched.
    Trading,
    /// Paused, stopped for the day, cancel-only or delisted.
    Halted,
}

/// The rules an order must obey. `None` means that the exchange sets no such rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InstrumentFilters {
    /// Prices are multiples of this (quote per base).
    pub tick_size: Option<Decimal>,
    /// Quantities are multiples of this (base).
    pub step_size: Option<Decimal>,
    /// Smallest quantity (base).
    pub min_quantity: Option<Decimal>,
    /// Largest quantity (base).
    pub max_quantity: Option<Decimal>,
    /// Smallest price × quantity (quote).
    pub min_notional: Option<Decimal>,
    /// Largest price × quantity (quote).
    pub max_notional: Option<Decimal>,
}
