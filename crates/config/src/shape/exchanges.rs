//! The keys of `exchanges.yaml`.

use crate::catalogue;
use crate::shape::{Field, Names, Shape, VERSION_FIELD};

const EXCHANGE: &[Field] = &[
    Field::required(
        "adapter",
        Shape::Choice(|| catalogue::adapters().iter().map(|adapter| adapter.name).collect()),
        "The protocol it speaks.",
    ),
    Field::with_default(
        "testnet",
        Shape::Bool,
        "false",
        "Whether to use the exchange's test network, whose candles are not the market's.",
    ),
    Field::optional(
        "base_url",
        Shape::Url { schemes: &["http", "https"], words: &[] },
        "Address of its REST interface in place of the adapter's own: a proxy, or the simulator.",
    ),
    Field::optional(
        "stream_url",
        Shape::Url { schemes: &["ws", "wss"], words: &[] },
        "Address of its streams in place of the adapter's own.",
    ),
    Field::with_default(
        "api_key",
        Shape::Secret,
        "",
        "API key; only as a placeholder: `${BINANCE_API_KEY:}`.",
    ),
    Field::with_default(
        "api_secret",
        Shape::Secret,
        "",
        "API secret; only as a placeholder: `${BINANCE_API_SECRET:}`.",
    ),
    Field::with_default(
        "rate_limit",
        Shape::Integer { min: 1, max: 100_000 },
        "1200",
        "Request weight per minute that we allow ourselves; a request weighs what the exchange says, or 1 where it counts requests.",
    ),
    Field::with_default(
        "synthetic",
        Shape::Bool,
        "false",
        "Whether its market is made up; every candle from it is then labelled so.",
    ),
];

pub(super) const FIELDS: &[Field] = &[
    VERSION_FIELD,
    Field::optional(
        "exchanges",
        Shape::Named { what: "exchange", names: Names::Exchanges, of: EXCHANGE },
        "Exchanges by the name under which candles are stored.",
    ),
];
