//! Round numbers on a value axis.

/// Returns the step and the multiples of it within `low..=high`, at most about `count` of them. Nothing when the range is empty.
pub(crate) fn value_ticks(low: f64, high: f64, count: u32) -> (f64, Vec<f64>) {
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return (1.0, Vec::new());
    }
    let rough = span / f64::from(count.max(1));
    let magnitude = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0].map(|factor| factor * magnitude).into_iter().find(|step| *step >= rough);
    let step = step.unwrap_or(10.0 * magnitude);
    let first = (low / step).ceil();
    // Multiples of the step rather than a running sum, so that labels stay round.
    let ticks =
        (0..=count * 2).map(|index| (first + f64::from(index)) * step).take_while(|tick| *tick <= high);
    (step, ticks.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_inside() {
        assert_eq!(value_ticks(0.0, 10.0, 5), (2.0, vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0]));
        assert_eq!(value_ticks(9_800.0, 12_700.0, 4), (1000.0, vec![10_000.0, 11_000.0, 12_000.0]));
        assert_eq!(value_ticks(-0.23, 0.0, 3).1, vec![-0.2, -0.1, 0.0]);
        assert!(value_ticks(1.0, 1.0, 5).1.is_empty());
        assert!(value_ticks(f64::NAN, 1.0, 5).1.is_empty());
    }
}
