//! Browser sessions in our own database, behind tower-sessions' trait.
//!
//! The cookie holds the session's id; the database holds only its SHA-256, so that a copied database opens no session.

use std::fmt::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use store::{SessionRecord, Store, StoreError};
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use types::{Timestamp, UserId};

use super::SESSION_USER;
use crate::wiring::now;

/// Sessions in the application's database.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseSessions {
    store: Arc<dyn Store>,
}

impl DatabaseSessions {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

/// Returns the name under which a session is stored.
pub(crate) fn stored_id(id: Id) -> String {
    Sha256::digest(id.to_string().as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn backend(error: impl std::fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

fn to_stored(record: &Record) -> Result<SessionRecord> {
    let user = record.data.get(SESSION_USER).and_then(|user| user.as_str()?.parse::<UserId>().ok());
    let milliseconds = record.expiry_date.unix_timestamp_nanos() / 1_000_000;
    Ok(SessionRecord {
        id: stored_id(record.id),
        user,
        data: serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
        expires_at: Timestamp::from_ms(i64::try_from(milliseconds).unwrap_or(i64::MAX)),
    })
}

#[async_trait]
impl SessionStore for DatabaseSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            match self.store.create_session(&to_stored(record)?).await {
                Ok(()) => return Ok(()),
                // 128 random bits repeated: take others.
                Err(StoreError::Conflict { .. }) => record.id = Id::default(),
                Err(error) => return Err(backend(error)),
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        // A session deleted meanwhile stays deleted; that is no error of this request.
        self.store.save_session(&to_stored(record)?).await.map(|_| ()).map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(stored) = self.store.load_session(&stored_id(*id), now()).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_slice(&stored.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date =
            OffsetDateTime::from_unix_timestamp_nanos(i128::from(stored.expires_at.as_ms()) * 1_000_000)
                .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.delete_session(&stored_id(*id)).await.map_err(backend)
    }
}
