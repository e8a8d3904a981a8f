//! The keys of `strategies.yaml`.

use crate::shape::{Field, Names, Shape, VERSION_FIELD};

const STRATEGY: &[Field] = &[
    Field::required("type", Shape::StrategyType, "What it does: a strategy type of the catalogue."),
    Field::optional(
        "params",
        Shape::Params,
        "Parameters of the type; what is left out has the type's default.",
    ),
    Field::with_default("exchange", Shape::Exchange, "binance", "Whose candles it trades on."),
    Field::required("symbols", Shape::List(&Shape::Symbol), "What it trades."),
    Field::required("interval", Shape::Interval, "Length of its candles; `1m` is a minute, `1M` a month."),
];

pub(super) const FIELDS: &[Field] = &[
    VERSION_FIELD,
    Field::optional(
        "strategies",
        Shape::Named { what: "strategy", names: Names::Library, of: STRATEGY },
        "Strategies by name.",
    ),
];
