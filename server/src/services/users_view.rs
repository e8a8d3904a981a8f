//! Administration of users, for administrators only.

use app::users::model::{NewUserForm, UserRow};
use app::{AppError, Faults};
use store::{Role, User};
use types::UserId;

use super::accounts::{from_account, name_faults, password_faults};
use super::errors::from_store;
use super::request::RequestServices;
use crate::accounts::Accounts;
use crate::jobs::{News, What};

impl RequestServices {
    /// Returns the signed-in administrator, or refuses.
    async fn administrator(&self) -> Result<User, AppError> {
        let user = self.signed_in().await?;
        if user.role == Role::Admin { Ok(user) } else { Err(AppError::Forbidden) }
    }

    fn accounts(&self) -> Accounts<'_> {
        Accounts(self.shared.store.as_ref())
    }

    pub(super) async fn all_users(&self) -> Result<Vec<UserRow>, AppError> {
        let reader = self.administrator().await?;
        let users = self.shared.store.users().await.map_err(from_store)?;
        let row = |user: User| UserRow {
            is_self: user.id == reader.id,
            id: user.id,
            name: user.name,
            is_admin: user.role == Role::Admin,
            created_ms: user.created_at.as_ms(),
            disabled_ms: user.disabled_at.map(types::Timestamp::as_ms),
        };
        Ok(users.into_iter().map(row).collect())
    }

    pub(super) async fn make_user(&self, form: NewUserForm) -> Result<(), AppError> {
        let by = self.administrator().await?;
        let (name, password, again) = (form.name.trim(), &form.password, &form.password_again);
        let mut faults = Faults::default();
        name_faults(&mut faults, name);
        password_faults(&mut faults, name, ("password", password), ("password_again", again));
        faults.finish()?;
        let role = if form.is_admin { Role::Admin } else { Role::Member };
        let user = self.accounts().add(name, role, form.password.clone()).await.map_err(from_account)?;
        tracing::info!(user.id = %user.id, by = %by.id, "an account was made");
        Ok(())
    }

    pub(super) async fn give_role(&self, id: UserId, is_admin: bool) -> Result<(), AppError> {
        let by = self.administrator().await?;
        let role = if is_admin { Role::Admin } else { Role::Member };
        self.accounts().set_role(id, role).await.map_err(from_account)?;
        tracing::info!(user.id = %id, by = %by.id, %role, "an account has another role");
        Ok(())
    }

    pub(super) async fn enable_or_disable(&self, id: UserId, is_enabled: bool) -> Result<(), AppError> {
        let by = self.administrator().await?;
        let accounts = self.accounts();
        if is_enabled {
            accounts.enable(id).await.map_err(from_account)?;
        } else {
            accounts.disable(id).await.map_err(from_account)?;
            self.shared.tell(News::of(id, What::LoginSessions));
        }
        tracing::info!(user.id = %id, by = %by.id, is_enabled, "an account was enabled or disabled");
        Ok(())
    }

    pub(super) async fn give_password(&self, id: UserId, password: String) -> Result<(), AppError> {
        let by = self.administrator().await?;
        let user = self.shared.store.user(id).await.map_err(from_store)?;
        let user = user.ok_or_else(|| AppError::not_found("account"))?;
        // Their own password is changed on their own page, which asks for the present one.
        if user.id == by.id {
            return Err(AppError::Conflict {
                message: "Change your own password on your account's page.".into(),
            });
        }
        self.accounts().set_password(&user, password, None).await.map_err(from_account)?;
        self.shared.tell(News::of(id, What::LoginSessions));
        tracing::info!(user.id = %id, by = %by.id, "an account has a new password");
        Ok(())
    }
}
