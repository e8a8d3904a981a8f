//! Turns for requests that cost a lot: results, quality, windows with indicators.
//!
//! Invariants: never more of them run at once than this machine has cores, and never more than half of those for one user, so that one
//! user's many requests leave room for everybody else's; whoever has no turn in time is told when to come back; work that nobody waits
//! for any more keeps its turn until it has ended, because it goes on all the same.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::AppError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use types::UserId;

use super::errors::internal;
use super::per_user::{PerUser, Place};
use super::request::RequestServices;

/// How long a request may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// When whoever had no turn should come back.
const COME_BACK_SECS: u64 = 5;

/// The turns of a process.
#[derive(Debug)]
pub(crate) struct Turns {
    all: Arc<Semaphore>,
    own: PerUser,
    patience: Duration,
}

/// A turn; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _own: Place,
    _common: OwnedSemaphorePermit,
}

impl Default for Turns {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from).max(2);
        Self::new(cores, cores / 2, PATIENCE)
    }
}

impl Turns {
    fn new(all: usize, each: usize, patience: Duration) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), own: PerUser::new(each), patience }
    }

    /// Waits for a turn of the user.
    pub(crate) async fn take(&self, user: UserId) -> Result<Turn, AppError> {
        let turn = async {
            // First among the user's own: whoever waits there takes no place from others.
            let own = self.own.take(user).await?;
            let common = self.all.clone().acquire_owned().await.ok()?;
            Some(Turn { _own: own, _common: common })
        };
        let turn = tokio::time::timeout(self.patience, turn).await.ok().flatten();
        turn.ok_or(AppError::Busy { retry_after_secs: COME_BACK_SECS })
    }
}

impl RequestServices {
    /// Does costly work for the signed-in user when it is their turn.
    pub(super) async fn heavy<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, AppError>> + Send + 'static,
    ) -> Result<T, AppError> {
        let user = self.signed_in().await?;
        let turn = self.shared.turns.take(user.id).await?;
        // On a task of its own: a browser that goes away must not make room for more while this still runs.
        let done = tokio::spawn(async move {
            let done = work.await;
            drop(turn);
            done
        });
        done.await.map_err(internal)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(n: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(n))
    }

    #[tokio::test(start_paused = true)]
    async fn one_user_takes_no_more_than_their_part_and_waits_no_longer_than_allowed() {
        let turns = Turns::new(2, 1, Duration::from_secs(10));
        let first = turns.take(user(1)).await.expect("a turn");
        let began = tokio::time::Instant::now();
        let refused = turns.take(user(1)).await.expect_err("no second turn");
        assert_eq!((refused.status(), began.elapsed().as_secs()), (503, 10));
        let other = turns.take(user(2)).await.expect("another user has a turn at once");
        // Everything is taken: a third user waits until somebody is done.
        let (third, ()) = tokio::join!(turns.take(user(3)), async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            drop(other);
        });
        assert_eq!(began.elapsed().as_secs(), 13);
        drop((first, third.expect("a turn")));
        drop(turns.take(user(1)).await.expect("a turn again"));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_among_their_own_takes_no_place_from_others() {
        let turns = Turns::new(2, 1, Duration::from_secs(10));
        let _held = turns.take(user(1)).await.expect("a turn");
        let waiting = (0..40).map(|_| turns.take(user(1)));
        let others = async {
            for n in 2..100 {
                drop(turns.take(user(n)).await.expect("a turn at once"));
            }
            tokio::time::Instant::now()
        };
        let began = tokio::time::Instant::now();
        let (refused, ended) = tokio::join!(futures::future::join_all(waiting), others);
        assert_eq!(ended, began);
        assert!(refused.iter().all(Result::is_err));
    }
}
