//! Puts the house together from its configuration: settings, candle store, application state, exchanges.

mod backtests;
mod configuration;
mod exchanges;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use config::StoreKind;
use market_data::{CandleStore, Lake, PostgresCandles};
use store::Store;
use types::Timestamp;

pub(crate) use backtests::expand_backtest;
pub(crate) use configuration::{
    Configuration, check_sources, read_configuration, read_configuration_with, read_source, read_sources,
    render_all, render_each,
};
pub(crate) use exchanges::Exchanges;

use crate::output::{Failure, Kind};

/// Where things lie on disk, as the command line says.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    /// The four YAML files.
    pub(crate) config: PathBuf,
    /// The database and the lake, where the settings do not say otherwise.
    pub(crate) data: PathBuf,
}

/// The one place that reads the wall clock.
pub(crate) fn now() -> Timestamp {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// Everything that verbs and the web interface work with.
#[derive(Debug, Clone)]
pub(crate) struct House {
    /// The checked configuration.
    pub(crate) configuration: Arc<Configuration>,
    /// The candles.
    pub(crate) candles: Arc<dyn CandleStore>,
    /// The exchanges, each with the one weight budget of this process.
    pub(crate) exchanges: Arc<Exchanges>,
}

impl House {
    /// Reads the configuration and opens the candle store.
    pub(crate) async fn open(folders: &Folders) -> Result<Self, Failure> {
        Self::open_with(folders, &BTreeMap::new()).await
    }

    /// Does the same with variables for the configuration that the environment may override.
    pub(crate) async fn open_with(
        folders: &Folders,
        defaults: &BTreeMap<&str, String>,
    ) -> Result<Self, Failure> {
        let configuration = read_configuration_with(folders, defaults)?;
        let kind = configuration.config.settings.market_data.store;
        let candles = open_candles(&configuration, folders, kind).await?;
        let exchanges = Exchanges::new(&configuration.config)
            .map_err(|error| Failure::new(Kind::InvalidConfiguration, error.to_string()))?;
        Ok(Self { configuration: Arc::new(configuration), candles, exchanges: Arc::new(exchanges) })
    }
}

/// Opens a candle store where the settings say that it is.
pub(crate) async fn open_candles(
    configuration: &Configuration,
    folders: &Folders,
    kind: StoreKind,
) -> Result<Arc<dyn CandleStore>, Failure> {
    let failed = |error: market_data::StoreError| Failure::failed(error.to_string());
    match kind {
        StoreKind::Parquet => Ok(Arc::new(Lake::open(configuration.lake_path(folders)).map_err(failed)?)),
        StoreKind::Timescale => {
            let url = configuration.database_url(folders);
            if !url.starts_with("postgres") {
                return Err(Failure::new(
                    Kind::InvalidConfiguration,
                    "candles in 'timescale' need a PostgreSQL database, and database.url in settings.yaml names none; set \
                     DATABASE_URL=postgres://user:password@host/name, or market_data.store: parquet",
                ));
            }
            Ok(Arc::new(PostgresCandles::open(&url).await.map_err(failed)?))
        }
    }
}

/// Opens the application's state and brings its schema up to date.
pub(crate) async fn open_store(
    configuration: &Configuration,
    folders: &Folders,
) -> Result<Arc<dyn Store>, Failure> {
    let url = configuration.database_url(folders);
    store::open(&url).await.map_err(|error| Failure::new(Kind::Failed, error.to_string()))
}

/// Opens the application's state; an installation that never had any is not given one here.
pub(crate) async fn open_state(
    configuration: &Configuration,
    folders: &Folders,
) -> Result<Option<Arc<dyn Store>>, Failure> {
    let url = configuration.database_url(folders);
    let is_there = url.strip_prefix("sqlite://").is_none_or(|path| std::path::Path::new(path).exists());
    if is_there { open_store(configuration, folders).await.map(Some) } else { Ok(None) }
}
