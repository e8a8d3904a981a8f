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

/// The failures that an attempt is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempts {
    /// Those at the name, from anywhere.
    pub at_name: LoginFailures,
    /// Those from the address, at any name.
    pub from_address: LoginFailures,
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booking {
    /// It counts as failed from now on, until [`LoginThrottle::clear_login_failures`].
    Booked,
    /// The rule refused it, for these failures; nothing was booked.
    Refused(Attempts),
}

/// An attempt to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// The name as it was typed.
    pub name: &'a str,
    /// Where it came from.
    pub address: &'a str,
    /// When.
    pub at: Timestamp,
    /// Failures at or after this are looked at.
    pub since: Timestamp,
}

/// A rule that says whether an attempt may be looked at after so many failures.
pub type AttemptRule<'a> = &'a (dyn Fn(&Attempts) -> bool + Send + Sync);

/// The memory of failed sign-ins.
#[async_trait]
pub trait LoginThrottle: Send + Sync {
    /// Books an attempt as failed if the rule allows it: before its password is looked at, so that of many attempts at once none slips
    /// through. Counting and booking are one transaction.
    async fn book_attempt(&self, attempt: Attempt<'_>, rule: AttemptRule<'_>) -> Result<Booking, StoreError>;

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
