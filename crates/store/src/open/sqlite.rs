//! SQLite: one file in write-ahead mode.
//!
//! Durability: `synchronous = FULL`. In write-ahead mode `NORMAL` already survives a killed process, but after a power
//! cut it may have lost the last commits. What is written here (a queued job, its outcome, later the journal of
//! orders) is little and must be there once it was acknowledged, so one fsync per commit is a fair price.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};

use crate::db::Db;
use crate::error::StoreError;
use crate::inspect::{Inspection, Schema, Taken};
use crate::open::migration_error;
use crate::sql::SqlStore;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// How long a writer waits for another process, such as `crypto user add` beside a running server.
const BUSY: Duration = Duration::from_secs(10);
/// A page asks for a handful of reads; more connections than this only compete for the same disk cache.
const READERS: u32 = 8;
/// Connections that only read sessions, accounts and failed sign-ins.
const DOOR_READERS: u32 = 2;
const DAMAGED: &str = "it is damaged; restore it from a backup";

/// Reads what stands behind `sqlite:` as the path of a file.
pub(super) fn path(rest: &str) -> Result<PathBuf, String> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() {
        return Err("it names no file; write sqlite://data/crypto.db".to_owned());
    }
    if path.contains(":memory:") {
        return Err("a database in memory would lose everything; name a file, as in sqlite://data/crypto.db"
            .to_owned());
    }
    if path.contains('?') {
        return Err("options after '?' are not supported; remove them".to_owned());
    }
    Ok(PathBuf::from(path))
}

pub(super) async fn open(path: &Path) -> Result<SqlStore, StoreError> {
    create(path).await.map_err(|(what, error)| {
        if error.kind() == io::ErrorKind::StorageFull {
            return StoreError::DiskFull(Box::new(error));
        }
        let reason = format!("{what}: {error}; check the permissions or set database.url to another place");
        file_error(path, reason, error)
    })?;

    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        // A checkpoint that was held up by a long read must not leave a huge log file for ever.
        .pragma("journal_size_limit", "67108864");
    migrate(path, &options).await?;

    let pool = || SqlitePoolOptions::new().acquire_timeout(BUSY * 3).idle_timeout(None).max_lifetime(None);
    // On a full disk SQLite rolls back by itself; the driver's own rollback then fails and the connection would for
    // ever believe itself inside a transaction. The ping (`test_before_acquire`) waits for that rollback, and such a
    // connection is replaced. Without this, one full disk would end all writing until a restart.
    let pools = |readers| {
        let write = pool()
            .max_connections(1)
            .test_before_acquire(true)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_lazy_with(options.clone());
        let read = pool().max_connections(readers).test_before_acquire(false);
        Db::Sqlite { write, read: read.connect_lazy_with(options.clone().pragma("query_only", "ON")) }
    };
    let (db, door) = (pools(READERS), pools(DOOR_READERS));
    Ok(SqlStore { db, door, location: format!("SQLite {}", path.display()) })
}

/// Looks at the file and its schema without changing either.
pub(super) async fn inspect(path: &Path) -> Result<Inspection, StoreError> {
    let location = format!("SQLite {}", path.display());
    if !path.exists() {
        return Ok(Inspection { location, schema: Schema::Missing });
    }
    // Not read-only: the last reader of a log has to be able to tidy up after itself.
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false).busy_timeout(BUSY);
    let mut connection = connect(path, &options).await?;
    let damage: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| match file_reason(&error) {
            Some(reason) => file_error(path, reason, error),
            None => error.into(),
        })?;
    if damage != "ok" {
        let source = io::Error::new(io::ErrorKind::InvalidData, damage);
        return Err(file_error(path, DAMAGED, source));
    }
    let sql = "SELECT count(*) > 0 FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let is_there: bool = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
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

/// Makes the folder, and the file for its owner's eyes only: it holds password hashes and sessions. SQLite gives its
/// log the same permissions.
async fn create(path: &Path) -> Result<(), (String, io::Error)> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let made = tokio::fs::create_dir_all(folder).await;
        made.map_err(|error| (format!("its folder {} cannot be made", folder.display()), error))?;
    }
    let mut options = tokio::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path).await.map_err(|error| ("it cannot be opened for writing".to_owned(), error))?;
    Ok(())
}

async fn migrate(path: &Path, options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let mut connection = connect(path, options).await?;
    // SQLite has no lock for migrators, so all of it is one write transaction: of two processes that start at once
    // the second waits, then finds everything done.
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    // `run` would make this future unfit for `tokio::spawn` (its trait bound is not general enough).
    MIGRATIONS.run_direct(None, &mut *tx, false).await.map_err(migration_error)?;
    tx.commit().await?;
    connection.close().await?;
    Ok(())
}

async fn connect(path: &Path, options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let deadline = tokio::time::Instant::now() + BUSY;
    loop {
        let error = match SqliteConnection::connect_with(options).await {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        let code = code_of(&error);
        // Switching a new file to write-ahead mode does not honour busy_timeout when two processes do it at once.
        if code == 5 && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        }
        return Err(match file_reason(&error) {
            Some(reason) => file_error(path, reason, error),
            None => error.into(),
        });
    }
}

/// Returns SQLite's primary code, 0 for errors that are not its own.
fn code_of(error: &sqlx::Error) -> u32 {
    match error {
        sqlx::Error::Database(cause) => {
            cause.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or(0) & 0xff
        }
        _ => 0,
    }
}

/// Says what is wrong with the file and what to do, where it is the file.
fn file_reason(error: &sqlx::Error) -> Option<&'static str> {
    match code_of(error) {
        26 => Some("it is no SQLite database; move it away or set database.url to another place"),
        8 | 14 => Some("it cannot be written; check the permissions of the file and of its folder"),
        11 => Some(DAMAGED),
        _ => None,
    }
}

fn file_error(
    path: &Path,
    reason: impl Into<String>,
    source: impl std::error::Error + Send + Sync + 'static,
) -> StoreError {
    StoreError::File { path: path.to_owned(), reason: reason.into(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::{NewUser, Role, Users};
    use sqlx::SqlitePool;
    use types::Timestamp;

    #[test]
    fn paths_are_relative_or_absolute_and_plain() {
        assert_eq!(path("//data/crypto.db"), Ok(PathBuf::from("data/crypto.db")));
        assert_eq!(path("///var/lib/crypto.db"), Ok(PathBuf::from("/var/lib/crypto.db")));
        assert_eq!(path("crypto.db"), Ok(PathBuf::from("crypto.db")));
        assert!(path("//").is_err());
        assert!(path(":memory:").is_err());
        assert!(path("//a.db?mode=ro").is_err());
    }

    /// A store in a fresh folder, with its two pools.
    async fn opened(folder: &tempfile::TempDir) -> (SqlStore, SqlitePool, SqlitePool) {
        let store = open(&folder.path().join("crypto.db")).await.unwrap();
        let Db::Sqlite { write, read } = store.db.clone() else { unreachable!("opened as SQLite") };
        (store, write, read)
    }

    #[tokio::test]
    async fn connections_are_durable_and_readers_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let (_store, write, read) = opened(&folder).await;
        for pool in [&write, &read] {
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
            let sync: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await.unwrap();
            let keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(pool).await.unwrap();
            assert_eq!((mode.as_str(), sync, keys), ("wal", 2, 1));
        }
        let refused = sqlx::query("DELETE FROM users").execute(&read).await.unwrap_err();
        assert!(refused.to_string().contains("readonly"), "{refused}");
    }

    #[tokio::test]
    async fn a_full_disk_is_told_loses_nothing_and_the_next_write_gets_a_fresh_connection() {
        let folder = tempfile::tempdir().unwrap();
        let (store, write, _) = opened(&folder).await;
        let now = Timestamp::EPOCH;
        let new = |name: String| NewUser { name, role: Role::Member, password_hash: "x".repeat(900) };
        // What a full disk does, without one.
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&write).await.unwrap();
        let limit = format!("PRAGMA max_page_count = {}", pages + 2);
        sqlx::query(sqlx::AssertSqlSafe(limit)).execute(&write).await.unwrap();
        let mut made = 0;
        let full = loop {
            match store.create_user(new(format!("user {made}")), now).await {
                Ok(_) => made += 1,
                Err(full) => break full,
            }
        };
        assert!(matches!(full, StoreError::DiskFull(_)), "{full:?}");
        assert_eq!(store.count_users().await.unwrap(), made);
        // The limit was the connection's own: it goes with the connection that met it.
        store.create_user(new("one more".to_owned()), now).await.unwrap();
        assert_eq!(store.count_users().await.unwrap(), made + 1);
    }
}
