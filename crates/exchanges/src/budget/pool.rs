//! The budgets of a process, one per exchange and address: whoever asks for the same gets the same.
//!
//! Invariants: an address that several entries of `exchanges.yaml` lead to has one budget, one measured clock and the smallest of
//! their limits; a budget is never forgotten while the process lives, and neither is a ban.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Url;

use super::limits::Limits;
use super::memory::MemoryLedger;
use super::redis::{Redis, RedisLedger, RedisTimings};
use super::{Budget, Ledger};
use crate::clock::Clock;
use crate::rest::ServerClock;
use crate::transport::Transport;

/// Where budgets are kept. Clones are the same budgets: build one for the process and hand it to every [`Transport`].
#[derive(Debug, Clone, Default)]
pub struct Budgets(Arc<Pool>);

#[derive(Debug, Default)]
struct Pool {
    /// Shared with other processes; with none, the jobs of this one share.
    redis: Option<Arc<Redis>>,
    open: Mutex<BTreeMap<String, Open>>,
}

#[derive(Debug)]
struct Open {
    clock: Arc<ServerClock>,
    ledger: Arc<dyn Ledger>,
    limits: Limits,
}

/// `cache.url` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cache.url '{url}' cannot be used: {what}; write memory, or redis://host, in settings.yaml")]
pub struct BudgetsError {
    /// The address without its password.
    pub url: String,
    /// What is wrong with it.
    pub what: String,
}

impl Budgets {
    /// Budgets kept where `cache.url` says: `memory` for this process alone, `redis://…` for all that name the same.
    ///
    /// Nothing is sent yet: a Redis that does not answer is no error but a smaller allowance (see `docs/concepts/limits.md`).
    ///
    /// # Errors
    /// [`BudgetsError`] when the address is none.
    pub fn at(cache_url: &str) -> Result<Self, BudgetsError> {
        if cache_url == "memory" {
            return Ok(Self::default());
        }
        Self::on_redis(cache_url, RedisTimings::default())
    }

    /// The same on a Redis with other timings; the default is right everywhere but in tests.
    ///
    /// # Errors
    /// [`BudgetsError`] when the address is none.
    pub fn on_redis(url: &str, timings: RedisTimings) -> Result<Self, BudgetsError> {
        let redis = Some(Arc::new(Redis::new(url, timings)?));
        Ok(Self(Arc::new(Pool { redis, open: Mutex::default() })))
    }

    /// Returns the budget of the address that an adapter's requests go to, and the clock by which it counts.
    pub(crate) fn open(
        &self,
        adapter: &str,
        base_url: &str,
        allowed: u32,
        transport: &Transport,
    ) -> (Arc<ServerClock>, Budget) {
        let address = address_of(adapter, base_url);
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Open { clock, ledger, limits } = open.entry(address).or_insert_with_key(|address| {
            let clock = Arc::new(ServerClock::new(Arc::clone(&transport.clock)));
            let seen = Arc::clone(&clock) as Arc<dyn Clock>;
            let ledger: Arc<dyn Ledger> = match &self.0.redis {
                None => Arc::new(MemoryLedger::new(seen)),
                Some(redis) => {
                    Arc::new(RedisLedger::new(Arc::clone(redis), address, transport.request_timeout, seen))
                }
            };
            Open { clock, ledger, limits: Limits::default() }
        });
        let budget = Budget { ledger: Arc::clone(ledger), limit: limits.join(allowed) };
        (Arc::clone(clock), budget)
    }
}

/// The host and port that requests go to, with the adapter: one proxy may lead to several exchanges.
fn address_of(adapter: &str, base_url: &str) -> String {
    let url = Url::parse(base_url.trim()).ok();
    let place = url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default())));
    match place {
        Some((host, Some(port))) => format!("{adapter}@{host}:{port}"),
        Some((host, None)) => format!("{adapter}@{host}"),
        None => format!("{adapter}@{base_url}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_host_whatever_else_the_url_says() {
        for url in ["https://api.example.com", "https://user:secret@API.example.com:443/proxy/ "] {
            assert_eq!(address_of("binance", url), "binance@api.example.com:443");
        }
        assert_eq!(address_of("okx", "http://127.0.0.1:3900"), "okx@127.0.0.1:3900");
        assert_ne!(address_of("okx", "http://h"), address_of("okx", "http://h:81"));
    }

    #[test]
    fn a_cache_url_that_is_none_is_refused_with_the_remedy() {
        assert!(Budgets::at("memory").is_ok());
        let error = Budgets::at("redis://me:hunter2@host:port").unwrap_err().to_string();
        assert!(error.contains("cache.url") && error.contains("settings.yaml"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
        let shown = format!("{:?}", Budgets::at("redis://me:hunter2@127.0.0.1:1").unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
