//! Which order rules a run obeyed, and how they are known to be those of its time.
//!
//! It judges what the specification says and asks nobody.

use std::fmt;

use serde::{Deserialize, Serialize};
use types::{Bars, FilterSchedule, Timestamp};

/// Which order rules a run obeyed, and how they are known to be those of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "basis")]
pub enum RulesBasis {
    /// There were none: any price and any amount filled.
    #[default]
    None,
    /// The specification gives them and does not say when anybody saw them.
    Given,
    /// They come from what the exchange said on days that were looked at.
    Recorded {
        /// First day on which the exchange was asked.
        seen_from: Timestamp,
        /// Bars before that day, which obeyed the oldest known rules.
        assumed: u64,
        /// Bars on later days of which nobody knows, which obeyed the rules last seen before.
        unchecked: u64,
    },
}

impl RulesBasis {
    /// Returns the basis of a run over these bars.
    pub fn of(rules: &FilterSchedule, bars: &Bars) -> Self {
        let opens = bars.open_time();
        let bars_until = |at: Timestamp| opens.partition_point(|open| *open < at) as u64;
        match rules.seen.first() {
            Some(first) => {
                let assumed = bars_until(first.start);
                let known: u64 = rules
                    .seen
                    .iter()
                    .map(|stretch| bars_until(stretch.end).saturating_sub(bars_until(stretch.start)))
                    .sum();
                let unchecked = (opens.len() as u64).saturating_sub(assumed + known);
                Self::Recorded { seen_from: first.start, assumed, unchecked }
            }
            None if rules.is_empty() => Self::None,
            None => Self::Given,
        }
    }

    /// Returns whether every bar obeyed rules that are known to be those of its day.
    pub const fn is_certain(&self) -> bool {
        matches!(self, Self::Recorded { assumed: 0, unchecked: 0, .. })
    }
}

impl fmt::Display for RulesBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no order rules: any price and any amount filled"),
            Self::Given => f.write_str("the order rules of the specification"),
            Self::Recorded { seen_from, assumed, unchecked } => {
                f.write_str("the exchange's order rules of each day")?;
                if *assumed > 0 {
                    let day = seen_from.to_date();
                    write!(f, "; {assumed} bars before {day} obeyed those of that day, the oldest known")?;
                }
                if *unchecked > 0 {
                    write!(
                        f,
                        "; {unchecked} bars on days without a record obeyed those of the last day before"
                    )?;
                }
                Ok(())
            }
        }
    }
}
