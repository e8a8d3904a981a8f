//! Why a whole file, rather than a row of it, cannot be imported.

use std::fmt;
use std::io;

use rust_decimal::Decimal;
use types::{Interval, SeriesKey, Symbol, Timestamp};

use super::agreement::CONTRADICTION_PERCENT;
use super::length::CandleLength;
use super::report::Superseded;
use super::{RefusalReason, Refusals};
use crate::StoreError;

/// Why an import stopped. Everything but [`ImportError::Store`] and [`ImportError::Stopped`] is found before anything is stored, unless
/// the files hold more than half a million rows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The caller named no file.
    #[error("no file to import; name at least one")]
    NoFiles,
    /// The file cannot be opened or read.
    #[error("cannot read {file}: {source}; {}", remedy(source))]
    Io {
        /// The file.
        file: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// An archive is cut short or does not match its checksum.
    #[error("{file} is damaged ({reason}); nothing of it was imported; download it again")]
    Damaged {
        /// The file, or the file and its entry.
        file: String,
        /// What was found.
        reason: String,
    },
    /// The file is no CSV of candles.
    #[error("{file} holds no candles: {reason}")]
    NotCandles {
        /// The file, or the file and its entry.
        file: String,
        /// What was found and what was expected.
        reason: String,
    },
    /// None of the rows of a file can be taken.
    #[error("{file}: none of its {} rows could be taken{}", refusals.total(), first_of(refusals))]
    NoneTaken {
        /// The file.
        file: String,
        /// What is wrong with them.
        refusals: Box<Refusals>,
    },
    /// The candles are those of another interval.
    #[error("{file} holds {found} candles, not {asked}")]
    WrongInterval {
        /// The file, or the file and its entry.
        file: String,
        /// How long they last.
        found: CandleLength,
        /// What was asked for.
        asked: Interval,
    },
    /// The name of the file says another interval.
    #[error("{file} holds {found} candles by its name, not {asked}")]
    NamedInterval {
        /// The file, or the file and its entry.
        file: String,
        /// What its name says.
        found: Interval,
        /// What was asked for.
        asked: Interval,
    },
    /// A column of the file says that its rows belong to another symbol, or to several.
    #[error(
        "{file} holds candles of {found} (line {line}), not of {asked} alone; import each symbol's own rows"
    )]
    OtherSymbol {
        /// The file, or the file and its entry.
        file: String,
        /// The first line, from 1, that says another symbol.
        line: u64,
        /// What it says.
        found: String,
        /// What was asked for.
        asked: Symbol,
    },
    /// By their names the files are of two symbols.
    #[error(
        "{file} is named after {found} and {other_file} after {other}: these are two symbols; import each into its own series"
    )]
    TwoSymbols {
        /// A file.
        file: String,
        /// The symbol in its name.
        found: String,
        /// A file before it.
        other_file: String,
        /// The symbol in its name.
        other: String,
    },
    /// Rows that name the same candle can hardly be of one market.
    #[error(
        "the candle of {} is there twice with prices that contradict each other: {} closes at {}, {} at {}; are they of two \
         {}? Import each into its own series",
        example.open_time, example.kept, example.kept.close, example.left, example.left.close,
        if *are_two_symbols { "symbols" } else { "markets of one symbol" }
    )]
    TwoMarkets {
        /// The first two rows that differ so.
        example: Box<Superseded>,
        /// Whether most are so far apart that they are of two symbols.
        are_two_symbols: bool,
    },
    /// The rows contradict what is stored: most of the prices are far away from those of the same candles.
    #[error(
        "{key}: {differing} of {compared} candles of the files are more than {CONTRADICTION_PERCENT} % away from the stored \
         ones (at {at} the close is {found}, stored is {stored}): are they of another symbol? {}",
        Kept(*stored_before)
    )]
    Contradicts {
        /// The series.
        key: SeriesKey,
        /// Candles on both sides.
        compared: u64,
        /// Those whose closes are far apart.
        differing: u64,
        /// Open time of the first of them.
        at: Timestamp,
        /// Its close in the files.
        found: Decimal,
        /// Its close in the store.
        stored: Decimal,
        /// Candles of the files that are stored already.
        stored_before: u64,
    },
    /// Nearly all values differ from those that are stored, by little: those of another market.
    #[error(
        "{key}: {differing} of {compared} candles of the files differ from the stored ones (at {at} the close is {found}, stored \
         is {stored}): are they of another market, such as futures beside spot? {}",
        Kept(*stored_before)
    )]
    AnotherMarket {
        /// The series.
        key: SeriesKey,
        /// Candles on both sides.
        compared: u64,
        /// Those that differ.
        differing: u64,
        /// Open time of the first of them.
        at: Timestamp,
        /// Its close in the files.
        found: Decimal,
        /// Its close in the store.
        stored: Decimal,
        /// Candles of the files that are stored already.
        stored_before: u64,
    },
    /// The store refused. What was stored before stays; importing the same files again completes it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The thread that reads the files failed.
    #[error("reading the files was stopped before its end ({reason}); import them again")]
    Stopped {
        /// Why.
        reason: String,
    },
}

impl ImportError {
    /// Tells a damaged archive from a file that cannot be read.
    pub(super) fn reading(file: &str, source: io::Error) -> Self {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        match source.kind() {
            InvalidData | InvalidInput | UnexpectedEof => {
                Self::Damaged { file: file.to_owned(), reason: source.to_string() }
            }
            _ => Self::Io { file: file.to_owned(), source },
        }
    }

    /// Returns the file that it is about, if it is about one, with the entry of an archive.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Io { file, .. }
            | Self::Damaged { file, .. }
            | Self::NotCandles { file, .. }
            | Self::NoneTaken { file, .. }
            | Self::WrongInterval { file, .. }
            | Self::NamedInterval { file, .. }
            | Self::OtherSymbol { file, .. }
            | Self::TwoSymbols { file, .. } => Some(file),
            Self::TwoMarkets { example, .. } => Some(&example.left.file),
            _ => None,
        }
    }
}

/// Says what became of the candles before an error.
struct Kept(u64);

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("Nothing was changed"),
            count => write!(f, "{count} candles before them are stored"),
        }
    }
}

/// Says what is wrong with most rows, with the first of them.
fn first_of(refusals: &Refusals) -> String {
    let Some((reason, count)) = refusals.counts.iter().max_by_key(|row| *row.1) else { return String::new() };
    let example = refusals.examples.iter().find(|example| example.reason == *reason);
    let first =
        example.map_or_else(String::new, |row| format!(", first in line {}: {}", row.line, row.detail));
    let hint = match reason {
        RefusalReason::OffGrid => "; is it a file of candles of this interval?",
        RefusalReason::WrongColumns | RefusalReason::NotANumber => "; is it a file of candles?",
        _ => "",
    };
    format!(": {reason} ({count} rows){first}{hint}")
}

fn remedy(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::NotFound => "check the path",
        io::ErrorKind::PermissionDenied => "check its permissions",
        _ => "check the path and its permissions",
    }
}
