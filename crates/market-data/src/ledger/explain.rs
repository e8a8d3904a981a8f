//! Why candles are missing: the holes of a series, split by what the ledger knows about them.

use serde::{Deserialize, Serialize};
use types::{Grid, Interval, TimeRange, Timestamp};

use super::Ledger;
use crate::Gap;

/// Why candles are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum GapCause {
    /// The exchange has none: asked again, it still had nothing.
    Outage {
        /// When it was asked the last time.
        checked_at: Timestamp,
    },
    /// The rows that came could not be stored.
    Rejected {
        /// What is wrong with the first of them.
        reason: String,
        /// How many of them are known.
        rows: u64,
    },
    /// Nobody has asked for them yet.
    NotFetched,
}

impl GapCause {
    /// Returns a short, stable name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Outage { .. } => "outage",
            Self::Rejected { .. } => "rejected",
            Self::NotFetched => "not_fetched",
        }
    }
}

/// A hole, or the part of one that has one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedGap {
    /// The missing bars.
    #[serde(flatten)]
    pub gap: Gap,
    /// Why they are missing.
    #[serde(flatten)]
    pub cause: GapCause,
}

/// Splits the holes of a series by cause, in order of time.
pub fn explain(interval: Interval, gaps: &[Gap], ledger: &Ledger) -> Vec<ExplainedGap> {
    let mut explained = Vec::with_capacity(gaps.len());
    for gap in gaps {
        let grid = Grid::through(interval, gap.start);
        let mut from = gap.start;
        while from < gap.end {
            // The first stretch without candles that reaches beyond this point.
            let next = ledger.empty.iter().find(|stretch| stretch.end > from);
            let (end, cause) = match next {
                Some(stretch) if stretch.start <= from => {
                    (stretch.end, Some(GapCause::Outage { checked_at: stretch.checked_at }))
                }
                Some(stretch) => (stretch.start, None),
                None => (gap.end, None),
            };
            // A stretch may end between two places of the grid.
            let end = grid.ceil(end).min(gap.end);
            if end > from {
                let range = TimeRange { start: from, end };
                let cause = cause.unwrap_or_else(|| unasked(range, ledger));
                push(&mut explained, interval, range, cause);
            }
            from = end.max(interval.next_open(from).min(gap.end));
        }
    }
    explained
}

fn unasked(range: TimeRange, ledger: &Ledger) -> GapCause {
    let mut rows = ledger.rejected.iter().filter(|row| range.contains(row.open_time));
    match rows.next() {
        Some(first) => GapCause::Rejected { reason: first.reason.clone(), rows: 1 + rows.count() as u64 },
        None => GapCause::NotFetched,
    }
}

fn push(explained: &mut Vec<ExplainedGap>, interval: Interval, range: TimeRange, cause: GapCause) {
    let missing = interval.bars_between(range.start, range.end);
    if let Some(last) = explained.last_mut()
        && last.gap.end == range.start
        && last.cause.as_str() == cause.as_str()
        && matches!(cause, GapCause::Outage { .. })
    {
        // Two checks side by side are one outage, known as well as its older check.
        if let (GapCause::Outage { checked_at: old }, GapCause::Outage { checked_at: new }) =
            (&mut last.cause, &cause)
        {
            *old = (*old).min(*new);
        }
        last.gap.end = range.end;
        last.gap.missing += missing;
        return;
    }
    explained.push(ExplainedGap { gap: Gap { start: range.start, end: range.end, missing }, cause });
}

#[cfg(test)]
mod tests {
    use super::super::{Note, RejectedRow};
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn hour(hour: i64) -> Timestamp {
        Timestamp::from_ms(hour * HOUR)
    }

    fn range(start: i64, end: i64) -> TimeRange {
        TimeRange { start: hour(start), end: hour(end) }
    }

    fn told(ledger: &Ledger, gaps: &[(i64, i64)]) -> Vec<(i64, i64, u64, &'static str)> {
        let gaps: Vec<Gap> = gaps
            .iter()
            .map(|&(start, end)| Gap {
                start: hour(start),
                end: hour(end),
                missing: (end - start).unsigned_abs(),
            })
            .collect();
        let explained = explain(Interval::H1, &gaps, ledger);
        explained
            .iter()
            .map(|part| {
                let Gap { start, end, missing } = part.gap;
                (start.as_ms() / HOUR, end.as_ms() / HOUR, missing, part.cause.as_str())
            })
            .collect()
    }

    #[test]
    fn a_hole_is_split_by_what_is_known() {
        let mut ledger = Ledger::default();
        assert_eq!(told(&ledger, &[(2, 5), (8, 9)]), [(2, 5, 3, "not_fetched"), (8, 9, 1, "not_fetched")]);
        ledger.note([
            Note::Empty { range: range(0, 3), at: hour(50) },
            Note::Empty { range: range(4, 6), at: hour(51) },
        ]);
        assert_eq!(
            told(&ledger, &[(2, 5), (8, 9)]),
            [(2, 3, 1, "outage"), (3, 4, 1, "not_fetched"), (4, 5, 1, "outage"), (8, 9, 1, "not_fetched")]
        );
        ledger.note([Note::Rejected(RejectedRow {
            open_time: hour(3),
            reason: "high is below low".into(),
            at: hour(50),
        })]);
        assert_eq!(told(&ledger, &[(2, 5)])[1], (3, 4, 1, "rejected"));
    }

    #[test]
    fn checks_side_by_side_are_one_outage() {
        let mut ledger = Ledger::default();
        ledger.note([
            Note::Empty { range: range(2, 4), at: hour(50) },
            Note::Empty { range: range(4, 5), at: hour(60) },
        ]);
        assert_eq!(told(&ledger, &[(2, 5)]), [(2, 5, 3, "outage")]);
        let off_grid = Note::Empty {
            range: TimeRange { start: hour(8).plus_ms(1), end: hour(9).plus_ms(1) },
            at: hour(60),
        };
        ledger.note([off_grid]);
        assert_eq!(
            told(&ledger, &[(8, 11)]),
            [(8, 9, 1, "not_fetched"), (9, 10, 1, "outage"), (10, 11, 1, "not_fetched")]
        );
    }
}
