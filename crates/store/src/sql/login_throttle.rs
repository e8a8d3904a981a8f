//! Failed sign-ins in SQL.

use async_trait::async_trait;
use types::Timestamp;

use crate::db::{Row, args};
use crate::error::StoreError;
use crate::login_throttle::{
    Attempt, AttemptRule, Attempts, Booking, LoginFailures, LoginThrottle, ThrottleKey,
};
use crate::sql::SqlStore;
use crate::text::{clip, fold};

/// Whoever guesses types what he likes: no name is kept longer than this.
const MAX_KEY: usize = 200;

fn name_key(name: &str) -> String {
    clip(&fold(name), MAX_KEY)
}

const COUNT: &str = "SELECT
    (SELECT COUNT(*) FROM login_failures WHERE name_folded = $1 AND at >= $3) AS by_name,
    (SELECT MAX(at) FROM login_failures WHERE name_folded = $1 AND at >= $3) AS latest_by_name,
    (SELECT COUNT(*) FROM login_failures WHERE address = $2 AND at >= $3) AS by_address,
    (SELECT MAX(at) FROM login_failures WHERE address = $2 AND at >= $3) AS latest_by_address";

fn attempts(row: Option<Row>) -> Result<Attempts, StoreError> {
    let Some(row) = row else { return Ok(Attempts::default()) };
    let failures = |count: &str, latest: &str| {
        Ok::<_, StoreError>(LoginFailures { count: row.count(count)?, latest: row.optional_time(latest)? })
    };
    Ok(Attempts {
        at_name: failures("by_name", "latest_by_name")?,
        from_address: failures("by_address", "latest_by_address")?,
    })
}

#[async_trait]
impl LoginThrottle for SqlStore {
    async fn book_attempt(&self, attempt: Attempt<'_>, rule: AttemptRule<'_>) -> Result<Booking, StoreError> {
        let Attempt { name, address, at, since } = attempt;
        let (name, address) = (name_key(name), clip(address, MAX_KEY));
        let args = args![&name, &address, since];
        // Of a thousand guesses nearly all end here, without a turn at writing.
        let seen = attempts(self.door.row(COUNT, args.clone()).await?)?;
        if !rule(&seen) {
            return Ok(Booking::Refused(seen));
        }
        let mut tx = self.door.write().await?;
        tx.lock_login_failures().await?;
        let seen = attempts(tx.row(COUNT, args).await?)?;
        if !rule(&seen) {
            tx.roll_back().await?;
            return Ok(Booking::Refused(seen));
        }
        let sql = "INSERT INTO login_failures (name_folded, address, at) VALUES ($1, $2, $3)";
        tx.run(sql, args![name, address, at]).await?;
        tx.commit().await?;
        Ok(Booking::Booked)
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
        let Some(row) = self.door.row(sql, args![key, since]).await? else {
            return Ok(LoginFailures::default());
        };
        Ok(LoginFailures { count: row.count("n")?, latest: row.optional_time("latest")? })
    }

    async fn clear_login_failures(&self, name: &str) -> Result<(), StoreError> {
        self.door.run("DELETE FROM login_failures WHERE name_folded = $1", args![name_key(name)]).await?;
        Ok(())
    }

    async fn forget_login_failures(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.door.run("DELETE FROM login_failures WHERE at < $1", args![before]).await
    }
}
