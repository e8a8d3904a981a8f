//! A column of exact decimals: 64-bit integers at 8 decimals while every value fits, 128-bit integers at 18 decimals otherwise.
//!
//! Binance publishes 8 decimals. More come from files that went through floating point on their way (`3031.6865559999997`);
//! they are kept as written, because a store that rounds cannot say later what it was given.

use std::ops::Range;

use rust_decimal::Decimal;
use types::{PlainCandles, nearest_column, nearest_f64};

/// Decimals of a narrow column.
pub(crate) const NARROW_SCALE: u32 = PlainCandles::SCALE;
/// Decimals of a wide column.
pub(crate) const WIDE_SCALE: u32 = 18;
/// A value of a narrow column that is not known.
pub(crate) const MISSING_NARROW: i64 = PlainCandles::MISSING;
/// A value of a wide column that is not known.
pub(crate) const MISSING_WIDE: i128 = i128::MIN;

/// First magnitude that 18 digits cannot hold.
pub(super) const NARROW_LIMIT: i128 = 10_i128.pow(18);
/// First magnitude that 38 digits cannot hold.
pub(super) const WIDE_LIMIT: i128 = 10_i128.pow(38);
/// What a narrow value is multiplied by to become a wide one.
pub(super) const WIDEN: i128 = 10_i128.pow(WIDE_SCALE - NARROW_SCALE);

/// One value, scaled to an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Raw {
    /// At 8 decimals.
    Narrow(i64),
    /// At 18 decimals.
    Wide(i128),
}

impl Raw {
    /// Returns a value at 18 decimals in the smallest form that holds it, or `None` when it has too many digits.
    pub(crate) fn smallest(wide: i128) -> Option<Self> {
        let narrow = (wide % WIDEN == 0).then_some(wide / WIDEN).filter(|narrow| narrow.abs() < NARROW_LIMIT);
        match narrow.and_then(|narrow| i64::try_from(narrow).ok()) {
            Some(narrow) => Some(Self::Narrow(narrow)),
            None => (wide.abs() < WIDE_LIMIT).then_some(Self::Wide(wide)),
        }
    }
}

/// A column of values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DecimalColumn {
    /// At 8 decimals.
    Narrow(Vec<i64>),
    /// At 18 decimals.
    Wide(Vec<i128>),
}

impl Default for DecimalColumn {
    fn default() -> Self {
        Self::Narrow(Vec::new())
    }
}

/// Scales a value to an integer, or returns `None` when neither form holds it exactly.
pub(crate) fn raw(value: Decimal) -> Option<Raw> {
    let (mantissa, scale) = (value.mantissa(), value.scale());
    if let Some(narrow) = rescale(mantissa, scale, NARROW_SCALE, NARROW_LIMIT) {
        return i64::try_from(narrow).ok().map(Raw::Narrow);
    }
    rescale(mantissa, scale, WIDE_SCALE, WIDE_LIMIT).map(Raw::Wide)
}

fn rescale(mantissa: i128, scale: u32, target: u32, limit: i128) -> Option<i128> {
    let rescaled = if scale <= target {
        mantissa.checked_mul(10_i128.pow(target - scale))?
    } else {
        let factor = 10_i128.pow(scale - target);
        if mantissa % factor != 0 {
            return None;
        }
        mantissa / factor
    };
    (rescaled.abs() < limit).then_some(rescaled)
}

/// Returns a narrow value as the shortest decimal.
fn narrow_decimal(narrow: i64) -> Decimal {
    // Most values end in many zeros, so they go four at a time first.
    let (mut value, mut scale) = (narrow, NARROW_SCALE);
    for zeros in [4, 4, 2, 1] {
        let factor = 10_i64.pow(zeros);
        if scale >= zeros && value % factor == 0 {
            value /= factor;
            scale -= zeros;
        }
    }
    Decimal::new(value, scale)
}

/// Returns a wide value as the shortest decimal, or `None` where that has more digits than a `Decimal` holds.
pub(super) fn wide_decimal(wide: i128) -> Option<Decimal> {
    // The integer may need more bits than a `Decimal` has until its trailing zeros are gone.
    let (mut value, mut scale) = (wide, WIDE_SCALE);
    while scale > 0 && value % 10 == 0 {
        value /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(value, scale).ok()
}

/// Returns a value of a narrow column as a wide one holds it, a missing one too.
pub(crate) fn widen(narrow: i64) -> i128 {
    if narrow == MISSING_NARROW { MISSING_WIDE } else { i128::from(narrow) * WIDEN }
}

impl DecimalColumn {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self::Narrow(Vec::with_capacity(rows))
    }

    /// Appends a value, widening the column when it must.
    pub(crate) fn push(&mut self, raw: Option<Raw>) {
        if let Some(Raw::Wide(_)) = raw {
            self.make_wide();
        }
        match (self, raw) {
            (Self::Narrow(values), Some(Raw::Narrow(value))) => values.push(value),
            (Self::Narrow(values), _) => values.push(MISSING_NARROW),
            (Self::Wide(values), Some(Raw::Narrow(value))) => values.push(widen(value)),
            (Self::Wide(values), Some(Raw::Wide(value))) => values.push(value),
            (Self::Wide(values), None) => values.push(MISSING_WIDE),
        }
    }

    /// Appends a value at 8 decimals, or `MISSING_NARROW`.
    pub(crate) fn push_narrow(&mut self, value: i64) {
        match self {
            Self::Narrow(values) => values.push(value),
            Self::Wide(values) => values.push(widen(value)),
        }
    }

    /// Appends values at 8 decimals, or `MISSING_NARROW`.
    pub(crate) fn extend_narrow(&mut self, values: &[i64]) {
        match self {
            Self::Narrow(all) => all.extend_from_slice(values),
            Self::Wide(all) => all.extend(values.iter().map(|&value| widen(value))),
        }
    }

    /// Returns the value at `index` as the shortest decimal, or `None` where it is not known.
    pub(crate) fn get(&self, index: usize) -> Option<Decimal> {
        match self {
            Self::Narrow(values) if values[index] == MISSING_NARROW => None,
            Self::Narrow(values) => Some(narrow_decimal(values[index])),
            Self::Wide(values) if values[index] == MISSING_WIDE => None,
            Self::Wide(values) => wide_decimal(values[index]),
        }
    }

    /// Returns the value at `index` as it is kept, or `None` where it is not known.
    pub(crate) fn raw(&self, index: usize) -> Option<Raw> {
        match self {
            Self::Narrow(values) => Some(values[index]).filter(|&v| v != MISSING_NARROW).map(Raw::Narrow),
            Self::Wide(values) => Some(values[index]).filter(|&v| v != MISSING_WIDE).map(Raw::Wide),
        }
    }

    /// Returns the nearest `f64` of every value; only for columns without missing ones.
    pub(crate) fn nearest(&self) -> Vec<f64> {
        match self {
            Self::Narrow(values) => nearest_column(values, NARROW_SCALE),
            Self::Wide(values) => values.iter().map(|&value| nearest_f64(value, WIDE_SCALE)).collect(),
        }
    }

    /// Returns whether the value at `index` is not known.
    pub(crate) fn is_missing(&self, index: usize) -> bool {
        match self {
            Self::Narrow(values) => values[index] == MISSING_NARROW,
            Self::Wide(values) => values[index] == MISSING_WIDE,
        }
    }

    /// Returns whether two columns hold the same value at their places.
    pub(crate) fn is_same(&self, index: usize, other: &Self, at: usize) -> bool {
        match (self, other) {
            (Self::Narrow(left), Self::Narrow(right)) => left[index] == right[at],
            _ => self.wide(index) == other.wide(at),
        }
    }

    /// Overwrites the value at `index` with another column's.
    pub(crate) fn set(&mut self, index: usize, other: &Self, at: usize) {
        if let Self::Wide(_) = other {
            self.make_wide();
        }
        match (self, other) {
            (Self::Narrow(values), Self::Narrow(from)) => values[index] = from[at],
            (Self::Wide(values), _) => values[index] = other.wide(at),
            (Self::Narrow(_), Self::Wide(_)) => {}
        }
    }

    /// Appends a stretch of another column.
    pub(crate) fn extend(&mut self, other: &Self, range: Range<usize>) {
        if let Self::Wide(_) = other {
            self.make_wide();
        }
        match (self, other) {
            (Self::Narrow(values), Self::Narrow(from)) => values.extend_from_slice(&from[range]),
            (Self::Wide(values), Self::Narrow(from)) => {
                values.extend(from[range].iter().map(|&value| widen(value)));
            }
            (Self::Wide(values), Self::Wide(from)) => values.extend_from_slice(&from[range]),
            (Self::Narrow(_), Self::Wide(_)) => {}
        }
    }

    pub(crate) const fn is_wide(&self) -> bool {
        matches!(self, Self::Wide(_))
    }

    /// Turns a wide column whose values would all fit a narrow one into that.
    pub(crate) fn narrow_if_possible(&mut self) {
        let Self::Wide(values) = self else { return };
        let narrowed: Option<Vec<i64>> = values
            .iter()
            .map(|&value| match value {
                MISSING_WIDE => Some(MISSING_NARROW),
                value if value % WIDEN == 0 && (value / WIDEN).abs() < NARROW_LIMIT => {
                    i64::try_from(value / WIDEN).ok()
                }
                _ => None,
            })
            .collect();
        if let Some(narrowed) = narrowed {
            *self = Self::Narrow(narrowed);
        }
    }

    fn wide(&self, index: usize) -> i128 {
        match self {
            Self::Narrow(values) => widen(values[index]),
            Self::Wide(values) => values[index],
        }
    }

    fn make_wide(&mut self) {
        if let Self::Narrow(values) = self {
            *self = Self::Wide(values.iter().map(|&value| widen(value)).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(texts: &[&str]) -> DecimalColumn {
        let mut column = DecimalColumn::default();
        for text in texts {
            column.push(Some(raw(text.parse().expect("a decimal")).expect("a value that fits")));
        }
        column
    }

    #[test]
    fn eight_decimals_stay_narrow_and_more_widen() {
        assert!(matches!(
            column(&["9999999999.99999999", "-1.5", "1.2300000000000"]),
            DecimalColumn::Narrow(_)
        ));
        let wide = column(&["1.5", "3031.6865559999997", "99999999999999999999"]);
        assert!(matches!(wide, DecimalColumn::Wide(_)));
        assert_eq!(wide.get(0), Some(Decimal::new(15, 1)));
        assert_eq!(wide.get(1).map(|value| value.to_string()).as_deref(), Some("3031.6865559999997"));
        assert_eq!(wide.get(2).map(|value| value.to_string()).as_deref(), Some("99999999999999999999"));
    }

    #[test]
    fn narrow_values_come_back_as_the_shortest_decimal() {
        for value in [0, 1, 10, 120, 1_000, 12_340, 500_000, 7_000_000, 90_000_000, 100_000_000, 123_456_789]
        {
            for value in [value, -value, value * 1_000_000_000] {
                let (found, expected) =
                    (narrow_decimal(value), Decimal::new(value, NARROW_SCALE).normalize());
                assert_eq!((found, found.scale()), (expected, expected.scale()), "{value}");
            }
        }
    }

    #[test]
    fn what_cannot_be_kept_exactly_is_refused() {
        for text in ["0.0000000000000000001", "100000000000000000000"] {
            assert_eq!(raw(text.parse().expect("a decimal")), None, "{text}");
        }
    }

    #[test]
    fn widening_and_narrowing_keep_values_and_blanks() {
        let mut mixed = column(&["1.5"]);
        mixed.push(None);
        mixed.set(0, &column(&["0.000000000000000001"]), 0);
        assert!(mixed.is_missing(1) && !mixed.is_missing(0));
        mixed.narrow_if_possible();
        assert!(matches!(mixed, DecimalColumn::Wide(_)));
        mixed.set(0, &column(&["2.5"]), 0);
        mixed.narrow_if_possible();
        assert!(matches!(mixed, DecimalColumn::Narrow(_)));
        assert!(mixed.is_same(0, &column(&["2.5"]), 0) && mixed.is_missing(1));
    }
}
