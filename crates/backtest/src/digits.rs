//! Amounts as numbers of a document: without the digits that binary arithmetic adds.
//!
//! Books are exact; what is marked bar by bar is computed in `f64`, where 98 may come out as 98.00000000000001. An amount that is a
//! shorter decimal but for its last binary digits is taken for that decimal.

/// Powers of ten that an `f64` holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// Rounds values that are mostly of one size, such as those of an equity curve.
#[derive(Debug)]
pub(crate) struct Settler {
    /// Sizes for which `power` makes fifteen digits before the point.
    sizes: std::ops::Range<f64>,
    power: f64,
}

impl Settler {
    pub(crate) const fn new() -> Self {
        Self { sizes: 0.0..0.0, power: 1.0 }
    }

    /// Returns the decimal of at most thirteen digits that a value stands for; a value that needs more digits stays as it is.
    pub(crate) fn settle(&mut self, value: f64) -> f64 {
        let size = value.abs();
        if !self.sizes.contains(&size) && !self.adapt(size) {
            return value;
        }
        // Rounded by hand: the library's function is a call. Below 2^52 the sum is exact.
        #[expect(clippy::cast_possible_truncation, reason = "at most 10^15 in size")]
        let digits = (size * self.power + 0.5) as i64;
        #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
        let shorter = digits as f64 / self.power;
        if digits % 100 == 0 { shorter.copysign(value) } else { value }
    }

    /// Chooses the power for a size; there is none for zero, for what is too large to have decimals, and for what is too small.
    fn adapt(&mut self, size: f64) -> bool {
        let Some(power) = POWERS.iter().copied().find(|power| size * power >= 1e14) else { return false };
        if size >= 1e15 {
            return false;
        }
        (self.sizes, self.power) = (1e14 / power..1e15 / power, power);
        true
    }
}

/// An exact price as a number of a document: the nearest there is.
pub(crate) mod number {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};
    use types::Price;

    pub(crate) fn serialize<S: Serializer>(price: &Price, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(price.nearest_f64())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Price, D::Error> {
        Price::from_column(f64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_leftovers_go_and_other_digits_stay() {
        for (found, settled_to) in [
            (98.0_f64.next_up(), 98.0),
            (0.1 + 0.2, 0.3),
            (-60_123.45_f64.next_down(), -60_123.45),
            (1e6_f64.next_up().next_up(), 1e6),
            (0.000_000_123_4_f64.next_down(), 0.000_000_123_4),
            (9_982.089_148_395_406, 9_982.089_148_395_406),
            (-1.0 / 3.0, -1.0 / 3.0),
            (1e-9, 1e-9),
            (1e20, 1e20),
            (0.0, 0.0),
        ] {
            assert_eq!(Settler::new().settle(found).to_bits(), f64::to_bits(settled_to), "{found}");
        }
        assert!(Settler::new().settle(f64::NAN).is_nan());
        assert!(Settler::new().settle(f64::INFINITY).is_infinite());
        // The same whatever came before.
        let mut settler = Settler::new();
        let found = [1e4_f64.next_down(), 1e4_f64.next_up(), 0.1 + 0.2, 123_456.78, 1e3 / 3.0];
        let afresh = found.map(|value| Settler::new().settle(value).to_bits());
        assert_eq!(found.map(|value| settler.settle(value).to_bits()), afresh);
    }
}
