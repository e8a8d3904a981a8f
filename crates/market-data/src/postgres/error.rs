//! What a database's refusal means to whoever stores candles.

use crate::StoreError;

/// Returns a mapper from the driver's error; `action` is what was tried, as a noun.
pub(super) fn failed(action: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| StoreError::Database { action, reason: reason(&error), source: Box::new(error) }
}

fn reason(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default();
    match &*code {
        "53100" => "the disk of the database is full; free some space there and try again".to_owned(),
        "53300" => "the database has no free connections; stop something or raise max_connections".to_owned(),
        "3D000" => "that database does not exist; create it with createdb".to_owned(),
        "28P01" | "28000" => "the database refuses this user or password; check the URL".to_owned(),
        "55P03" | "57014" | "40P01" => "another process keeps the series locked; try again".to_owned(),
        _ => match error {
            sqlx::Error::PoolTimedOut => "no connection to the database became free in time".to_owned(),
            sqlx::Error::Io(cause) => {
                format!("the database does not answer ({cause}); is the server running?")
            }
            other => other.to_string(),
        },
    }
}
