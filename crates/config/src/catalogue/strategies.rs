//! The strategy types: one line and one file each, sorted by name.

mod buy_and_hold;
mod rsi_mean_reversion;
mod sma_crossover;

use crate::catalogue::StrategyKind;

/// Returns every strategy type, sorted by name.
pub const fn strategies() -> &'static [StrategyKind] {
    &[buy_and_hold::KIND, rsi_mean_reversion::KIND, sma_crossover::KIND]
}

/// Returns the strategy type of this name.
pub fn strategy(name: &str) -> Option<&'static StrategyKind> {
    strategies().iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{ParamDefault, ParamKind, check_params};

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(strategies().windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn defaults_pass_their_own_check() {
        for kind in strategies() {
            let (params, problems) = check_params(kind, &serde_json::Map::new());
            assert_eq!(problems, [], "{}", kind.name);
            let names: Vec<&str> = kind.params.iter().map(|param| param.name).collect();
            assert_eq!(params.expect("no problems").iter().map(|(name, _)| name).collect::<Vec<_>>(), names);
        }
    }

    #[test]
    fn defaults_have_the_type_of_their_parameter() {
        for param in strategies().iter().flat_map(|kind| kind.params) {
            let is_match = matches!(
                (param.kind, param.default),
                (ParamKind::Integer { .. }, ParamDefault::Integer(_))
                    | (ParamKind::Number { .. }, ParamDefault::Number(_))
                    | (ParamKind::Bool, ParamDefault::Bool(_))
                    | (ParamKind::Choice { .. }, ParamDefault::Text(_))
            );
            assert!(is_match, "{}", param.name);
        }
    }

    #[test]
    fn orderings_name_numeric_parameters() {
        for kind in strategies() {
            for name in kind.orderings.iter().flat_map(|&(lesser, greater)| [lesser, greater]) {
                let param = kind.param(name).expect("an ordering names a parameter");
                assert!(matches!(param.kind, ParamKind::Integer { .. } | ParamKind::Number { .. }));
            }
        }
    }
}
