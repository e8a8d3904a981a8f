//! Failed sign-ins, remembered across restarts, by the name tried and by the address they came from.
//!
//! How many are too many is the caller's rule. A name is recorded as tried, whether or not there is such an
//! account, so that a throttled answer does not tell which names exist.

use async_trait::async_trait;
use types::Timestamp;

use crate::error::StoreError;

/// Whose failures to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrottleKey<'a> {
    /// Those at this name, in whatever case, from anywhere.
    Name(&'a str),
    /// Those from this address, at any name.
    Address(&'a str),
}

/// Failed sign-ins since some instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoginFailures {
    /// How many.
    pub count: u64,
    /// When the latest happened.
    pub latest: Option<Timestamp>,
}

/// The memory of failed sign-ins.
#[async_trait]
pub trait LoginThrottle: Send + Sync {
    /// Remembers a failure. To let attempts at once not slip through together, record one before the password is
    /// checked and clear it when it was right.
    async fn record_login_failure(&self, name: &str, address: &str, now: Timestamp)
    -> Result<(), StoreError>;

    /// Counts failures at or after `since`.
    async fn login_failures(
        &self,
        key: ThrottleKey<'_>,
        since: Timestamp,
    ) -> Result<LoginFailures, StoreError>;

    /// Forgets the failures at a name, after its owner signed in.
    async fn clear_login_failures(&self, name: &str) -> Result<(), StoreError>;

    /// Forgets failures before an instant that no rule looks back to; returns how many.
    async fn forget_login_failures(&self, before: Timestamp) -> Result<u64, StoreError>;
}
