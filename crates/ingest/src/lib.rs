//! Keeps stored candles complete and current: back-fill, repair, audit, and following what happens live; says when an exchange's
//! order rules are due.
//!
//! Invariants: only closed candles are stored; what the exchange tells over REST is the truth, a live stream is a fast way to it; after
//! any break the truth is asked for before the stream is trusted again; every hole is either asked for or known to be the exchange's
//! own. It reads no clock but the exchange's, decides nothing about users and knows no web page.

mod audit;
mod batching;
mod fill;
mod follow;
mod observer;
mod repair;
mod sink;
mod snapshot_due;

pub use audit::{AuditReport, audit};
pub use fill::{FillReport, fill};
pub use follow::{
    Board, ChannelStatus, FollowEvent, FollowPolicy, FollowWatch, Follower, LogFollowWatch, Phase, Published,
};
pub use observer::{IngestError, Observer};
pub use repair::{RepairReport, repair};
pub use sink::RefusedRows;
pub use snapshot_due::{SnapshotDue, snapshot_due};
