//! What can go wrong with stored state, and the translation of database errors into it.
//!
//! Database errors are told apart by code and by the name of the constraint, never by their English text, except
//! where SQLite has nothing else (the columns of a broken constraint).

use std::path::PathBuf;

use types::JobId;

use crate::job_state::TransitionError;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a storage operation did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is none, or it belongs to another user.
    #[error("there is no such {what}")]
    NotFound {
        /// The noun that was looked for.
        what: &'static str,
    },
    /// It exists already, or its present state does not allow this.
    #[error("{what}")]
    Conflict {
        /// What stands in the way, as a sentence for the user.
        what: String,
    },
    /// The value cannot be stored.
    #[error("{what} {reason}")]
    Invalid {
        /// The field.
        what: &'static str,
        /// What is wrong with it and what is allowed.
        reason: String,
    },
    /// The job's state does not allow this.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The worker no longer holds the job: its lease ran out and somebody else took over, or the job was deleted.
    #[error("job {job} is no longer held by this worker; its work must be abandoned")]
    ClaimLost {
        /// The job in question.
        job: JobId,
    },
    /// The database URL cannot be understood.
    #[error("database URL '{url}': {reason}")]
    Url {
        /// The URL without its password.
        url: String,
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// The database file or its folder cannot be made, read or written.
    #[error("cannot use the database file {}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        reason: String,
        /// The cause.
        #[source]
        source: Source,
    },
    /// The disk of the database is full; nothing of the operation was stored.
    #[error("the disk that holds the database is full; free some space and try again")]
    DiskFull(#[source] Source),
    /// The database does not answer.
    #[error("the database is unavailable: {reason}")]
    Unavailable {
        /// What is wrong and what to do.
        reason: String,
        /// The cause.
        #[source]
        source: Source,
    },
    /// The database's schema is not one that this program can use.
    #[error("cannot prepare the database: {reason}")]
    Migration {
        /// What is wrong and what to do.
        reason: String,
        /// The cause.
        #[source]
        source: Source,
    },
    /// A stored value is not one that this program wrote.
    #[error(
        "the stored {what} is unreadable ({found}); was the database changed by a newer version or by hand?"
    )]
    Corrupt {
        /// Table and column, or the noun.
        what: String,
        /// What was found.
        found: String,
    },
}

/// Constraints that callers hear about: the name in PostgreSQL, the columns in SQLite, the sentence.
const CONSTRAINTS: &[(&str, &str, &str)] = &[
    ("users_name_unique", "users.name_folded", "there is already an account of that name"),
    ("sessions_pkey", "sessions.id", "that session id is taken"),
    ("runs_pkey", "runs.id", "that run id is taken"),
    ("runs_once_per_job", "runs.job_id, runs.ordinal", "the job has stored that run already"),
];

impl StoreError {
    pub(crate) fn invalid(what: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { what, reason: reason.into() }
    }

    pub(crate) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict { what: what.into() }
    }

    pub(crate) fn corrupt(what: impl Into<String>, found: impl std::fmt::Display) -> Self {
        Self::Corrupt { what: what.into(), found: format!("{found}") }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(cause) = &error {
            let code = cause.code().unwrap_or_default().into_owned();
            if cause.is_unique_violation() {
                return unique(cause.constraint(), cause.message());
            }
            // Jobs are checked before something is hung on them, so the missing owner is a user.
            if cause.is_foreign_key_violation() {
                return Self::NotFound { what: "user" };
            }
            return match Kind::of(&code) {
                Kind::DiskFull => Self::DiskFull(Box::new(error)),
                Kind::Disk => Self::unavailable(
                    "its disk cannot be read or written; is it full, or unplugged? Free some space and try again",
                    Box::new(error),
                ),
                Kind::Busy => Self::unavailable(
                    "another process keeps it locked; stop it or try again",
                    Box::new(error),
                ),
                Kind::Other => {
                    let reason = cause.message().to_owned();
                    Self::unavailable(reason, Box::new(error))
                }
            };
        }
        match &error {
            sqlx::Error::ColumnDecode { index, source } => Self::corrupt(index.clone(), source),
            sqlx::Error::ColumnNotFound(column) => Self::corrupt(column.clone(), "no such column"),
            sqlx::Error::PoolTimedOut => {
                Self::unavailable("no connection became free in time", Box::new(error))
            }
            sqlx::Error::PoolClosed => Self::unavailable("it was closed", Box::new(error)),
            _ => {
                let reason = error.to_string();
                Self::unavailable(reason, Box::new(error))
            }
        }
    }
}

impl StoreError {
    pub(crate) fn unavailable(reason: impl Into<String>, source: Source) -> Self {
        Self::Unavailable { reason: reason.into(), source }
    }
}

/// The database errors that deserve words of their own.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    DiskFull,
    Disk,
    Busy,
    Other,
}

impl Kind {
    fn of(code: &str) -> Self {
        // SQLite gives extended result codes in decimal, the primary one in the low byte; PostgreSQL's SQLSTATEs
        // have five characters, and no code of SQLite's has that many.
        if code.len() == 5 {
            return match code {
                "53100" => Self::DiskFull,
                // lock_not_available, query_canceled (our statement timeout), deadlock_detected
                "55P03" | "57014" | "40P01" => Self::Busy,
                _ => Self::Other,
            };
        }
        match code.parse::<u32>().map(|code| code & 0xff) {
            Ok(13) => Self::DiskFull,
            Ok(10) => Self::Disk,
            Ok(5 | 6) => Self::Busy,
            _ => Self::Other,
        }
    }
}

fn unique(constraint: Option<&str>, message: &str) -> StoreError {
    let known = CONSTRAINTS.iter().find(|(name, columns, _)| match constraint {
        Some(constraint) => constraint == *name,
        None => message.ends_with(columns),
    });
    let what = known.map_or("it exists already", |(_, _, sentence)| sentence);
    StoreError::conflict(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        assert_eq!(Kind::of("13"), Kind::DiskFull);
        assert_eq!(Kind::of("778"), Kind::Disk); // SQLITE_IOERR_WRITE
        assert_eq!(Kind::of("53100"), Kind::DiskFull);
        assert_eq!(Kind::of("5"), Kind::Busy);
        assert_eq!(Kind::of("517"), Kind::Busy); // SQLITE_BUSY_SNAPSHOT
        assert_eq!(Kind::of("57014"), Kind::Busy);
        assert_eq!(Kind::of("1"), Kind::Other);
        assert_eq!(Kind::of("42P01"), Kind::Other);
    }

    #[test]
    fn a_broken_constraint_is_named_in_words_by_both_databases() {
        let postgres =
            unique(Some("users_name_unique"), "duplicate key value violates unique constraint").to_string();
        let sqlite = unique(None, "UNIQUE constraint failed: users.name_folded").to_string();
        assert_eq!(postgres, sqlite);
        assert_eq!(sqlite, "there is already an account of that name");
    }
}
