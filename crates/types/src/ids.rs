//! Ids of what the application stores. Made at the edges (UUID version 7, so that they sort by time), parsed and compared everywhere.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no {what} id")]
pub struct ParseIdError {
    /// The text as it was given.
    pub found: String,
    /// What the id was for.
    pub what: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID made at an edge.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Returns the UUID.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| ParseIdError { found: text.chars().take(64).collect(), what: $what })
            }
        }
    };
}

id!(
    /// Names a user.
    UserId,
    "user"
);
id!(
    /// Names a job of the queue.
    JobId,
    "job"
);
id!(
    /// Names one backtest run and its stored result.
    RunId,
    "run"
);
id!(
    /// Names a trading session.
    SessionId,
    "session"
);
