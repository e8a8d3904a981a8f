//! Looks through the jobs of all users for those that have a say in files and series of the house.

use store::{Job, JobFilter, JobKind, JobState, MAX_PAGE, Store, StoreError};
use types::SeriesKey;

use super::import::ImportJob;
use super::ingest::IngestJob;
use super::repair::RepairJob;

/// Returns the jobs of every user that pass the filter.
pub(super) async fn everybodys(store: &dyn Store, filter: &JobFilter) -> Result<Vec<Job>, StoreError> {
    let mut jobs = Vec::new();
    for user in store.users().await? {
        let mut before = None;
        loop {
            let page = store.jobs(user.id, filter, MAX_PAGE, before).await?;
            jobs.extend(page.items);
            before = page.next;
            if before.is_none() {
                break;
            }
        }
    }
    Ok(jobs)
}

/// Returns whether an import or a download of the series waits or runs, whoever began it.
pub(crate) async fn is_written(store: &dyn Store, series: &SeriesKey) -> Result<bool, StoreError> {
    let filter = JobFilter {
        kinds: vec![JobKind::Import, JobKind::Ingest, JobKind::Repair],
        states: vec![JobState::Queued, JobState::Running],
    };
    Ok(everybodys(store, &filter).await?.into_iter().any(|job| written_by(job).as_ref() == Some(series)))
}

/// Returns the series that a job writes; a specification that cannot be read writes nothing, because such a job fails at once.
fn written_by(job: Job) -> Option<SeriesKey> {
    match job.kind {
        JobKind::Import => serde_json::from_value::<ImportJob>(job.spec).ok().map(|work| work.series),
        JobKind::Ingest => serde_json::from_value::<IngestJob>(job.spec).ok().map(|work| work.series),
        JobKind::Repair => serde_json::from_value::<RepairJob>(job.spec).ok().map(|work| work.series),
        JobKind::Backtest => None,
    }
}
