//! How a figure is written: fixed decimals by kind, `n/a` for what is undefined.
//!
//! No currency, sign colour or locale: those are the view's. The same text on screen, in the terminal and in reports.

use serde::{Deserialize, Serialize};

/// What stands in for a figure that is undefined.
pub const NOT_AVAILABLE: &str = "n/a";

/// The kind of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A fraction shown as per cent: 0.1234 is `12.34%`.
    Percent,
    /// A plain number with two decimals.
    Ratio,
    /// An amount in quote currency with two decimals, four below one.
    Money,
    /// A whole number.
    Count,
    /// Days, shown as days and hours: 3.5 is `3d 12h`.
    Duration,
}

impl Format {
    /// Writes a value, or `n/a` for `None` and for what is not a finite number.
    pub fn show(self, value: Option<f64>) -> String {
        let Some(value) = value.filter(|value| value.is_finite()) else { return NOT_AVAILABLE.to_owned() };
        match self {
            Format::Percent => unsigned_zero(format!("{:.2}%", value * 100.0)),
            Format::Money if value.abs() < 1.0 && value.abs() >= 0.000_05 => format!("{value:.4}"),
            Format::Ratio | Format::Money => unsigned_zero(format!("{value:.2}")),
            Format::Count => unsigned_zero(format!("{value:.0}")),
            Format::Duration => duration(value),
        }
    }
}

/// `-0.00` is a rounding artefact that reads like a loss.
fn unsigned_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|letter| matches!(letter, '0' | '.' | '%')) => rest.to_owned(),
        _ => text,
    }
}

fn duration(days: f64) -> String {
    let minutes = (days * 1440.0).round();
    let (whole_days, rest) = ((minutes / 1440.0).trunc(), minutes % 1440.0);
    let (hours, minutes) = ((rest / 60.0).trunc(), rest % 60.0);
    if whole_days >= 1.0 {
        format!("{whole_days:.0}d {hours:.0}h")
    } else if hours >= 1.0 {
        format!("{hours:.0}h {minutes:.0}m")
    } else {
        format!("{minutes:.0}m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_form() {
        for (format, value, text) in [
            (Format::Percent, 0.1234, "12.34%"),
            (Format::Percent, -0.000_001, "0.00%"),
            (Format::Percent, -0.5, "-50.00%"),
            (Format::Ratio, 1.147_69, "1.15"),
            (Format::Money, 10_234.567, "10234.57"),
            (Format::Money, -0.0213, "-0.0213"),
            (Format::Money, 0.0, "0.00"),
            (Format::Count, 12.0, "12"),
            (Format::Duration, 3.5, "3d 12h"),
            (Format::Duration, 0.0625, "1h 30m"),
            (Format::Duration, 0.999_99, "1d 0h"),
            (Format::Duration, 0.0, "0m"),
        ] {
            assert_eq!(format.show(Some(value)), text, "{format:?} {value}");
            assert_eq!(format.show(None), "n/a");
        }
        assert_eq!(Format::Ratio.show(Some(f64::INFINITY)), "n/a");
    }
}
