//! Rows that were not taken: how many, why, and the first few of each kind.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use serde::{Deserialize, Serialize};
use types::Timestamp;

/// Why a row was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// It has more or fewer columns than the rest of its file.
    WrongColumns,
    /// A cell that should hold a number does not.
    NotANumber,
    /// Its open time cannot be read, or is not a whole millisecond.
    BadTime,
    /// A spreadsheet shortened its open time, and the last digits are lost.
    RoundedTime,
    /// By its close time it is a candle of another interval.
    OtherInterval,
    /// Its open time is not where a candle of the interval may open. It is never shifted.
    OffGrid,
    /// It cannot be true, such as a high below the low.
    Impossible,
    /// It has not closed yet.
    Unfinished,
    /// A value needs more digits than are stored.
    TooManyDigits,
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::WrongColumns => "wrong number of columns",
            Self::NotANumber => "not a number",
            Self::BadTime => "unreadable time",
            Self::RoundedTime => "time shortened by a spreadsheet",
            Self::OtherInterval => "candle of another interval",
            Self::OffGrid => "off the interval's grid",
            Self::Impossible => "impossible candle",
            Self::Unfinished => "not closed yet",
            Self::TooManyDigits => "too many digits",
        })
    }
}

/// One row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The file, or the file and its entry.
    pub file: String,
    /// Its line, from 1.
    pub line: u64,
    /// The row as it stands, cut short when it is long.
    pub text: String,
    /// The kind of fault.
    pub reason: RefusalReason,
    /// The fault in words.
    pub detail: String,
}

/// The rows that were not taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Refusals {
    /// How many of each kind.
    pub counts: BTreeMap<RefusalReason, u64>,
    /// The first few of each kind.
    pub examples: Vec<RefusedRow>,
    /// The last of those whose candle is known by its open time, to be noted in the ledger.
    #[serde(skip)]
    pub known: VecDeque<(Timestamp, String)>,
}

impl Refusals {
    /// How many rows of each kind are shown.
    pub const EXAMPLES: u64 = 5;
    /// How many are noted.
    const KNOWN: usize = 1000;
    /// How many characters of a row are shown.
    const TEXT: usize = 200;

    /// Returns how many rows were not taken.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Returns how many rows were not taken for one reason.
    pub fn count(&self, reason: RefusalReason) -> u64 {
        self.counts.get(&reason).copied().unwrap_or(0)
    }

    /// Notes one row.
    pub(super) fn note(&mut self, file: &str, line: u64, text: &[u8], fault: RowFault) {
        if let Some(at) = fault.open_time {
            self.keep(at, fault.detail.clone());
        }
        let count = self.counts.entry(fault.reason).or_default();
        *count += 1;
        if *count <= Self::EXAMPLES {
            self.examples.push(RefusedRow {
                file: file.to_owned(),
                line,
                text: String::from_utf8_lossy(text).chars().take(Self::TEXT).collect(),
                reason: fault.reason,
                detail: fault.detail,
            });
        }
    }

    /// Adds those of another file.
    pub(super) fn merge(&mut self, other: Self) {
        for example in other.examples {
            let shown = self.examples.iter().filter(|shown| shown.reason == example.reason).count();
            if (shown as u64) < Self::EXAMPLES {
                self.examples.push(example);
            }
        }
        for (reason, count) in other.counts {
            *self.counts.entry(reason).or_default() += count;
        }
        for (at, detail) in other.known {
            self.keep(at, detail);
        }
    }

    fn keep(&mut self, at: Timestamp, detail: String) {
        if self.known.len() == Self::KNOWN {
            self.known.pop_front();
        }
        self.known.push_back((at, detail));
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowFault {
    pub(super) reason: RefusalReason,
    pub(super) detail: String,
    /// When its candle opens, if that is known and the candle is lost.
    pub(super) open_time: Option<Timestamp>,
}

impl RowFault {
    pub(super) fn new(reason: RefusalReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), open_time: None }
    }

    /// Says which candle is lost by it.
    pub(super) fn of_candle(self, open_time: Timestamp) -> Self {
        Self { open_time: Some(open_time), ..self }
    }
}
