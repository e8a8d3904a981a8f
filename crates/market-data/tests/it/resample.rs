//! Coarser candles out of finer ones, held against a plain calculation in decimals.

use std::collections::BTreeMap;

use market_data::{CandleStore, Holes, Note, ResampleError, ResampleReport, StoredCandle, Take, resample};
use proptest::prelude::*;
use rust_decimal::Decimal;
use types::{Candle, Grid, Interval, Provenance, SeriesKey, TimeRange, Timestamp};

use crate::support::{LATER, at, candle, candles, decimal, key, lake, postgres};

async fn all(store: &dyn CandleStore, key: &SeriesKey) -> Vec<StoredCandle> {
    store.candles(key, TimeRange::ALL, Take::All).await.unwrap()
}

async fn run(
    store: &dyn CandleStore,
    fine: Interval,
    to: Interval,
    holes: Holes,
) -> Result<ResampleReport, ResampleError> {
    resample(store, &key("BTCUSDT", fine), to, TimeRange::ALL, holes, LATER).await
}

/// The definition, candle by candle.
fn plainly(fine: &[Candle], to: Interval) -> Vec<Candle> {
    let mut groups: BTreeMap<Timestamp, Vec<&Candle>> = BTreeMap::new();
    let grid = Grid::from(to).or_from(fine[0].open_time);
    for candle in fine {
        groups.entry(grid.floor(candle.open_time)).or_default().push(candle);
    }
    let total = |group: &[&Candle], pick: fn(&Candle) -> Option<Decimal>| {
        group.iter().map(|candle| pick(candle)).sum::<Option<Decimal>>()
    };
    groups
        .into_iter()
        .map(|(open_time, group)| Candle {
            open_time,
            open: group[0].open,
            high: group.iter().map(|candle| candle.high).max().unwrap(),
            low: group.iter().map(|candle| candle.low).min().unwrap(),
            close: group[group.len() - 1].close,
            volume: total(&group, |candle| Some(candle.volume)).unwrap(),
            quote_volume: total(&group, |candle| candle.quote_volume),
            trades: group.iter().map(|candle| candle.trades).sum(),
            taker_buy_base: total(&group, |candle| candle.taker_buy_base),
            taker_buy_quote: total(&group, |candle| candle.taker_buy_quote),
        })
        .collect()
}

#[tokio::test]
async fn weeks_begin_on_monday_and_months_on_the_first() {
    let (_folder, store) = lake();
    // 2024-01-01 is a Monday; 60 days end with February.
    let days = candles(Interval::D1, at("2024-01-01"), 60);
    store.append(&key("BTCUSDT", Interval::D1), days.clone(), Provenance::Exchange).await.unwrap();
    for (to, opens) in [
        (
            Interval::W1,
            vec![
                "2024-01-01",
                "2024-01-08",
                "2024-01-15",
                "2024-01-22",
                "2024-01-29",
                "2024-02-05",
                "2024-02-12",
                "2024-02-19",
            ],
        ),
        (Interval::Mo1, vec!["2024-01-01", "2024-02-01"]),
    ] {
        let report = run(store.as_ref(), Interval::D1, to, Holes::LeaveOut).await.unwrap();
        let made = all(store.as_ref(), &key("BTCUSDT", to)).await;
        assert_eq!(
            made.iter().map(|row| row.candle.open_time).collect::<Vec<_>>(),
            opens.iter().map(|day| at(day)).collect::<Vec<_>>()
        );
        assert!(made.iter().all(|row| row.provenance == Provenance::Resampled));
        assert_eq!((report.read, report.added), (60, opens.len() as u64));
        let expected = plainly(&days, to);
        assert!(made.iter().zip(&expected).all(|(made, expected)| made.candle == *expected), "{to}");
    }
}

#[tokio::test]
async fn a_bar_with_holes_is_left_out_unless_it_is_asked_for() {
    let (_folder, store) = lake();
    let mut hours = candles(Interval::H1, at("2024-01-01 20:00"), 52);
    hours.retain(|candle| candle.open_time != at("2024-01-02 05:00"));
    store.append(&key("BTCUSDT", Interval::H1), hours.clone(), Provenance::Exchange).await.unwrap();
    // The first day has four hours, the second lacks one, the third is whole.
    let report = run(store.as_ref(), Interval::H1, Interval::D1, Holes::LeaveOut).await.unwrap();
    assert_eq!((report.added, report.incomplete, report.begins_inside), (1, 1, Some(at("2024-01-01"))));
    assert_eq!(report.incomplete_at, [at("2024-01-02")]);
    let report = run(store.as_ref(), Interval::H1, Interval::D1, Holes::Accept).await.unwrap();
    assert_eq!((report.added, report.confirmed, report.incomplete), (1, 1, 1));
    let made: Vec<Candle> =
        all(store.as_ref(), &key("BTCUSDT", Interval::D1)).await.into_iter().map(|row| row.candle).collect();
    assert_eq!(made, plainly(&hours, Interval::D1)[1..], "never where the hours begin in the middle");
}

#[tokio::test]
async fn no_bar_closes_after_the_last_finer_candle_or_after_now() {
    let series = key("BTCUSDT", Interval::M5);
    // Up to 02:40, whose candle closes at 02:45.
    let fives = candles(Interval::M5, at("2024-01-01"), 33);
    for (to, now, opens) in [
        (Interval::H1, LATER, vec!["2024-01-01 00:00", "2024-01-01 01:00"]),
        (Interval::M15, LATER, (0..11).map(|_| "").collect()),
        (Interval::H1, at("2024-01-01 01:59:59"), vec!["2024-01-01 00:00"]),
        (Interval::D1, at("2024-01-01 02:46"), vec![]),
        (Interval::Mo1, LATER, vec![]),
    ] {
        let (_folder, store) = lake();
        store.append(&series, fives.clone(), Provenance::Exchange).await.unwrap();
        let report = resample(store.as_ref(), &series, to, TimeRange::ALL, Holes::Accept, now).await.unwrap();
        assert_eq!(report.added, opens.len() as u64, "{to} at {now}");
        assert_eq!(report.unfinished.is_some(), to != Interval::M15, "{to} at {now}");
        let made = all(store.as_ref(), &key("BTCUSDT", to)).await;
        if to == Interval::H1 {
            let opens: Vec<Timestamp> = opens.into_iter().map(at).collect();
            assert_eq!(made.iter().map(|row| row.candle.open_time).collect::<Vec<_>>(), opens);
        }
    }
}

/// The report's numbers of bars: made, made again, the same, left.
fn counts(report: &ResampleReport) -> [u64; 4] {
    [report.added, report.remade, report.confirmed, report.differing]
}

#[tokio::test]
async fn a_bar_is_made_again_when_the_candles_below_it_change() {
    let (_folder, lake) = lake();
    let ((), postgres) = postgres().await;
    for store in [lake, postgres] {
        let store = store.as_ref();
        let (fine, coarse) = (key("BTCUSDT", Interval::M5), key("BTCUSDT", Interval::H1));
        let mut fives = candles(Interval::M5, at("2024-01-01"), 36);
        let hole = fives.remove(20);
        store.append(&fine, fives.clone(), Provenance::Exchange).await.unwrap();
        let run = |holes| run(store, Interval::M5, Interval::H1, holes);
        assert_eq!(counts(&run(Holes::Accept).await.unwrap()), [3, 0, 0, 0]);
        // The hole is filled: the bar above it is made again, and only that one.
        store.append(&fine, vec![hole.clone()], Provenance::Repaired).await.unwrap();
        assert_eq!(counts(&run(Holes::LeaveOut).await.unwrap()), [0, 1, 2, 0]);
        fives.insert(20, hole);
        // The exchange revises the past.
        fives[3].high = Decimal::from(1_000_000);
        store.append(&fine, vec![fives[3].clone()], Provenance::Exchange).await.unwrap();
        assert_eq!(counts(&run(Holes::LeaveOut).await.unwrap()), [0, 1, 2, 0]);
        assert_eq!(counts(&run(Holes::LeaveOut).await.unwrap()), [0, 0, 3, 0]);
        let made = all(store, &coarse).await;
        assert!(made.iter().all(|row| row.provenance == Provenance::Resampled));
        let expected = plainly(&fives, Interval::H1);
        assert!(made.iter().zip(&expected).all(|(made, expected)| made.candle == *expected));
        // What the exchange itself published is never overwritten, whoever comes first.
        let mut published = expected[1].clone();
        published.close += Decimal::ONE;
        published.high += Decimal::ONE;
        store.append(&coarse, vec![published.clone()], Provenance::Exchange).await.unwrap();
        assert_eq!(counts(&run(Holes::LeaveOut).await.unwrap()), [0, 0, 2, 1]);
        let kept = store.append(&coarse, vec![expected[1].clone()], Provenance::Resampled).await.unwrap();
        assert_eq!((kept.unchanged, kept.revised), (1, 0));
        assert_eq!(all(store, &coarse).await[1].candle, published);
    }
}

#[tokio::test]
async fn a_bar_above_a_candle_that_was_made_up_becomes_synthetic_and_back() {
    let (_folder, store) = lake();
    let (fine, coarse) = (key("BTCUSDT", Interval::H1), key("BTCUSDT", Interval::D1));
    let mut hours = candles(Interval::H1, at("2024-01-01"), 24);
    let hole = hours.remove(5);
    store.append(&fine, hours, Provenance::Exchange).await.unwrap();
    let run = || run(store.as_ref(), Interval::H1, Interval::D1, Holes::Accept);
    run().await.unwrap();
    let flat = Candle {
        volume: Decimal::ZERO,
        quote_volume: Some(Decimal::ZERO),
        trades: Some(0),
        taker_buy_base: Some(Decimal::ZERO),
        taker_buy_quote: Some(Decimal::ZERO),
        ..hole
    };
    store.fill_in(&fine, vec![flat]).await.unwrap();
    assert_eq!(counts(&run().await.unwrap()), [0, 1, 0, 0]);
    assert_eq!(all(store.as_ref(), &coarse).await[0].provenance, Provenance::Synthetic);
    assert_eq!(counts(&run().await.unwrap()), [0, 0, 1, 0]);
}

#[tokio::test]
async fn three_day_bars_follow_the_series_that_is_there_and_else_the_first_day() {
    let (_folder, store) = lake();
    let days = candles(Interval::D1, at("2017-08-17 04:00"), 30);
    let (fine, coarse) = (key("BTCUSDT", Interval::D1), key("BTCUSDT", Interval::D3));
    store.append(&fine, days.clone(), Provenance::Exchange).await.unwrap();
    let opens =
        |rows: Vec<StoredCandle>| rows.into_iter().map(|row| row.candle.open_time).collect::<Vec<_>>();
    run(store.as_ref(), Interval::D1, Interval::D3, Holes::LeaveOut).await.unwrap();
    let made = opens(all(store.as_ref(), &coarse).await);
    // `candles` begins with the first midnight after the time that it is given.
    assert_eq!((made[0], made.len()), (at("2017-08-18"), 10));
    assert!(made.windows(2).all(|pair| pair[1].ms_since(pair[0]) == 3 * Timestamp::DAY_MS));
    assert_eq!(store.gaps(&coarse).await.unwrap(), []);
    store.delete(&coarse).await.unwrap();
    // The exchange's own candles say where bars open.
    let published = plainly(&days[1..4], Interval::D3);
    assert_eq!(published[0].open_time, at("2017-08-19"));
    store.append(&coarse, published, Provenance::Exchange).await.unwrap();
    let report = run(store.as_ref(), Interval::D1, Interval::D3, Holes::LeaveOut).await.unwrap();
    assert_eq!(counts(&report), [8, 0, 1, 0]);
    assert_eq!(report.begins_inside, Some(at("2017-08-16")));
    assert_eq!(
        opens(all(store.as_ref(), &coarse).await)[8],
        at("2017-08-19").plus_ms(24 * Timestamp::DAY_MS)
    );
}

#[tokio::test]
async fn what_is_there_is_compared_and_never_overwritten() {
    let (_folder, store) = lake();
    let hours = candles(Interval::H1, at("2024-01-01"), 72);
    store.append(&key("BTCUSDT", Interval::H1), hours.clone(), Provenance::Exchange).await.unwrap();
    let mut days = plainly(&hours, Interval::D1);
    days.pop();
    days[1].close += Decimal::ONE;
    days[1].high += Decimal::ONE;
    // A file of six columns says less, which is no contradiction.
    days[0].trades = None;
    days[0].quote_volume = None;
    store.append(&key("BTCUSDT", Interval::D1), days.clone(), Provenance::Imported).await.unwrap();
    let report = run(store.as_ref(), Interval::H1, Interval::D1, Holes::LeaveOut).await.unwrap();
    assert_eq!((report.added, report.confirmed, report.differing), (1, 1, 1));
    assert_eq!(report.differing_at, [at("2024-01-02")]);
    let found = all(store.as_ref(), &key("BTCUSDT", Interval::D1)).await;
    assert_eq!((&found[0].candle, &found[1].candle), (&days[0], &days[1]));
    assert_eq!(found[1].provenance, Provenance::Imported);
    assert_eq!(found[2].provenance, Provenance::Resampled);
}

#[tokio::test]
async fn what_touches_a_synthetic_candle_stays_synthetic() {
    let (_folder, store) = lake();
    let mut hours = candles(Interval::H1, at("2024-01-01"), 48);
    let made_up = hours.remove(30);
    let series = key("BTCUSDT", Interval::H1);
    store.append(&series, hours, Provenance::Exchange).await.unwrap();
    store.append(&series, vec![made_up], Provenance::Synthetic).await.unwrap();
    run(store.as_ref(), Interval::H1, Interval::D1, Holes::LeaveOut).await.unwrap();
    let days = all(store.as_ref(), &key("BTCUSDT", Interval::D1)).await;
    let sources: Vec<Provenance> = days.iter().map(|row| row.provenance).collect();
    assert_eq!(sources, [Provenance::Resampled, Provenance::Synthetic]);
}

#[tokio::test]
async fn a_known_outage_makes_no_bar_incomplete() {
    let (_folder, store) = lake();
    let mut hours = candles(Interval::H1, at("2024-01-01"), 72);
    let series = key("BTCUSDT", Interval::H1);
    // The first day lacks what the exchange lacks too, the second one something that nobody asked for.
    let unasked = hours.remove(40).open_time;
    hours.drain(10..13);
    store.append(&series, hours, Provenance::Exchange).await.unwrap();
    let range = TimeRange { start: at("2024-01-01 10:00"), end: at("2024-01-01 13:00") };
    store.note(&series, vec![Note::Empty { range, at: at("2024-02-01") }]).await.unwrap();
    let report = run(store.as_ref(), Interval::H1, Interval::D1, Holes::LeaveOut).await.unwrap();
    assert_eq!((report.added, report.outages, report.incomplete), (2, 1, 1));
    assert_eq!(report.incomplete_at, [at("2024-01-02")]);
    let hole = TimeRange { start: unasked, end: unasked.plus_ms(1) };
    store.note(&series, vec![Note::Empty { range: hole, at: at("2024-02-01") }]).await.unwrap();
    let report = run(store.as_ref(), Interval::H1, Interval::D1, Holes::LeaveOut).await.unwrap();
    assert_eq!((report.added, report.incomplete), (0, 1), "a part of the hole is not the hole");
}

#[tokio::test]
async fn a_range_is_resampled_in_whole_bars() {
    let (_folder, store) = lake();
    let series = key("BTCUSDT", Interval::H1);
    store.append(&series, candles(Interval::H1, at("2024-01-01"), 96), Provenance::Exchange).await.unwrap();
    let range = TimeRange { start: at("2024-01-01 12:00"), end: at("2024-01-03 12:00") };
    let report =
        resample(store.as_ref(), &series, Interval::D1, range, Holes::LeaveOut, LATER).await.unwrap();
    let days = all(store.as_ref(), &key("BTCUSDT", Interval::D1)).await;
    let opens: Vec<Timestamp> = days.iter().map(|row| row.candle.open_time).collect();
    assert_eq!(opens, [at("2024-01-02"), at("2024-01-03")], "the bars that open in the range");
    assert_eq!((report.added, report.incomplete), (2, 0));
}

#[tokio::test]
async fn values_of_any_width_add_up_exactly() {
    let (_folder, store) = lake();
    let mut wide = candle(at("2024-01-01 00:00"), 1);
    wide.volume = decimal("9999999999.999999999999999999");
    let mut narrow = candle(at("2024-01-01 00:30"), 2);
    narrow.volume = decimal("0.000000000000000001");
    narrow.taker_buy_base = None;
    store.append(&key("BTCUSDT", Interval::M30), vec![wide, narrow], Provenance::Exchange).await.unwrap();
    run(store.as_ref(), Interval::M30, Interval::H1, Holes::LeaveOut).await.unwrap();
    let made = all(store.as_ref(), &key("BTCUSDT", Interval::H1)).await;
    assert_eq!(made[0].candle.volume, decimal("10000000000"));
}

#[tokio::test]
async fn sums_that_no_candle_can_hold_are_told_and_nothing_is_dropped() {
    for spoil in [
        |candle: &mut Candle| candle.trades = Some(i64::MAX.unsigned_abs()),
        |candle: &mut Candle| candle.quote_volume = Some(decimal("79228162514264337593")),
        |candle: &mut Candle| candle.volume = decimal("79228162514.264337593543950333"),
    ] {
        let (_folder, store) = lake();
        let mut halves = candles(Interval::M30, at("2024-01-01"), 4);
        halves[2..].iter_mut().for_each(spoil);
        store.append(&key("BTCUSDT", Interval::M30), halves, Provenance::Exchange).await.unwrap();
        let error = run(store.as_ref(), Interval::M30, Interval::H1, Holes::LeaveOut).await;
        match error {
            Err(ResampleError::TooLarge { at: bar, .. }) => assert_eq!(bar, at("2024-01-01 01:00")),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_resampled_says_why_and_what_can() {
    let (_folder, store) = lake();
    let refused = run(store.as_ref(), Interval::D3, Interval::W1, Holes::LeaveOut).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("1w bars do not consist of whole 3d bars; resample from one of 1s, 1m"),
        "{refused}"
    );
    assert!(run(store.as_ref(), Interval::H1, Interval::H1, Holes::LeaveOut).await.is_err());
    let nothing = run(store.as_ref(), Interval::M1, Interval::H1, Holes::LeaveOut).await.unwrap_err();
    assert_eq!(nothing.to_string(), "no candles of binance BTCUSDT 1m are stored in this range");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn agrees_with_the_plain_calculation(
        (fine, to) in prop::sample::select(vec![
            (Interval::M1, Interval::M3), (Interval::M1, Interval::H1), (Interval::M5, Interval::D1),
            (Interval::H1, Interval::W1), (Interval::H8, Interval::Mo1), (Interval::D1, Interval::D3),
        ]),
        start in 1_600_000_000_000_i64..1_700_000_000_000,
        kept in prop::collection::vec(prop::bool::weighted(0.95), 1..600),
        unknown in any::<bool>(),
    ) {
        let mut made = candles(fine, Timestamp::from_ms(start), kept.len());
        let mut keep = kept.iter();
        made.retain(|_| *keep.next().unwrap());
        prop_assume!(!made.is_empty());
        if unknown {
            let middle = made.len() / 2;
            made[middle].taker_buy_quote = None;
        }
        let found = tokio::runtime::Runtime::new().unwrap().block_on(async {
            let (_folder, store) = lake();
            store.append(&key("BTCUSDT", fine), made.clone(), Provenance::Exchange).await.unwrap();
            let report = run(store.as_ref(), fine, to, Holes::Accept).await.unwrap();
            assert_eq!(report.read, made.len() as u64);
            all(store.as_ref(), &key("BTCUSDT", to)).await
        });
        let found: Vec<Candle> = found.into_iter().map(|row| row.candle).collect();
        let mut expected = plainly(&made, to);
        let closed = fine.next_open(made[made.len() - 1].open_time);
        expected.retain(|bar| bar.open_time >= made[0].open_time && to.next_open(bar.open_time) <= closed);
        prop_assert_eq!(found, expected);
    }
}
