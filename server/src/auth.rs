//! Who is asking: passwords, sessions and the throttle in front of them.

mod password;
mod session_store;
mod throttle;

pub(crate) use password::{HashError, PasswordProblem, check_name, check_password, hash, verify};
pub(crate) use session_store::{DatabaseSessions, stored_id};
pub(crate) use throttle::{WINDOW_MS, wait_after};

/// The session's key under which the signed-in user is kept.
pub(crate) const SESSION_USER: &str = "user";
/// The session's key for the credentials version it was opened with; a changed password ends older sessions.
pub(crate) const SESSION_CREDENTIALS: &str = "credentials";
/// The session's key for the day of the latest visit: writing it puts the session's end off, at most once a day.
pub(crate) const SESSION_SEEN: &str = "seen";
/// The session's key for what its browser calls itself, where it came from and when it signed in: for the list of login sessions.
pub(crate) const SESSION_ORIGIN: &str = "origin";
