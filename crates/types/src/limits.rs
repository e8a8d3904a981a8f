//! The bounds of what a backtest is started with: the same in a form, in YAML and on the command line.

use rust_decimal::Decimal;

use crate::{Money, Rate};

/// The most cash an account may start with, in quote currency: far beyond any account, far below what the books can hold.
pub const MAX_INITIAL_CAPITAL: i64 = 1_000_000_000_000_000;

/// Costs of so many percent and more are questioned.
pub const QUESTIONABLE_PERCENT: u8 = 2;

/// Why a number is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// An initial capital that is nothing, or more than the most.
    #[error("must be more than 0 and at most {MAX_INITIAL_CAPITAL}")]
    InitialCapital,
    /// A commission or slippage below nothing or above the whole.
    #[error("must be from 0 to 1, which is 100 %")]
    Share,
}

/// Passes an initial capital within its bounds on: above 0, at most [`MAX_INITIAL_CAPITAL`].
pub fn check_initial_capital(amount: Money) -> Result<Money, LimitError> {
    let is_within = amount > Money::ZERO && amount <= Money::from_whole(MAX_INITIAL_CAPITAL);
    if is_within { Ok(amount) } else { Err(LimitError::InitialCapital) }
}

/// Passes a commission or slippage within its bounds on: from 0 to 1, both included.
pub fn check_share(rate: Rate) -> Result<Rate, LimitError> {
    if (Rate::ZERO..=Rate::ONE).contains(&rate) { Ok(rate) } else { Err(LimitError::Share) }
}

/// Questions a commission or slippage of 2 % and more, which is most often a percentage written as a share: says what it means, and
/// what was probably meant. Returns `None` for usual costs.
pub fn question_share(rate: Rate) -> Option<String> {
    let percent = rate.to_decimal().checked_mul(Decimal::ONE_HUNDRED)?.normalize();
    if percent < Decimal::from(QUESTIONABLE_PERCENT) || check_share(rate).is_err() {
        return None;
    }
    let meant = rate.to_decimal().checked_div(Decimal::ONE_HUNDRED)?.normalize();
    let meant_percent = rate.to_decimal().normalize();
    Some(format!("{rate} is {percent} %; did you mean {meant} ({meant_percent} %)?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capital_and_shares_have_bounds() {
        let capital = |text: &str| check_initial_capital(text.parse().expect("an amount")).is_ok();
        assert!(capital("0.0000000000000001") && capital("1000000000000000"));
        assert!(!capital("0") && !capital("-1") && !capital("1000000000000000.0000000000000001"));
        let share = |text: &str| check_share(text.parse().expect("a rate")).is_ok();
        assert!(share("0") && share("1") && !share("1.000000000001"));
    }

    #[test]
    fn a_percentage_written_as_a_share_is_questioned() {
        let question = |text: &str| question_share(text.parse().expect("a rate"));
        assert_eq!(question("0.1").as_deref(), Some("0.1 is 10 %; did you mean 0.001 (0.1 %)?"));
        assert_eq!(question("0.05").as_deref(), Some("0.05 is 5 %; did you mean 0.0005 (0.05 %)?"));
        assert_eq!(question("1").as_deref(), Some("1 is 100 %; did you mean 0.01 (1 %)?"));
        assert_eq!(question("0.019"), None);
        assert_eq!(question("2"), None);
    }
}
