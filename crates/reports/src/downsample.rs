//! Fewer points with the same outline: of each stretch its lowest and highest value, and the two ends of the series.

/// Returns the positions of at most `points` values (4 at least, and never fewer than asked for when there are that many) that keep the
/// outline, in order. The global extremes are always among them. Values that are not finite are skipped.
///
/// Values are taken one after the other, so a column that is computed need not be kept.
pub fn downsample(
    values: impl IntoIterator<IntoIter: ExactSizeIterator<Item = f64>>,
    points: usize,
) -> Vec<usize> {
    let values = values.into_iter();
    let (points, length) = (points.max(4), values.len());
    let mut values = values.enumerate();
    let finite = |(index, value): (usize, f64)| value.is_finite().then_some(index);
    if length <= points {
        return values.filter_map(finite).collect();
    }
    let stretches = (points - 2) / 2;
    let inner = length - 2;
    let mut kept = Vec::with_capacity(points);
    kept.extend(values.next().and_then(finite));
    for stretch in 0..stretches {
        let rows = (stretch + 1) * inner / stretches - stretch * inner / stretches;
        let Some((lowest, highest)) = extremes(values.by_ref().take(rows)) else { continue };
        kept.push(lowest.min(highest));
        if lowest != highest {
            kept.push(lowest.max(highest));
        }
    }
    kept.extend(values.next().and_then(finite));
    kept
}

/// Returns where the first lowest and the first highest finite value lie.
fn extremes(values: impl Iterator<Item = (usize, f64)>) -> Option<(usize, usize)> {
    let (mut lowest, mut highest) = ((f64::INFINITY, None), (f64::NEG_INFINITY, None));
    values.for_each(|(index, value)| {
        if value < lowest.0 && value.is_finite() {
            lowest = (value, Some(index));
        }
        if value > highest.0 && value.is_finite() {
            highest = (value, Some(index));
        }
    });
    Some((lowest.1?, highest.1?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_series_is_kept_whole() {
        assert_eq!(downsample([1.0, 2.0, 3.0], 10), [0, 1, 2]);
        assert_eq!(downsample([1.0, f64::NAN, 3.0], 10), [0, 2]);
        assert!(downsample([], 10).is_empty());
    }

    #[test]
    fn a_single_spike_survives() {
        let mut values = vec![1.0; 100_000];
        values[54_321] = 2.0;
        values[12_345] = 0.5;
        let kept = downsample(values, 100);
        assert!(kept.contains(&54_321) && kept.contains(&12_345));
        assert!(kept.len() <= 100 && kept.is_sorted());
    }

    proptest! {
        #[test]
        fn keeps_ends_extremes_and_the_limit(values in prop::collection::vec(-1e6..1e6_f64, 1..400), points in 0..60_usize) {
            let kept = downsample(values.iter().copied(), points);
            prop_assert!(kept.len() <= points.max(4));
            prop_assert!(kept.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert_eq!((kept[0], kept[kept.len() - 1]), (0, values.len() - 1));
            let extreme = |pick: fn(f64, f64) -> f64, of: &[usize]| of.iter().map(|&index| values[index]).reduce(pick);
            let all: Vec<usize> = (0..values.len()).collect();
            prop_assert_eq!(extreme(f64::min, &kept), extreme(f64::min, &all));
            prop_assert_eq!(extreme(f64::max, &kept), extreme(f64::max, &all));
        }
    }
}
