//! A million bars: the averages are still those of their window, and a crossover is still where exact arithmetic puts it.

use indicators::{Bollinger, Sma, Wma};
use testkit::SplitMix64;

const BARS: usize = 1_000_000;

/// Prices in 64ths: exact in `f64`, so that integers can tell what is true.
fn prices() -> Vec<i64> {
    let mut random = SplitMix64::new(99);
    let mut price = 64 * 30_000;
    (0..BARS)
        .map(|_| {
            price = (price + random.between(-2000, 2000)).max(64);
            price
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "prices are far below 2^53")]
fn number(price: i64) -> f64 {
    price as f64 / 64.0
}

#[test]
fn no_crossover_appears_or_vanishes_in_a_million_bars() {
    let prices = prices();
    let (mut fast, mut slow) = (Sma::new(10).expect("a period"), Sma::new(30).expect("a period"));
    let (mut fast_sum, mut slow_sum) = (0_i64, 0_i64);
    let mut touches = 0;
    for (bar, &price) in prices.iter().enumerate() {
        fast_sum += price - bar.checked_sub(10).map_or(0, |old| prices[old]);
        slow_sum += price - bar.checked_sub(30).map_or(0, |old| prices[old]);
        let averages = (fast.next(number(price)), slow.next(number(price)));
        let (Some(fast), Some(slow)) = averages else { continue };
        let exact = (3 * fast_sum).cmp(&slow_sum);
        assert_eq!(fast.total_cmp(&slow), exact, "bar {bar}");
        touches += usize::from(exact.is_eq());
    }
    // Bars on which both averages are equal are where a drifting sum would invent a trade.
    assert!(touches > 0);
}

#[test]
fn averages_of_the_last_window_are_exact_after_a_million_bars() {
    let prices = prices();
    let (mut sma, mut wma) = (Sma::new(200).expect("a period"), Wma::new(200).expect("a period"));
    let mut bands = Bollinger::new(200, 2.0).expect("parameters");
    let mut last = (None, None, None);
    for &price in &prices[..BARS - 7] {
        let price = number(price);
        last = (sma.next(price), wma.next(price), bands.next(price));
    }
    let window = &prices[BARS - 207..BARS - 7];
    let sum: i64 = window.iter().sum();
    let weighted: i64 = (1..).zip(window).map(|(weight, price)| weight * price).sum();
    let squares: i128 = window.iter().map(|&price| i128::from(price) * i128::from(price)).sum();
    #[expect(clippy::cast_precision_loss, reason = "the one rounding of the expected value")]
    let deviation = ((200 * squares - i128::from(sum) * i128::from(sum)) as f64).sqrt() / 200.0 / 64.0;
    let near = |found: f64, expected: f64, tolerance: f64| (found / expected - 1.0).abs() < tolerance;
    assert!(near(last.0.expect("defined"), number(sum) / 200.0, 1e-15));
    assert!(near(last.1.expect("defined"), number(weighted) / 20_100.0, 1e-15));
    let bands = last.2.expect("defined");
    // Band and average are rounded to the last place of 39 302 before they are subtracted here.
    assert!(near((bands.upper - bands.middle) / 2.0, deviation, 1e-12), "{bands:?} {deviation}");
}
