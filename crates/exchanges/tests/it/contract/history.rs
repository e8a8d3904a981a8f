//! The suite's part about candles that have closed.

use exchange_sim::Clock;
use exchanges::{DownloadError, ExchangeError, Notice};
use types::{Interval, TimeRange, Timestamp};

use super::meddler::Harm;
use super::{Arena, Counterpart, World};
use crate::support::{Memory, at, fetch_symbol, range, symbol};

/// 40 seconds into a minute, 20 minutes into an hour.
const NOW: &str = "2024-03-01 12:20:40";

async fn arena<C: Counterpart>() -> Arena<C> {
    Arena::start(World::new(Clock::manual(at(NOW)))).await
}

fn asked() -> TimeRange {
    range("2023-10-01", "2024-01-15")
}

/// Downloads several pages, of which the first suffers the harms; returns what the user was told.
async fn suffer<C: Counterpart>(harms: &[Harm]) -> (Arena<C>, Memory) {
    let arena = arena::<C>().await;
    arena.meddler.harm(harms.iter().copied());
    let (memory, summary) = arena.fetch(Interval::H1, asked()).await;
    summary.unwrap();
    assert_eq!(memory.candles, arena.truth(Interval::H1, asked()), "{}", memory.said());
    assert!(arena.meddler.is_done());
    (arena, memory)
}

/// The causes of further attempts.
fn retried(memory: &Memory) -> Vec<&str> {
    let causes = memory.notices.iter().filter_map(|notice| match notice {
        Notice::Retrying { cause, .. } => Some(cause.as_str()),
        _ => None,
    });
    causes.collect()
}

pub(crate) async fn several_pages_bring_the_truth<C: Counterpart>() {
    let (arena, memory) = suffer::<C>(&[]).await;
    assert!(memory.batches >= 3, "{}", memory.batches);
    let last = memory.progress.last().unwrap();
    assert_eq!((last.done_bars, last.expected_bars), (106 * 24, 106 * 24));
    assert!(memory.progress.is_sorted_by_key(|progress| progress.done_bars));
    // Nothing went wrong, so nothing is told but what the market itself lacks.
    let is_about_the_market = |notice: &Notice| matches!(notice, Notice::Missing { .. });
    assert!(memory.notices.iter().all(is_about_the_market), "{}", memory.said());
    assert!(arena.exchange.budget().paused_until.is_none());
}

pub(crate) async fn an_unknown_symbol_is_named<C: Counterpart>() {
    let arena = arena::<C>().await;
    let unknown = symbol(C::UNKNOWN);
    let (memory, result) = fetch_symbol(&*arena.exchange, &unknown, Interval::H1, asked()).await;
    let text = result.unwrap_err().to_string();
    assert!(text.contains(&format!("has no symbol '{unknown}'")), "{text}");
    assert!(memory.candles.is_empty() && retried(&memory).is_empty(), "{}", memory.said());
    assert_eq!(arena.exchange.instrument(&unknown).await.unwrap_err().code(), "unknown_symbol");
}

pub(crate) async fn an_unsupported_interval_is_named<C: Counterpart>() {
    let arena = arena::<C>().await;
    let (_, result) = arena.fetch(C::UNSUPPORTED, asked()).await;
    let text = result.unwrap_err().to_string();
    assert!(text.contains(&format!("publishes no {} candles", C::UNSUPPORTED)), "{text}");
}

pub(crate) async fn the_unfinished_candle_is_left_out<C: Counterpart>() {
    let arena = arena::<C>().await;
    for (interval, start, open) in
        [(Interval::H1, "2024-02-20", "2024-03-01 12:00"), (Interval::D1, "2023-12-01", "2024-03-01")]
    {
        let asked = range(start, "2030-01-01");
        let (memory, summary) = arena.fetch(interval, asked).await;
        summary.unwrap();
        assert_eq!(memory.candles, arena.truth(interval, asked), "{interval}");
        let dropped = Notice::UnfinishedDropped { open_time: at(open) };
        assert!(memory.notices.contains(&dropped), "{}", memory.said());
        // What an exchange adds for the moment is understood, not refused.
        let refused =
            |notice: &Notice| matches!(notice, Notice::RowsRefused { .. } | Notice::Reordered { .. });
        assert!(!memory.notices.iter().any(refused), "{}", memory.said());
    }
}

pub(crate) async fn holes_stay_holes<C: Counterpart>() {
    // One that is longer than any page, and one inside a page.
    let holes = vec![range("2023-11-01", "2024-01-05"), range("2024-01-08 03:00", "2024-01-08 06:00")];
    let arena = Arena::<C>::start(World::new(Clock::manual(at(NOW))).with_holes(holes)).await;
    let (memory, summary) = arena.fetch(Interval::H1, asked()).await;
    let summary = summary.unwrap();
    let truth = arena.truth(Interval::H1, asked());
    assert_eq!(memory.candles, truth, "{}", memory.said());
    let expected = Interval::H1.bars_between(asked().start, truth.last().unwrap().open_time) + 1;
    assert_eq!(summary.candles + summary.missing, expected);
    assert!(summary.gaps >= 2 && summary.missing >= 65 * 24 + 3, "{summary:?}");
    assert!(memory.notices.iter().any(|notice| matches!(notice, Notice::Missing { .. })));
}

pub(crate) async fn a_start_before_the_listing_begins_at_the_first_candle<C: Counterpart>() {
    let arena = arena::<C>().await;
    let (memory, summary) = arena.fetch(Interval::D1, TimeRange::ALL).await;
    summary.unwrap();
    assert_eq!(memory.candles, arena.truth(Interval::D1, TimeRange::ALL));
    let starts = Notice::StartsLater { asked: Timestamp::EPOCH, first: at("2020-01-01") };
    assert!(memory.notices.contains(&starts), "{}", memory.said());
}

pub(crate) async fn too_many_requests_are_waited_out<C: Counterpart>() {
    let (arena, memory) = suffer::<C>(&[Harm::TooMany, Harm::TooMany]).await;
    let pauses: Vec<Timestamp> = memory
        .notices
        .iter()
        .filter_map(|notice| if let Notice::RateLimited { until } = notice { Some(*until) } else { None })
        .collect();
    assert_eq!(pauses.len(), 2, "{}", memory.said());
    assert!(pauses[0] > at(NOW) && pauses[1] > pauses[0] && arena.world.clock.now() >= pauses[1]);
}

pub(crate) async fn a_cut_connection_is_tried_again<C: Counterpart>() {
    let (_, memory) = suffer::<C>(&[Harm::Cut]).await;
    let causes = retried(&memory);
    assert!(causes.len() == 1 && causes[0].contains("cut in the middle"), "{causes:?}");
}

pub(crate) async fn garbage_is_asked_for_again<C: Counterpart>() {
    let (_, memory) = suffer::<C>(&[Harm::Garbage, Harm::Garbage]).await;
    let causes = retried(&memory);
    assert_eq!(causes.len(), 2, "{causes:?}");
    assert!(causes.iter().all(|cause| cause.contains("hotel's wifi")), "{causes:?}");
}

pub(crate) async fn garbage_that_stays_is_malformed_and_names_the_place<C: Counterpart>() {
    let arena = arena::<C>().await;
    arena.meddler.harm([Harm::Garbage; 3]);
    let (memory, result) = arena.fetch(Interval::H1, asked()).await;
    let error = result.unwrap_err();
    let DownloadError::Exchange { source: ExchangeError::Malformed { what, .. }, .. } = &error else {
        panic!("{error}");
    };
    assert!(what.contains(C::PLACE) && what.contains("hotel's wifi"), "{what}");
    assert!(memory.candles.is_empty());
}

pub(crate) async fn the_clock_never_runs_ahead<C: Counterpart>() {
    let arena = arena::<C>().await;
    arena.exchange.ping().await.unwrap();
    let time = arena.exchange.server_time().await.unwrap();
    let behind_ms = at(NOW).ms_since(time);
    assert!((0..1000).contains(&behind_ms), "{behind_ms}");
    assert!(arena.exchange.clock().now() <= arena.world.clock.now());
}

pub(crate) async fn a_pair_is_taken_apart<C: Counterpart>() {
    let arena = arena::<C>().await;
    let pair = arena.exchange.instrument(&symbol(C::SYMBOL)).await.unwrap();
    assert_eq!((pair.symbol.as_str(), pair.base.as_str()), (C::SYMBOL, "BTC"));
    assert!(pair.quote.starts_with("USD"), "{}", pair.quote);
    match arena.exchange.instruments().await {
        Ok(all) => assert!(all.contains(&pair)),
        Err(error) => assert_eq!(error.code(), "not_offered"),
    }
}

pub(crate) async fn what_is_not_offered_is_said<C: Counterpart>() {
    let arena = arena::<C>().await;
    let offer = arena.exchange.offer();
    assert!(offer.intervals.contains(&Interval::H1) && !offer.intervals.is_empty() && offer.page_rows > 0);
    assert!(offer.intervals.is_sorted(), "finest first");
    match (offer.live, arena.exchange.listen().await) {
        (Some(live), Ok(_)) => assert!(live.channels_per_connection > 0 && live.intervals.is_sorted()),
        (None, Err(error)) => assert_eq!(error.code(), "not_offered"),
        (live, feed) => panic!("{live:?} {feed:?}"),
    }
}
