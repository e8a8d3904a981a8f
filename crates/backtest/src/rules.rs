//! Which order rules a run obeyed, and how they are known to be those of its time.
//!
//! It judges what the specification says and asks nobody.

use std::fmt;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use types::{Bars, FilterSchedule, Timestamp, format};

/// Which order rules a run obeyed, and how they are known to be those of its time.
///
/// As a document it also says under `used` what [`RulesBasis::kind`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
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

/// Which order rules a run obeyed, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RulesKind {
    /// None: any price and any amount filled.
    #[default]
    None,
    /// Those of the specification.
    Given,
    /// Those of each bar's own day, for every bar.
    OfTheDay,
    /// For some bars, or for all, those of another day.
    Assumed,
}

impl RulesKind {
    /// Returns it in words: `of the day`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Given => "given",
            Self::OfTheDay => "of the day",
            Self::Assumed => "assumed",
        }
    }

    /// Returns the kind of a run of which only the first and the last bar are known.
    pub fn over(rules: &FilterSchedule, first: Timestamp, last: Timestamp) -> Self {
        if rules.seen.is_empty() {
            return if rules.is_empty() { Self::None } else { Self::Given };
        }
        let is_seen = rules.seen.iter().any(|stretch| stretch.contains(first) && stretch.contains(last));
        if is_seen { Self::OfTheDay } else { Self::Assumed }
    }
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

    /// Returns which rules they were, in a word.
    pub const fn kind(&self) -> RulesKind {
        match self {
            Self::None => RulesKind::None,
            Self::Given => RulesKind::Given,
            Self::Recorded { assumed: 0, unchecked: 0, .. } => RulesKind::OfTheDay,
            Self::Recorded { .. } => RulesKind::Assumed,
        }
    }

    /// Returns whether every bar obeyed rules that are known to be those of its day.
    pub const fn is_certain(&self) -> bool {
        matches!(self.kind(), RulesKind::OfTheDay)
    }
}

impl Serialize for RulesBasis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let basis = match self {
            Self::None => "none",
            Self::Given => "given",
            Self::Recorded { .. } => "recorded",
        };
        map.serialize_entry("basis", basis)?;
        map.serialize_entry("used", &self.kind())?;
        if let Self::Recorded { seen_from, assumed, unchecked } = self {
            map.serialize_entry("seen_from", seen_from)?;
            map.serialize_entry("assumed", assumed)?;
            map.serialize_entry("unchecked", unchecked)?;
        }
        map.end()
    }
}

/// `assumed: 240 bars before 2024-01-11 obeyed those of that day, the oldest known`
impl fmt::Display for RulesBasis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none: any price and any amount filled"),
            Self::Given => f.write_str("those of the specification"),
            Self::Recorded { assumed: 0, unchecked: 0, .. } => {
                f.write_str("of the day: what the exchange said on each day")
            }
            Self::Recorded { seen_from, assumed, unchecked } => {
                let day = seen_from.to_date();
                let bars = |count: u64| format::counted(count, "bar", "bars");
                let before =
                    format!("{} before {day} obeyed those of that day, the oldest known", bars(*assumed));
                let without = format!(
                    "{} on days without a record obeyed those of the last day before",
                    bars(*unchecked)
                );
                match (assumed, unchecked) {
                    (_, 0) => write!(f, "assumed: {before}"),
                    (0, _) => write!(f, "assumed: {without}"),
                    _ => write!(f, "assumed: {before}; {without}"),
                }
            }
        }
    }
}
