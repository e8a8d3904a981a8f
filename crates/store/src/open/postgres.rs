//! PostgreSQL: a pool of connections, each statement with a time limit.

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection};

use crate::db::Db;
use crate::error::StoreError;
use crate::inspect::{Inspection, Schema, Taken};
use crate::open::migration_error;
use crate::sql::SqlStore;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How long to wait for the server to answer, or for a connection to become free.
const PATIENCE: Duration = Duration::from_secs(10);
/// Leaves room for a few processes under PostgreSQL's default of 100.
const CONNECTIONS: u32 = 16;
/// Connections for signing in and for sessions only.
const DOOR_CONNECTIONS: u32 = 4;

pub(super) async fn open(options: PgConnectOptions) -> Result<SqlStore, StoreError> {
    let options = options.application_name("crypto");
    let location = location(&options);
    migrate(&options, &location).await?;
    let (db, door) = (pool(&options, CONNECTIONS), pool(&options, DOOR_CONNECTIONS));
    Ok(SqlStore { db, door, location })
}

fn pool(options: &PgConnectOptions, connections: u32) -> Db {
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .after_connect(|connection, _| {
            Box::pin(async move {
                // Nothing we ask takes seconds; what does is stuck, and would hold its connection for ever.
                connection.execute("SET statement_timeout = '30s'; SET lock_timeout = '10s'").await?;
                Ok(())
            })
        })
        .connect_lazy_with(options.clone());
    Db::Postgres(pool)
}

fn location(options: &PgConnectOptions) -> String {
    let user = options.get_username();
    let database = options.get_database().unwrap_or(user);
    match options.get_socket() {
        Some(socket) => format!("PostgreSQL {user}@{}/{database}", socket.display()),
        None => format!("PostgreSQL {user}@{}:{}/{database}", options.get_host(), options.get_port()),
    }
}

/// Looks at the schema without changing it.
pub(super) async fn inspect(options: PgConnectOptions) -> Result<Inspection, StoreError> {
    let location = location(&options);
    let mut connection = connect(&options, &location).await?;
    let is_there: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut connection)
        .await?;
    let taken = if is_there {
        let sql = "SELECT version, checksum, success FROM _sqlx_migrations ORDER BY version";
        let rows: Vec<(i64, Vec<u8>, bool)> = sqlx::query_as(sql).fetch_all(&mut connection).await?;
        Some(rows.into_iter().map(Taken::from).collect::<Vec<_>>())
    } else {
        None
    };
    connection.close().await?;
    Ok(Inspection { location, schema: Schema::compare(taken.as_deref(), &MIGRATIONS) })
}

/// Connects once to learn whether the server is there and lets us in.
async fn connect(options: &PgConnectOptions, location: &str) -> Result<PgConnection, StoreError> {
    let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect_with(options)).await;
    match connecting {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(unreachable(location, error)),
        Err(elapsed) => {
            let reason =
                format!("{location} did not answer within {} s; is the address right?", PATIENCE.as_secs());
            Err(StoreError::unavailable(reason, Box::new(elapsed)))
        }
    }
}

/// Brings the schema up to date; sqlx holds an advisory lock meanwhile, so that processes that start at once do it one
/// after the other.
async fn migrate(options: &PgConnectOptions, location: &str) -> Result<(), StoreError> {
    let mut connection = connect(options, location).await?;
    // `run` would make this future unfit for `tokio::spawn` (its trait bound is not general enough).
    MIGRATIONS.run_direct(None, &mut connection, false).await.map_err(migration_error)?;
    connection.close().await?;
    Ok(())
}

fn unreachable(location: &str, error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let code = code.unwrap_or_default();
    let advice = match &*code {
        "3D000" => "that database does not exist; create it with createdb".to_owned(),
        "28P01" | "28000" => "it refuses this user or password; check database.url".to_owned(),
        "53300" => "it has no free connections; stop something or raise max_connections".to_owned(),
        _ => match &error {
            sqlx::Error::Io(cause) => format!("it does not answer ({cause}); is the server running?"),
            other => other.to_string(),
        },
    };
    StoreError::unavailable(format!("{location}: {advice}"), Box::new(error))
}
