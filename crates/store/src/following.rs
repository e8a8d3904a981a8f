//! What users want kept current, who keeps it, and how it stands.
//!
//! Subscriptions belong to their users; what follows from all of them together belongs to the installation.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use types::{SeriesKey, Timestamp, UserId};

use crate::error::StoreError;

/// Most series that one user may have kept current.
pub const MAX_SUBSCRIPTIONS: u32 = 500;

/// A series that a user wants kept current.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The series.
    pub key: SeriesKey,
    /// Candles are to be complete from here on.
    pub since: Timestamp,
    /// When it was subscribed to.
    pub created_at: Timestamp,
}

/// Something that a background worker last said about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Bulletin {
    /// What it is about.
    pub name: String,
    /// What was said.
    pub document: serde_json::Value,
    /// When.
    pub at: Timestamp,
}

/// The subscriptions of each user, and of all of them together.
#[async_trait]
pub trait Subscriptions: Send + Sync {
    /// Subscribes; a series that is subscribed to already gets the new beginning.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] beyond [`MAX_SUBSCRIPTIONS`]; [`StoreError::NotFound`] for an unknown user.
    async fn subscribe(
        &self,
        user: UserId,
        key: &SeriesKey,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Unsubscribes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the user has no such subscription.
    async fn unsubscribe(&self, user: UserId, key: &SeriesKey) -> Result<(), StoreError>;

    /// Returns the user's subscriptions, in order of series.
    async fn subscriptions(&self, user: UserId) -> Result<Vec<Subscription>, StoreError>;

    /// Returns what anybody wants kept current, each series once with the earliest beginning asked for, in order of series.
    async fn followed(&self) -> Result<Vec<(SeriesKey, Timestamp)>, StoreError>;
}

/// Work that one process does at a time.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes or renews a lease until `until`. Returns whether `holder` has it now.
    async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives a lease back; one that somebody else has stays theirs.
    async fn give_lease_back(&self, name: &str, holder: &str) -> Result<(), StoreError>;
}

/// What background workers say about themselves.
#[async_trait]
pub trait Bulletins: Send + Sync {
    /// Replaces what was said under this name.
    async fn post_bulletin(
        &self,
        name: &str,
        document: &serde_json::Value,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Returns everything whose name begins like this, in order of name.
    async fn bulletins(&self, prefix: &str) -> Result<Vec<Bulletin>, StoreError>;
}
