//! The `TimescaleDB` extension of a database: what is on offer, what is there, and making it.
//!
//! Making it may end the connection that asks (a server that does not preload the extension hangs up), so it has one of its own.

use sqlx::postgres::PgConnection;
use sqlx::{Executor as _, Row as _};

/// The extension as a database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extension {
    /// `2.23.0`
    pub(super) version: String,
    /// The schema of its functions, quoted for use in a statement.
    pub(super) schema: String,
    /// The edition its library runs as: `timescale`, or `apache`, which has no compression and no continuous aggregates.
    pub(super) license: String,
}

impl Extension {
    /// Says whether compression and continuous aggregates are there.
    pub(super) fn is_community(&self) -> bool {
        self.license == "timescale"
    }
}

/// Returns the extension of this database, or `None` when it has none.
pub(super) async fn find(connection: &mut PgConnection) -> Result<Option<Extension>, sqlx::Error> {
    let sql = "SELECT extversion, quote_ident(nspname), coalesce(current_setting('timescaledb.license', true), '')
               FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'timescaledb'";
    let row = sqlx::query(sql).fetch_optional(connection).await?;
    row.map(|row| {
        Ok(Extension { version: row.try_get(0)?, schema: row.try_get(1)?, license: row.try_get(2)? })
    })
    .transpose()
}

/// Makes the extension where it is on offer and not there yet. What the server has against it is logged with the remedy: candles
/// are kept in a plain table then.
pub(super) async fn make(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let sql = "SELECT installed_version IS NOT NULL FROM pg_available_extensions WHERE name = 'timescaledb'";
    let is_there: Option<bool> = sqlx::query_scalar(sql).fetch_optional(&mut *connection).await?;
    match is_there {
        Some(true) => {}
        None => {
            tracing::info!("this PostgreSQL offers no TimescaleDB; candles are kept in a plain table");
        }
        Some(false) => match connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb").await {
            Ok(_) => tracing::info!("made the extension timescaledb in the candle database"),
            Err(error) => tracing::warn!(
                %error,
                "candles are kept in a plain table: the server offers TimescaleDB but did not let this user make \
                 the extension; an administrator can run, in the candle database: CREATE EXTENSION timescaledb; \
                 (the server must have shared_preload_libraries = 'timescaledb')"
            ),
        },
    }
    Ok(())
}
