//! The queue's watcher: keeps the latest progress for the next sign of life and writes notices into the job's log.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use store::{Claim, Level, Progress, Store};

use super::watch::Watch;
use crate::wiring::now;

/// Watches one claimed job.
#[derive(Debug)]
pub(crate) struct Reporter {
    store: Arc<dyn Store>,
    claim: Claim,
    progress: Mutex<Progress>,
    /// Whether the log has grown since somebody asked.
    has_noticed: AtomicBool,
}

impl Reporter {
    pub(crate) fn new(store: Arc<dyn Store>, claim: Claim) -> Self {
        Self { store, claim, progress: Mutex::new(Progress::default()), has_noticed: AtomicBool::new(false) }
    }

    /// Returns the latest progress.
    pub(crate) fn latest(&self) -> Progress {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns whether the log has grown since this was last asked.
    pub(crate) fn take_noticed(&self) -> bool {
        self.has_noticed.swap(false, Ordering::Relaxed)
    }
}

#[async_trait]
impl Watch for Reporter {
    fn progress(&self, progress: Progress) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }

    async fn notice(&self, level: Level, text: String) {
        if let Err(error) = self.store.append_job_event(&self.claim, level, &text, now()).await {
            // A lost claim means that somebody else goes on with the job; the notice is then theirs to make.
            tracing::debug!(job.id = %self.claim.job, %error, "a job's notice was not stored");
        }
        self.has_noticed.store(true, Ordering::Relaxed);
    }
}
