//! Passwords: argon2id, hashed off the async threads, never logged.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

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

/// Returns the argon2id hash of a password, salt and parameters included.
pub(crate) async fn hash(password: String) -> anyhow::Result<String> {
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| anyhow::anyhow!("cannot hash the password: {error}"))
    })
    .await?
}

/// Returns whether the password is the one that was hashed.
pub(crate) async fn verify(password: String, stored: String) -> anyhow::Result<bool> {
    tokio::task::spawn_blocking(move || {
        // Longer than any accepted password: refused without the work of hashing it.
        if password.chars().count() > MAX_LENGTH {
            return Ok(false);
        }
        let stored = PasswordHash::new(&stored)
            .map_err(|error| anyhow::anyhow!("a stored password hash cannot be read: {error}"))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
    })
    .await?
}

/// Does the work of [`verify`] for a name that does not exist, so that the time taken does not tell names apart.
pub(crate) async fn verify_nobody(password: String) -> anyhow::Result<()> {
    hash(password.chars().take(MAX_LENGTH).collect()).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_verifies_and_another_does_not() {
        let stored = hash("correct horse battery".into()).await.expect("a hash");
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse battery".into(), stored.clone()).await.expect("a check"));
        assert!(!verify("correct horse batterx".into(), stored).await.expect("a check"));
        assert!(verify("x".into(), "not a hash".into()).await.is_err());
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
