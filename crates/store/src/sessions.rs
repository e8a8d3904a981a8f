//! Browser sessions as opaque records, in the shape that a tower-sessions store needs.
//!
//! The id is the secret that a browser's cookie holds; whether it is stored plainly or hashed is the caller's
//! choice. An expired record is never returned, whether or not it was deleted yet.

use std::fmt;

use async_trait::async_trait;
use types::{Timestamp, UserId};

use crate::error::StoreError;

/// A session.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Names it: 1 to 128 characters.
    pub id: String,
    /// Who signed in with it, if anybody: so that all sessions of a user can be ended.
    pub user: Option<UserId>,
    /// Its contents, opaque here.
    pub data: Vec<u8>,
    /// From this instant on it is void.
    pub expires_at: Timestamp,
}

/// Neither the id nor the contents: both would let whoever reads the log take over the session.
impl fmt::Debug for SessionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("SessionRecord");
        out.field("user", &self.user).field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The browser sessions of an installation.
#[async_trait]
pub trait SessionRecords: Send + Sync {
    /// Stores a new session.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken: take another and try again.
    async fn create_session(&self, record: &SessionRecord) -> Result<(), StoreError>;

    /// Overwrites a session; returns whether there still was one.
    ///
    /// One that was deleted meanwhile stays deleted: a request that was under way while its user signed out must
    /// not bring the session back.
    async fn save_session(&self, record: &SessionRecord) -> Result<bool, StoreError>;

    /// Returns a session that has not expired.
    async fn load_session(&self, id: &str, now: Timestamp) -> Result<Option<SessionRecord>, StoreError>;

    /// Returns a user's sessions that have not expired, in the order of their expiry.
    async fn user_sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<SessionRecord>, StoreError>;

    /// Deletes one session of a user; returns whether there was one.
    async fn delete_user_session(&self, user: UserId, id: &str) -> Result<bool, StoreError>;

    /// Deletes a session, if there is one.
    async fn delete_session(&self, id: &str) -> Result<(), StoreError>;

    /// Deletes every session of a user, but for the one named; returns how many.
    async fn delete_user_sessions(&self, user: UserId, except: Option<&str>) -> Result<u64, StoreError>;

    /// Deletes every expired session; returns how many.
    async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError>;
}
