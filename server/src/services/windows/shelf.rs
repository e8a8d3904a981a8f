//! Windows in Redis, for the other processes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use app::markets::model::CandleWindow;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError};

/// What names begin with in Redis; a new form of windows gets a new one.
const PREFIX: &str = "crypto:window:2:";
/// The longest that looking may take: making a window takes little longer.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long Redis is left alone after a failure.
const REST: Duration = Duration::from_secs(5);

/// Where windows lie in Redis.
pub(super) struct Shelf {
    client: Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connection: Option<MultiplexedConnection>,
    /// Redis failed and is left alone until then.
    rests_until: Option<Instant>,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password.
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl Shelf {
    /// Connects when first needed. `None`, and a word in the log, for an address that is none.
    pub(super) fn open(url: &str) -> Option<Self> {
        let client = Client::open(url)
            .inspect_err(|error| tracing::warn!(%error, "windows are not shared through Redis"));
        Some(Self { client: client.ok()?, state: Mutex::default() })
    }

    /// Returns the window of this name if somebody put it there.
    pub(super) async fn find(&self, name: &str) -> Option<CandleWindow> {
        let found: Option<Vec<u8>> =
            self.ask(redis::cmd("GET").arg(format!("{PREFIX}{name}"))).await.flatten();
        let window = serde_json::from_slice(&found?);
        window.inspect_err(|error| tracing::debug!(%error, "a window in Redis is none of ours")).ok()
    }

    /// Puts a window there for a while.
    pub(super) async fn keep(self: Arc<Self>, name: String, window: Arc<CandleWindow>, kept: Duration) {
        let Ok(text) = serde_json::to_vec(&*window)
            .inspect_err(|error| tracing::error!(%error, "a window cannot be written down"))
        else {
            return;
        };
        let kept_ms = u64::try_from(kept.as_millis()).unwrap_or(u64::MAX);
        let _: Option<()> =
            self.ask(redis::cmd("SET").arg(format!("{PREFIX}{name}")).arg(text).arg("PX").arg(kept_ms)).await;
    }

    /// Asks Redis; `None` when it does not answer soon, after which it is left alone for a while.
    async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> Option<T> {
        let connection = {
            let state = self.state();
            if state.rests_until.is_some_and(|until| Instant::now() < until) {
                return None;
            }
            state.connection.clone()
        };
        let answered = async {
            let mut connection = match connection {
                Some(connection) => connection,
                None => self.connect().await?,
            };
            command.query_async(&mut connection).await
        };
        let failure = match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(answer)) => {
                self.state().rests_until = None;
                return Some(answer);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} ms", PATIENCE.as_millis()),
        };
        // Whoever shares the budget through the same Redis says this loudly.
        tracing::debug!(failure, "windows are not shared through Redis for a while");
        *self.state() = State { connection: None, rests_until: Some(Instant::now() + REST) };
        None
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RedisError> {
        let limits = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let connection = self.client.get_multiplexed_async_connection_with_config(&limits).await?;
        self.state().connection = Some(connection.clone());
        Ok(connection)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
