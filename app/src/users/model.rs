//! Users as an administrator sees them.

use serde::{Deserialize, Serialize};
use types::UserId;

/// A user in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// The id.
    pub id: UserId,
    /// The name they sign in with.
    pub name: String,
    /// Whether they administer this installation.
    pub is_admin: bool,
    /// Whether it is the reader.
    pub is_self: bool,
    /// When the account was made, UTC milliseconds.
    pub created_ms: i64,
    /// Since when it may not be used; `None` while it may.
    pub disabled_ms: Option<i64>,
}

/// A user to be added, as typed. The password never leaves the server again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUserForm {
    /// The name to sign in with.
    pub name: String,
    /// Whether they are to administer this installation.
    pub is_admin: bool,
    /// The first password.
    pub password: String,
    /// The password once more, against typing slips.
    pub password_again: String,
}

impl std::fmt::Debug for NewUserForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUserForm")
            .field("name", &self.name)
            .field("is_admin", &self.is_admin)
            .finish_non_exhaustive()
    }
}
