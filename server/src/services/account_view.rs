//! The signed-in user's own account: password and login sessions.

use app::account::model::{AccountView, LoginSessionView, NewPassword};
use app::{AppError, Faults};
use serde::{Deserialize, Serialize};
use store::{Attempt, Booking, Role, SessionRecord, User};
use types::Timestamp;

use super::accounts::{from_account, from_hashing, password_faults};
use super::errors::{from_store, internal};
use super::request::RequestServices;
use crate::accounts::Accounts;
use crate::auth::{
    SESSION_CREDENTIALS, SESSION_ORIGIN, SESSION_SEEN, WINDOW_MS, stored_id, verify, wait_after,
};
use crate::jobs::{News, What};
use crate::wiring::now;

/// Where a login session came from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Origin {
    /// The browser in words: `Firefox on Linux`.
    pub(super) browser: String,
    pub(super) address: String,
    pub(super) at: Timestamp,
}

impl RequestServices {
    pub(super) async fn my_account(&self) -> Result<AccountView, AppError> {
        let user = self.signed_in().await?;
        let sessions = self.shared.store.user_sessions(user.id, now()).await.map_err(from_store)?;
        let present = self.session.id().map(stored_id);
        let mut sessions: Vec<LoginSessionView> =
            sessions.into_iter().map(|record| session_view(record, present.as_deref())).collect();
        sessions.sort_by_key(|session| (!session.is_current, std::cmp::Reverse(session.signed_in_ms)));
        Ok(AccountView {
            name: user.name,
            is_admin: user.role == Role::Admin,
            created_ms: user.created_at.as_ms(),
            sessions,
        })
    }

    /// Changes the password of whoever knows the present one, and ends every other login session.
    pub(super) async fn change_my_password(&self, form: NewPassword) -> Result<(), AppError> {
        let user = self.signed_in().await?;
        let (new, again) = (&form.new_password, &form.new_password_again);
        let mut faults = Faults::default();
        if form.current_password.is_empty() {
            faults.add("current_password", "Enter your current password.");
        } else if !self.is_current_password(&user, form.current_password).await? {
            faults.add("current_password", "This is not your current password.");
        }
        password_faults(&mut faults, &user.name, ("new_password", new), ("new_password_again", again));
        faults.finish()?;
        let present = self.session.id().map(stored_id);
        let accounts = Accounts(self.shared.store.as_ref());
        let changed = accounts.set_password(&user, form.new_password, present.as_deref()).await;
        let changed = changed.map_err(from_account)?;
        // This session goes on under the new password.
        self.session.insert(SESSION_CREDENTIALS, changed.credentials_version).await.map_err(internal)?;
        self.session.save().await.map_err(internal)?;
        self.shared.tell(News::of(user.id, What::LoginSessions));
        tracing::info!(user.id = %user.id, "a password was changed by its owner");
        Ok(())
    }

    pub(super) async fn end_session(&self, id: &str) -> Result<(), AppError> {
        let user = self.signed_in().await?;
        if self.session.id().map(stored_id).as_deref() == Some(id) {
            return Err(AppError::Conflict {
                message: "This is the session you are using. Sign out to end it.".into(),
            });
        }
        if !self.shared.store.delete_user_session(user.id, id).await.map_err(from_store)? {
            return Err(AppError::not_found("login session"));
        }
        self.shared.tell(News::of(user.id, What::LoginSessions));
        Ok(())
    }

    pub(super) async fn end_other_sessions(&self) -> Result<(), AppError> {
        let user = self.signed_in().await?;
        let present = self.session.id().map(stored_id);
        self.shared.store.delete_user_sessions(user.id, present.as_deref()).await.map_err(from_store)?;
        self.shared.tell(News::of(user.id, What::LoginSessions));
        Ok(())
    }

    /// A session that somebody left open must not be a way to guess its password: the same throttle as at the door.
    async fn is_current_password(&self, user: &User, password: String) -> Result<bool, AppError> {
        let (at, store) = (now(), &self.shared.store);
        let attempt = Attempt { name: &user.name, address: &self.address, at, since: at.plus_ms(-WINDOW_MS) };
        let booking = store.book_attempt(attempt, &|attempts| wait_after(attempts, at) == 0).await;
        if let Booking::Refused(attempts) = booking.map_err(from_store)? {
            return Err(super::accounts::too_many(&attempts, at));
        }
        let found = store.credentials(&user.name).await.map_err(from_store)?;
        let stored = found.map(|found| found.password_hash);
        verify(password, stored).await.map_err(from_hashing)
    }
}

fn session_view(record: SessionRecord, present: Option<&str>) -> LoginSessionView {
    let data: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&record.data).unwrap_or_default();
    let read = |key: &str| data.get(key).cloned();
    // Sessions from before origins were recorded have none.
    let origin = read(SESSION_ORIGIN).and_then(|value| serde_json::from_value::<Origin>(value).ok());
    let seen = read(SESSION_SEEN).and_then(|value| serde_json::from_value::<Timestamp>(value).ok());
    LoginSessionView {
        is_current: present == Some(record.id.as_str()),
        id: record.id,
        browser: origin.as_ref().map(|origin| origin.browser.clone()),
        address: origin.as_ref().map(|origin| origin.address.clone()),
        signed_in_ms: origin.map(|origin| origin.at.as_ms()),
        seen_ms: seen.map(Timestamp::as_ms),
        expires_ms: record.expires_at.as_ms(),
    }
}

/// Names a browser and its system in words, from what it calls itself.
pub(super) fn browser_in_words(agent: &str) -> String {
    // Most browsers also claim to be those that stand further down.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "Another program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_as_people_know_them() {
        for (agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5.0", "Another program"),
            ("", "Another program"),
        ] {
            assert_eq!(browser_in_words(agent), words);
        }
    }
}
