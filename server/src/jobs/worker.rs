//! Takes jobs from the queue and does them: so many at a time, with signs of life, cancellation and an orderly end.

use std::sync::Arc;
use std::time::Duration;

use store::{ClaimedJob, Directive, Job, JobKind, Level, Store};
use tokio::sync::{Notify, broadcast};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::news::{News, Teller};
use super::reporter::Reporter;
use super::watch::{Stopped, Watch};
use super::worker_name::WorkerName;
use crate::wiring::{House, now};

/// How long a job stays ours without a sign of life.
const LEASE_MS: i64 = 20_000;
/// How often we give one, and learn of a cancellation.
const BEAT: Duration = Duration::from_millis(500);
/// How often the queue is looked at when nobody has rung.
const POLL: Duration = Duration::from_secs(2);

/// How often jobs of dead workers are looked for.
const LOOK: Duration = Duration::from_secs(30);

/// Works through the queue.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    house: House,
    store: Arc<dyn Store>,
    name: Arc<WorkerName>,
    bell: Arc<Notify>,
    /// Takes what happens to jobs.
    told: broadcast::Sender<News>,
    look_every: Duration,
}

impl Worker {
    pub(crate) fn new(
        house: House,
        store: Arc<dyn Store>,
        name: WorkerName,
        bell: Arc<Notify>,
        told: broadcast::Sender<News>,
    ) -> Self {
        Self { house, store, name: Arc::new(name), bell, told, look_every: LOOK }
    }

    /// Works until told to stop; jobs under way are then handed back to the queue.
    pub(crate) async fn run(self, jobs_at_once: usize, shutdown: CancellationToken) {
        // Whoever had our name before is dead: its jobs need no patience. From now on that name is us, so only leases count.
        let predecessor = self.name.is_successor().then(|| self.name.as_str());
        self.recover(predecessor).await;
        let mut tasks = JoinSet::new();
        for _ in 0..jobs_at_once.max(1) {
            tasks.spawn(self.clone().work(shutdown.clone()));
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn recover(&self, dead: Option<&str>) {
        match self.store.recover_jobs(dead, now()).await {
            Ok(recovered) => {
                for job in recovered {
                    tracing::info!(job.id = %job.job, state = ?job.state, "took care of a job whose worker had died");
                    if let Ok(job) = self.store.job(job.user, job.job).await {
                        // Nobody looks: that is fine.
                        drop(self.told.send(News::turn(&job)));
                    }
                }
            }
            Err(error) => tracing::error!(%error, "cannot look after jobs of dead workers"),
        }
    }

    async fn work(self, shutdown: CancellationToken) {
        let mut next_recovery = tokio::time::Instant::now() + self.look_every;
        while !shutdown.is_cancelled() {
            if tokio::time::Instant::now() >= next_recovery {
                self.recover(None).await;
                next_recovery += self.look_every;
            }
            let lease_until = now().plus_ms(LEASE_MS);
            match self.store.claim_job(self.name.as_str(), &JobKind::ALL, lease_until, now()).await {
                Ok(Some(claimed)) => self.attend(claimed, &shutdown).await,
                Ok(None) => {
                    tokio::select! {
                        () = shutdown.cancelled() => {}
                        () = self.bell.notified() => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "cannot read the job queue; trying again");
                    tokio::select! {
                        () = shutdown.cancelled() => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
            }
        }
    }

    /// Does one job, giving signs of life beside it.
    async fn attend(&self, claimed: ClaimedJob, shutdown: &CancellationToken) {
        let ClaimedJob { claim, job } = claimed;
        tracing::info!(job.id = %job.id, job.kind = %job.kind, job.attempt = claim.attempt, "job started: {}", job.title);
        let reporter = Arc::new(Reporter::new(self.store.clone(), claim.clone()));
        let mut teller = Teller::new(&job, self.told.clone());
        teller.tell(job.progress.clone(), true);
        let cancel = CancellationToken::new();
        let mut task = tokio::spawn(perform(
            self.house.clone(),
            self.store.clone(),
            job.clone(),
            reporter.clone(),
            cancel.clone(),
        ));
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut ending = Ending::Work;
        let outcome = loop {
            tokio::select! {
                biased;
                outcome = &mut task => break outcome,
                () = shutdown.cancelled(), if matches!(ending, Ending::Work) => {
                    ending = Ending::Shutdown;
                    cancel.cancel();
                }
                _ = beat.tick() => {
                    let (lease_until, progress) = (now().plus_ms(LEASE_MS), reporter.latest());
                    let beaten = self.store.heartbeat(&claim, &progress, lease_until).await;
                    teller.tell(progress, reporter.take_noticed());
                    match beaten {
                        Ok(Directive::Continue) => {}
                        Ok(Directive::Cancel) => {
                            ending = Ending::User;
                            cancel.cancel();
                        }
                        Ok(Directive::Abandon) => {
                            ending = Ending::Abandoned;
                            cancel.cancel();
                        }
                        // The lease outlives a short outage of the database; a long one ends in Abandon.
                        Err(error) => tracing::warn!(job.id = %job.id, %error, "a sign of life was not stored"),
                    }
                }
            }
        };
        let delivered = self.deliver(&claim, &job, &reporter, outcome, ending).await;
        if let Err(error) = delivered {
            tracing::error!(job.id = %job.id, %error, "a job's outcome was not stored");
        }
        match self.store.job(job.user, job.id).await {
            Ok(job) => teller.end(&job),
            // Its owner deleted it, or the database is away; the log has that already.
            Err(error) => tracing::debug!(job.id = %job.id, %error, "how a job ended was not told"),
        }
    }

    async fn deliver(
        &self,
        claim: &store::Claim,
        job: &Job,
        reporter: &Reporter,
        outcome: Result<Result<serde_json::Value, Stopped>, JoinError>,
        ending: Ending,
    ) -> Result<(), store::StoreError> {
        // The last progress is part of the record; a claim that is gone makes it somebody else's.
        self.store.heartbeat(claim, &reporter.latest(), now().plus_ms(LEASE_MS)).await?;
        match (outcome, ending) {
            (_, Ending::Abandoned) => Ok(()),
            (Ok(Ok(outcome)), _) => {
                tracing::info!(job.id = %claim.job, "job done");
                self.store.finish_job(claim, &outcome, now()).await?;
                if job.kind == JobKind::Import {
                    super::import::clean_up(job);
                }
                Ok(())
            }
            (Ok(Err(Stopped::Cancelled)), Ending::Shutdown) => self.store.release_job(claim, now()).await,
            (Ok(Err(Stopped::Cancelled)), _) => {
                tracing::info!(job.id = %claim.job, "job cancelled");
                self.store.mark_job_cancelled(claim, now()).await
            }
            (Ok(Err(Stopped::Failed { message, .. })), _) => {
                tracing::warn!(job.id = %claim.job, reason = message, "job failed");
                reporter.notice(Level::Error, message.clone()).await;
                self.store.fail_job(claim, &message, now()).await
            }
            (Err(error), _) => {
                tracing::error!(job.id = %claim.job, %error, "a job's task broke");
                self.store.fail_job(claim, "an internal error; the server's log has the details", now()).await
            }
        }
    }
}

/// What made a job's work end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It came to its own end.
    Work,
    /// Its user cancelled it.
    User,
    /// The server stops.
    Shutdown,
    /// The claim was lost.
    Abandoned,
}

async fn perform(
    house: House,
    store: Arc<dyn Store>,
    job: Job,
    reporter: Arc<Reporter>,
    cancel: CancellationToken,
) -> Result<serde_json::Value, Stopped> {
    match job.kind {
        JobKind::Import => super::import::perform_queued(&house, &job, reporter.as_ref(), cancel).await,
        JobKind::Ingest => super::ingest::perform_queued(&house, &job, reporter.as_ref(), cancel).await,
        JobKind::Repair => super::repair::perform_queued(&house, &job, reporter.as_ref(), cancel).await,
        JobKind::Backtest => {
            super::backtest::perform_queued(&house, store.as_ref(), &job, reporter, cancel).await
        }
    }
}

#[cfg(test)]
mod tests {
    use store::{JobState, NewJob, NewUser, Role};
    use types::{SeriesKey, Timestamp};

    use super::*;
    use crate::jobs::IngestJob;
    use crate::wiring::{Folders, open_store};

    /// A download from an exchange that takes the call and never answers: it runs for as long as it is let.
    fn endless() -> NewJob {
        let series = SeriesKey {
            exchange: "silent".parse().expect("an exchange"),
            symbol: "BTCUSDT".parse().expect("a symbol"),
            interval: "1h".parse().expect("an interval"),
        };
        let work = IngestJob { series, start: Timestamp::EPOCH, end: None };
        let spec = serde_json::to_value(work).expect("a document");
        NewJob { kind: JobKind::Ingest, title: "endless".to_owned(), spec }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_living_worker_does_not_take_its_own_jobs_for_those_of_a_dead_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = silent.local_addr().expect("an address");
        let folders = Folders { config: folder.path().join("config"), data: folder.path().join("data") };
        std::fs::create_dir(&folders.config).expect("a folder");
        let exchanges = format!(
            "version: 1\nexchanges:\n  silent:\n    adapter: binance\n    base_url: http://{address}\n"
        );
        std::fs::write(folders.config.join("exchanges.yaml"), exchanges).expect("a file");
        let house = House::open(&folders).await.expect("a house");
        let store = open_store(&house.configuration, &folders).await.expect("a store");
        let ada =
            NewUser { name: "ada".to_owned(), role: Role::Member, password_hash: "$argon2id$".to_owned() };
        let user = store.create_user(ada, now()).await.expect("a user").id;
        let job = store.enqueue_job(user, endless(), now()).await.expect("a job").id;

        let name = WorkerName::take(&folders.data).expect("a name");
        assert!(name.is_successor(), "only then it may take over what a namesake left");
        let bell = Arc::new(Notify::new());
        let mut worker = Worker::new(house, store.clone(), name, bell.clone(), broadcast::channel(16).0);
        worker.look_every = Duration::from_millis(5);
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(worker.run(2, shutdown.clone()));

        let mut clock = tokio::time::interval(Duration::from_millis(10));
        let mut looks = 0;
        while looks < 50 {
            clock.tick().await;
            // Wakes the idle half of the worker, which then looks for the dead.
            bell.notify_one();
            looks += u32::from(store.job(user, job).await.expect("the job").state == JobState::Running);
        }
        let seen = store.job(user, job).await.expect("the job");
        assert_eq!((seen.state, seen.attempts, seen.restarts), (JobState::Running, 1, 0));
        shutdown.cancel();
        running.await.expect("the worker ends in order");
        assert_eq!(store.job(user, job).await.expect("the job").state, JobState::Queued, "handed back");
    }
}
