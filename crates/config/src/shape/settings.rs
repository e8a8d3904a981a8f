//! The keys of `settings.yaml`; the defaults of the whole platform stand here and nowhere else.

use crate::model::{LogLevel, StoreKind};
use crate::shape::{Field, Shape, VERSION_FIELD};

const DATABASE: &[Field] = &[Field::with_default(
    "url",
    Shape::Url { schemes: &["sqlite", "postgres", "postgresql"], words: &["sqlite::memory:"] },
    "sqlite://data/crypto.db",
    "Where users, jobs and results are stored: `sqlite://path` or `postgres://user:password@host/name`.",
)];

const MARKET_DATA: &[Field] = &[
    Field::with_default(
        "store",
        Shape::Choice(|| StoreKind::ALL.map(StoreKind::as_str).to_vec()),
        "parquet",
        "What keeps candles: `parquet` files, or a `timescale` database.",
    ),
    Field::with_default("path", Shape::Text, "data/lake", "Folder of the Parquet lake."),
];

const CACHE: &[Field] = &[Field::with_default(
    "url",
    Shape::Url { schemes: &["redis", "rediss"], words: &["memory"] },
    "memory",
    "What several processes share: `memory` for one process, or `redis://host`.",
)];

const LOGGING: &[Field] = &[Field::with_default(
    "level",
    Shape::Choice(|| LogLevel::ALL.map(LogLevel::as_str).to_vec()),
    "info",
    "The least important messages that are logged.",
)];

const TRADING: &[Field] = &[
    Field::with_default(
        "default_commission",
        Shape::Rate,
        "0.001",
        "Fee as a share of notional for backtests that name none: 0.001 is 0.1 %.",
    ),
    Field::with_default(
        "default_slippage",
        Shape::Rate,
        "0.0005",
        "How much worse than the open a market order fills, as a share of it, for backtests that name none.",
    ),
    Field::with_default(
        "default_initial_capital",
        Shape::Money,
        "10000",
        "Cash in quote currency that a backtest starts with when it names none.",
    ),
];

pub(super) const FIELDS: &[Field] = &[
    VERSION_FIELD,
    Field::optional("database", Shape::Table(DATABASE), "Application state."),
    Field::optional("market_data", Shape::Table(MARKET_DATA), "Candles."),
    Field::optional("cache", Shape::Table(CACHE), "Cache and messages between processes."),
    Field::optional("logging", Shape::Table(LOGGING), "Logging."),
    Field::optional("trading", Shape::Table(TRADING), "Defaults of backtests."),
];
