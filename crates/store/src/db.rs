//! The two databases behind one small face: run a statement, get rows, write in a transaction.
//!
//! Statements are the same text for both (`$1` placeholders, TEXT, BIGINT, `ON CONFLICT`, `RETURNING`); the few
//! differences are asked for by name ([`Tx::locking`] and the `Tx::lock_…` beside it).
//!
//! Invariants: SQLite is written through one connection per process, in `BEGIN IMMEDIATE` transactions, so that
//! writers queue up instead of failing; its readers cannot write. Nothing is committed unless [`Tx::commit`] is
//! reached: an error, a dropped future or a killed process leaves the database as it was.

mod row;
mod value;

use std::borrow::Cow;

use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Database, PgPool, Postgres, Sqlite, SqlitePool, Transaction, query};

pub(crate) use row::Row;
pub(crate) use value::{Value, args};

use crate::error::StoreError;

/// Statement text: written by us, never by a user. Parts that vary are placeholders and fixed fragments only.
pub(crate) type Sql = Cow<'static, str>;

#[derive(Debug, Clone)]
pub(crate) enum Db {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres(PgPool),
}

/// A write transaction; rolled back unless committed.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// How a row that will be changed is locked against other transactions.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Locking {
    /// Wait for whoever holds it.
    Wait,
    /// Pass over what somebody else holds: competing workers each take another job.
    Skip,
}

macro_rules! bind {
    ($name:ident, $db:ty) => {
        fn $name(sql: Sql, args: Vec<Value>) -> Query<'static, $db, <$db as Database>::Arguments> {
            args.into_iter().fold(query(AssertSqlSafe(sql)), |query, value| match value {
                Value::Text(text) => query.bind(text),
                Value::Int(int) => query.bind(int),
                Value::Real(real) => query.bind(real),
                Value::Bytes(bytes) => query.bind(bytes),
            })
        }
    };
}
bind!(bind_sqlite, Sqlite);
bind!(bind_postgres, Postgres);

fn check(args: &[Value]) -> Result<(), StoreError> {
    args.iter().try_for_each(Value::check)
}

impl Db {
    /// Reads rows outside any transaction.
    pub(crate) async fn rows(&self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        check(&args)?;
        let sql = sql.into();
        Ok(match self {
            Self::Sqlite { read, .. } => {
                let rows = bind_sqlite(sql, args).fetch_all(read).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(pool) => {
                let rows = bind_postgres(sql, args).fetch_all(pool).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Reads the first row, if there is any.
    pub(crate) async fn row(&self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Runs one writing statement on its own; returns the number of rows it touched.
    pub(crate) async fn run(&self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let touched = tx.run(sql, args).await?;
        tx.commit().await?;
        Ok(touched)
    }

    /// Begins a transaction that may write.
    pub(crate) async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            // IMMEDIATE takes the write lock first: a transaction that reads and then writes could otherwise be
            // refused halfway, because another one wrote in between.
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                // Readers first: the last connection to go folds the write-ahead log into the database file.
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub(crate) async fn rows(
        &mut self,
        sql: impl Into<Sql>,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        check(&args)?;
        let sql = sql.into();
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = bind_sqlite(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = bind_postgres(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn row(
        &mut self,
        sql: impl Into<Sql>,
        args: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    pub(crate) async fn run(&mut self, sql: impl Into<Sql>, args: Vec<Value>) -> Result<u64, StoreError> {
        check(&args)?;
        let sql = sql.into();
        Ok(match self {
            Self::Sqlite(tx) => bind_sqlite(sql, args).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => bind_postgres(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Returns what a SELECT needs at its end to lock the rows of table alias `j`. SQLite needs nothing: its
    /// transaction is the only writer already.
    pub(crate) fn locking(&self, locking: Locking) -> &'static str {
        match (self, locking) {
            (Self::Sqlite(_), _) => "",
            (Self::Postgres(_), Locking::Wait) => " FOR UPDATE OF j",
            (Self::Postgres(_), Locking::Skip) => " FOR UPDATE OF j SKIP LOCKED",
        }
    }

    /// Keeps every other transaction from adding a user until this one ends.
    pub(crate) async fn lock_users(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(_) = self {
            self.run("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE", args![]).await?;
        }
        Ok(())
    }

    /// Keeps every other transaction from booking a sign-in until this one ends.
    pub(crate) async fn lock_login_failures(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(_) = self {
            self.run("LOCK TABLE login_failures IN SHARE ROW EXCLUSIVE MODE", args![]).await?;
        }
        Ok(())
    }

    /// Keeps every other transaction from recording instruments until this one ends.
    pub(crate) async fn lock_instruments(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(_) = self {
            self.run("LOCK TABLE instrument_days IN SHARE ROW EXCLUSIVE MODE", args![]).await?;
        }
        Ok(())
    }

    /// Undoes everything and lets go of every lock, before the answer is given: dropped, a transaction ends a moment later.
    pub(crate) async fn roll_back(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
