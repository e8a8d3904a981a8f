//! The keys of `backtests.yaml`.

use crate::shape::{Field, Names, Shape, VERSION_FIELD};

const BACKTEST: &[Field] = &[
    Field::optional("name", Shape::Text, "Title on screen and in reports."),
    Field::required(
        "strategies",
        Shape::List(&Shape::StrategyName),
        "Strategies to run, each on its own account.",
    ),
    Field::optional("symbol", Shape::Symbol, "What they trade; or use `symbols`."),
    Field::optional(
        "symbols",
        Shape::List(&Shape::Symbol),
        "What they trade, one run for each; or use `symbol`.",
    ),
    Field::optional(
        "exchange",
        Shape::Exchange,
        "Whose candles to use in place of each strategy's own choice.",
    ),
    Field::optional("interval", Shape::Interval, "Length of candles in place of each strategy's own."),
    Field::optional("start", Shape::Date, "First moment of the run, UTC; left out, the first stored candle."),
    Field::optional(
        "end",
        Shape::Date,
        "First moment after the run, UTC: with `2024-12-01` the last candle opens on 30 November; left out, after the last \
         stored candle.",
    ),
    Field::inherited(
        "initial_capital",
        Shape::Money,
        "trading.default_initial_capital",
        "Cash in quote currency that every run starts with.",
    ),
    Field::inherited(
        "commission",
        Shape::Rate,
        "trading.default_commission",
        "Fee as a share of notional: 0.001 is 0.1 %.",
    ),
    Field::inherited(
        "slippage",
        Shape::Rate,
        "trading.default_slippage",
        "How much worse than the open a market order fills, as a share of it.",
    ),
];

pub(super) const FIELDS: &[Field] = &[
    VERSION_FIELD,
    Field::optional(
        "backtests",
        Shape::Named { what: "backtest", names: Names::Library, of: BACKTEST },
        "Backtests by name.",
    ),
];
