//! Opening a database by its URL: connect, bring the schema up to date, hand out the store.
//!
//! Migrations only go forward and run before anything else touches the database; two processes that start at once
//! do it one after the other. A database made by a newer version is refused, not guessed at.

mod postgres;
mod sqlite;

use std::sync::Arc;

use sqlx::migrate::MigrateError;

use crate::error::StoreError;
use crate::{Inspection, Store};

/// What a URL may look like.
const FORMS: &str = "write sqlite://data/crypto.db or postgres://user:password@host:5432/database";

/// Opens `sqlite://path/to/file.db` (a relative path, or an absolute one with a third slash; folder and file are
/// made when they are missing) or `postgres://user:password@host:port/database`.
///
/// # Errors
/// [`StoreError::Url`] for anything else, [`StoreError::File`] when the file cannot be used,
/// [`StoreError::Unavailable`] when the server does not answer, [`StoreError::Migration`] when the schema is not one
/// of ours. Every message says what to do and none shows a password.
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    let store = match url.split_once(':') {
        Some(("sqlite", rest)) => {
            let path = sqlite::path(rest).map_err(|reason| url_error(url, reason))?;
            sqlite::open(&path).await?
        }
        Some(("postgres" | "postgresql", _)) => {
            let options = url.parse().map_err(|error: sqlx::Error| url_error(url, error.to_string()))?;
            postgres::open(options).await?
        }
        _ => return Err(url_error(url, FORMS)),
    };
    tracing::info!(database = %store.location, "opened the database");
    Ok(Arc::new(store))
}

/// Looks at the database that [`open`] would open, and changes nothing: no file is made, no step is taken.
///
/// # Errors
/// The same as those of [`open`], and [`StoreError::File`] for a file that is damaged.
pub async fn inspect(url: &str) -> Result<Inspection, StoreError> {
    match url.split_once(':') {
        Some(("sqlite", rest)) => {
            let path = sqlite::path(rest).map_err(|reason| url_error(url, reason))?;
            sqlite::inspect(&path).await
        }
        Some(("postgres" | "postgresql", _)) => {
            let options = url.parse().map_err(|error: sqlx::Error| url_error(url, error.to_string()))?;
            postgres::inspect(options).await
        }
        _ => Err(url_error(url, FORMS)),
    }
}

fn url_error(url: &str, reason: impl Into<String>) -> StoreError {
    StoreError::Url { url: redact(url), reason: reason.into() }
}

/// Returns the URL without password and options, both of which can hold secrets.
fn redact(url: &str) -> String {
    let url = url.split_once('?').map_or(url, |(url, _)| url);
    // The last '@': a password may have one, a host cannot.
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        None => url.to_owned(),
        Some((credentials, place)) => {
            let user = credentials.split_once(':').map_or(credentials, |(user, _)| user);
            format!("{scheme}://{user}@{place}")
        }
    }
}

fn migration_error(error: MigrateError) -> StoreError {
    let reason = match error {
        MigrateError::Execute(cause) => return cause.into(),
        // A full disk or a locked file says so better itself; everything else is about that step.
        MigrateError::ExecuteMigration(cause, version) => match StoreError::from(cause) {
            StoreError::Unavailable { reason, source } => {
                let reason = format!("step {version} of its schema failed: {reason}");
                return StoreError::Migration { reason, source };
            }
            other => return other,
        },
        MigrateError::VersionMissing(version) => format!(
            "it was last used by a newer version of this program (schema step {version}); use that version, or \
             another database"
        ),
        MigrateError::VersionMismatch(version) => format!(
            "step {version} of its schema is not the one of this program; was it made by a development version? \
             Use another database"
        ),
        ref other => other.to_string(),
    };
    StoreError::Migration { reason, source: Box::new(error) }
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn no_password_survives_in_a_message() {
        for (url, shown) in [
            ("postgres://ann:secret@db:5432/crypto?sslmode=require", "postgres://ann@db:5432/crypto"),
            ("postgres://ann:se@cret@db/crypto", "postgres://ann@db/crypto"),
            ("postgres://ann@db/crypto?password=secret", "postgres://ann@db/crypto"),
            ("postgres://db/crypto", "postgres://db/crypto"),
            ("sqlite://data/crypto.db", "sqlite://data/crypto.db"),
            ("mysql", "mysql"),
        ] {
            assert_eq!(redact(url), shown);
        }
    }
}
