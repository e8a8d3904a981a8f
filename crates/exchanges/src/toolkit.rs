//! What an adapter is built from: requests that end, stretches that are asked for whole, and sockets that say when they are over.
//!
//! `docs/guides/add-an-exchange.md` shows how. Nothing here knows any exchange.

pub use crate::rest::{Call, Dialect, Fault, Pace, Reply, Rest, ServerClock, USER_AGENT, excerpt};
pub use crate::socket::{Manners, Socket};
pub use crate::stretch::{Found, Stretch};
