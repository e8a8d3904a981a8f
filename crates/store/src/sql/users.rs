//! Accounts in SQL.

use async_trait::async_trait;
use types::{Timestamp, UserId};
use uuid::Uuid;

use crate::db::{Row, Tx, args};
use crate::error::StoreError;
use crate::sql::SqlStore;
use crate::text::{check_line, fold};
use crate::users::{Credentials, NewUser, Role, User, Users};

const COLUMNS: &str = "id, name, role, password_hash, credentials_version, created_at, disabled_at";

const NO_ACCOUNT: StoreError = StoreError::NotFound { what: "account" };

fn read(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        id: row.parse("id")?,
        name: row.text("name")?,
        role: row.parse("role")?,
        credentials_version: row.count("credentials_version")?,
        created_at: row.time("created_at")?,
        disabled_at: row.optional_time("disabled_at")?,
    })
}

async fn insert(mut tx: Tx, new: NewUser, now: Timestamp) -> Result<User, StoreError> {
    check_line("account name", &new.name, 64)?;
    check_line("password hash", &new.password_hash, 1_000)?;
    let user = User {
        id: UserId::from_uuid(Uuid::now_v7()),
        name: new.name,
        role: new.role,
        credentials_version: 1,
        created_at: now,
        disabled_at: None,
    };
    tx.run(
        "INSERT INTO users (id, name, name_folded, role, password_hash, credentials_version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            user.id,
            &user.name,
            fold(&user.name),
            user.role.as_str(),
            new.password_hash,
            user.credentials_version,
            user.created_at
        ],
    )
    .await?;
    tx.commit().await?;
    Ok(user)
}

/// Refuses what would leave the installation without an administrator who can sign in.
async fn keep_an_administrator(tx: &mut Tx) -> Result<(), StoreError> {
    let sql = "SELECT id FROM users WHERE role = $1 AND disabled_at IS NULL LIMIT 1";
    match tx.row(sql, args![Role::Admin.as_str()]).await? {
        Some(_) => Ok(()),
        None => Err(StoreError::conflict(
            "this is the last administrator; make somebody else an administrator first",
        )),
    }
}

#[async_trait]
impl Users for SqlStore {
    async fn create_user(&self, new: NewUser, now: Timestamp) -> Result<User, StoreError> {
        insert(self.db.write().await?, new, now).await
    }

    async fn create_first_user(&self, new: NewUser, now: Timestamp) -> Result<User, StoreError> {
        let mut tx = self.db.write().await?;
        tx.lock_users().await?;
        if tx.row("SELECT id FROM users LIMIT 1", args![]).await?.is_some() {
            return Err(StoreError::conflict("the first account exists already; sign in instead"));
        }
        insert(tx, new, now).await
    }

    async fn credentials(&self, name: &str) -> Result<Option<Credentials>, StoreError> {
        // What cannot be a name is nobody's; asking the database would only fail on a NUL.
        if check_line("account name", name, 64).is_err() {
            return Ok(None);
        }
        let sql = format!("SELECT {COLUMNS} FROM users WHERE name_folded = $1");
        let row = self.door.row(sql, args![fold(name)]).await?;
        let read =
            |row: Row| Ok(Credentials { user: read(&row)?, password_hash: row.text("password_hash")? });
        row.map(read).transpose()
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = self.door.row(format!("SELECT {COLUMNS} FROM users WHERE id = $1"), args![id]).await?;
        row.as_ref().map(read).transpose()
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        let rows =
            self.db.rows(format!("SELECT {COLUMNS} FROM users ORDER BY created_at, id"), args![]).await?;
        rows.iter().map(read).collect()
    }

    async fn set_role(&self, id: UserId, role: Role) -> Result<User, StoreError> {
        let mut tx = self.db.write().await?;
        // Two administrators who demote each other at once must not both succeed.
        tx.lock_users().await?;
        let sql = format!("UPDATE users SET role = $2 WHERE id = $1 RETURNING {COLUMNS}");
        let user = read(&tx.row(sql, args![id, role.as_str()]).await?.ok_or(NO_ACCOUNT)?)?;
        keep_an_administrator(&mut tx).await?;
        tx.commit().await?;
        Ok(user)
    }

    async fn set_disabled(&self, id: UserId, at: Option<Timestamp>) -> Result<User, StoreError> {
        let mut tx = self.db.write().await?;
        tx.lock_users().await?;
        let sql = format!("UPDATE users SET disabled_at = $2 WHERE id = $1 RETURNING {COLUMNS}");
        let args = args![id, at.map(Timestamp::as_ms)];
        let user = read(&tx.row(sql, args).await?.ok_or(NO_ACCOUNT)?)?;
        keep_an_administrator(&mut tx).await?;
        if at.is_some() {
            tx.run("DELETE FROM sessions WHERE user_id = $1", args![id]).await?;
        }
        tx.commit().await?;
        Ok(user)
    }

    async fn count_users(&self) -> Result<u64, StoreError> {
        let row = self.door.row("SELECT COUNT(*) AS n FROM users", args![]).await?;
        row.map_or(Ok(0), |row| row.count("n"))
    }

    async fn set_password_hash(&self, id: UserId, password_hash: &str) -> Result<User, StoreError> {
        check_line("password hash", password_hash, 1_000)?;
        let mut tx = self.db.write().await?;
        let sql = format!(
            "UPDATE users SET password_hash = $2, credentials_version = credentials_version + 1
             WHERE id = $1 RETURNING {COLUMNS}"
        );
        let row = tx.row(sql, args![id, password_hash]).await?;
        let user = read(&row.ok_or(NO_ACCOUNT)?)?;
        tx.commit().await?;
        Ok(user)
    }
}
