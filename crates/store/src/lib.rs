//! Application state: users, sessions, failed sign-ins, jobs, runs, subscriptions and instrument rules, in SQLite or PostgreSQL.
//!
//! Invariants:
//! - Whatever a user makes is read, changed and deleted through a method that takes that user. What belongs to
//!   somebody else is [`StoreError::NotFound`], never "forbidden": its existence is not told.
//! - No clock is read here: time comes in as `now`.
//! - A job changes state only by [`JobState::apply`], and is worked on by the holder of its newest [`Claim`] only.
//! - Both databases run the same statements and pass the same contract tests.
//!
//! This crate deliberately holds no business rules: it does not hash passwords, decide when a sign-in is locked
//! out, know what a job does or compute a metric.

mod db;
mod error;
mod following;
mod inspect;
mod instrument_history;
mod instruments;
mod job;
mod job_state;
mod jobs;
mod login_throttle;
mod open;
mod page;
mod queue;
mod runs;
mod sessions;
mod sql;
mod text;
mod users;

pub use error::StoreError;
pub use following::{Bulletin, Bulletins, Leases, MAX_SUBSCRIPTIONS, Subscription, Subscriptions};
pub use inspect::{Inspection, Schema};
pub use instrument_history::{Evidence, InstrumentHistory, InstrumentVersion, SnapshotOn};
pub use instruments::{InstrumentDay, InstrumentSnapshots, RecordedInstruments};
pub use job::{Job, JobEvent, JobKind, Level, Progress};
pub use job_state::{JobState, JobTransition, TransitionError};
pub use jobs::{JobFilter, Jobs, NewJob};
pub use login_throttle::{
    Attempt, AttemptRule, Attempts, Booking, LoginFailures, LoginThrottle, ThrottleKey,
};
pub use open::{inspect, open};
pub use page::{Cursor, MAX_PAGE, Page, ParseCursorError};
pub use queue::{Claim, ClaimedJob, Directive, JobQueue, MAX_RESTARTS, RecoveredJob};
pub use runs::{BestAndWorst, InsertedRun, NewRun, ResultParts, Run, Runs, StoredResult};
pub use sessions::{SessionRecord, SessionRecords};
pub use users::{Credentials, NewUser, ParseRoleError, Role, User, Users};

/// Everything the application stores, behind one object: what [`open`] returns.
#[async_trait::async_trait]
pub trait Store:
    Users
    + SessionRecords
    + LoginThrottle
    + Jobs
    + JobQueue
    + Runs
    + Subscriptions
    + Leases
    + Bulletins
    + InstrumentSnapshots
    + std::fmt::Debug
{
    /// Returns where the state lies, for a log line or `crypto doctor`; without any password.
    fn location(&self) -> String;

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it gives none.
    async fn check(&self) -> Result<(), StoreError>;

    /// Finishes what is under way and closes every connection; later calls fail as unavailable.
    async fn close(&self);
}
