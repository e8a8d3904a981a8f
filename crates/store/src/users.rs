//! Accounts: who may sign in, as what, and with which password hash.
//!
//! Passwords never come here, only their hashes; names are unique without regard to case.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use types::{Timestamp, UserId};

use crate::error::StoreError;

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages accounts and the installation. Sees no more of others' work than a member does.
    Admin,
    /// Works with what is their own.
    Member,
}

impl Role {
    /// Returns the name that is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no role; there are admin and member")]
pub struct ParseRoleError {
    /// The text as it was given.
    pub found: String,
}

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "admin" => Ok(Self::Admin),
            "member" => Ok(Self::Member),
            _ => Err(ParseRoleError { found: text.chars().take(64).collect() }),
        }
    }
}

/// An account to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewUser {
    /// The name to sign in with: 1 to 64 characters, no blanks at its ends, no control characters.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The password's hash as a PHC string.
    pub password_hash: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The name as its owner wrote it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Grows with every new password. A session that remembers an older one is void.
    pub credentials_version: u32,
    /// Since when it may no longer be used; `None` while it may.
    pub disabled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An account with what is needed to check a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The account.
    pub user: User,
    /// The password's hash as a PHC string.
    pub password_hash: String,
}

impl fmt::Debug for NewUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewUser").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// The accounts of an installation.
#[async_trait]
pub trait Users: Send + Sync {
    /// Makes an account.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the name is taken, in whatever case; [`StoreError::Invalid`] for a name that
    /// cannot be one.
    async fn create_user(&self, new: NewUser, now: Timestamp) -> Result<User, StoreError>;

    /// Makes the very first account; of several attempts at once exactly one succeeds.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is an account already; [`StoreError::Invalid`] as above.
    async fn create_first_user(&self, new: NewUser, now: Timestamp) -> Result<User, StoreError>;

    /// Returns the account of that name, in whatever case, with its password hash.
    async fn credentials(&self, name: &str) -> Result<Option<Credentials>, StoreError>;

    /// Returns an account.
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Returns every account, the oldest first.
    async fn users(&self) -> Result<Vec<User>, StoreError>;

    /// Gives an account another role and returns it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when it is the last administrator's that may be used.
    async fn set_role(&self, id: UserId, role: Role) -> Result<User, StoreError>;

    /// Disables an account from an instant on, which ends its sessions, or enables it again (`None`); returns it. Its work stays.
    ///
    /// # Errors
    /// Those of [`Users::set_role`].
    async fn set_disabled(&self, id: UserId, at: Option<Timestamp>) -> Result<User, StoreError>;

    /// Returns the number of accounts.
    async fn count_users(&self) -> Result<u64, StoreError>;

    /// Replaces a password hash and returns the account with its next credentials version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    async fn set_password_hash(&self, id: UserId, password_hash: &str) -> Result<User, StoreError>;
}
