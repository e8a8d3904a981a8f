//! Passwords: argon2id, hashed off the async threads, never logged.
//!
//! Invariants: no more passwords are hashed at once than this machine has cores (each takes 19 MB); nobody waits for that without end;
//! a name that exists and one that does not cost the same.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

/// Why a name or password is not accepted; the text tells the user what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasswordProblem {
    /// Too short.
    #[error("use at least {MIN_LENGTH} characters")]
    TooShort,
    /// Longer than anyone types; hashing it would be a way to keep the server busy.
    #[error("use at most {MAX_LENGTH} characters")]
    TooLong,
    /// The same as the name.
    #[error("the password must differ from the name")]
    SameAsName,
    /// A single character repeated.
    #[error("use more than one character")]
    Repeated,
    /// A name that is empty, too long or has odd characters.
    #[error("use 2 to 40 letters, digits, '.', '-', '_' or '@', starting with a letter or digit")]
    BadName,
}

const MIN_LENGTH: usize = 10;
const MAX_LENGTH: usize = 200;

/// Says why a user name is not accepted.
pub(crate) fn check_name(name: &str) -> Result<(), PasswordProblem> {
    let length = name.chars().count();
    let is_valid = (2..=40).contains(&length)
        && name.chars().next().is_some_and(char::is_alphanumeric)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    if is_valid { Ok(()) } else { Err(PasswordProblem::BadName) }
}

/// Says why a password is not accepted.
pub(crate) fn check_password(name: &str, password: &str) -> Result<(), PasswordProblem> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Err(PasswordProblem::TooShort);
    }
    if length > MAX_LENGTH {
        return Err(PasswordProblem::TooLong);
    }
    if password.eq_ignore_ascii_case(name) {
        return Err(PasswordProblem::SameAsName);
    }
    let mut characters = password.chars();
    let first = characters.next();
    if characters.all(|c| Some(c) == first) {
        return Err(PasswordProblem::Repeated);
    }
    Ok(())
}

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashError {
    /// Too many wait for the same.
    #[error("too many passwords are being checked; try again in a moment")]
    Busy,
    /// It cannot be, and the log should say why.
    #[error("cannot hash or check a password: {0}")]
    Broken(String),
}

/// How long a password may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many may wait.
const MOST_WAITING: usize = 64;

/// Turns at hashing: one for each core.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// The hash of a password that nobody has, for names that nobody has.
static NOBODYS: LazyLock<Result<String, String>> =
    LazyLock::new(|| hash_now(&uuid::Uuid::now_v7().to_string()));

/// Returns the argon2id hash of a password, salt and parameters included.
///
/// # Errors
/// [`HashError::Busy`] when its turn did not come in time.
pub(crate) async fn hash(password: String) -> Result<String, HashError> {
    in_turn(move || hash_now(&password)).await
}

/// Returns whether the password is the one that was hashed; never for `None`, which costs the same.
///
/// # Errors
/// [`HashError::Busy`] when its turn did not come in time; [`HashError::Broken`] for a stored hash that is none.
pub(crate) async fn verify(password: String, stored: Option<String>) -> Result<bool, HashError> {
    in_turn(move || {
        let nobodys = NOBODYS.clone()?;
        let is_known = stored.is_some();
        let stored = stored.unwrap_or(nobodys);
        let stored = PasswordHash::new(&stored).map_err(|error| error.to_string())?;
        // What is longer than any accepted password is wrong, and is hashed only so far.
        let is_short = password.chars().count() <= MAX_LENGTH;
        let password: String = password.chars().take(MAX_LENGTH).collect();
        let is_right = Argon2::default().verify_password(password.as_bytes(), &stored).is_ok();
        Ok(is_right && is_short && is_known)
    })
    .await
}

fn hash_now(password: &str) -> Result<String, String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| error.to_string())
}

/// Counts who waits.
struct Waiter;

impl Waiter {
    fn new() -> Option<Self> {
        let waiter = Self;
        (WAITING.fetch_add(1, Ordering::Relaxed) < MOST_WAITING).then_some(waiter)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, HashError> {
    let waiter = Waiter::new().ok_or(HashError::Busy)?;
    let turn = tokio::time::timeout(PATIENCE, TURNS.acquire()).await;
    drop(waiter);
    let turn = turn.map_err(|_| HashError::Busy)?.map_err(|error| HashError::Broken(error.to_string()))?;
    // The turn goes along: it is over when the work is, even if nobody waits for it any more.
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    done.await.map_err(|error| HashError::Broken(error.to_string()))?.map_err(HashError::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_verifies_and_another_does_not() {
        let stored = hash("correct horse battery".into()).await.expect("a hash");
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse battery".into(), Some(stored.clone())).await.expect("a check"));
        assert!(!verify("correct horse batterx".into(), Some(stored)).await.expect("a check"));
        assert!(!verify("correct horse battery".into(), None).await.expect("a check"));
        assert!(verify("x".into(), Some("not a hash".into())).await.is_err());
        // The longest that is accepted, and the same with one more behind it.
        let longest = "ab".repeat(MAX_LENGTH / 2);
        let stored = hash(longest.clone()).await.expect("a hash");
        assert!(verify(longest.clone(), Some(stored.clone())).await.expect("a check"));
        assert!(!verify(longest + "c", Some(stored)).await.expect("a check"));
    }

    #[test]
    fn rules_name_what_to_do() {
        assert_eq!(check_password("alice", "short"), Err(PasswordProblem::TooShort));
        assert_eq!(check_password("alice", &"x".repeat(300)), Err(PasswordProblem::TooLong));
        assert_eq!(check_password("alice-smith", "Alice-Smith"), Err(PasswordProblem::SameAsName));
        assert_eq!(check_password("alice", "aaaaaaaaaaaa"), Err(PasswordProblem::Repeated));
        assert_eq!(check_password("alice", "twelve chars!"), Ok(()));
        for name in ["", "a", " alice", "ali ce", &"a".repeat(41)] {
            assert_eq!(check_name(name), Err(PasswordProblem::BadName), "{name}");
        }
        assert_eq!(check_name("alice@example.com"), Ok(()));
    }
}
