//! The line to Redis that all shared budgets of a process use: one connection, short time-outs, one word in the log.
//!
//! Invariants: no call takes longer than its time-out; after a failure nobody tries again before a short rest, so that an
//! unreachable Redis costs a request at most one time-out; a failure is logged once, and so is its end.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, ScriptInvocation};

use crate::budget::pool::BudgetsError;
use crate::tls::install_crypto_provider;

/// How long a shared budget waits for Redis, and others for a process that is gone.
#[derive(Debug, Clone, Copy)]
pub struct RedisTimings {
    /// Longest time for a call, connecting included: a live request waits no longer than this for a Redis that is gone.
    pub call: Duration,
    /// How long after a failure the next call is tried.
    pub rest: Duration,
    /// How much longer than the request's own time-out a request counts as under way when nobody settles it.
    pub grace: Duration,
}

impl Default for RedisTimings {
    fn default() -> Self {
        Self {
            call: Duration::from_millis(400),
            rest: Duration::from_secs(1),
            grace: Duration::from_secs(30),
        }
    }
}

/// A connection that is made when it is needed and made anew when it broke.
pub(super) struct Link {
    client: Client,
    shown: String,
    timings: RedisTimings,
    connection: tokio::sync::Mutex<Option<MultiplexedConnection>>,
    broken: Mutex<Option<Broken>>,
}

#[derive(Debug, Clone, Copy)]
struct Broken {
    retry_at: Instant,
}

/// Redis cannot be used just now; the log says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreachable;

impl Link {
    pub(super) fn new(url: &str, timings: RedisTimings) -> Result<Self, BudgetsError> {
        install_crypto_provider();
        let shown = config::redact_url(url).into_owned();
        let client =
            Client::open(url).map_err(|error| BudgetsError { url: shown.clone(), what: said(&error) })?;
        Ok(Self {
            client,
            shown,
            timings,
            connection: tokio::sync::Mutex::new(None),
            broken: Mutex::new(None),
        })
    }

    pub(super) const fn timings(&self) -> RedisTimings {
        self.timings
    }

    pub(super) fn is_broken(&self) -> bool {
        self.health().is_some()
    }

    /// Runs a script and reads its answer. It may have run although the result is [`Unreachable`].
    pub(super) async fn call<T>(
        &self,
        script: &ScriptInvocation<'_>,
        read: impl FnOnce(&[i64]) -> Option<T>,
    ) -> Result<T, Unreachable> {
        if !self.may_try() {
            return Err(Unreachable);
        }
        let result = tokio::time::timeout(self.timings.call, self.invoke(script)).await;
        let failure = match result {
            Ok(Ok(numbers)) => {
                if let Some(answer) = read(&numbers) {
                    self.recovered();
                    return Ok(answer);
                }
                format!("an answer that cannot be read: {numbers:?}")
            }
            Ok(Err(error)) => said(&error),
            Err(_) => format!("no answer within {} ms", self.timings.call.as_millis()),
        };
        // When it is locked, somebody is connecting anew already.
        if let Ok(mut slot) = self.connection.try_lock() {
            *slot = None;
        }
        self.failed(&failure);
        Err(Unreachable)
    }

    async fn invoke(&self, script: &ScriptInvocation<'_>) -> Result<Vec<i64>, RedisError> {
        let mut connection = self.connect().await?;
        // Loads the script first where Redis does not know it (any more).
        script.invoke_async(&mut connection).await
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RedisError> {
        let mut slot = self.connection.lock().await;
        if let Some(connection) = &*slot {
            return Ok(connection.clone());
        }
        let limits = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timings.call))
            .set_response_timeout(Some(self.timings.call));
        let connection = self.client.get_multiplexed_async_connection_with_config(&limits).await?;
        *slot = Some(connection.clone());
        Ok(connection)
    }

    /// While Redis is gone, one caller at a time finds out whether it is back.
    fn may_try(&self) -> bool {
        let mut health = self.health();
        let Some(broken) = &mut *health else { return true };
        let now = Instant::now();
        if now < broken.retry_at {
            return false;
        }
        broken.retry_at = now + self.timings.call.max(self.timings.rest);
        true
    }

    fn failed(&self, why: &str) {
        let mut health = self.health();
        if health.is_none() {
            tracing::warn!(
                redis = %self.shown,
                "The request budget cannot be shared: {why}. Until it can, this process keeps to a part of every allowance. \
                 Check cache.url in settings.yaml and that Redis runs."
            );
        }
        *health = Some(Broken { retry_at: Instant::now() + self.timings.rest });
    }

    fn recovered(&self) {
        if self.health().take().is_some() {
            tracing::info!(redis = %self.shown, "The request budget is shared again.");
        }
    }

    fn health(&self) -> MutexGuard<'_, Option<Broken>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("redis", &self.shown)
            .field("broken", &self.is_broken())
            .finish_non_exhaustive()
    }
}

/// What the library says, and its cause where it keeps that to itself.
fn said(error: &RedisError) -> String {
    let text = error.to_string();
    match std::error::Error::source(error).map(ToString::to_string) {
        Some(cause) if !text.contains(&cause) => format!("{text} ({cause})"),
        _ => text,
    }
}
