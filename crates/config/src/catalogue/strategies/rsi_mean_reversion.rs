//! `rsi_mean_reversion`: buys weakness.

use crate::catalogue::{ParamDefault, ParamKind, ParamSpec, StrategyCategory, StrategyKind};

pub(super) const KIND: StrategyKind = StrategyKind {
    name: "rsi_mean_reversion",
    title: "RSI mean reversion",
    category: StrategyCategory::MeanReversion,
    summary: "Buys when Wilder's RSI of closes says oversold and sells when it says overbought.",
    description: "Buys with everything when the RSI is below the oversold level and sells everything when it is above \
                  the overbought level. It earns in sideways markets; in a long fall it buys early and holds all the way down, \
                  because it has no stop.",
    params: &[
        ParamSpec {
            name: "period",
            title: "Period",
            doc: "Bars of Wilder's smoothing.",
            unit: "bars",
            kind: ParamKind::Integer { min: 2, max: 1000 },
            default: ParamDefault::Integer(14),
        },
        ParamSpec {
            name: "oversold",
            title: "Oversold",
            doc: "RSI below which it buys; must be less than the overbought level.",
            unit: "",
            kind: ParamKind::Number { min: 0.0, max: 100.0 },
            default: ParamDefault::Number(30.0),
        },
        ParamSpec {
            name: "overbought",
            title: "Overbought",
            doc: "RSI above which it sells.",
            unit: "",
            kind: ParamKind::Number { min: 0.0, max: 100.0 },
            default: ParamDefault::Number(70.0),
        },
    ],
    orderings: &[("oversold", "overbought")],
};
