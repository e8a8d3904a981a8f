//! What only OKX does: two endpoints, counting in two seconds, flags that lag behind the clock, its own kind of ping.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use exchange_sim::Clock;
use exchanges::toolkit::{Manners, Socket};
use exchanges::{CandleRequest, Channel, LiveEvent, LiveFeed, Notice};
use types::{Interval, Timestamp};

use crate::contract::{Arena, World};
use crate::counterparts::Okx;
use crate::support::{at, range, symbol};

const NOW: &str = "2024-03-01 12:20:40";

fn world() -> World {
    World::new(Clock::manual(at(NOW)))
}

async fn next(feed: &mut Box<dyn LiveFeed>) -> LiveEvent {
    let event = tokio::time::timeout(Duration::from_secs(20), feed.next()).await;
    event.expect("an event in time").expect("a line that stands")
}

#[tokio::test]
async fn a_burst_of_downloads_stays_below_what_two_seconds_allow() {
    let arena = Arc::new(Arena::<Okx>::start(world()).await);
    let asked = range("2023-08-01", "2023-12-01");
    let downloads = (0..4).map(|_| {
        let arena = Arc::clone(&arena);
        tokio::spawn(async move { (arena.fetch(Interval::H1, asked).await, arena) })
    });
    for task in downloads.collect::<Vec<_>>() {
        let ((memory, summary), arena) = task.await.unwrap();
        summary.unwrap();
        assert_eq!(memory.candles, arena.truth(Interval::H1, asked));
        // Not one 429: each of some 120 requests kept the pace.
        assert!(!memory.said().contains("asked for a pause"), "{}", memory.said());
    }
}

#[tokio::test]
async fn a_pair_that_was_listed_an_hour_ago_is_found() {
    let before = range("2010-01-01", "2024-03-01 11:00");
    let arena = Arena::<Okx>::start(world().with_holes(vec![before])).await;
    let asked = range("2012-01-01", "2030-01-01");
    let (memory, summary) = arena.fetch(Interval::M1, asked).await;
    assert_eq!(summary.unwrap().first, Some(at("2024-03-01 11:00")));
    assert_eq!(memory.candles, arena.truth(Interval::M1, asked));
    assert!(memory.notices.iter().any(|notice| matches!(notice, Notice::StartsLater { .. })));
}

#[tokio::test]
async fn a_candle_that_is_not_confirmed_is_not_final_though_its_time_has_passed() {
    let arena = Arena::<Okx>::start(world()).await;
    let request = CandleRequest {
        symbol: symbol("BTC-USDT"),
        grid: Interval::H1.into(),
        start: at("2024-03-01 09:00"),
        end: at("2024-03-01 14:00"),
    };
    let closed = arena.exchange.candles(&request).await.unwrap();
    assert_eq!((closed.candles.len(), closed.unfinished), (3, Some(at("2024-03-01 12:00"))));
    arena.counterpart.confirm_late();
    let late = arena.exchange.candles(&request).await.unwrap();
    assert_eq!((late.candles.len(), late.unfinished), (2, Some(at("2024-03-01 11:00"))));
}

#[tokio::test]
async fn a_pair_that_is_gone_does_not_silence_the_others() {
    let arena = Arena::<Okx>::start(world()).await;
    let mut feed = arena.exchange.listen().await.unwrap();
    let channel = |name: &str| Channel { symbol: symbol(name), interval: Interval::M1 };
    feed.want(&BTreeSet::from([channel("BTC-USDT"), channel("GONE-USDT")]));
    let first = next(&mut feed).await;
    assert_eq!(first, LiveEvent::Listening(vec![channel("BTC-USDT")]));
    let then = next(&mut feed).await;
    assert!(matches!(then, LiveEvent::Forming(told, _) if told == channel("BTC-USDT")));
}

#[tokio::test]
async fn an_announced_upgrade_is_told_before_the_end() {
    let arena = Arena::<Okx>::start(world()).await;
    let mut feed = arena.exchange.listen().await.unwrap();
    let wanted = Channel { symbol: symbol("BTC-USDT"), interval: Interval::M1 };
    feed.want(&BTreeSet::from([wanted]));
    assert!(matches!(next(&mut feed).await, LiveEvent::Listening(_)));
    arena.counterpart.announce_upgrade();
    let ending = async {
        loop {
            match next(&mut feed).await {
                LiveEvent::Ending(why) => break why,
                LiveEvent::Forming(..) => {}
                other => panic!("{other:?}"),
            }
        }
    };
    // Candles go on meanwhile, so the whole wait is bounded and not only each step.
    let ending = tokio::time::timeout(Duration::from_secs(20), ending).await.expect("an end in time");
    assert!(ending.contains("service upgrade"), "{ending}");
}

#[tokio::test]
async fn a_quiet_line_is_asked_and_its_answer_keeps_it_open() {
    let arena = Arena::<Okx>::start(world()).await;
    let connect = |nudge| {
        let manners = Manners {
            connect_timeout: Duration::from_secs(5),
            pace: Duration::from_millis(1),
            silence: Duration::from_millis(200),
            nudge,
        };
        let url = format!("{}/ws/v5/business", arena.url.replace("http://", "ws://"));
        async move { Socket::connect(&url, manners).await.unwrap() }
    };
    let mut asking = connect(Some("ping")).await;
    for _ in 0..3 {
        assert_eq!(asking.next().await.as_deref(), Ok("pong"));
    }
    let mut silent = connect(None).await;
    let end = silent.next().await.unwrap_err();
    assert!(end.0.contains("sent nothing at all"), "{end}");
    assert_eq!(silent.next().await, Err(end));
}

#[tokio::test]
async fn before_the_first_bar_of_the_epoch_nothing_breaks() {
    let arena = Arena::<Okx>::start(world()).await;
    let request = CandleRequest {
        symbol: symbol("BTC-USDT"),
        grid: Interval::Mo1.into(),
        start: Timestamp::from_ms(i64::MIN),
        end: Timestamp::from_ms(i64::MAX),
    };
    let page = arena.exchange.candles(&request).await.unwrap();
    assert_eq!(page.candles.open_times().next(), Some(at("2020-01-01")));
    assert_eq!(page.unfinished, Some(at("2024-03-01")));
}
