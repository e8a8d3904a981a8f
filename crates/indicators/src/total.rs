//! A sum of values, exact: narrow and wide counts are added up apart, so that ordinary prices cost one addition of integers.

use ethnum::I256;

use crate::quotient::{quotient, wide_quotient};
use crate::reading::{NARROW_UNITS, WIDE_PER_NARROW, WIDE_UNITS};
use crate::window::Reading;

/// An exact sum. Its value is `narrow × 10^-8 + wide × 10^-20`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Total {
    pub(crate) narrow: i128,
    pub(crate) wide: I256,
}

/// What a total is divided by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Divisor {
    count: u64,
    /// The count in narrow units, when an `f64` holds it exactly.
    units: f64,
}

impl Divisor {
    /// Wraps a number of bars or a sum of weights, below 10^10.
    pub(crate) fn new(count: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "no larger than 2^53, or not used")]
        let units = (count * NARROW_UNITS) as f64;
        Self { count, units: if count * NARROW_UNITS <= 1 << 53 { units } else { f64::NAN } }
    }

    pub(crate) fn count(self) -> u64 {
        self.count
    }
}

impl Total {
    /// Adds a value as often as `factor` says; a value outside is left to the caller.
    pub(crate) fn add(&mut self, reading: Reading, factor: i64) {
        match reading {
            Reading::Narrow(count) => self.narrow += i128::from(count) * i128::from(factor),
            Reading::Wide(count) => self.wide += I256::from(count) * I256::from(factor),
            Reading::Outside => {}
        }
    }

    /// Returns the sum in wide units.
    pub(crate) fn in_wide_units(&self) -> I256 {
        I256::from(self.narrow) * I256::from(WIDE_PER_NARROW) + self.wide
    }

    /// Returns the sum divided by a count, rounded once.
    pub(crate) fn over(&self, divisor: Divisor) -> f64 {
        if self.wide != I256::ZERO {
            return wide_quotient(self.in_wide_units(), u128::from(divisor.count) * WIDE_UNITS);
        }
        match i64::try_from(self.narrow) {
            // Two integers that an f64 holds exactly: the hardware's division rounds once.
            Ok(sum) if sum.unsigned_abs() <= 1 << 53 && !divisor.units.is_nan() => {
                #[expect(clippy::cast_precision_loss, reason = "no larger than 2^53")]
                let sum = sum as f64;
                sum / divisor.units
            }
            _ => quotient(self.narrow, divisor.count * NARROW_UNITS),
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these must agree to the last bit")]
mod tests {
    use super::*;

    #[test]
    fn every_path_gives_the_nearest_number() {
        let narrow = Total { narrow: 1_670_380_000_000 * 30, wide: I256::ZERO };
        assert_eq!(narrow.over(Divisor::new(30)), 16_703.8);
        // Too large for the hardware's division, and a number with more decimals among the others.
        let large = Total { narrow: 1_670_380_000_000 * 100_000, wide: I256::ZERO };
        assert_eq!(large.over(Divisor::new(100_000)), 16_703.8);
        let mixed = Total { narrow: 300_000_000, wide: I256::from(2) };
        assert_eq!(mixed.over(Divisor::new(2)), 1.5);
        let tiny = Total { narrow: 0, wide: I256::from(3) };
        assert_eq!(tiny.over(Divisor::new(3)), 1e-20);
        let weights = Divisor::new(100_000 * 100_001 / 2);
        let weighted = Total { narrow: 1_670_380_000_000 * 5_000_050_000, wide: I256::ZERO };
        assert_eq!(weighted.over(weights), 16_703.8);
    }
}
