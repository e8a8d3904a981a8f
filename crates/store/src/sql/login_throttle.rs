//! Failed sign-ins in SQL.

use async_trait::async_trait;
use types::Timestamp;

use crate::db::args;
use crate::error::StoreError;
use crate::login_throttle::{LoginFailures, LoginThrottle, ThrottleKey};
use crate::sql::SqlStore;
use crate::text::{clip, fold};

/// Whoever guesses types what he likes: no name is kept longer than this.
const MAX_KEY: usize = 200;

fn name_key(name: &str) -> String {
    clip(&fold(name), MAX_KEY)
}

#[async_trait]
impl LoginThrottle for SqlStore {
    async fn record_login_failure(
        &self,
        name: &str,
        address: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO login_failures (name_folded, address, at) VALUES ($1, $2, $3)";
        self.db.run(sql, args![name_key(name), clip(address, MAX_KEY), now]).await?;
        Ok(())
    }

    async fn login_failures(
        &self,
        key: ThrottleKey<'_>,
        since: Timestamp,
    ) -> Result<LoginFailures, StoreError> {
        let (sql, key) = match key {
            ThrottleKey::Name(name) => (
                "SELECT COUNT(*) AS n, MAX(at) AS latest FROM login_failures WHERE name_folded = $1 AND at >= $2",
                name_key(name),
            ),
            ThrottleKey::Address(address) => (
                "SELECT COUNT(*) AS n, MAX(at) AS latest FROM login_failures WHERE address = $1 AND at >= $2",
                clip(address, MAX_KEY),
            ),
        };
        let Some(row) = self.db.row(sql, args![key, since]).await? else {
            return Ok(LoginFailures::default());
        };
        Ok(LoginFailures { count: row.count("n")?, latest: row.optional_time("latest")? })
    }

    async fn clear_login_failures(&self, name: &str) -> Result<(), StoreError> {
        self.db.run("DELETE FROM login_failures WHERE name_folded = $1", args![name_key(name)]).await?;
        Ok(())
    }

    async fn forget_login_failures(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.db.run("DELETE FROM login_failures WHERE at < $1", args![before]).await
    }
}
