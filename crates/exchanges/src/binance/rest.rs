//! Requests that end: budget, attempts, pauses and back-off around single HTTP requests.
//!
//! Invariants: every attempt is paid from the shared budget first; a pause that the exchange imposes holds for everybody;
//! the number of attempts and the length of every wait are bounded; each wait is told to the watch before it begins.

use std::sync::Arc;

use types::{ExchangeId, Timestamp};

use super::call::Call;
use super::errors::{FailedReply, Fault, classify};
use super::http::{Http, Reply};
use super::server_clock::ServerClock;
use crate::budget::{Budget, Hold, Ticket};
use crate::clock::Clock;
use crate::protocol::{ExchangeError, Notice, Priority, Watch};
use crate::retry::RetryPolicy;
use crate::transport::Transport;

/// An answer that stays unreadable is not worth the whole number of attempts.
const MALFORMED_ATTEMPTS: u32 = 3;

#[derive(Debug)]
pub(crate) struct Rest {
    exchange: ExchangeId,
    http: Http,
    policy: RetryPolicy,
    local: Arc<dyn Clock>,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) budget: Budget,
}

/// The body of a good answer, and when it travelled by our own clock.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) body: Vec<u8>,
    pub(crate) sent: Timestamp,
    pub(crate) arrived: Timestamp,
}

impl Rest {
    pub(crate) fn new(
        exchange: ExchangeId,
        base_url: &str,
        weight_per_minute: u32,
        transport: Transport,
    ) -> Result<Self, ExchangeError> {
        let http = Http::new(&exchange, base_url, &transport)?;
        let clock = Arc::new(ServerClock::new(Arc::clone(&transport.clock)));
        let budget = Budget::new(weight_per_minute, Arc::clone(&clock) as Arc<dyn Clock>);
        Ok(Self { exchange, http, policy: transport.retry, local: transport.clock, clock, budget })
    }

    /// Asks until there is an answer that `read` can read, or no hope left.
    pub(crate) async fn get<T>(
        &self,
        call: &Call<'_>,
        priority: Priority,
        watch: &dyn Watch,
        read: impl Fn(&Answer) -> Result<T, String>,
    ) -> Result<T, ExchangeError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let ticket = self.pay(call.weight, priority, watch).await?;
            let result = self.attempt(call).await;
            drop(ticket);
            let fault = match result {
                Ok(answer) => match read(&answer) {
                    Ok(value) => return Ok(value),
                    Err(what) => Fault::Malformed(what),
                },
                Err(fault) => fault,
            };
            let attempts = match fault {
                Fault::Malformed(_) => self.policy.attempts.min(MALFORMED_ATTEMPTS),
                _ => self.policy.attempts,
            };
            if attempt >= attempts {
                return Err(self.give_up(fault, attempt));
            }
            match fault {
                Fault::Fatal(error) => return Err(error),
                // Everybody waits when paying, we too.
                Fault::Limited { .. } => {}
                Fault::Transient(cause) | Fault::Malformed(cause) => {
                    let wait_ms = self.policy.delay_ms(attempt, rand::random());
                    watch.notice(Notice::Retrying { attempt, attempts, wait_ms, cause });
                    self.local.sleep_until(self.local.now().plus_ms(wait_ms)).await;
                }
            }
        }
    }

    /// Asks exactly once, without waiting for anything but the answer.
    pub(crate) async fn get_once(&self, call: &Call<'_>, priority: Priority) -> Result<(), ExchangeError> {
        let _ticket = self.budget.try_take(call.weight, priority).map_err(|hold| self.refuse(hold))?;
        self.attempt(call).await.map(drop).map_err(|fault| self.give_up(fault, 1))
    }

    /// Takes the weight from the budget, waiting for it where that is not too long.
    async fn pay(
        &self,
        weight: u32,
        priority: Priority,
        watch: &dyn Watch,
    ) -> Result<Ticket<'_>, ExchangeError> {
        loop {
            let hold = match self.budget.try_take(weight, priority) {
                Ok(ticket) => return Ok(ticket),
                Err(hold) => hold,
            };
            let (until, notice) = match hold {
                Hold::Spent { used, allowed, until } => (until, Notice::BudgetSpent { used, allowed, until }),
                Hold::RateLimited { until } => (until, Notice::RateLimited { until }),
                Hold::Banned { until } => (until, Notice::Banned { until }),
                Hold::NeverFits { .. } => return Err(self.refuse(hold)),
            };
            if until.ms_since(self.clock.now()) > i64::from(self.policy.patience_ms) {
                return Err(self.refuse(hold));
            }
            watch.notice(notice);
            self.clock.sleep_until(until).await;
        }
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Answer, Fault> {
        let sent_by_server = self.clock.now();
        let reply =
            self.http.get(call.path, &call.query, &|| self.local.now()).await.map_err(Fault::Transient)?;
        let Reply { status, used_weight, retry_after_secs, body, sent, arrived } = reply;
        if let Some(used) = used_weight {
            self.budget.observe(used, sent_by_server);
        }
        if status == 200 {
            return Ok(Answer { body, sent, arrived });
        }
        let failed = FailedReply { status, retry_after_secs, body: &body };
        let fault = classify(&self.exchange, call, &failed, self.clock.now());
        if let Fault::Limited { until, is_ban } = fault {
            self.budget.pause(until, is_ban);
        }
        Err(fault)
    }

    fn give_up(&self, fault: Fault, attempts: u32) -> ExchangeError {
        let exchange = self.exchange.clone();
        match fault {
            Fault::Transient(last) => ExchangeError::Unavailable { exchange, attempts, last },
            Fault::Malformed(what) => ExchangeError::Malformed { exchange, what },
            Fault::Limited { until, is_ban: true } => ExchangeError::Banned { exchange, until },
            Fault::Limited { until, is_ban: false } => ExchangeError::RateLimited { exchange, until },
            Fault::Fatal(error) => error,
        }
    }

    fn refuse(&self, hold: Hold) -> ExchangeError {
        let exchange = self.exchange.clone();
        match hold {
            Hold::NeverFits { weight, allowed } => {
                ExchangeError::BudgetTooSmall { exchange, weight, allowed }
            }
            Hold::Banned { until } => ExchangeError::Banned { exchange, until },
            Hold::RateLimited { until } | Hold::Spent { until, .. } => {
                ExchangeError::RateLimited { exchange, until }
            }
        }
    }
}
