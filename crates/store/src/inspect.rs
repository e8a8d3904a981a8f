//! A look at a database that changes nothing in it: whether it is there, sound, and as this program needs it.

use sqlx::migrate::Migrator;

/// What a look at a database found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Where it lies, without any password.
    pub location: String,
    /// Whether its schema is the one of this program.
    pub schema: Schema,
}

/// How the schema of a database compares with what this program needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// There is none yet: the next start makes it.
    Missing,
    /// It is what this program needs.
    Current {
        /// Its newest step.
        step: i64,
    },
    /// It lacks some of this program's steps: the next start makes them.
    Behind {
        /// How many.
        steps: usize,
    },
    /// It has a step that this program does not know: a newer version made it.
    Ahead {
        /// The newest such step.
        step: i64,
    },
    /// A step is not this program's, or was not finished.
    Different {
        /// The step.
        step: i64,
    },
}

/// A step that a database says was taken.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) step: i64,
    pub(crate) checksum: Vec<u8>,
    pub(crate) is_finished: bool,
}

/// From a row of the table of steps.
impl From<(i64, Vec<u8>, bool)> for Taken {
    fn from((step, checksum, is_finished): (i64, Vec<u8>, bool)) -> Self {
        Self { step, checksum, is_finished }
    }
}

impl Schema {
    /// Compares the steps of a database with this program's; `None` when it has no table of steps.
    pub(crate) fn compare(taken: Option<&[Taken]>, migrator: &Migrator) -> Self {
        let Some(taken) = taken.filter(|taken| !taken.is_empty()) else { return Self::Missing };
        let ours = |step: i64| migrator.iter().find(|ours| ours.version == step);
        if let Some(unknown) = taken.iter().rev().find(|taken| ours(taken.step).is_none()) {
            return Self::Ahead { step: unknown.step };
        }
        let is_ours = |taken: &&Taken| ours(taken.step).is_some_and(|ours| *ours.checksum == *taken.checksum);
        if let Some(other) = taken.iter().find(|taken| !taken.is_finished || !is_ours(taken)) {
            return Self::Different { step: other.step };
        }
        match migrator.iter().count() - taken.len() {
            0 => Self::Current { step: taken.last().map_or(0, |last| last.step) },
            steps => Self::Behind { steps },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

    fn all() -> Vec<Taken> {
        let taken = |ours: &sqlx::migrate::Migration| Taken {
            step: ours.version,
            checksum: ours.checksum.to_vec(),
            is_finished: true,
        };
        MIGRATIONS.iter().map(taken).collect()
    }

    #[test]
    fn every_way_to_differ_is_told_apart() {
        let compare = |taken: &[Taken]| Schema::compare(Some(taken), &MIGRATIONS);
        let newest = all().last().map_or(0, |last| last.step);
        assert_eq!(Schema::compare(None, &MIGRATIONS), Schema::Missing);
        assert_eq!(compare(&[]), Schema::Missing);
        assert_eq!(compare(&all()), Schema::Current { step: newest });
        assert_eq!(compare(&all()[..1]), Schema::Behind { steps: all().len() - 1 });
        let (mut ahead, mut other, mut half) = (all(), all(), all());
        ahead.push(Taken { step: newest + 1, ..ahead[0].clone() });
        other[1].checksum[0] ^= 1;
        half[1].is_finished = false;
        assert_eq!(compare(&ahead), Schema::Ahead { step: newest + 1 });
        assert_eq!(compare(&other), Schema::Different { step: other[1].step });
        assert_eq!(compare(&half), Schema::Different { step: half[1].step });
    }
}
