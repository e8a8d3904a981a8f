//! Who comes first when the exchange's patience is short.

use serde::{Deserialize, Serialize};

/// The urgency of a request. A less urgent one leaves a part of every minute's budget to the more urgent ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Orders and what decides about them.
    Order,
    /// Keeping followed candles current.
    Live,
    /// Filling holes.
    Repair,
    /// Loading history.
    #[default]
    Backfill,
}

impl Priority {
    /// Every urgency, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Order, Self::Live, Self::Repair, Self::Backfill];

    /// Returns the name that settings and messages use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Live => "live",
            Self::Repair => "repair",
            Self::Backfill => "backfill",
        }
    }

    /// Returns how long after the beginning of a minute requests of this urgency that waited for it go on, in milliseconds: the
    /// more urgent ones that waited too are through by then.
    pub(crate) const fn head_start_ms(self) -> i64 {
        match self {
            Self::Order => 0,
            Self::Live => 100,
            Self::Repair => 300,
            Self::Backfill => 500,
        }
    }

    /// Returns up to how much of a minute's allowance requests of this urgency may bring it, in percent.
    pub const fn share_percent(self) -> u32 {
        match self {
            Self::Order => 100,
            Self::Live => 95,
            Self::Repair => 85,
            Self::Backfill => 75,
        }
    }
}
