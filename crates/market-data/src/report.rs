//! What an append did, and how many candles came from where.

use serde::{Deserialize, Serialize};
use types::{Candle, Provenance, Timestamp};

/// How many candles of each provenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProvenanceCounts {
    /// Fetched from the exchange.
    pub exchange: u64,
    /// Read from a file that the user handed in.
    pub imported: u64,
    /// Computed from finer candles.
    pub resampled: u64,
    /// Re-fetched over a hole or a wrong value.
    pub repaired: u64,
    /// Generated.
    pub synthetic: u64,
}

impl ProvenanceCounts {
    /// Adds `count` candles of one provenance.
    pub fn add(&mut self, provenance: Provenance, count: u64) {
        *self.slot(provenance) += count;
    }

    /// Adds the counts of another stretch.
    pub fn merge(&mut self, other: &Self) {
        for (provenance, count) in other.iter() {
            self.add(provenance, count);
        }
    }

    /// Returns the count of one provenance.
    pub fn get(&self, provenance: Provenance) -> u64 {
        match provenance {
            Provenance::Exchange => self.exchange,
            Provenance::Imported => self.imported,
            Provenance::Resampled => self.resampled,
            Provenance::Repaired => self.repaired,
            Provenance::Synthetic => self.synthetic,
        }
    }

    /// Returns every provenance that occurs, most trusted first, with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Provenance, u64)> + '_ {
        Provenance::ALL
            .into_iter()
            .map(|provenance| (provenance, self.get(provenance)))
            .filter(|row| row.1 > 0)
    }

    /// Returns how many candles there are.
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, count)| count).sum()
    }

    /// Returns how many candles no exchange published: resampled and synthetic ones.
    pub fn unpublished(&self) -> u64 {
        self.resampled + self.synthetic
    }

    fn slot(&mut self, provenance: Provenance) -> &mut u64 {
        match provenance {
            Provenance::Exchange => &mut self.exchange,
            Provenance::Imported => &mut self.imported,
            Provenance::Resampled => &mut self.resampled,
            Provenance::Repaired => &mut self.repaired,
            Provenance::Synthetic => &mut self.synthetic,
        }
    }
}

/// What an append did with each candle it was handed; the four counts add up to their number.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AppendReport {
    /// Candles that were not there before.
    pub added: u64,
    /// Candles that were there with the same values.
    pub unchanged: u64,
    /// Candles that were there with the same values and now say more: a column that was missing, or a better provenance.
    pub enriched: u64,
    /// Candles that were there with other values; the new ones won.
    pub revised: u64,
    /// Open times of the first few that were revised.
    pub revised_examples: Vec<Timestamp>,
    /// The first of the revised candles, as they were and as they are, to be noted in the ledger.
    #[serde(skip)]
    pub revisions: Vec<Revision>,
}

/// A candle that was there with other values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// What it said before.
    pub was: Candle,
    /// What it says now.
    pub now: Candle,
}

impl AppendReport {
    /// How many revised candles are named.
    pub const EXAMPLES: usize = 5;
    /// How many revised candles are handed out whole.
    pub const REVISIONS: usize = 1000;

    /// Returns how many candles were handed in.
    pub fn rows(&self) -> u64 {
        self.added + self.unchanged + self.enriched + self.revised
    }

    /// Returns whether nothing was written because everything was there already.
    pub fn is_noop(&self) -> bool {
        self.unchanged == self.rows()
    }

    /// Adds the report of another append.
    pub fn merge(&mut self, other: Self) {
        self.added += other.added;
        self.unchanged += other.unchanged;
        self.enriched += other.enriched;
        self.revised += other.revised;
        let room = Self::EXAMPLES.saturating_sub(self.revised_examples.len());
        self.revised_examples.extend(other.revised_examples.into_iter().take(room));
        let room = Self::REVISIONS.saturating_sub(self.revisions.len());
        self.revisions.extend(other.revisions.into_iter().take(room));
    }

    /// Counts one candle with new values.
    pub(crate) fn revise(&mut self, at: Timestamp) {
        self.revised += 1;
        if self.revised_examples.len() < Self::EXAMPLES {
            self.revised_examples.push(at);
        }
    }

    /// Keeps a revised candle, if there is room.
    pub(crate) fn keep(&mut self, was: Option<Candle>, now: Option<Candle>) {
        if let (Some(was), Some(now)) = (was, now)
            && self.has_room()
        {
            self.revisions.push(Revision { was, now });
        }
    }

    /// Returns whether another revised candle would be kept.
    pub(crate) fn has_room(&self) -> bool {
        self.revisions.len() < Self::REVISIONS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_examples_stay_few() {
        let mut report = AppendReport { added: 1, unchanged: 2, ..AppendReport::default() };
        for ms in 0..7 {
            report.revise(Timestamp::from_ms(ms));
        }
        report.merge(report.clone());
        assert_eq!((report.rows(), report.revised, report.revised_examples.len()), (20, 14, 5));
        assert!(!report.is_noop());
        let mut counts = ProvenanceCounts::default();
        counts.add(Provenance::Synthetic, 3);
        counts.merge(&ProvenanceCounts { exchange: 4, ..ProvenanceCounts::default() });
        assert_eq!((counts.total(), counts.unpublished(), counts.iter().count()), (7, 3, 2));
    }
}
