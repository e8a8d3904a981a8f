//! Arguments of a statement in the few types that both databases share.

use types::{JobId, RunId, Timestamp, UserId};
use uuid::Uuid;

use crate::error::StoreError;

/// One argument. `None` is NULL of that type: PostgreSQL wants to know the type even then.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Real(Option<f64>),
    Bytes(Vec<u8>),
}

impl Value {
    /// Refuses what only one of the databases could hold, so that both behave alike.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::Text(Some(text)) if text.contains('\0') => {
                Err(StoreError::invalid("text", "has a NUL character, which cannot be stored"))
            }
            Self::Real(Some(number)) if !number.is_finite() => {
                Err(StoreError::invalid("number", format!("is {number}; only finite numbers can be stored")))
            }
            _ => Ok(()),
        }
    }
}

macro_rules! value_from {
    ($($from:ty => $variant:ident($value:ident => $to:expr);)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                Self::$variant($to)
            }
        })*
    };
}

value_from! {
    &str => Text(value => Some(value.to_owned()));
    &String => Text(value => Some(value.clone()));
    String => Text(value => Some(value));
    Option<&str> => Text(value => value.map(str::to_owned));
    Option<String> => Text(value => value);
    Uuid => Text(value => Some(value.hyphenated().to_string()));
    UserId => Text(value => Some(value.to_string()));
    JobId => Text(value => Some(value.to_string()));
    RunId => Text(value => Some(value.to_string()));
    Option<UserId> => Text(value => value.map(|id| id.to_string()));
    Option<JobId> => Text(value => value.map(|id| id.to_string()));
    i64 => Int(value => Some(value));
    u32 => Int(value => Some(i64::from(value)));
    Timestamp => Int(value => Some(value.as_ms()));
    Option<i64> => Int(value => value);
    Option<f64> => Real(value => value);
    Vec<u8> => Bytes(value => value);
}

/// Builds the arguments of a statement in the order of its `$1`, `$2` …
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}
pub(crate) use args;
