//! What is done with accounts, once: for the pages and for the command line alike.
//!
//! Who may do it is the caller's question; what may not happen to an account at all is refused here or in the store.

use store::{NewUser, Role, Store, StoreError, User};
use types::UserId;

use crate::auth::{HashError, PasswordProblem, check_name, check_password, hash};
use crate::wiring::now;

/// Why something was not done with an account.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccountProblem {
    /// The name cannot be one.
    #[error("{0}")]
    Name(PasswordProblem),
    /// The password is not accepted.
    #[error("{0}")]
    Password(PasswordProblem),
    /// There is one of that name, in whatever case.
    #[error("there is an account named '{0}' already")]
    Taken(String),
    /// There is none.
    #[error("there is no account named '{0}'")]
    Unknown(String),
    /// It would leave nobody to administer the installation.
    #[error("{0}")]
    LastAdministrator(String),
    /// Too many passwords are being hashed.
    #[error(transparent)]
    Hash(HashError),
    /// The store does not do it.
    #[error(transparent)]
    Store(StoreError),
}

/// The accounts of an installation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Accounts<'a>(pub(crate) &'a dyn Store);

impl Accounts<'_> {
    /// Returns the account of a name.
    pub(crate) async fn by_name(self, name: &str) -> Result<User, AccountProblem> {
        let found = self.0.credentials(name).await.map_err(AccountProblem::Store)?;
        found.map(|found| found.user).ok_or_else(|| AccountProblem::Unknown(name.to_owned()))
    }

    /// Adds an account. The first one is an administrator's whatever the role says.
    pub(crate) async fn add(self, name: &str, role: Role, password: String) -> Result<User, AccountProblem> {
        check_name(name).map_err(AccountProblem::Name)?;
        check_password(name, &password).map_err(AccountProblem::Password)?;
        let is_first = self.0.count_users().await.map_err(AccountProblem::Store)? == 0;
        let role = if is_first { Role::Admin } else { role };
        let password_hash = hash(password).await.map_err(AccountProblem::Hash)?;
        let new = NewUser { name: name.to_owned(), role, password_hash };
        self.0.create_user(new, now()).await.map_err(|error| match error {
            StoreError::Conflict { .. } => AccountProblem::Taken(name.to_owned()),
            other => AccountProblem::Store(other),
        })
    }

    /// Gives an account a new password and ends its sessions, but for the one named. Earlier failures to sign in no longer count.
    pub(crate) async fn set_password(
        self,
        user: &User,
        password: String,
        spared: Option<&str>,
    ) -> Result<User, AccountProblem> {
        check_password(&user.name, &password).map_err(AccountProblem::Password)?;
        let password_hash = hash(password).await.map_err(AccountProblem::Hash)?;
        let changed =
            self.0.set_password_hash(user.id, &password_hash).await.map_err(AccountProblem::Store)?;
        self.0.delete_user_sessions(user.id, spared).await.map_err(AccountProblem::Store)?;
        self.0.clear_login_failures(&user.name).await.map_err(AccountProblem::Store)?;
        Ok(changed)
    }

    /// Gives an account another role.
    pub(crate) async fn set_role(self, user: UserId, role: Role) -> Result<User, AccountProblem> {
        self.0.set_role(user, role).await.map_err(last_administrator)
    }

    /// Disables an account: its sessions end at once, its work stays.
    pub(crate) async fn disable(self, user: UserId) -> Result<User, AccountProblem> {
        self.0.set_disabled(user, Some(now())).await.map_err(last_administrator)
    }

    /// Enables an account again.
    pub(crate) async fn enable(self, user: UserId) -> Result<User, AccountProblem> {
        self.0.set_disabled(user, None).await.map_err(last_administrator)
    }
}

fn last_administrator(error: StoreError) -> AccountProblem {
    match error {
        StoreError::Conflict { what } => AccountProblem::LastAdministrator(what),
        other => AccountProblem::Store(other),
    }
}
