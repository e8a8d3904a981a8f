use proptest::prelude::*;
use types::{Candle, Interval};

use super::*;

const MINUTE: i64 = 60_000;

fn row(minute: i64) -> ServedCandle {
    let candle = Candle {
        open_time: Timestamp::from_ms(minute * MINUTE),
        open: 1.into(),
        high: 1.into(),
        low: 1.into(),
        close: 1.into(),
        volume: 1.into(),
        quote_volume: None,
        trades: None,
        taker_buy_base: None,
        taker_buy_quote: None,
    };
    ServedCandle::flagged(candle, Interval::M1, true)
}

/// Asks an exchange that has these minutes and serves at most `cap` of them; returns the page and the number of requests.
fn page(minutes: &[i64], range: (i64, i64), most: usize, cap: usize) -> (Option<(Vec<i64>, i64)>, u32) {
    let at = |minute: i64| Timestamp::from_ms(minute * MINUTE);
    let Some(mut stretch) =
        Stretch::new(Interval::M1, TimeRange { start: at(range.0), end: at(range.1) }, most)
    else {
        return (None, 0);
    };
    for requests in 1..200 {
        let part = stretch.part();
        assert!(!part.is_empty(), "{stretch:?}");
        let inside = minutes.iter().rev().filter(|&&minute| part.contains(at(minute)));
        match stretch.answer(inside.take(cap.min(most)).map(|&minute| row(minute)).collect()) {
            Found::NotYet => {}
            Found::Nothing => return (None, requests),
            Found::Page { rows, until } => {
                let minutes = rows.iter().map(|row| row.candle.open_time.as_ms() / MINUTE).collect();
                return (Some((minutes, until.as_ms() / MINUTE)), requests);
            }
        }
    }
    panic!("no end: {stretch:?}");
}

#[test]
fn a_whole_page_takes_one_request() {
    let minutes: Vec<i64> = (0..1000).collect();
    let (found, requests) = page(&minutes, (100, 900), 300, 300);
    assert_eq!((found, requests), (Some(((100..400).collect(), 400)), 1));
}

#[test]
fn an_exchange_that_serves_fewer_rows_than_it_promised_costs_requests_and_no_candles() {
    let minutes: Vec<i64> = (0..1000).collect();
    let (found, requests) = page(&minutes, (100, 900), 300, 100);
    assert_eq!((found, requests), (Some(((100..400).collect(), 400)), 3));
}

#[test]
fn years_without_candles_are_crossed_in_a_few_requests() {
    let minutes: Vec<i64> = (5_000_000..5_001_000).collect();
    let (found, requests) = page(&minutes, (0, 6_000_000), 300, 300);
    let (rows, _) = found.unwrap();
    assert_eq!(rows[0], 5_000_000);
    assert!(requests < 35, "{requests}");
    let (nothing, requests) = page(&[], (0, 6_000_000), 300, 300);
    assert!(nothing.is_none() && requests < 12, "{requests}");
}

#[test]
fn months_are_asked_for_in_stretches_that_never_hold_more_than_a_page() {
    let range = TimeRange { start: Timestamp::EPOCH, end: Timestamp::from_ms(i64::MAX) };
    let stretch = Stretch::new(Interval::Mo1, range, 100).unwrap();
    let part = stretch.part();
    assert!((50..=100).contains(&Interval::Mo1.bars_between(part.start, part.end)), "{part:?}");
}

proptest! {
    /// Whatever holes a series has and however few rows are served at once, following the pages brings every candle once.
    #[test]
    fn pages_bring_every_candle_once(
        holes in prop::collection::vec((0_i64..5000, 1_i64..900), 0..6),
        start in 0_i64..3000,
        length in 1_i64..4000,
        most in 1_usize..400,
        cap in 1_usize..400,
    ) {
        let is_there = |minute: &i64| !holes.iter().any(|&(from, len)| (from..from + len).contains(minute));
        let minutes: Vec<i64> = (0..5000).filter(is_there).collect();
        let end = start + length;
        let mut seen = Vec::new();
        let mut next = start;
        while next < end {
            let (Some((rows, until)), _) = page(&minutes, (next, end), most.max(20), cap.max(20)) else { break };
            prop_assert!(until > next && !rows.is_empty());
            seen.extend(rows);
            next = until;
        }
        let expected: Vec<i64> = minutes.into_iter().filter(|minute| (start..end).contains(minute)).collect();
        prop_assert_eq!(seen, expected);
    }
}
