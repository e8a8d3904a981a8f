//! What shapes expect, in the words of messages, help and the reference page.

use types::limits::MAX_INITIAL_CAPITAL;

use crate::shape::{Shape, VERSION, strategy_types};

impl Shape {
    /// Returns what is expected, in words.
    pub(crate) fn expected(self) -> String {
        match self {
            Self::Version => format!("the version {VERSION}"),
            Self::Text => "a text".to_owned(),
            Self::Integer { min, max } => format!("integer {min} to {max}"),
            Self::Bool => "true or false".to_owned(),
            Self::Rate => "number 0 to 1".to_owned(),
            Self::Money => format!("number above 0, at most {MAX_INITIAL_CAPITAL}"),
            Self::Date => "a date such as 2024-01-31".to_owned(),
            Self::Symbol => "a symbol such as BTCUSDT".to_owned(),
            Self::Interval => "an interval such as 1h".to_owned(),
            Self::Exchange => "the name of an exchange".to_owned(),
            Self::StrategyName => "the name of a strategy".to_owned(),
            Self::StrategyType => one_of(&strategy_types()),
            Self::Params => "parameters with values".to_owned(),
            Self::Choice(options) => one_of(&options()),
            Self::Url { schemes, words } => {
                let schemes = schemes.iter().map(|scheme| format!("{scheme}://…"));
                words.iter().map(|&word| word.to_owned()).chain(schemes).collect::<Vec<_>>().join(" or ")
            }
            Self::Secret => "a placeholder such as ${API_KEY:}".to_owned(),
            Self::List(Self::Symbol) => "a list of symbols such as [BTCUSDT]".to_owned(),
            Self::List(_) => "a list of names".to_owned(),
            Self::Table(_) | Self::Named { .. } => "keys with values".to_owned(),
        }
    }

    /// Returns help that shows a right value of a key.
    pub(crate) fn example(self, key: &str) -> String {
        let value = match self {
            Self::Version => VERSION.to_string(),
            Self::Text => "\"a text\"".to_owned(),
            Self::Integer { min, max } => 1200_i64.max(min).min(max).to_string(),
            Self::Bool => "true".to_owned(),
            Self::Rate => "0.001".to_owned(),
            Self::Money => "10000".to_owned(),
            Self::Date => "2024-01-31".to_owned(),
            Self::Symbol => "BTCUSDT".to_owned(),
            Self::Interval => "1h".to_owned(),
            Self::Exchange => "binance".to_owned(),
            Self::StrategyName => "sma_crossover_btc".to_owned(),
            Self::StrategyType => "buy_and_hold".to_owned(),
            Self::Params => "{ fast_period: 10 }".to_owned(),
            Self::Choice(options) => options().first().copied().unwrap_or_default().to_owned(),
            Self::Url { schemes, words } => words.first().map_or_else(
                || format!("{}://localhost", schemes.first().copied().unwrap_or_default()),
                |&word| word.to_owned(),
            ),
            Self::Secret => "${API_KEY:}".to_owned(),
            Self::List(Self::Symbol) => "[BTCUSDT]".to_owned(),
            Self::List(_) => "[name]".to_owned(),
            Self::Table(_) | Self::Named { .. } => "{}".to_owned(),
        };
        format!("write for example {key}: {value}")
    }
}

fn one_of(words: &[&str]) -> String {
    match words {
        [word] => format!("'{word}'"),
        words => format!("one of {}", words.join(", ")),
    }
}
