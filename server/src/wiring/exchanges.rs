//! The exchanges of this process: each built once, on first use; those on one host share one weight budget, with the exchanges of
//! other processes too where the settings name a Redis.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use config::{Config, ExchangeSettings};
use exchanges::{Budgets, BudgetsError, Exchange, Transport, registry};
use types::ExchangeId;

/// The exchanges of exchanges.yaml.
#[derive(Debug)]
pub(crate) struct Exchanges {
    settings: BTreeMap<ExchangeId, ExchangeSettings>,
    budgets: Budgets,
    built: Mutex<BTreeMap<ExchangeId, Arc<dyn Exchange>>>,
}

impl Exchanges {
    pub(crate) fn new(config: &Config) -> Result<Self, BudgetsError> {
        let settings = config.exchanges.iter().map(|(id, settings)| (id.clone(), settings.clone())).collect();
        let budgets = Budgets::at(&config.settings.cache_url)?;
        Ok(Self { settings, budgets, built: Mutex::new(BTreeMap::new()) })
    }

    /// Returns an exchange, or says which there are.
    pub(crate) fn get(&self, id: &ExchangeId) -> Result<Arc<dyn Exchange>, String> {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(exchange) = built.get(id) {
            return Ok(exchange.clone());
        }
        let settings = self.configured(id)?;
        let transport = Transport { budgets: self.budgets.clone(), ..Transport::default() };
        let exchange = registry::build(settings, transport).map_err(|error| error.to_string())?;
        built.insert(id.clone(), exchange.clone());
        Ok(exchange)
    }

    /// Returns the settings of an exchange, or says that it is not configured and which are.
    pub(crate) fn configured(&self, id: &ExchangeId) -> Result<&ExchangeSettings, String> {
        self.settings.get(id).ok_or_else(|| {
            let known: Vec<&str> = self.settings.keys().map(ExchangeId::as_str).collect();
            let near = config::nearest(id.as_str(), known.iter().copied());
            let known = known.join(", ");
            match near {
                Some(near) => format!(
                    "the exchange '{id}' is not configured (exchanges.yaml has {known}); did you mean '{near}'?"
                ),
                None => format!("the exchange '{id}' is not configured; exchanges.yaml has {known}"),
            }
        })
    }

    /// Returns the settings of every exchange, by name.
    pub(crate) fn settings(&self) -> impl Iterator<Item = &ExchangeSettings> {
        self.settings.values()
    }
}
