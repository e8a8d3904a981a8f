//! Who is looking, and their own account.

use serde::{Deserialize, Serialize};

/// What every page needs to know before it shows anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Whether there is an account at all; without one every page leads to the set-up.
    pub is_set_up: bool,
    /// Who is signed in.
    pub user: Option<UserView>,
    /// The program's version.
    pub version: String,
}

/// A signed-in user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// The name they sign in with.
    pub name: String,
    /// Whether they administer this installation.
    pub is_admin: bool,
}

/// The first account, as typed. The password never leaves the server again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAccount {
    /// The name to sign in with.
    pub name: String,
    /// The password.
    pub password: String,
    /// The password once more, against typing slips.
    pub password_again: String,
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The reader's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// The name they sign in with.
    pub name: String,
    /// Whether they administer this installation.
    pub is_admin: bool,
    /// When the account was made, UTC milliseconds.
    pub created_ms: i64,
    /// Where they are signed in: this browser first, then the latest.
    pub sessions: Vec<LoginSessionView>,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginSessionView {
    /// Names it; no browser signs in with this.
    pub id: String,
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// The browser in words: `Firefox on Linux`; `None` where that was not recorded.
    pub browser: Option<String>,
    /// Where it signed in from.
    pub address: Option<String>,
    /// When it signed in, UTC milliseconds.
    pub signed_in_ms: Option<i64>,
    /// The day of its latest visit.
    pub seen_ms: Option<i64>,
    /// When it ends unless it is used.
    pub expires_ms: i64,
}

/// A change of password, as typed. None of it ever leaves the server again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPassword {
    /// The current password.
    pub current_password: String,
    /// The new one.
    pub new_password: String,
    /// The new one once more, against typing slips.
    pub new_password_again: String,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPassword").finish_non_exhaustive()
    }
}
