//! A round trip: from flat through a position back to flat.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use types::{Money, Price, Quantity, Timestamp};

use crate::{InstrumentIndex, OrderId};

/// One closed round trip. Amounts are in quote currency and exact: `profit = exit_notional − entry_notional − fees`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trade {
    /// What was traded.
    #[serde(skip)]
    pub instrument: InstrumentIndex,
    /// The order that opened it.
    pub entry_order: OrderId,
    /// The order that closed it.
    pub exit_order: OrderId,
    /// When the first fill happened (UTC).
    pub entry_time: Timestamp,
    /// When the last fill happened (UTC).
    pub exit_time: Timestamp,
    /// Base amount bought.
    pub quantity: Quantity,
    /// Base amount sold, where it is another: a lot step that became coarser keeps a remainder back, which the next trade sells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold: Option<Quantity>,
    /// Paid for it, without fees.
    pub entry_notional: Money,
    /// Received for it, without fees.
    pub exit_notional: Money,
    /// Fees of all its fills.
    pub fees: Money,
    /// Paid for it, fees included.
    pub entry_cost: Money,
    /// What it brought.
    pub profit: Money,
    /// Bars at whose close the position was held.
    pub bars_held: u64,
    /// Why it was opened.
    pub entry_reason: Cow<'static, str>,
    /// Why it was closed.
    pub exit_reason: Cow<'static, str>,
}

impl Trade {
    /// Returns profit ÷ entry cost; `None` for a position that cost nothing.
    pub fn return_on_cost(&self) -> Option<f64> {
        self.profit.ratio_to(self.entry_cost)
    }

    /// Returns the average entry price, quote per base; nothing for a position without a quantity.
    pub fn entry_price(&self) -> Price {
        Price::average(self.entry_notional, self.quantity).unwrap_or_default()
    }

    /// Returns the average exit price, quote per base; nothing for a position without a quantity.
    pub fn exit_price(&self) -> Price {
        Price::average(self.exit_notional, self.sold.unwrap_or(self.quantity)).unwrap_or_default()
    }
}
