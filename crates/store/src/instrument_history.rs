//! What is known about one pair over time, and what that says about an instant.
//!
//! Rules hold for whole days, UTC: what was seen at any hour of a day counts from its midnight. A rule that changed between two days
//! on which somebody looked counts from the later one.

use types::{FilterSchedule, Instrument, TimeRange, Timestamp};

/// What an exchange said about a pair from one day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstrumentVersion {
    /// First day on which this was seen.
    pub since: Timestamp,
    /// Last day on which this was seen.
    pub checked: Timestamp,
    /// What was said; `None` when the exchange no longer named the pair.
    pub instrument: Option<Instrument>,
}

/// What an exchange said about a pair over time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstrumentHistory {
    /// What was said, oldest first; the first one names the pair.
    pub versions: Vec<InstrumentVersion>,
}

/// The rules in force at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotOn {
    /// The pair and its rules.
    pub instrument: Instrument,
    /// First day on which these rules were seen.
    pub since: Timestamp,
    /// Last day on which they were seen.
    pub checked: Timestamp,
    /// How these rules are known to be those of the instant.
    pub evidence: Evidence,
}

/// How rules are known to be those of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// They were seen on that day, or the same ones before and after it.
    Seen,
    /// Nobody looked on that day; these are the last ones seen before it, and the next ones seen, if any, are others.
    Unchecked,
    /// Nobody had looked by then: these are the oldest ones known, and may not have been in force.
    Assumed,
    /// The exchange no longer named the pair: these are the last ones it had.
    Delisted {
        /// First day on which it was missing.
        since: Timestamp,
    },
}

impl InstrumentHistory {
    /// Returns the rules in force at an instant; `None` when the pair was never seen.
    pub fn on(&self, at: Timestamp) -> Option<SnapshotOn> {
        let behind = self.versions.partition_point(|version| version.since <= at);
        let (past, future) = self.versions.split_at(behind);
        let listed = |version: &&InstrumentVersion| version.instrument.is_some();
        let snapshot = |version: &InstrumentVersion, evidence| {
            let instrument = version.instrument.clone()?;
            Some(SnapshotOn { instrument, since: version.since, checked: version.checked, evidence })
        };
        match past.last() {
            None => snapshot(future.first()?, Evidence::Assumed),
            Some(last) if last.instrument.is_some() => {
                let is_seen = at.floor_day() <= last.checked;
                snapshot(last, if is_seen { Evidence::Seen } else { Evidence::Unchecked })
            }
            Some(gone) => snapshot(past.iter().rfind(listed)?, Evidence::Delisted { since: gone.since }),
        }
    }

    /// Returns the order rules as a backtest takes them: the oldest ones also for the time before anybody looked, the last ones seen
    /// also for days on which nobody did, with the stretches in which they were seen beside them. `None` when the pair was never seen.
    pub fn schedule(&self) -> Option<FilterSchedule> {
        let mut schedule: Option<FilterSchedule> = None;
        for version in &self.versions {
            let Some(instrument) = &version.instrument else { continue };
            let schedule = schedule.get_or_insert_with(|| FilterSchedule::from(instrument.filters));
            // A pair that was halted, or delisted and listed again, may have kept its rules.
            if *schedule.at(version.since) != instrument.filters {
                schedule.changes.insert(version.since, instrument.filters);
            }
            let until = version.checked.plus_ms(Timestamp::DAY_MS);
            match schedule.seen.last_mut() {
                Some(stretch) if stretch.end == version.since => stretch.end = until,
                _ => schedule.seen.push(TimeRange { start: version.since, end: until }),
            }
        }
        schedule
    }
}

#[cfg(test)]
mod tests;
