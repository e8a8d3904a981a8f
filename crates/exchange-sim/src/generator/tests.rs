//! Exactness across intervals, purity, and the look of the market.

use proptest::prelude::*;
use types::{Grid, Interval, Timestamp};

use super::*;

const SEED: u64 = 1;

fn market() -> GeneratedMarket {
    GeneratedMarket::new(SEED, default_listings())
}

fn btc() -> Symbol {
    "BTCUSDT".parse().unwrap()
}

fn rows(
    market: &GeneratedMarket,
    symbol: &Symbol,
    interval: Interval,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Row> {
    let window = Window { from: Some(from), to: Some(to.plus_ms(-1)), limit: usize::MAX };
    market.rows(symbol, interval, window, Timestamp::from_ms(i64::MAX / 2)).unwrap()
}

/// Where candles of BTCUSDT open, and those of everything else up to a day.
fn grid(interval: Interval) -> Grid {
    default_listings()[0].grid(interval)
}

/// Folds finer rows into the coarser grid, the slow and obvious way.
fn folded(fine: &[Row], interval: Interval) -> Vec<Row> {
    let mut coarse: Vec<Row> = Vec::new();
    for row in fine {
        let open_time = grid(interval).floor(row.open_time);
        match coarse.last_mut() {
            Some(last) if last.open_time == open_time => last.bar = last.bar.then(&row.bar),
            _ => coarse.push(Row { open_time, next_open: interval.next_open(open_time), bar: row.bar }),
        }
    }
    coarse
}

fn day(number: i64) -> Timestamp {
    Timestamp::from_ms(number * Timestamp::DAY_MS)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_interval_is_the_exact_fold_of_its_minutes(offset in 1_i64..10_900, which in 0_usize..4) {
        let market = market();
        let symbol = default_listings().swap_remove(which).symbol;
        let (from, to) = (day(FIRST_DAY + offset), day(FIRST_DAY + offset + 1));
        let minutes = rows(&market, &symbol, Interval::M1, from, to);
        for &interval in INTERVALS.iter().filter(|interval| interval.approximate_ms() <= Timestamp::DAY_MS) {
            prop_assert_eq!(rows(&market, &symbol, interval, from, to), folded(&minutes, interval), "{}", interval);
        }
    }

    #[test]
    fn every_candle_can_be_true(offset in 0_i64..10_900, which in 0_usize..4) {
        let symbol = default_listings().swap_remove(which).symbol;
        let (from, to) = (day(FIRST_DAY + offset), day(FIRST_DAY + offset + 1));
        for row in rows(&market(), &symbol, Interval::M1, from, to) {
            let bar = row.bar;
            prop_assert_eq!(bar.to_candle(row.open_time).check(Interval::M1), Ok(()));
            prop_assert_eq!((bar.high % 1_000_000, bar.low % 1_000_000, bar.volume % 1_000), (0, 0, 0));
            let within = |amount: i64, quote: i128| {
                let exact = quote * 100_000_000;
                i128::from(amount) * i128::from(bar.low) <= exact && exact <= i128::from(amount) * i128::from(bar.high)
            };
            prop_assert!(within(bar.volume, bar.quote) && within(bar.taker_base, bar.taker_quote));
            prop_assert!(within(bar.volume - bar.taker_base, bar.quote - bar.taker_quote));
            prop_assert!(bar.taker_quote <= bar.quote);
            prop_assert_eq!(bar.volume == 0, bar.trades == 0);
        }
    }

    #[test]
    fn an_answer_depends_on_nothing_asked_before(offset in 0_i64..10_900, earlier in 0_i64..10_900) {
        let asked = market();
        rows(&asked, &btc(), Interval::M1, day(FIRST_DAY + earlier), day(FIRST_DAY + earlier + 1));
        let (from, to) = (day(FIRST_DAY + offset), day(FIRST_DAY + offset + 1));
        prop_assert_eq!(rows(&asked, &btc(), Interval::M5, from, to), rows(&market(), &btc(), Interval::M5, from, to));
    }

    #[test]
    fn the_unfinished_candle_folds_the_unfinished_minutes(at in 0_i64..(40 * Timestamp::DAY_MS)) {
        let market = market();
        let now = day(FIRST_DAY + 400).plus_ms(at);
        for interval in [Interval::M15, Interval::H4, Interval::D3, Interval::W1, Interval::Mo1] {
            let latest = |interval, limit| {
                let window = Window { from: None, to: None, limit };
                market.rows(&btc(), interval, window, now).unwrap()
            };
            let from = grid(interval).floor(now);
            let window = Window { from: Some(from), to: None, limit: usize::MAX };
            let minutes = market.rows(&btc(), Interval::M1, window, now).unwrap();
            let Some(last) = latest(interval, 1).pop().filter(|row| row.open_time == from) else {
                prop_assert!(minutes.is_empty(), "an outage covers the whole bar");
                continue;
            };
            prop_assert_eq!(vec![last], folded(&minutes, interval));
            prop_assert!(!last.is_closed(now));
        }
    }
}

#[test]
fn weeks_and_months_fold_the_days_around_every_outage() {
    let market = market();
    let (from, to) = (day(FIRST_DAY), Timestamp::from_ymd(2021, 1, 1).unwrap());
    let minutes = rows(&market, &btc(), Interval::M1, from, to);
    let full_year = 366 * 1440;
    assert!(minutes.len() < full_year, "the year has outages");
    assert!(minutes.iter().any(|row| row.bar.volume == 0), "the year has halted minutes");
    for interval in [Interval::H1, Interval::D1, Interval::D3, Interval::Mo1] {
        let whole: Vec<Row> = folded(&minutes, interval);
        let asked = rows(&market, &btc(), interval, grid(interval).floor(from), to);
        // The last three-day bar reaches into the next year.
        let compared = if interval == Interval::D3 { whole.len() - 1 } else { whole.len() };
        assert_eq!(asked.get(..compared), whole.get(..compared), "{interval}");
    }
    let first_week = rows(&market, &btc(), Interval::W1, Timestamp::EPOCH, to)[0];
    assert_eq!(first_week.open_time.to_date(), "2019-12-30", "history starts on a Wednesday");
}

#[test]
fn three_day_candles_are_counted_from_the_day_of_the_listing() {
    let market = market();
    let now = day(FIRST_DAY + 300);
    for listing in default_listings() {
        let window = Window { from: Some(Timestamp::EPOCH), to: None, limit: 5 };
        let first = |interval| market.rows(&listing.symbol, interval, window, now).unwrap()[0];
        assert_eq!(first(Interval::M1).open_time, day(listing.first_day), "{}", listing.symbol);
        assert_eq!(first(Interval::D3).open_time, day(listing.first_day), "{}", listing.symbol);
        let days =
            rows(&market, &listing.symbol, Interval::D1, day(listing.first_day), day(listing.first_day + 3));
        assert_eq!(first(Interval::D3).bar.volume, days.iter().map(|row| row.bar.volume).sum::<i64>());
    }
    let phase = |index: usize| default_listings()[index].first_day.rem_euclid(3);
    assert_ne!(phase(0), phase(3), "not every symbol was listed on the same day of three");
}

#[test]
fn pages_read_backwards_meet_pages_read_forwards() {
    let market = market();
    let now = day(FIRST_DAY + 700);
    let forward = rows(&market, &btc(), Interval::H1, day(FIRST_DAY), now);
    let mut backward = Vec::new();
    let mut to = now.plus_ms(-1);
    loop {
        let window = Window { from: None, to: Some(to), limit: 1000 };
        let mut page = market.rows(&btc(), Interval::H1, window, now).unwrap();
        let Some(first) = page.first() else { break };
        to = first.open_time.plus_ms(-1);
        page.append(&mut backward);
        backward = page;
    }
    assert_eq!(backward, forward);
}

#[test]
fn minutes_join_up_except_after_an_outage() {
    let minutes = rows(&market(), &btc(), Interval::M1, day(FIRST_DAY), day(FIRST_DAY + 60));
    let is_joined = |pair: &[Row]| (pair[0].bar.close - pair[1].bar.open).abs() <= 1_000_000;
    let torn = minutes.windows(2).filter(|pair| !is_joined(pair)).count();
    assert!(torn <= 4, "{torn} jumps in sixty days");
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "a statistic")]
fn volume_follows_volatility_and_the_hour_of_the_day() {
    let hours = rows(&market(), &btc(), Interval::H1, day(FIRST_DAY), day(FIRST_DAY + 200));
    let pairs: Vec<(f64, f64)> = hours
        .iter()
        .map(|row| ((row.bar.high - row.bar.low) as f64 / row.bar.open as f64, row.bar.volume as f64))
        .collect();
    let count = pairs.len() as f64;
    let (mean_x, mean_y) =
        pairs.iter().fold((0.0, 0.0), |(x, y), pair| (x + pair.0 / count, y + pair.1 / count));
    let moment = |f: &dyn Fn(f64, f64) -> f64| {
        pairs.iter().map(|pair| f(pair.0 - mean_x, pair.1 - mean_y)).sum::<f64>()
    };
    let correlation = moment(&|x, y| x * y) / (moment(&|x, _| x * x) * moment(&|_, y| y * y)).sqrt();
    assert!(correlation > 0.5, "range and volume correlate at {correlation}");
    let traded_at = |hour: i64| {
        let picked = hours.iter().filter(|row| row.open_time.as_ms() / HOUR_MS % 24 == hour);
        picked.map(|row| row.bar.volume as f64).sum::<f64>()
    };
    assert!(traded_at(14) > 1.5 * traded_at(5), "{} {}", traded_at(14), traded_at(5));
}

#[test]
fn the_first_candles_of_seed_one_never_change() {
    let hours = rows(&market(), &btc(), Interval::H1, day(19_723), day(19_723).plus_ms(3 * HOUR_MS));
    let minutes =
        rows(&market(), &"BNBUSDT".parse().unwrap(), Interval::M1, day(FIRST_DAY), day(FIRST_DAY + 1));
    let lines: Vec<String> =
        hours.iter().chain(minutes.iter().take(3)).map(|row| row.to_json(1).to_string()).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_revised_market_still_folds_and_depends_on_the_list_alone(
        offset in 1_i64..10_900,
        minutes in proptest::collection::vec(0_i64..1440, 1..6),
    ) {
        let now = day(FIRST_DAY + offset + 2);
        let (from, to) = (day(FIRST_DAY + offset), day(FIRST_DAY + offset + 1));
        let (asked, fresh) = (market(), market());
        // One of the two has everything remembered before it is revised.
        for interval in [Interval::M1, Interval::H1, Interval::D1] {
            rows(&asked, &btc(), interval, from, to);
        }
        let original = rows(&asked, &btc(), Interval::M1, from, to);
        for minute in &minutes {
            let at = from.plus_ms(minute * MINUTE_MS);
            prop_assert_eq!(asked.revise(&btc(), at, now), fresh.revise(&btc(), at, now));
        }
        let revised = rows(&asked, &btc(), Interval::M1, from, to);
        prop_assert_eq!(&revised, &rows(&fresh, &btc(), Interval::M1, from, to));
        for (before, after) in original.iter().zip(&revised) {
            let is_meant = minutes.iter().any(|minute| from.plus_ms(minute * MINUTE_MS) == before.open_time);
            prop_assert_eq!(before != after, is_meant, "{}", before.open_time);
        }
        for interval in [Interval::M5, Interval::H1, Interval::H4, Interval::D1] {
            prop_assert_eq!(rows(&asked, &btc(), interval, from, to), folded(&revised, interval), "{}", interval);
        }
    }
}

#[test]
fn only_a_closed_candle_that_exists_is_revised() {
    let market = market();
    let open = day(FIRST_DAY + 400);
    assert_eq!(market.revise(&btc(), open, open.plus_ms(MINUTE_MS - 1)), None, "it is not closed");
    assert_eq!(market.revise(&btc(), open.plus_ms(1), day(FIRST_DAY + 401)), None, "off the grid");
    assert_eq!(market.revise(&btc(), day(FIRST_DAY - 1), open), None, "before history");
    assert!(market.revise(&btc(), open, open.plus_ms(MINUTE_MS)).is_some());
}
