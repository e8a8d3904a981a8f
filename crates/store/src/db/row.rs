//! A result row of either database, read by column name.
//!
//! What does not read as the type we wrote is [`StoreError::Corrupt`], named by column.

use std::str::FromStr;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};
use types::Timestamp;

use crate::error::StoreError;

#[derive(Debug)]
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    fn get<'r, T>(&'r self, column: &str) -> Result<T, StoreError>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn text(&self, column: &str) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(crate) fn optional_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    pub(crate) fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.get(column)
    }

    pub(crate) fn optional_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    pub(crate) fn optional_real(&self, column: &str) -> Result<Option<f64>, StoreError> {
        self.get(column)
    }

    pub(crate) fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    pub(crate) fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        Ok(Timestamp::from_ms(self.int(column)?))
    }

    pub(crate) fn optional_time(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.optional_int(column)?.map(Timestamp::from_ms))
    }

    /// Reads a count or another number that is never negative.
    pub(crate) fn count<T: TryFrom<i64>>(&self, column: &str) -> Result<T, StoreError> {
        let found = self.int(column)?;
        T::try_from(found).map_err(|_| StoreError::corrupt(column, found))
    }

    /// Reads a text column that holds an id, a name of ours or another parseable value.
    pub(crate) fn parse<T: FromStr>(&self, column: &str) -> Result<T, StoreError> {
        let found = self.text(column)?;
        found.parse().map_err(|_| StoreError::corrupt(column, found))
    }

    pub(crate) fn optional_parse<T: FromStr>(&self, column: &str) -> Result<Option<T>, StoreError> {
        match self.optional_text(column)? {
            None => Ok(None),
            Some(found) => match found.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(StoreError::corrupt(column, found)),
            },
        }
    }

    pub(crate) fn json(&self, column: &str) -> Result<serde_json::Value, StoreError> {
        let found = self.text(column)?;
        serde_json::from_str(&found).map_err(|error| StoreError::corrupt(column, error))
    }

    pub(crate) fn optional_json(&self, column: &str) -> Result<Option<serde_json::Value>, StoreError> {
        let found = self.optional_text(column)?;
        let read = found.map(|text| serde_json::from_str(&text)).transpose();
        read.map_err(|error| StoreError::corrupt(column, error))
    }
}
