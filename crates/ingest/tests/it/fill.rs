//! Filling, repairing and auditing: what is fetched, what is not asked for twice, and what is noted.

use exchange_sim::{Fault, SimConfig};
use ingest::{audit, fill, repair};
use market_data::{GapCause, Note, Take, explain};
use rust_decimal::Decimal;
use tokio_util::sync::CancellationToken;
use types::{Grid, Interval, Provenance, TimeRange};

use crate::support::{Nobody, World, at, key, lake, range, stored};

const NOW: &str = "2024-03-01 12:20:40";

async fn world() -> World {
    World::start(NOW, 1, SimConfig::default()).await
}

#[tokio::test]
async fn holes_of_the_exchange_are_asked_for_twice_and_then_known() {
    let ((_folder, store), world) = (lake(), world().await);
    let series = key("BTCUSDT", Interval::M1);
    let wanted = range("2023-01-01", "2023-12-01");
    let cancel = CancellationToken::new();
    let first = fill(&*store, &*world.exchange, &series, wanted, &Nobody, &cancel).await.unwrap();
    assert_eq!(stored(&*store, &series, wanted).await, world.truth(&series, wanted));
    let gaps = store.gaps(&series).await.unwrap();
    assert!(!gaps.is_empty(), "the demo market has outages");
    let holes: Vec<_> = gaps.iter().map(|gap| TimeRange { start: gap.start, end: gap.end }).collect();
    assert_eq!(first.empty, holes);
    let explained = explain(series.interval, &gaps, &store.ledger(&series).await.unwrap());
    assert!(explained.iter().all(|part| matches!(part.cause, GapCause::Outage { .. })));
    let before = world.simulator.stats().requests;
    let second = fill(&*store, &*world.exchange, &series, wanted, &Nobody, &cancel).await.unwrap();
    assert_eq!((second.download.pages, second.stored.rows()), (0, 0));
    // The clock, and nothing else.
    assert_eq!(world.simulator.stats().requests, before + 1);
}

#[tokio::test]
async fn only_what_is_missing_is_fetched() {
    let ((_folder, store), world) = (lake(), world().await);
    let series = key("ETHUSDT", Interval::H1);
    let wanted = range("2024-01-01", "2024-02-01");
    let truth = world.truth(&series, wanted);
    let mut known = truth.clone();
    known.drain(100..140);
    known.drain(..50);
    store.append(&series, known, Provenance::Imported).await.unwrap();
    let cancel = CancellationToken::new();
    let report = fill(&*store, &*world.exchange, &series, wanted, &Nobody, &cancel).await.unwrap();
    assert_eq!((report.stored.added, report.stored.unchanged), (90, 0));
    assert_eq!(stored(&*store, &series, wanted).await, truth);
    assert_eq!(report.until, at("2024-02-01"));
}

#[tokio::test]
async fn a_candle_that_is_not_served_yet_is_not_taken_for_a_hole() {
    let ((_folder, store), world) = (lake(), world().await);
    let series = key("BTCUSDT", Interval::M1);
    // The page ends before the newest candles, as if the exchange were slow to publish them.
    let wanted = TimeRange { start: at("2024-03-01 12:00"), end: TimeRange::ALL.end };
    world.simulator.inject_all([
        Fault::ShortPage { rows: 10 },
        Fault::ShortPage { rows: 0 },
        Fault::ShortPage { rows: 0 },
    ]);
    let cancel = CancellationToken::new();
    let report = fill(&*store, &*world.exchange, &series, wanted, &Nobody, &cancel).await.unwrap();
    assert_eq!((report.until, report.empty), (at("2024-03-01 12:10"), vec![]));
}

#[tokio::test]
async fn three_day_candles_are_fetched_on_the_grid_of_their_listing_and_only_once() {
    let world = world().await;
    for (symbol, first) in [("BTCUSDT", "2020-01-01"), ("SOLUSDT", "2020-08-11")] {
        let (_folder, store) = lake();
        let series = key(symbol, Interval::D3);
        let wanted = range("2020-06-01", "2024-02-01");
        let cancel = CancellationToken::new();
        let report = fill(&*store, &*world.exchange, &series, wanted, &Nobody, &cancel).await.unwrap();
        let truth = world.truth(&series, wanted);
        assert_eq!(
            (stored(&*store, &series, wanted).await == truth, report.refused.len()),
            (true, 0),
            "{symbol}"
        );
        let expected = Grid::through(Interval::D3, at(first));
        assert_eq!(
            (store.grid(&series).await.unwrap(), store.gaps(&series).await.unwrap()),
            (expected, vec![])
        );
        // What follows is fetched on the same grid, and nothing twice.
        let all = TimeRange { end: TimeRange::ALL.end, ..wanted };
        let more = fill(&*store, &*world.exchange, &series, all, &Nobody, &cancel).await.unwrap();
        assert_eq!(
            (more.stored.unchanged, stored(&*store, &series, all).await),
            (0, world.truth(&series, all))
        );
        let again = fill(&*store, &*world.exchange, &series, all, &Nobody, &cancel).await.unwrap();
        assert_eq!(again.stored.rows(), 0, "{symbol}");
        assert_eq!(again.until, world.truth(&series, all).last().unwrap().open_time.plus_ms(3 * 86_400_000));
    }
}

#[tokio::test]
async fn rows_off_the_grid_of_what_is_stored_are_counted_with_the_reason_and_leave_a_known_hole() {
    let ((_folder, store), world) = (lake(), world().await);
    let series = key("BTCUSDT", Interval::D3);
    let mut wrong = world.truth(&series, range("2020-01-01", "2020-01-04")).remove(0);
    wrong.open_time = at("2020-01-02");
    store.append(&series, vec![wrong], Provenance::Imported).await.unwrap();
    let cancel = CancellationToken::new();
    let wanted = range("2020-01-01", "2020-03-01");
    let report = fill(&*store, &*world.exchange, &series, wanted, &Nobody, &cancel).await.unwrap();
    assert_eq!((report.download.candles, report.stored.added, report.empty), (0, 0, vec![]));
    let [refused] = &report.refused[..] else { panic!("{:?}", report.refused) };
    assert_eq!((refused.rows, refused.rows), (report.download.refused, 18));
    assert!(refused.reason.contains("which open every 3 days from 1970-01-03 on; "), "{}", refused.reason);
}

#[tokio::test]
async fn a_repair_fetches_what_is_missing_and_says_what_stays() {
    let ((_folder, store), world) = (lake(), world().await);
    let series = key("BTCUSDT", Interval::H1);
    let wanted = range("2023-01-01", "2023-06-01");
    let mut known = world.truth(&series, wanted);
    let missing: Vec<_> = known.drain(1000..1010).collect();
    store.append(&series, known, Provenance::Synthetic).await.unwrap();
    let holes = store.gaps(&series).await.unwrap();
    let cancel = CancellationToken::new();
    let report = repair(&*store, &*world.exchange, &series, false, &Nobody, &cancel).await.unwrap();
    assert_eq!(report.stored.added, 10);
    assert_eq!(report.missing_before, holes.iter().map(|gap| gap.missing).sum::<u64>());
    assert!(report.left.iter().all(|part| matches!(part.cause, GapCause::Outage { .. })), "{report:?}");
    assert_eq!(stored(&*store, &series, wanted).await, world.truth(&series, wanted));
    let repaired = TimeRange { start: missing[0].open_time, end: missing[9].open_time.plus_ms(1) };
    let rows = store.candles(&series, repaired, Take::All).await.unwrap();
    assert!(rows.iter().all(|row| row.provenance == Provenance::Synthetic), "a made-up market stays made up");
    let before = world.simulator.stats().requests;
    let again = repair(&*store, &*world.exchange, &series, false, &Nobody, &cancel).await.unwrap();
    assert_eq!(
        (again.stored.rows(), world.simulator.stats().requests),
        (0, before),
        "known holes are left alone"
    );
    repair(&*store, &*world.exchange, &series, true, &Nobody, &cancel).await.unwrap();
    assert!(world.simulator.stats().requests > before || holes.len() == 1, "unless asked for");
}

#[tokio::test]
async fn a_hole_noted_by_mistake_is_filled_when_outages_are_asked_for_again() {
    let ((_folder, store), world) = (lake(), world().await);
    let series = key("BTCUSDT", Interval::H1);
    let wanted = range("2024-01-01", "2024-01-11");
    let mut known = world.truth(&series, wanted);
    let missing = known.remove(100).open_time;
    store.append(&series, known, Provenance::Synthetic).await.unwrap();
    let hole = TimeRange { start: missing, end: series.interval.next_open(missing) };
    store.note(&series, vec![Note::Empty { range: hole, at: at(NOW) }]).await.unwrap();
    let cancel = CancellationToken::new();
    let left = repair(&*store, &*world.exchange, &series, false, &Nobody, &cancel).await.unwrap().left;
    assert!(left.iter().any(|part| part.gap.start == missing));
    let left = repair(&*store, &*world.exchange, &series, true, &Nobody, &cancel).await.unwrap().left;
    assert!(left.iter().all(|part| part.gap.start != missing));
    assert_eq!(stored(&*store, &series, wanted).await, world.truth(&series, wanted));
}

#[tokio::test]
async fn what_was_filled_in_is_asked_for_as_the_hole_was() {
    let ((_folder, store), world) = (lake(), world().await);
    let series = key("BTCUSDT", Interval::H1);
    let wanted = range("2024-01-01", "2024-01-11");
    let mut known = world.truth(&series, wanted);
    let missing: Vec<_> = known.drain(100..103).map(|candle| candle.open_time).collect();
    store.append(&series, known, Provenance::Synthetic).await.unwrap();
    let at_exchange = store.gaps(&series).await.unwrap().len() - 1;
    let every = market_data::FillRules { unverified: true, longest: None };
    market_data::fill(&*store, &series, every).await.unwrap();
    assert_eq!(store.gaps(&series).await.unwrap(), []);
    let cancel = CancellationToken::new();
    let report = repair(&*store, &*world.exchange, &series, false, &Nobody, &cancel).await.unwrap();
    assert_eq!((report.missing_before, report.stored.revised), (0, 3));
    assert!(stored(&*store, &series, wanted).await.iter().all(|candle| {
        let is_filled = candle.volume.is_zero() && candle.trades == Some(0);
        !is_filled || !missing.contains(&candle.open_time)
    }));
    // Where the exchange has nothing, what was filled in stays until it is taken out.
    store.remove_filled(&series).await.unwrap();
    assert_eq!(store.gaps(&series).await.unwrap().len(), at_exchange);
    assert_eq!(stored(&*store, &series, wanted).await, world.truth(&series, wanted));
}

#[tokio::test]
async fn an_audit_finds_what_was_revised_and_notes_it() {
    let ((_folder, store), world) = (lake(), world().await);
    let series = key("BTCUSDT", Interval::H1);
    let wanted = range("2024-01-01", "2024-01-11");
    let truth = world.truth(&series, wanted);
    let mut known = truth.clone();
    known[7].volume += Decimal::ONE;
    let was = known[7].clone();
    store.append(&series, known, Provenance::Synthetic).await.unwrap();
    let cancel = CancellationToken::new();
    let report = audit(&*store, &*world.exchange, &series, wanted, &Nobody, &cancel).await.unwrap();
    assert_eq!((report.compared, report.stored.revised), (truth.len() as u64, 1));
    let ledger = store.ledger(&series).await.unwrap();
    assert_eq!(
        (ledger.revised_candles, &ledger.revised[0].was, &ledger.revised[0].now),
        (1, &was, &truth[7])
    );
    assert_eq!(stored(&*store, &series, wanted).await, truth);
}
