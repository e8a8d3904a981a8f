//! The order rules of a pair over time.
//!
//! Invariant: at every instant exactly one set of rules is in force. It does not guess: where rules were taken over into a time in
//! which nobody looked, [`FilterSchedule::seen`] says so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{InstrumentFilters, TimeRange, Timestamp};

/// The order rules of a pair over time. The default has none at any time.
///
/// As a document it is the rules at the beginning, with `changes` and `seen` where there are any: rules that never change read and
/// write as [`InstrumentFilters`] do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FilterSchedule {
    /// The rules at the beginning of time.
    #[serde(flatten)]
    pub initial: InstrumentFilters,
    /// The rules that came into force later, each from its instant on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub changes: BTreeMap<Timestamp, InstrumentFilters>,
    /// The stretches of time of which the rules are known, in order and apart: the exchange was asked, and said the same at both ends.
    /// Elsewhere rules are taken over, the oldest ones before the first stretch and the last ones seen behind any other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<TimeRange>,
}

/// Rules that never change, seen at no time in particular.
impl From<InstrumentFilters> for FilterSchedule {
    fn from(initial: InstrumentFilters) -> Self {
        Self { initial, changes: BTreeMap::new(), seen: Vec::new() }
    }
}

impl FilterSchedule {
    /// Returns the rules in force at an instant.
    pub fn at(&self, at: Timestamp) -> &InstrumentFilters {
        self.changes.range(..=at).next_back().map_or(&self.initial, |(_, filters)| filters)
    }

    /// Returns whether there are no rules at any time.
    pub fn is_empty(&self) -> bool {
        let none = InstrumentFilters::default();
        self.initial == none && self.changes.values().all(|filters| *filters == none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(text: &str) -> InstrumentFilters {
        InstrumentFilters { step_size: text.parse().ok(), ..InstrumentFilters::default() }
    }

    fn schedule(changes: &[(i64, &str)]) -> FilterSchedule {
        let changes = changes.iter().map(|(ms, text)| (Timestamp::from_ms(*ms), step(text))).collect();
        FilterSchedule { initial: step("1"), changes, seen: Vec::new() }
    }

    #[test]
    fn the_last_change_that_has_come_is_in_force() {
        let schedule = schedule(&[(20, "0.5"), (10, "0.1")]);
        for (ms, expected) in [(i64::MIN, "1"), (9, "1"), (10, "0.1"), (19, "0.1"), (20, "0.5"), (99, "0.5")]
        {
            assert_eq!(schedule.at(Timestamp::from_ms(ms)), &step(expected), "{ms}");
        }
        assert!(!schedule.is_empty());
        assert!(FilterSchedule::default().is_empty());
    }

    #[test]
    fn rules_that_never_change_are_written_as_one_set_and_read_from_it() {
        let document = serde_json::to_string(&step("0.001")).unwrap();
        let schedule = FilterSchedule::from(step("0.001"));
        assert_eq!(serde_json::to_string(&schedule).unwrap(), document);
        assert_eq!(serde_json::from_str::<FilterSchedule>(&document).unwrap(), schedule);
        assert_eq!(serde_json::from_str::<FilterSchedule>("{}").unwrap(), FilterSchedule::default());
    }

    #[test]
    fn changes_survive_their_document() {
        let seen = TimeRange { start: Timestamp::from_ms(5), end: Timestamp::from_ms(50) };
        let schedule = FilterSchedule { seen: vec![seen], ..schedule(&[(10_000, "0.1")]) };
        let document = serde_json::to_value(&schedule).unwrap();
        assert_eq!(document["changes"]["1970-01-01T00:00:10Z"]["step_size"], "0.1");
        assert_eq!(serde_json::from_value::<FilterSchedule>(document).unwrap(), schedule);
    }
}
