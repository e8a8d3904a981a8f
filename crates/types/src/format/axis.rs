//! Labels of a chart's axes: short, and different from their neighbours.

use super::money::amount;
use super::number::{decimals_for, number, trimmed};

/// Writes an amount for an axis: `9.75`, `950`, `12,400`, `1.25M`. `step` is the distance between labels and decides the decimals.
pub fn axis_amount(value: f64, step: f64) -> String {
    let (unit, suffix) = match value.abs().max(step) {
        size if size < 1e6 => (1.0, ""),
        size if size < 1e9 => (1e6, "M"),
        size if size < 1e12 => (1e9, "B"),
        size if size < 1e15 => (1e12, "T"),
        _ => return format!("{value:.2e}"),
    };
    format!("{}{suffix}", number(value / unit, decimals(step / unit)))
}

/// Writes an amount for a legend: as [`amount`] does, and a thousand million or more as an axis does.
pub fn amount_short(value: f64, currency: &str) -> String {
    if value.abs() < 1e9 { amount(value, currency) } else { axis_amount(value, value.abs() / 1000.0) }
}

/// Writes a fraction in per cent for an axis: `-25 %`, `-12.5 %`.
pub fn axis_percent(fraction: f64, step: f64) -> String {
    format!("{} %", number(fraction * 100.0, decimals(step * 100.0)))
}

/// Returns how many decimals tell values that lie `step` apart from each other.
fn decimals(step: f64) -> usize {
    if !(step.is_finite() && step > 0.0) {
        return 2;
    }
    // Two digits of the step are enough: 0.00000025 has eight decimals, 250 none.
    let first = decimals_for(step, 1);
    let short = trimmed(format!("{step:.*}", first + 1), 0);
    short.find('.').map_or(0, |point| short.len() - point - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_distinct() {
        for (value, step, text) in [
            (0.0, 5.0, "0"),
            (9.75, 0.25, "9.75"),
            (950.0, 50.0, "950"),
            (12_400.0, 200.0, "12,400"),
            (1_250_000.0, 250_000.0, "1.25M"),
            (0.0, 250_000.0, "0"),
            (-2_000_000.0, 1_000_000.0, "-2M"),
            (3.2e9, 4e8, "3.2B"),
            (0.000_02, 0.000_01, "0.00002"),
            (0.000_000_117_5, 2.5e-9, "0.0000001175"),
            (1.5e-11, 5e-12, "0.000000000015"),
            (2e18, 1e18, "2.00e18"),
        ] {
            assert_eq!(axis_amount(value, step), text);
        }
        assert_eq!(amount_short(12_345.678, "USDT"), "12,345.68");
        assert_eq!(amount_short(0.003_959_22, "BTC"), "0.00395922");
        assert_eq!(amount_short(3.2e9, "USDT"), "3.2000B");
        assert_eq!(axis_percent(-0.25, 0.125), "-25.0 %");
        assert_eq!(axis_percent(-0.2, 0.1), "-20 %");
        assert_eq!(axis_percent(0.0, 0.1), "0 %");
        assert_eq!(axis_percent(-0.000_2, 0.000_1), "-0.02 %");
    }
}
