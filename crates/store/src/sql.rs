//! The one implementation of every storage trait, for both databases.

mod following;
mod instruments;
mod jobs;
mod login_throttle;
mod queue;
mod runs;
mod sessions;
mod users;

use std::fmt::Write as _;

use async_trait::async_trait;

use crate::Store;
use crate::db::{Db, args};
use crate::error::StoreError;

/// Application state in an SQL database.
#[derive(Debug)]
pub(crate) struct SqlStore {
    pub(crate) db: Db,
    /// The same database through connections of their own, for signing in and for sessions: however busy the others are, people get
    /// in and pages know who asks.
    pub(crate) door: Db,
    pub(crate) location: String,
}

#[async_trait]
impl Store for SqlStore {
    fn location(&self) -> String {
        self.location.clone()
    }

    async fn check(&self) -> Result<(), StoreError> {
        // A real table, so that a database that was emptied behind our back is noticed.
        self.db.rows("SELECT id FROM users LIMIT 1", args![]).await?;
        Ok(())
    }

    async fn close(&self) {
        self.door.close().await;
        self.db.close().await;
    }
}

/// Returns `$first, $first+1 …` for a list of `count` arguments.
fn placeholders(first: usize, count: usize) -> String {
    let mut list = String::new();
    for n in first..first + count {
        let separator = if n == first { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(list, "{separator}${n}");
    }
    list
}

#[cfg(test)]
mod tests {
    use super::placeholders;

    #[test]
    fn placeholders_count_from_where_they_are_told() {
        assert_eq!(placeholders(3, 2), "$3, $4");
        assert_eq!(placeholders(1, 0), "");
    }
}
