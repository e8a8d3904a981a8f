//! Averages against fractions of integers, ties, outliers and numbers that are none.

use proptest::prelude::*;

use super::*;

/// Runs a new average over values and returns the last.
fn last(period: usize, values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sma = Sma::new(period).expect("a period");
    values.into_iter().map(|value| sma.next(value)).last().flatten()
}

/// Returns `digits × 10^-decimals` as a price column holds it.
fn decimal(digits: i64, decimals: u32) -> f64 {
    format!("{digits}e-{decimals}").parse().expect("a number")
}

#[test]
fn is_the_mean_of_the_last_n() {
    let mut sma = Sma::new(3).expect("a period");
    let averages: Vec<_> = [1.0, 2.0, 6.0, 4.0, 5.0].into_iter().map(|value| sma.next(value)).collect();
    assert_eq!(averages, vec![None, None, Some(3.0), Some(4.0), Some(5.0)]);
}

#[test]
fn a_period_of_zero_or_too_many_is_refused() {
    assert_eq!(Sma::new(0).expect_err("zero").to_string(), "period is 0; it must be from 1 to 100000 bars");
    assert!(Sma::new(100_001).is_err());
    assert_eq!(Sma::new(1).expect("a period").next(7.5), Some(7.5));
}

#[test]
fn flat_prices_after_a_wild_past_give_equal_averages_of_every_length() {
    let mut averages: Vec<Sma> = (1..60).map(|period| Sma::new(period).expect("a period")).collect();
    let wild = (0..997).map(|step| 1e9 / f64::from(step * step + 1) + 0.1);
    for value in wild.chain(std::iter::repeat_n(0.3, 60)) {
        for sma in &mut averages {
            sma.next(value);
        }
    }
    for sma in &mut averages {
        assert_eq!(sma.next(0.3).map(f64::to_bits), Some(0.3_f64.to_bits()));
    }
}

#[test]
fn a_value_that_is_no_number_leaves_with_its_window() {
    for stranger in [f64::NAN, f64::INFINITY, f64::MAX, 1e17, 5e-324, 1e-9, 12_345.678_901_234_567] {
        let averages = [1.0, stranger, 1.0, 1.0, 1.0].map(|value| value);
        assert_eq!(last(2, averages), Some(1.0), "{stranger}");
        let (mut pair, mut seen) = (SmaPair::new(1, 2).expect("periods"), None);
        for value in averages {
            seen = pair.next(value);
        }
        assert_eq!(seen, Some(Ordering::Equal), "{stranger}");
    }
    assert!(last(2, [1.0, f64::NAN]).expect("defined").is_nan());
    assert_eq!(SmaPair::new(1, 2).expect("periods").next(f64::NAN), None);
}

#[test]
fn huge_and_tiny_values_have_a_sensible_average() {
    for value in
        [f64::MAX, -1e300, 1e17, 12_345_678_901_234_568.0, 1e13, 123.456_789_012_345_67, 1e-12, 3e-20]
    {
        assert_eq!(last(4, [value; 9]), Some(value), "{value:e}");
    }
    assert_eq!(last(2, [f64::INFINITY, 1.0]), Some(f64::INFINITY));
    let tiny = last(3, [1e-300, 2e-300, 6e-300]).expect("defined");
    assert!((tiny / 3e-300 - 1.0).abs() < 1e-15, "{tiny:e}");
}

#[test]
fn touching_averages_are_equal_to_the_bit() {
    // Ten closes whose sum in plain f64 is not three times less than that of thirty, though it is in decimals.
    let (mut fast, mut slow) = (Sma::new(3).expect("a period"), Sma::new(9).expect("a period"));
    let mut pair = SmaPair::new(3, 9).expect("periods");
    let mut averages = (None, None, None);
    for close in [0.1, 0.2, 0.3, 0.3, 0.2, 0.1, 0.2, 0.2, 0.2] {
        averages = (fast.next(close), slow.next(close), pair.next(close));
    }
    assert_eq!(averages, (Some(0.2), Some(0.2), Some(Ordering::Equal)));
}

#[test]
fn a_pair_sees_a_difference_that_no_f64_can_hold() {
    // (p + 1 unit) / 1 against (99 999 p + p + 1 unit) / 100 000.
    let (price, one_more) = (20_000_000.123_456_78, 20_000_000.123_456_79);
    let mut pair = SmaPair::new(2, 100_000).expect("periods");
    let mut seen = None;
    for bar in 0..100_001 {
        seen = pair.next(if bar == 50_000 { one_more } else { price });
    }
    assert_eq!(seen, Some(Ordering::Less));
}

proptest! {
    #[test]
    fn depends_on_the_window_alone(
        past in prop::collection::vec(1e-6..1e6_f64, 0..300),
        window in prop::collection::vec(1e-6..1e6_f64, 1..40),
    ) {
        let mut fresh = Sma::new(window.len()).expect("a period");
        let mut used = fresh.clone();
        for value in past {
            used.next(value);
        }
        let mut last = (None, None);
        for value in window {
            last = (fresh.next(value), used.next(value));
        }
        prop_assert_eq!(last.0.map(f64::to_bits), last.1.map(f64::to_bits));
    }

    #[test]
    fn compares_as_fractions_do(
        ticks in prop::collection::vec(1..30_i64, 12..80),
        base in 0..1_000_000_000_i64,
        decimals in 0..=16_u32,
        (fast, slow) in (1..6_usize, 1..12_usize),
    ) {
        let digits: Vec<i64> = ticks.iter().map(|tick| base + tick).collect();
        let (mut first, mut second) = (Sma::new(fast).expect("a period"), Sma::new(slow).expect("a period"));
        let mut pair = SmaPair::new(fast, slow).expect("periods");
        for (bar, &digit) in digits.iter().enumerate() {
            let value = decimal(digit, decimals);
            let (left, right, seen) = (first.next(value), second.next(value), pair.next(value));
            if bar + 1 < fast.max(slow) {
                prop_assert_eq!(seen, None);
                continue;
            }
            let sum = |period: usize| digits[bar + 1 - period..=bar].iter().sum::<i64>();
            let number = |period: usize| i64::try_from(period).expect("small");
            let exact = (sum(fast) * number(slow)).cmp(&(sum(slow) * number(fast)));
            prop_assert_eq!(seen, Some(exact));
            // The f64 of the fraction: never the other way round, and equal where it is equal.
            let order = left.expect("defined").total_cmp(&right.expect("defined"));
            prop_assert!(order == exact || order.is_eq(), "{left:?} {right:?}");
            prop_assert!(!exact.is_eq() || order.is_eq());
            let expected: f64 = format!("{}e-{decimals}", sum(1)).parse().expect("a number");
            prop_assert!(fast != 1 || left == Some(expected));
        }
    }

    #[test]
    fn no_number_makes_it_panic(bits in prop::collection::vec(any::<u64>(), 1..60), period in 1..9_usize) {
        let (mut sma, mut pair) = (Sma::new(period).expect("a period"), SmaPair::new(period, 2).expect("periods"));
        for bits in bits {
            let value = f64::from_bits(bits);
            let _ = (sma.next(value), pair.next(value));
        }
    }
}
