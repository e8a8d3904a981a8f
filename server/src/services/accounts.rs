//! Accounts: the first one, signing in and out, who is asking.

use app::AppError;
use store::{NewUser, Role, StoreError, ThrottleKey, User};
use types::{Timestamp, UserId};

use super::errors::{from_store, internal, invalid};
use super::request::RequestServices;
use crate::auth::{
    PasswordProblem, SESSION_CREDENTIALS, SESSION_SEEN, SESSION_USER, WINDOW_MS, check_name, check_password,
    hash, verify, verify_nobody, wait_before_next_attempt,
};
use crate::wiring::now;

impl RequestServices {
    /// Returns the signed-in user, or refuses. A session from before a password change counts for nothing.
    pub(crate) async fn signed_in(&self) -> Result<User, AppError> {
        self.find_user().await?.ok_or(AppError::Unauthenticated)
    }

    /// Returns the signed-in user, if there is one.
    pub(super) async fn find_user(&self) -> Result<Option<User>, AppError> {
        let Some(id) = self.session.get::<UserId>(SESSION_USER).await.map_err(internal)? else {
            return Ok(None);
        };
        let version = self.session.get::<u32>(SESSION_CREDENTIALS).await.map_err(internal)?;
        let user = self.shared.store.user(id).await.map_err(from_store)?;
        let user = user.filter(|user| Some(user.credentials_version) == version);
        if user.is_some() {
            self.note_visit().await?;
        }
        Ok(user)
    }

    /// Puts off the session's end: it counts from the latest day with a visit.
    async fn note_visit(&self) -> Result<(), AppError> {
        let today = now().floor_day();
        if self.session.get::<Timestamp>(SESSION_SEEN).await.map_err(internal)? == Some(today) {
            return Ok(());
        }
        self.session.insert(SESSION_SEEN, today).await.map_err(internal)
    }

    /// Makes the first account, which is the administrator, and signs it in.
    pub(super) async fn make_first_account(&self, name: &str, password: String) -> Result<(), AppError> {
        let name = name.trim();
        if self.shared.store.count_users().await.map_err(from_store)? > 0 {
            return Err(AppError::Conflict { message: "there is an account already: sign in".to_owned() });
        }
        check_name(name).map_err(|problem| field_problem(&problem))?;
        check_password(name, &password).map_err(|problem| field_problem(&problem))?;
        let password_hash = hash(password).await.map_err(internal)?;
        let new = NewUser { name: name.to_owned(), role: Role::Admin, password_hash };
        let user = self.shared.store.create_first_user(new, now()).await.map_err(|error| match error {
            StoreError::Conflict { .. } => AppError::Conflict {
                message: "somebody else has just made the first account: sign in".to_owned(),
            },
            other => from_store(other),
        })?;
        tracing::info!(user.id = %user.id, "the first account was made");
        self.open_session(&user).await
    }

    /// Signs in, or says how long to wait. The answer never tells whether the name exists.
    pub(super) async fn check_in(&self, name: &str, password: String) -> Result<(), AppError> {
        let name = name.trim();
        self.throttle(name).await?;
        // Counted before the password is looked at, so that attempts at once do not slip through together.
        self.shared.store.record_login_failure(name, &self.address, now()).await.map_err(from_store)?;
        let found = self.shared.store.credentials(name).await.map_err(from_store)?;
        let Some(credentials) = found else {
            verify_nobody(password).await.map_err(internal)?;
            return Err(wrong());
        };
        if !verify(password, credentials.password_hash).await.map_err(internal)? {
            tracing::warn!(user.id = %credentials.user.id, "a sign-in failed");
            return Err(wrong());
        }
        self.shared.store.clear_login_failures(name).await.map_err(from_store)?;
        self.open_session(&credentials.user).await
    }

    /// Ends the session.
    pub(super) async fn check_out(&self) -> Result<(), AppError> {
        self.session.flush().await.map_err(internal)
    }

    async fn throttle(&self, name: &str) -> Result<(), AppError> {
        let since = now().plus_ms(-WINDOW_MS);
        for key in [ThrottleKey::Name(name), ThrottleKey::Address(&self.address)] {
            let failures = self.shared.store.login_failures(key, since).await.map_err(from_store)?;
            let count = u32::try_from(failures.count).unwrap_or(u32::MAX);
            // An address may hold several people, so it may fail more often than a name.
            let count = if matches!(key, ThrottleKey::Address(_)) { count / 4 } else { count };
            let wait_ms = failures.latest.map_or(0, |latest| wait_before_next_attempt(count, latest, now()));
            if wait_ms > 0 {
                let retry_after_secs = u64::try_from((wait_ms + 999) / 1000).unwrap_or(u64::MAX);
                return Err(AppError::TooManyAttempts { retry_after_secs });
            }
        }
        Ok(())
    }

    async fn open_session(&self, user: &User) -> Result<(), AppError> {
        // A new id, so that one planted before the sign-in is worth nothing.
        self.session.cycle_id().await.map_err(internal)?;
        self.session.insert(SESSION_USER, user.id).await.map_err(internal)?;
        self.session.insert(SESSION_CREDENTIALS, user.credentials_version).await.map_err(internal)?;
        self.note_visit().await?;
        self.session.save().await.map_err(internal)
    }
}

fn wrong() -> AppError {
    invalid("password", "The name or password is wrong.")
}

fn field_problem(problem: &PasswordProblem) -> AppError {
    let field = if *problem == PasswordProblem::BadName { "name" } else { "password" };
    invalid(field, problem.to_string())
}
