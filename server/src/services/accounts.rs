//! Accounts: the first one, signing in and out, who is asking.

use app::account::model::NewAccount;
use app::{AppError, Faults, sentence};
use store::{Attempt, Attempts, Booking, NewUser, Role, StoreError, User};
use types::{Timestamp, UserId};

use super::account_view::{Origin, browser_in_words};
use super::errors::{from_store, internal, invalid};
use super::request::RequestServices;
use crate::accounts::AccountProblem;
use crate::auth::{
    HashError, PasswordProblem, SESSION_CREDENTIALS, SESSION_ORIGIN, SESSION_SEEN, SESSION_USER, WINDOW_MS,
    check_name, check_password, hash, stored_id, verify, wait_after,
};
use crate::jobs::{News, What};
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
        let user =
            user.filter(|user| Some(user.credentials_version) == version && user.disabled_at.is_none());
        if user.is_some() {
            self.note_visit().await?;
        }
        Ok(user)
    }

    /// Returns whether a user who was signed in still is, by what the database says now. When it says nothing, that changes nothing.
    pub(crate) async fn is_still_signed_in(&self, user: &User) -> bool {
        let Some(session) = self.session.id().map(stored_id) else { return false };
        let store = &self.shared.store;
        let (session, present) = tokio::join!(store.load_session(&session, now()), store.user(user.id));
        let (Ok(session), Ok(present)) = (session, present) else { return true };
        let is_same = |present: User| {
            present.disabled_at.is_none() && present.credentials_version == user.credentials_version
        };
        session.is_some() && present.is_some_and(is_same)
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
    pub(super) async fn make_first_account(&self, account: NewAccount) -> Result<(), AppError> {
        let NewAccount { name, password, password_again } = account;
        let name = name.trim();
        let mut faults = Faults::default();
        name_faults(&mut faults, name);
        password_faults(&mut faults, name, ("password", &password), ("password_again", &password_again));
        faults.finish()?;
        if self.shared.store.count_users().await.map_err(from_store)? > 0 {
            return Err(AppError::Conflict { message: "There is an account already. Sign in.".to_owned() });
        }
        let password_hash = hash(password).await.map_err(from_hashing)?;
        let new = NewUser { name: name.to_owned(), role: Role::Admin, password_hash };
        let user = self.shared.store.create_first_user(new, now()).await.map_err(|error| match error {
            StoreError::Conflict { .. } => AppError::Conflict {
                message: "Somebody else has just made the first account. Sign in.".to_owned(),
            },
            other => from_store(other),
        })?;
        tracing::info!(user.id = %user.id, "the first account was made");
        self.open_session(&user).await
    }

    /// Signs in, or says how long to wait. The answer never tells whether the name exists.
    pub(super) async fn check_in(&self, name: &str, password: String) -> Result<(), AppError> {
        // Before anything is waited for: guesses that come at once are judged as of one moment.
        let at = now();
        let (name, store) = (name.trim(), &self.shared.store);
        let mut faults = Faults::default();
        for (field, text, message) in
            [("name", name, "Enter your name."), ("password", &password, "Enter your password.")]
        {
            if text.is_empty() {
                faults.add(field, message);
            }
        }
        faults.finish()?;
        let attempt = Attempt { name, address: &self.address, at, since: at.plus_ms(-WINDOW_MS) };
        let booking = store.book_attempt(attempt, &|attempts| wait_after(attempts, at) == 0).await;
        if let Booking::Refused(attempts) = booking.map_err(from_store)? {
            return Err(too_many(&attempts, at));
        }
        let found = store.credentials(name).await.map_err(from_store)?;
        let (user, stored) = found.map(|found| (found.user, found.password_hash)).unzip();
        let is_right = verify(password, stored).await.map_err(from_hashing)?;
        let Some(user) = user.filter(|_| is_right) else {
            tracing::warn!(address = self.address, "a sign-in failed");
            return Err(wrong());
        };
        if user.disabled_at.is_some() {
            return Err(invalid("name", "This account is disabled. Ask an administrator to enable it."));
        }
        store.clear_login_failures(name).await.map_err(from_store)?;
        self.open_session(&user).await
    }

    /// Ends the session, and the streams that were opened with it.
    pub(super) async fn check_out(&self) -> Result<(), AppError> {
        let user = self.session.get::<UserId>(SESSION_USER).await.map_err(internal)?;
        self.session.flush().await.map_err(internal)?;
        if let Some(user) = user {
            self.shared.tell(News::of(user, What::LoginSessions));
        }
        Ok(())
    }

    async fn open_session(&self, user: &User) -> Result<(), AppError> {
        // A new id, so that one planted before the sign-in is worth nothing.
        self.session.cycle_id().await.map_err(internal)?;
        self.session.insert(SESSION_USER, user.id).await.map_err(internal)?;
        self.session.insert(SESSION_CREDENTIALS, user.credentials_version).await.map_err(internal)?;
        let (browser, address) = (browser_in_words(&self.agent), self.address.clone());
        let origin = Origin { browser, address, at: now() };
        self.session.insert(SESSION_ORIGIN, origin).await.map_err(internal)?;
        self.note_visit().await?;
        self.session.save().await.map_err(internal)
    }
}

/// Says how long to wait before another attempt is looked at.
pub(super) fn too_many(attempts: &Attempts, at: Timestamp) -> AppError {
    let wait_ms = wait_after(attempts, at).max(1);
    AppError::TooManyAttempts { retry_after_secs: u64::try_from((wait_ms + 999) / 1000).unwrap_or(u64::MAX) }
}

/// Notes what is wrong with the name of a new account.
pub(super) fn name_faults(faults: &mut Faults, name: &str) {
    if let Err(problem) = check_name(name) {
        faults.add("name", sentence(&problem));
    }
}

/// Notes what is wrong with a new password of `name` and with its repetition, each at its field.
pub(super) fn password_faults(
    faults: &mut Faults,
    name: &str,
    (field, password): (&str, &str),
    (field_again, again): (&str, &str),
) {
    if let Err(problem) = check_password(name, password) {
        faults.add(field, sentence(&problem));
    }
    if password != again {
        faults.add(field_again, "The two passwords differ.");
    }
}

/// Maps why something was not done with an account.
pub(super) fn from_account(problem: AccountProblem) -> AppError {
    match problem {
        AccountProblem::Name(problem) | AccountProblem::Password(problem) => field_problem(&problem),
        AccountProblem::Taken(_) => invalid("name", "There is an account of that name already."),
        AccountProblem::Unknown(_) => AppError::not_found("account"),
        AccountProblem::LastAdministrator(_) => AppError::Conflict {
            message: "This is the last administrator. Make somebody else an administrator first.".to_owned(),
        },
        AccountProblem::Hash(error) => from_hashing(error),
        AccountProblem::Store(error) => from_store(error),
    }
}

fn wrong() -> AppError {
    invalid("password", "The name or password is wrong.")
}

/// Maps what kept a password from being looked at.
pub(super) fn from_hashing(error: HashError) -> AppError {
    match error {
        HashError::Busy => AppError::Busy { retry_after_secs: 2 },
        HashError::Broken(_) => internal(error),
    }
}

fn field_problem(problem: &PasswordProblem) -> AppError {
    let field = if *problem == PasswordProblem::BadName { "name" } else { "password" };
    invalid(field, sentence(problem))
}
