//! Where a candle came from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a candle came from. Nothing invents a candle silently, and results say when they touched one that no exchange published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provenance {
    /// Fetched from the exchange itself.
    Exchange,
    /// Read from a file that the user handed in.
    Imported,
    /// Computed from finer candles.
    Resampled,
    /// Re-fetched over a hole or a wrong value.
    Repaired,
    /// Generated: the demo market, or a fill that the user asked for.
    Synthetic,
}

/// A text that names no provenance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no provenance; use exchange, imported, resampled, repaired or synthetic")]
pub struct ParseProvenanceError {
    /// The text as it was given.
    pub found: String,
}

impl Provenance {
    /// Every provenance, most trusted first.
    pub const ALL: [Provenance; 5] =
        [Self::Exchange, Self::Imported, Self::Resampled, Self::Repaired, Self::Synthetic];

    /// Returns the name used in files and on screen.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Imported => "imported",
            Self::Resampled => "resampled",
            Self::Repaired => "repaired",
            Self::Synthetic => "synthetic",
        }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Provenance {
    type Err = ParseProvenanceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|provenance| provenance.as_str() == text)
            .ok_or_else(|| ParseProvenanceError { found: text.to_owned() })
    }
}
