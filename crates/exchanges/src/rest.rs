//! Requests that end, whatever exchange is asked: budget, attempts, pauses and back-off around single HTTP requests.
//!
//! Invariants: every attempt is paid from the shared budget first; a pause that the exchange imposes holds for everybody;
//! the number of attempts and the length of every wait are bounded; each wait is told to the watch before it begins.

mod call;
mod dialect;
mod fault;
mod http;
mod pace;
mod server_clock;

use std::sync::Arc;

use types::ExchangeId;

use crate::budget::{Budget, BudgetSnapshot, Hold, Ticket};
use crate::clock::Clock;
use crate::protocol::{ExchangeError, Notice, Priority, Watch};
use crate::retry::RetryPolicy;
use crate::transport::Transport;

pub use call::Call;
pub use dialect::{Dialect, USER_AGENT};
pub use fault::{Fault, excerpt};
use http::Http;
pub use http::Reply;
pub use pace::Pace;
pub use server_clock::ServerClock;

/// An answer that stays unreadable is not worth the whole number of attempts.
const MALFORMED_ATTEMPTS: u32 = 3;

/// One exchange's REST interface: its connections, its budget and its clock.
#[derive(Debug)]
pub struct Rest {
    exchange: ExchangeId,
    http: Http,
    dialect: Dialect,
    policy: RetryPolicy,
    local: Arc<dyn Clock>,
    clock: Arc<ServerClock>,
    budget: Budget,
}

impl Rest {
    /// Prepares connections; nothing is sent yet.
    ///
    /// # Errors
    /// [`ExchangeError::Setup`] when the address is none or the machine has no CA certificates.
    pub fn new(
        exchange: ExchangeId,
        base_url: &str,
        dialect: Dialect,
        weight_per_minute: u32,
        transport: &Transport,
    ) -> Result<Self, ExchangeError> {
        let http = Http::new(&exchange, base_url, dialect, transport)?;
        let (clock, budget) = transport.budgets.open(dialect.adapter, base_url, weight_per_minute, transport);
        Ok(Self { exchange, http, dialect, policy: transport.retry, local: clock.local(), clock, budget })
    }

    /// Returns the exchange's clock, as far as it was measured.
    pub const fn clock(&self) -> &Arc<ServerClock> {
        &self.clock
    }

    /// Returns the state of the budget as this process last saw it.
    pub fn budget(&self) -> BudgetSnapshot {
        self.budget.last_seen()
    }

    /// Returns the state of the budget, of all processes that share it.
    pub async fn meter(&self) -> BudgetSnapshot {
        self.budget.snapshot().await
    }

    /// Asks until there is an answer that `read` can read, or no hope left.
    ///
    /// # Errors
    /// [`ExchangeError`], once what is worth another attempt has had it.
    pub async fn get<T>(
        &self,
        call: &Call<'_>,
        priority: Priority,
        watch: &dyn Watch,
        read: impl Fn(&Reply) -> Result<T, String>,
    ) -> Result<T, ExchangeError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let ticket = self.pay(call, priority, watch).await?;
            let result = self.attempt(call).await;
            ticket.settle().await;
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
    ///
    /// # Errors
    /// [`ExchangeError`], of the one attempt.
    pub async fn get_once(&self, call: &Call<'_>, priority: Priority) -> Result<(), ExchangeError> {
        let ticket = self.budget.try_take(call.weight, priority).await.map_err(|hold| self.refuse(hold))?;
        let result = self.attempt(call).await;
        ticket.settle().await;
        result.map(drop).map_err(|fault| self.give_up(fault, 1))
    }

    /// Takes the weight from the budget, waiting for it where that is not too long.
    async fn pay(
        &self,
        call: &Call<'_>,
        priority: Priority,
        watch: &dyn Watch,
    ) -> Result<Ticket, ExchangeError> {
        loop {
            // First the turn, then the budget: a pause that began while we waited for our turn holds for us too, and those who
            // waited for the same minute to end do not leave all at once.
            if let Some(pace) = call.pace {
                pace.wait(&*self.local).await;
            }
            let hold = match self.budget.try_take(call.weight, priority).await {
                Ok(ticket) => return Ok(ticket),
                Err(hold) => hold,
            };
            let (until, notice) = match hold {
                Hold::Spent { used, allowed, until } => (until, Notice::BudgetSpent { used, allowed, until }),
                Hold::RateLimited { until } => (until, Notice::RateLimited { until }),
                Hold::Banned { until } => (until, Notice::Banned { until }),
                Hold::NeverFits { .. } | Hold::NotShared { .. } => return Err(self.refuse(hold)),
            };
            if until.ms_since(self.clock.now()) > i64::from(self.policy.patience_ms) {
                return Err(self.refuse(hold));
            }
            watch.notice(notice);
            self.clock.sleep_until(until).await;
        }
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<Reply, Fault> {
        let sent = self.clock.now();
        let answer = self.http.get(&call.path, &call.query, sent, &|| self.local.now()).await;
        let reply = answer.map_err(Fault::Transient)?;
        if let Some(used) = reply.used_weight {
            self.budget.observe(used, sent).await;
        }
        if let Some(fault) = self.redirection(&reply) {
            return Err(fault);
        }
        match (self.dialect.judge)(&self.exchange, call, &reply, self.clock.now()) {
            Ok(()) => Ok(reply),
            Err(fault) => {
                if let Fault::Limited { until, is_ban } = fault {
                    self.budget.pause(until, is_ban).await;
                }
                Err(fault)
            }
        }
    }

    /// A redirect is never followed: whoever sends it is no exchange, but a portal that wants a sign-in, or a page that says why this
    /// place is not served.
    fn redirection(&self, reply: &Reply) -> Option<Fault> {
        if !matches!(reply.status, 300..=399) {
            return None;
        }
        let to = reply.location.clone().unwrap_or_else(|| "an address that it does not name".to_owned());
        let (exchange, status) = (self.exchange.clone(), reply.status);
        Some(Fault::Fatal(ExchangeError::Redirected { exchange, status, to }))
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
            Hold::NotShared { weight, allowed } => {
                ExchangeError::BudgetNotShared { exchange, weight, allowed }
            }
            Hold::Banned { until } => ExchangeError::Banned { exchange, until },
            Hold::RateLimited { until } | Hold::Spent { until, .. } => {
                ExchangeError::RateLimited { exchange, until }
            }
        }
    }
}
