//! The adapter against the simulator that misbehaves: each fault ends with the right candles and says what happened.

use exchange_sim::{Fault, Limits, MarketSource};
use exchanges::{ExchangeError, Notice, Refusal};
use tokio_util::sync::CancellationToken;
use types::{CandleFault, Interval};

use crate::simulated::Sim;
use crate::support::{Memory, at, fetch, range, symbol};

/// Downloads three pages, the second of which suffers the faults; returns what the user was told.
async fn suffer(faults: Vec<Fault>) -> (Sim, Memory) {
    let sim = Sim::generated().await;
    let asked = range("2024-02-01", "2024-02-03");
    // The first page is fetched whole, so that there is something to go on from.
    sim.simulator.inject(Fault::Latency { ms: 0 });
    sim.simulator.inject_all(faults);
    let (memory, summary) = fetch(&*sim.exchange, Interval::M1, asked).await;
    summary.unwrap();
    assert_eq!(memory.candles, sim.truth(Interval::M1, asked), "{}", memory.said());
    assert!(sim.simulator.pending_faults().is_empty());
    assert_eq!(sim.simulator.stats().hasty_requests, 0, "a request came before Retry-After had passed");
    (sim, memory)
}

#[tokio::test]
async fn a_429_is_waited_out_as_long_as_retry_after_says() {
    let (sim, memory) = suffer(vec![Fault::RateLimited { retry_after_secs: 33 }]).await;
    let until = at("2024-03-01 12:21:13");
    assert!(memory.notices.contains(&Notice::RateLimited { until }), "{}", memory.said());
    assert!(sim.clock.now() >= until);
}

#[tokio::test]
async fn a_ban_is_waited_out_and_called_a_ban() {
    let (_, memory) = suffer(vec![Fault::Banned { retry_after_secs: 120 }]).await;
    assert!(memory.said().contains("banned this address"), "{}", memory.said());
    assert!(memory.notices.contains(&Notice::Banned { until: at("2024-03-01 12:22:40") }));
}

#[tokio::test]
async fn server_errors_overload_and_cut_connections_are_retried() {
    let (_, memory) = suffer(vec![Fault::ServerError, Fault::CutBody, Fault::Overloaded]).await;
    let causes: Vec<&str> = memory
        .notices
        .iter()
        .filter_map(|notice| match notice {
            Notice::Retrying { cause, .. } => Some(cause.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(causes.len(), 3, "{causes:?}");
    assert!(causes[0].contains("HTTP 500, code -1000"), "{causes:?}");
    assert!(causes[1].contains("cut in the middle of the answer"), "{causes:?}");
    assert!(causes[2].contains("HTTP 503, code -1008"), "{causes:?}");
}

#[tokio::test]
async fn a_short_page_in_the_middle_is_not_the_end() {
    let (_, memory) = suffer(vec![Fault::ShortPage { rows: 17 }]).await;
    let is_short = |notice: &Notice| matches!(notice, Notice::ShortPage { rows: 17, limit: 1000, .. });
    assert!(memory.notices.iter().any(is_short), "{}", memory.said());
}

#[tokio::test]
async fn an_empty_page_in_the_middle_is_asked_for_again() {
    let (_, memory) = suffer(vec![Fault::ShortPage { rows: 0 }]).await;
    assert!(memory.said().contains("Asking again brought them"), "{}", memory.said());
}

#[tokio::test]
async fn rows_served_twice_are_kept_once() {
    let (_, memory) = suffer(vec![Fault::DuplicateRows { count: 5 }]).await;
    let refused =
        |notice: &Notice| matches!(notice, Notice::RowsRefused { rows: 5, reason: Refusal::Duplicate, .. });
    assert!(memory.notices.iter().any(refused), "{}", memory.said());
}

#[tokio::test]
async fn rows_out_of_order_are_put_in_order() {
    let (_, memory) = suffer(vec![Fault::OutOfOrder]).await;
    assert!(
        memory.notices.iter().any(|notice| matches!(notice, Notice::Reordered { .. })),
        "{}",
        memory.said()
    );
}

#[tokio::test]
async fn every_fault_in_a_row_still_ends_well() {
    let (sim, memory) = suffer(vec![
        Fault::CutBody,
        Fault::RateLimited { retry_after_secs: 1 },
        Fault::ServerError,
        Fault::OutOfOrder,
        Fault::Banned { retry_after_secs: 120 },
        Fault::ShortPage { rows: 3 },
        Fault::Overloaded,
        Fault::DuplicateRows { count: 1 },
    ])
    .await;
    assert_eq!(sim.simulator.stats().faults_fired, 9);
    assert!(memory.notices.len() >= 8, "{}", memory.said());
}

#[tokio::test]
async fn an_exchange_that_keeps_failing_is_given_up_with_the_reason() {
    let sim = Sim::generated().await;
    sim.simulator.inject(Fault::Latency { ms: 0 });
    sim.simulator.inject_all(vec![Fault::ServerError; 6]);
    let (memory, result) = fetch(&*sim.exchange, Interval::M1, range("2024-02-01", "2024-02-02")).await;
    let error = result.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("HTTP 500") && text.contains("attempts made: 6"), "{text}");
    assert_eq!((memory.candles.len(), error.summary().candles), (1000, 1000));
}

#[tokio::test]
async fn a_ban_too_long_to_wait_for_is_an_error_and_nothing_more_is_sent() {
    let sim = Sim::generated().await;
    sim.simulator.inject(Fault::Banned { retry_after_secs: 3 * 86_400 });
    let asked = range("2024-01-01", "2024-01-02");
    let (_, first) = fetch(&*sim.exchange, Interval::H1, asked).await;
    assert!(first.unwrap_err().to_string().contains("banned this address until 2024-03-04"));
    let sent = sim.simulator.stats().requests;
    let second = sim.exchange.instruments().await.unwrap_err();
    assert_eq!(second.code(), "banned");
    assert_eq!(sim.exchange.ping().await.unwrap_err().code(), "banned");
    assert_eq!(sim.simulator.stats().requests, sent);
    assert_eq!(sim.exchange.budget().paused_until, Some(at("2024-03-04 12:20:40")));
}

#[tokio::test]
async fn our_own_allowance_keeps_every_minute_below_the_exchange_s_limit() {
    let limits = Limits { weight_per_minute: 20, ..Limits::default() };
    let sim = Sim::start(MarketSource::generated(7), limits, 20).await;
    let asked = range("2024-02-01", "2024-02-20");
    let (memory, summary) = fetch(&*sim.exchange, Interval::M1, asked).await;
    summary.unwrap();
    assert_eq!(memory.candles, sim.truth(Interval::M1, asked));
    assert!(memory.said().contains("budget is spent"), "{}", memory.said());
    assert_eq!(sim.simulator.stats().by_status.keys().copied().collect::<Vec<_>>(), [200]);
}

#[tokio::test]
async fn an_allowance_above_the_exchange_s_limit_is_corrected_by_its_429() {
    let limits = Limits { weight_per_minute: 20, ..Limits::default() };
    let sim = Sim::start(MarketSource::generated(7), limits, 1200).await;
    let asked = range("2024-02-01", "2024-02-20");
    let (memory, summary) = fetch(&*sim.exchange, Interval::M1, asked).await;
    summary.unwrap();
    assert_eq!(memory.candles, sim.truth(Interval::M1, asked));
    let stats = sim.simulator.stats();
    assert!(stats.by_status.contains_key(&429) && !stats.by_status.contains_key(&418), "{stats:?}");
    assert_eq!(stats.hasty_requests, 0);
}

#[tokio::test]
async fn everyone_who_shares_the_exchange_shares_its_budget() {
    let limits = Limits { weight_per_minute: 30, ..Limits::default() };
    let sim = Sim::start(MarketSource::generated(7), limits, 30).await;
    let downloads = (0..6).map(|index| {
        let exchange = std::sync::Arc::clone(&sim.exchange);
        let asked = range(&format!("2024-02-0{}", index % 3 + 1), "2024-02-10");
        tokio::spawn(async move { (asked, fetch(&*exchange, Interval::M1, asked).await) })
    });
    for task in downloads.collect::<Vec<_>>() {
        let (asked, (memory, summary)) = task.await.unwrap();
        summary.unwrap();
        assert_eq!(memory.candles, sim.truth(Interval::M1, asked));
    }
    assert_eq!(sim.simulator.stats().by_status.keys().copied().collect::<Vec<_>>(), [200]);
}

#[tokio::test]
async fn a_request_dearer_than_the_allowance_is_refused_with_the_remedy() {
    let sim = Sim::start(MarketSource::generated(7), Limits::default(), 10).await;
    let error = sim.exchange.instruments().await.unwrap_err();
    assert!(matches!(error, ExchangeError::BudgetTooSmall { weight: 20, allowed: 10, .. }), "{error}");
}

#[tokio::test]
async fn cancelling_ends_the_download_between_pages() {
    let sim = Sim::generated().await;
    let cancel = CancellationToken::new();
    let mut memory = Memory { cancel_after_batch: Some(cancel.clone()), ..Memory::new() };
    let asked = range("2024-02-01", "2024-02-02");
    let result =
        exchanges::download(&*sim.exchange, &symbol("BTCUSDT"), Interval::M1, asked, &mut memory, cancel)
            .await;
    let error = result.unwrap_err();
    assert_eq!((error.to_string().as_str(), memory.batches), ("cancelled after candles: 1000", 1));
}

#[tokio::test]
async fn a_sink_that_cannot_store_ends_the_download_with_its_reason() {
    let sim = Sim::generated().await;
    let mut memory = Memory { room: 1200, ..Memory::new() };
    let asked = range("2024-02-01", "2024-02-02");
    let cancel = CancellationToken::new();
    let result =
        exchanges::download(&*sim.exchange, &symbol("BTCUSDT"), Interval::M1, asked, &mut memory, cancel)
            .await;
    let error = result.unwrap_err();
    assert!(error.to_string().contains("no space left on device"), "{error}");
    assert_eq!(error.summary().candles, 1000);
}

/// A replayed market may hold the rows that Binance really published off the grid.
#[tokio::test]
async fn rows_off_the_grid_are_left_out_and_named() {
    let whole = Sim::generated().await;
    let asked = range("2023-01-01", "2023-01-03");
    let mut candles = whole.truth(Interval::H1, asked);
    let expected: Vec<_> =
        candles.iter().filter(|candle| candle.open_time != at("2023-01-02 10:00")).cloned().collect();
    for candle in &mut candles {
        if candle.open_time == at("2023-01-02 10:00") {
            candle.open_time = candle.open_time.plus_ms(28 * 60_000);
        }
    }
    let series = exchange_sim::ReplaySeries {
        symbol: symbol("BTCUSDT"),
        assets: None,
        interval: Interval::H1,
        candles,
    };
    let sim = Sim::start(MarketSource::Replayed(vec![series]), Limits::default(), 1200).await;
    let (memory, summary) = fetch(&*sim.exchange, Interval::H1, asked).await;
    let summary = summary.unwrap();
    assert_eq!(memory.candles, expected);
    assert_eq!((summary.refused, summary.missing, summary.gaps), (1, 1, 1));
    let refused = Notice::RowsRefused {
        rows: 1,
        first: at("2023-01-02 10:28"),
        reason: Refusal::Implausible(CandleFault::OffGrid),
    };
    assert!(memory.notices.contains(&refused), "{}", memory.said());
}
