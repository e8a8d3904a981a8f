//! Secrets that cannot be printed by accident, and addresses whose passwords are hidden.
//!
//! Invariant: `Debug`, `Display` and `Serialize` of a [`Secret`] show `***`; only [`Secret::expose`] hands the text out.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

const MASK: &str = "***";

/// A text that never prints: an API key.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text itself. Never log, print or store the result.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns whether nothing was given.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "Secret(none)" } else { "Secret(***)" })
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

/// Returns a URL with its password hidden: `postgres://crypto:***@localhost/crypto`, `…?password=***`.
pub fn redact_url(url: &str) -> Cow<'_, str> {
    let with_user = redact_user_info(url);
    match redact_query(&with_user) {
        Some(redacted) => Cow::Owned(redacted),
        None => with_user,
    }
}

fn redact_user_info(url: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = url.split_once("://") else { return Cow::Borrowed(url) };
    // A password may itself hold `/` or `?` when it was not percent-encoded: the last `@` decides, so that too much is hidden
    // rather than too little.
    let Some((user_info, host)) = rest.rsplit_once('@') else { return Cow::Borrowed(url) };
    match user_info.split_once(':') {
        Some((user, _)) => Cow::Owned(format!("{scheme}://{user}:{MASK}@{host}")),
        None => Cow::Borrowed(url),
    }
}

fn redact_query(url: &str) -> Option<String> {
    let (address, query) = url.split_once('?')?;
    let pairs: Vec<Cow<'_, str>> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((key, _)) if ["password", "secret", "token"].iter().any(|word| key.contains(word)) => {
                Cow::Owned(format!("{key}={MASK}"))
            }
            _ => Cow::Borrowed(pair),
        })
        .collect();
    Some(format!("{address}?{}", pairs.join("&")))
}

/// Serialises a URL with its password hidden.
pub(crate) fn serialize_url<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&redact_url(url))
}

/// Serialises an optional URL with its password hidden.
#[expect(clippy::ref_option, reason = "serde's serialize_with hands in a reference to the field")]
pub(crate) fn serialize_optional_url<S: Serializer>(
    url: &Option<String>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    url.as_deref().map(redact_url).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_only_seen_when_exposed() {
        let secret = Secret::new("hunter2");
        let seen = format!("{secret} {secret:?} {}", serde_json::to_string(&secret).expect("serialises"));
        assert!(!seen.contains("hunter2"), "{seen}");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn passwords_in_addresses_are_hidden() {
        for (url, expected) in [
            ("postgres://crypto:pa:s/s@w?d@db:5432/x", "postgres://crypto:***@db:5432/x"),
            ("postgres://db/x?user=a&password=b", "postgres://db/x?user=a&password=***"),
            ("redis://:secret@localhost", "redis://:***@localhost"),
            ("sqlite://data/crypto.db?mode=rwc", "sqlite://data/crypto.db?mode=rwc"),
            ("memory", "memory"),
        ] {
            assert_eq!(redact_url(url), expected);
        }
    }
}
