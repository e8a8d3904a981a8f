//! The registry: one line per kind, sorted by name, equal to the configuration's catalogue (a test says so).

use config::catalogue::Params;
use engine::Strategy;
use indicators::PeriodError;

use crate::{BuyAndHold, RsiMeanReversion, SmaCrossover};

type Build = fn(&Params) -> Result<Box<dyn Strategy>, BuildError>;

const REGISTRY: [(&str, Build); 3] = [
    ("buy_and_hold", |_| Ok(Box::new(BuyAndHold::default()))),
    ("rsi_mean_reversion", |params| {
        let strategy = RsiMeanReversion::new(
            period(params, "period")?,
            number(params, "oversold")?,
            number(params, "overbought")?,
        )?;
        Ok(Box::new(strategy))
    }),
    ("sma_crossover", |params| {
        Ok(Box::new(SmaCrossover::new(period(params, "fast_period")?, period(params, "slow_period")?)?))
    }),
];

/// Why a strategy cannot be made. Parameters that passed the configuration's check never end here.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BuildError {
    /// A kind that the registry does not have.
    #[error("there is no strategy type '{found}'; known are {}", kinds().collect::<Vec<_>>().join(", "))]
    Unknown {
        /// The kind as it was given.
        found: String,
    },
    /// A parameter is absent or of another type.
    #[error("parameter '{name}' is missing or is not {expected}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A period that an indicator refuses.
    #[error(transparent)]
    Period(#[from] PeriodError),
}

/// Returns every kind, sorted by name.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    REGISTRY.iter().map(|(name, _)| *name)
}

/// Makes a strategy of a kind with checked parameters.
pub fn build(kind: &str, params: &Params) -> Result<Box<dyn Strategy>, BuildError> {
    let entry = REGISTRY.iter().find(|(name, _)| *name == kind);
    let (_, build) = entry.ok_or_else(|| BuildError::Unknown { found: kind.to_owned() })?;
    build(params)
}

fn period(params: &Params, name: &'static str) -> Result<usize, BuildError> {
    params.count(name).ok_or(BuildError::Parameter { name, expected: "a whole number of bars" })
}

fn number(params: &Params, name: &'static str) -> Result<f64, BuildError> {
    params.number(name).ok_or(BuildError::Parameter { name, expected: "a number" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_the_catalogue() {
        let catalogue: Vec<&str> = config::catalogue::strategies().iter().map(|kind| kind.name).collect();
        assert_eq!(kinds().collect::<Vec<_>>(), catalogue);
        assert!(catalogue.is_sorted());
    }

    #[test]
    fn defaults_of_every_kind_build() {
        for kind in config::catalogue::strategies() {
            let params =
                kind.params.iter().map(|param| (param.name.to_owned(), param.default.into())).collect();
            assert!(build(kind.name, &params).is_ok(), "{}", kind.name);
        }
    }

    #[test]
    fn what_cannot_be_built_is_named() {
        let error = build("sma_cross", &Params::default()).expect_err("unknown").to_string();
        assert!(error.contains("'sma_cross'") && error.contains("sma_crossover"), "{error}");
        let error = build("sma_crossover", &Params::default()).expect_err("no parameters").to_string();
        assert!(error.contains("'fast_period'"), "{error}");
    }
}
