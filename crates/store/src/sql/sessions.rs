//! Browser sessions in SQL.

use async_trait::async_trait;
use types::{Timestamp, UserId};

use crate::db::{Row, args};
use crate::error::StoreError;
use crate::sessions::{SessionRecord, SessionRecords};
use crate::sql::SqlStore;
use crate::text::check_line;

fn read(row: &Row) -> Result<SessionRecord, StoreError> {
    Ok(SessionRecord {
        id: row.text("id")?,
        user: row.optional_parse("user_id")?,
        data: row.bytes("data")?,
        expires_at: row.time("expires_at")?,
    })
}

#[async_trait]
impl SessionRecords for SqlStore {
    async fn create_session(&self, record: &SessionRecord) -> Result<(), StoreError> {
        check_line("session id", &record.id, 128)?;
        let sql = "INSERT INTO sessions (id, user_id, data, expires_at) VALUES ($1, $2, $3, $4)";
        let args = args![&record.id, record.user, record.data.clone(), record.expires_at];
        self.door.run(sql, args).await?;
        Ok(())
    }

    async fn save_session(&self, record: &SessionRecord) -> Result<bool, StoreError> {
        let sql = "UPDATE sessions SET user_id = $2, data = $3, expires_at = $4 WHERE id = $1";
        let args = args![&record.id, record.user, record.data.clone(), record.expires_at];
        Ok(self.door.run(sql, args).await? > 0)
    }

    async fn load_session(&self, id: &str, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        // Ids come out of cookies: what cannot be one is no session.
        if check_line("session id", id, 128).is_err() {
            return Ok(None);
        }
        let sql = "SELECT id, user_id, data, expires_at FROM sessions WHERE id = $1 AND expires_at > $2";
        let row = self.door.row(sql, args![id, now]).await?;
        row.as_ref().map(read).transpose()
    }

    async fn user_sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<SessionRecord>, StoreError> {
        let sql = "SELECT id, user_id, data, expires_at FROM sessions WHERE user_id = $1 AND expires_at > $2
                   ORDER BY expires_at, id";
        self.door.rows(sql, args![user, now]).await?.iter().map(read).collect()
    }

    async fn delete_user_session(&self, user: UserId, id: &str) -> Result<bool, StoreError> {
        if check_line("session id", id, 128).is_err() {
            return Ok(false);
        }
        let sql = "DELETE FROM sessions WHERE user_id = $1 AND id = $2";
        Ok(self.door.run(sql, args![user, id]).await? > 0)
    }

    async fn delete_session(&self, id: &str) -> Result<(), StoreError> {
        if check_line("session id", id, 128).is_ok() {
            self.door.run("DELETE FROM sessions WHERE id = $1", args![id]).await?;
        }
        Ok(())
    }

    async fn delete_user_sessions(&self, user: UserId, except: Option<&str>) -> Result<u64, StoreError> {
        let sql = "DELETE FROM sessions WHERE user_id = $1 AND ($2 IS NULL OR id <> $2)";
        self.door.run(sql, args![user, except]).await
    }

    async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.door.run("DELETE FROM sessions WHERE expires_at <= $1", args![now]).await
    }
}
