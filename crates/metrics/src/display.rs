//! How a figure is written: one form by kind, through the house's formatter, `n/a` for what is undefined.
//!
//! The same text on screen, in the terminal and in reports.

use serde::{Deserialize, Serialize};
use types::format;
pub use types::format::NOT_AVAILABLE;

/// The kind of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A fraction shown as per cent: 0.1234 is `12.34 %`.
    Percent,
    /// A plain number with two decimals.
    Ratio,
    /// An amount in quote currency, with that currency's precision.
    Money,
    /// A whole number.
    Count,
    /// Days, shown as a span of time: 1756.9 is `4.8 years`.
    Duration,
}

impl Format {
    /// Writes a value, or `n/a` for `None` and for what is not a finite number. Amounts have the digits of their size.
    pub fn show(self, value: Option<f64>) -> String {
        self.show_in(value, "")
    }

    /// Writes a value as [`Format::show`] does. `currency` is the quote currency; it gives amounts their precision and is not written.
    pub fn show_in(self, value: Option<f64>, currency: &str) -> String {
        let Some(value) = value.filter(|value| value.is_finite()) else { return NOT_AVAILABLE.to_owned() };
        match self {
            Format::Percent => format::percent(value),
            Format::Ratio => format::ratio(value),
            Format::Money => format::amount(value, currency),
            Format::Count => format::number(value, 0),
            Format::Duration => format::duration_of_days(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_form() {
        for (format, value, text) in [
            (Format::Percent, 0.1234, "12.34 %"),
            (Format::Percent, -0.000_001, "0.00 %"),
            (Format::Ratio, 1.147_69, "1.15"),
            (Format::Money, 10_234.567, "10,234.57"),
            (Format::Money, -0.0213, "-0.0213"),
            (Format::Money, 0.0, "0.00"),
            (Format::Count, 1_200.0, "1,200"),
            (Format::Duration, 1_756.916_7, "4.8 years"),
            (Format::Duration, 0.0, "0 min"),
        ] {
            assert_eq!(format.show_in(Some(value), "USDT"), text, "{format:?} {value}");
            assert_eq!(format.show(None), "n/a");
        }
        assert_eq!(Format::Ratio.show(Some(f64::INFINITY)), "n/a");
        assert_eq!(Format::Money.show_in(Some(0.000_040_78), "BTC"), "0.00004078");
    }
}
