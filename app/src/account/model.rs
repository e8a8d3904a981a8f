//! Who is looking.

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
