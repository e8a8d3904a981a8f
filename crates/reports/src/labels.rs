//! Numbers as a chart writes them: short, grouped, with a true minus sign.

/// Returns an amount for an axis: `9.75`, `950`, `12,400`, `1.25M`. `step` is the distance between labels and decides the decimals.
pub(crate) fn axis_amount(value: f64, step: f64) -> String {
    let (unit, suffix) = match value.abs().max(step) {
        size if size < 1e6 => (1.0, ""),
        size if size < 1e9 => (1e6, "M"),
        size if size < 1e12 => (1e9, "B"),
        size if size < 1e15 => (1e12, "T"),
        _ => return minus(format!("{value:.2e}")),
    };
    format!("{}{suffix}", grouped(value / unit, decimals(step / unit)))
}

/// Returns an amount for a legend: two decimals, grouped; large ones as on an axis.
pub(crate) fn amount(value: f64) -> String {
    if value.abs() < 1e9 { grouped(value, 2) } else { axis_amount(value, value.abs() / 1000.0) }
}

/// Returns a signed percentage: `+23.46%`.
pub(crate) fn change(fraction: f64) -> String {
    let text = format!("{}%", grouped(fraction * 100.0, 2));
    if fraction > 0.0 && text != "0.00%" { format!("+{text}") } else { text }
}

/// Returns a percentage for an axis.
pub(crate) fn axis_percent(fraction: f64, step: f64) -> String {
    format!("{}%", grouped(fraction * 100.0, decimals(step * 100.0)))
}

/// Returns how wide a text is about, in pixels; the browser's font is not known here.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let em = |letter: char| match letter {
        '.' | ',' | ' ' | 'i' | 'l' | 'j' | '(' | ')' => 0.32,
        'M' | 'W' | 'm' | 'w' | '%' => 0.88,
        _ => 0.59,
    };
    text.chars().map(em).sum::<f64>() * size
}

/// Returns how many decimals tell values that lie `step` apart from each other.
fn decimals(step: f64) -> usize {
    (0..8)
        .find(|&places| {
            let scaled = step * 10_f64.powi(places);
            scaled >= 1.0 && (scaled - scaled.round()).abs() < 1e-6 * scaled
        })
        .and_then(|places| usize::try_from(places).ok())
        .unwrap_or(if step >= 1.0 { 2 } else { 8 })
}

fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::with_capacity(text.len() + 8);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped.push_str(rest);
    // `-0.00` is a rounding artefact, not a loss.
    let is_zero = grouped.chars().all(|letter| matches!(letter, '0' | '.'));
    if value < 0.0 && !is_zero { format!("\u{2212}{grouped}") } else { grouped }
}

fn minus(text: String) -> String {
    if let Some(rest) = text.strip_prefix('-') { format!("\u{2212}{rest}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short_and_distinct() {
        for (value, step, text) in [
            (0.0, 5.0, "0"),
            (9.75, 0.25, "9.75"),
            (950.0, 50.0, "950"),
            (12_400.0, 200.0, "12,400"),
            (1_250_000.0, 250_000.0, "1.25M"),
            (0.0, 250_000.0, "0"),
            (-2_000_000.0, 1_000_000.0, "\u{2212}2M"),
            (3.2e9, 4e8, "3.2B"),
            (0.000_02, 0.000_01, "0.00002"),
        ] {
            assert_eq!(axis_amount(value, step), text);
        }
        assert_eq!(amount(12_345.678), "12,345.68");
        assert_eq!(amount(-0.001), "0.00");
        assert_eq!(amount(1e300), "1.00e300");
    }

    #[test]
    fn changes_carry_their_sign() {
        assert_eq!(change(0.234_56), "+23.46%");
        assert_eq!(change(-0.5), "\u{2212}50.00%");
        assert_eq!(change(0.000_001), "0.00%");
        assert_eq!(axis_percent(-0.25, 0.125), "\u{2212}25.0%");
    }
}
