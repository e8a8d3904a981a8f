//! `sma_crossover`: two moving averages.

use crate::catalogue::{ParamDefault, ParamKind, ParamSpec, StrategyCategory, StrategyKind};

pub(super) const KIND: StrategyKind = StrategyKind {
    name: "sma_crossover",
    title: "SMA crossover",
    category: StrategyCategory::Trend,
    summary: "Holds from the fast simple moving average of closes crossing above the slow one until it crosses below.",
    description: "Buys with everything when the fast average crosses above the slow one and sells everything when it crosses \
                  below. A crossover is a change of sign of (fast − slow) between two bars on which both are defined; the first \
                  bar on which both are defined is not one. It earns in long moves and pays for every sideways market with \
                  commission and slippage.",
    params: &[
        ParamSpec {
            name: "fast_period",
            title: "Fast period",
            doc: "Bars in the fast average; must be less than the slow period.",
            unit: "bars",
            kind: ParamKind::Integer { min: 1, max: 1000 },
            default: ParamDefault::Integer(10),
        },
        ParamSpec {
            name: "slow_period",
            title: "Slow period",
            doc: "Bars in the slow average.",
            unit: "bars",
            kind: ParamKind::Integer { min: 2, max: 1000 },
            default: ParamDefault::Integer(30),
        },
    ],
    orderings: &[("fast_period", "slow_period")],
};
