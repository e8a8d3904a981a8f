//! `buy_and_hold`: the yardstick.

use crate::catalogue::{StrategyCategory, StrategyKind};

pub(super) const KIND: StrategyKind = StrategyKind {
    name: "buy_and_hold",
    title: "Buy and hold",
    category: StrategyCategory::Benchmark,
    summary: "Buys once with everything and never sells: what every other strategy has to beat.",
    description: "The first closed bar is the signal, so the purchase fills at the open of the second one with commission and \
                  slippage. The position is never closed: it is marked at the last close and reported apart from closed trades.",
    params: &[],
    orderings: &[],
};
