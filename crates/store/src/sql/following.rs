//! Subscriptions, leases and bulletins in SQL.

use async_trait::async_trait;
use types::{SeriesKey, Timestamp, UserId};

use crate::db::{Row, args};
use crate::error::StoreError;
use crate::following::{Bulletin, Bulletins, Leases, MAX_SUBSCRIPTIONS, Subscription, Subscriptions};
use crate::sql::SqlStore;
use crate::sql::jobs::document;
use crate::text::check_line;

fn key(row: &Row) -> Result<SeriesKey, StoreError> {
    Ok(SeriesKey {
        exchange: row.parse("exchange")?,
        symbol: row.parse("symbol")?,
        interval: row.parse("interval")?,
    })
}

#[async_trait]
impl Subscriptions for SqlStore {
    async fn subscribe(
        &self,
        user: UserId,
        key: &SeriesKey,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        if tx.row("SELECT id FROM users WHERE id = $1", args![user]).await?.is_none() {
            return Err(StoreError::NotFound { what: "user" });
        }
        let sql = "SELECT COUNT(*) AS n FROM subscriptions WHERE user_id = $1 \
                   AND NOT (exchange = $2 AND symbol = $3 AND \"interval\" = $4)";
        let (exchange, symbol, interval) =
            (key.exchange.as_str(), key.symbol.as_str(), key.interval.as_str());
        let others = tx.row(sql, args![user, exchange, symbol, interval]).await?;
        if others.map_or(Ok(0), |row| row.count::<u32>("n"))? >= MAX_SUBSCRIPTIONS {
            return Err(StoreError::conflict("there are 500 subscriptions already; end one first"));
        }
        let sql = "INSERT INTO subscriptions (user_id, exchange, symbol, \"interval\", since, created_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, exchange, symbol, \"interval\") \
                   DO UPDATE SET since = excluded.since";
        tx.run(sql, args![user, exchange, symbol, interval, since, now]).await?;
        tx.commit().await
    }

    async fn unsubscribe(&self, user: UserId, key: &SeriesKey) -> Result<(), StoreError> {
        let sql = "DELETE FROM subscriptions WHERE user_id = $1 AND exchange = $2 AND symbol = $3 AND \"interval\" = $4";
        let (exchange, symbol, interval) =
            (key.exchange.as_str(), key.symbol.as_str(), key.interval.as_str());
        match self.db.run(sql, args![user, exchange, symbol, interval]).await? {
            0 => Err(StoreError::NotFound { what: "subscription" }),
            _ => Ok(()),
        }
    }

    async fn subscriptions(&self, user: UserId) -> Result<Vec<Subscription>, StoreError> {
        let sql =
            "SELECT exchange, symbol, \"interval\", since, created_at FROM subscriptions WHERE user_id = $1";
        let rows = self.db.rows(sql, args![user]).await?;
        let read = |row: &Row| {
            Ok(Subscription {
                key: key(row)?,
                since: row.time("since")?,
                created_at: row.time("created_at")?,
            })
        };
        let mut found = rows.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
        found.sort_by(|left, right| left.key.cmp(&right.key));
        Ok(found)
    }

    async fn followed(&self) -> Result<Vec<(SeriesKey, Timestamp)>, StoreError> {
        let sql = "SELECT exchange, symbol, \"interval\", MIN(since) AS since FROM subscriptions \
                   GROUP BY exchange, symbol, \"interval\"";
        let rows = self.db.rows(sql, args![]).await?;
        let mut found = rows
            .iter()
            .map(|row| Ok((key(row)?, row.time("since")?)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        found.sort();
        Ok(found)
    }
}

#[async_trait]
impl Leases for SqlStore {
    async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        check_line("lease", name, 200)?;
        check_line("lease holder", holder, 200)?;
        let sql = "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE \
                   SET holder = excluded.holder, until = excluded.until \
                   WHERE leases.holder = excluded.holder OR leases.until <= $4";
        Ok(self.db.run(sql, args![name, holder, until, now]).await? > 0)
    }

    async fn give_lease_back(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        self.db.run("DELETE FROM leases WHERE name = $1 AND holder = $2", args![name, holder]).await?;
        Ok(())
    }
}

#[async_trait]
impl Bulletins for SqlStore {
    async fn post_bulletin(
        &self,
        name: &str,
        said: &serde_json::Value,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        check_line("bulletin", name, 200)?;
        let text = document("bulletin", said)?;
        let sql = "INSERT INTO bulletins (name, document, at) VALUES ($1, $2, $3) \
                   ON CONFLICT (name) DO UPDATE SET document = excluded.document, at = excluded.at";
        self.db.run(sql, args![name, text, now]).await?;
        Ok(())
    }

    async fn bulletins(&self, prefix: &str) -> Result<Vec<Bulletin>, StoreError> {
        let rows = self.db.rows("SELECT name, document, at FROM bulletins", args![]).await?;
        let read = |row: &Row| {
            Ok(Bulletin { name: row.text("name")?, document: row.json("document")?, at: row.time("at")? })
        };
        let mut found = rows.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
        found.retain(|bulletin| bulletin.name.starts_with(prefix));
        found.sort_by(|left, right| left.name.cmp(&right.name));
        Ok(found)
    }
}
