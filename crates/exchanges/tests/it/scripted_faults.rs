//! Answers that no simulator gives: nonsense, silence, foreign pages, and an exchange that computes slowly.

use std::sync::Arc;
use std::time::Duration;

use exchange_sim::Clock;
use exchanges::{CandleRequest, ExchangeError, Notice, Transport};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use types::{Interval, TimeRange};

use crate::scripted::{HOUR_MS, NOW, Scripted, Step, row};
use crate::support::{Memory, SharedClock, at, connect, fetch, range, symbol, transport};

const DAY: (&str, &str) = ("2024-01-01", "2024-01-02");

fn opens(memory: &Memory) -> Vec<i64> {
    memory.candles.iter().map(|candle| candle.open_time.as_ms()).collect()
}

fn hours(range: TimeRange) -> Vec<i64> {
    let count = range.end.ms_since(range.start) / HOUR_MS;
    (0..count).map(|hour| range.start.as_ms() + hour * HOUR_MS).collect()
}

/// Downloads a day through the steps and expects it whole.
async fn whole_day(steps: Vec<Step>) -> Memory {
    let server = Scripted::start(steps).await;
    let asked = range(DAY.0, DAY.1);
    let (memory, summary) = fetch(&*server.exchange, Interval::H1, asked).await;
    summary.unwrap();
    assert_eq!(opens(&memory), hours(asked), "{}", memory.said());
    memory
}

async fn failure(steps: Vec<Step>) -> String {
    let server = Scripted::start(steps).await;
    let (_, result) = fetch(&*server.exchange, Interval::H1, range(DAY.0, DAY.1)).await;
    result.unwrap_err().to_string()
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_asked_for_again() {
    let memory = whole_day(vec![Step::Rows(|rows| rows[3] = json!([1, 2, 3]))]).await;
    assert!(memory.said().contains("klines row 3: 3 cells instead of 12"), "{}", memory.said());
}

#[tokio::test]
async fn a_row_that_stays_unreadable_is_an_error_naming_it() {
    let bad = || Step::Rows(|rows| rows[5][4] = json!("n/a"));
    let text = failure(vec![bad(), bad(), bad()]).await;
    assert!(text.contains("klines row 5: cell 4 (close) is \"n/a\""), "{text}");
}

#[tokio::test]
async fn a_foreign_page_is_quoted_and_tried_again() {
    let memory =
        whole_day(vec![Step::Plain(200, vec![], "<html>Please sign in to the hotel's wifi</html>")]).await;
    assert!(memory.said().contains("Please sign in"), "{}", memory.said());
}

#[tokio::test]
async fn a_redirect_is_explained_and_neither_followed_nor_read() {
    let portal = "http://portal.example.org/login?next=secret";
    for status in [301, 302, 307, 308] {
        let server =
            Scripted::start(vec![Step::Plain(status, vec![("location", portal)], "<html>Sign in</html>")])
                .await;
        let (memory, result) = fetch(&*server.exchange, Interval::H1, range(DAY.0, DAY.1)).await;
        let text = result.unwrap_err().to_string();
        assert!(
            text.contains(&format!("redirected (HTTP {status}) to http://portal.example.org/login, ")),
            "{text}"
        );
        assert!(!text.contains("secret") && text.contains("base_url"), "{text}");
        assert_eq!((server.queries().len(), memory.candles.len()), (1, 0), "asked once");
    }
}

#[tokio::test]
async fn a_pause_that_is_named_as_a_date_is_kept() {
    // The server's own clock, thirteen hours beside ours, and two minutes later.
    let dates =
        vec![("date", "Fri, 01 Mar 2024 01:00:00 GMT"), ("retry-after", "Fri, 01 Mar 2024 01:02:00 GMT")];
    let server = Scripted::start(vec![Step::Plain(429, dates, "")]).await;
    let before = server.clock.now();
    let (memory, summary) = fetch(&*server.exchange, Interval::H1, range(DAY.0, DAY.1)).await;
    assert_eq!((summary.unwrap().candles, memory.candles.len()), (24, 24));
    let until = before.plus_ms(120_000);
    assert!(memory.notices.contains(&Notice::RateLimited { until }), "{}", memory.said());
    assert!(server.clock.now() >= until);
}

#[tokio::test]
async fn columns_added_later_do_no_harm() {
    let memory = whole_day(vec![Step::Rows(|rows| {
        for row in rows {
            row.as_array_mut().unwrap().push(json!({ "new": true }));
        }
    })])
    .await;
    assert!(memory.notices.is_empty(), "{}", memory.said());
}

#[tokio::test]
async fn silence_ends_with_the_time_out_and_is_tried_again() {
    let hasty = |transport| Transport { request_timeout: Duration::from_millis(150), ..transport };
    let server = Scripted::start_with(vec![Step::Silence], hasty).await;
    let asked = range(DAY.0, DAY.1);
    let (memory, summary) = fetch(&*server.exchange, Interval::H1, asked).await;
    summary.unwrap();
    assert_eq!(opens(&memory), hours(asked));
    assert!(memory.said().contains("did not answer in time"), "{}", memory.said());
}

#[tokio::test]
async fn cancelling_does_not_wait_for_an_answer() {
    let server = Scripted::start(vec![Step::Silence]).await;
    let cancel = CancellationToken::new();
    let mut memory = Memory::new();
    let pair = symbol("BTCUSDT");
    let asked = range(DAY.0, DAY.1);
    let download =
        exchanges::download(&*server.exchange, &pair, Interval::H1, asked, &mut memory, cancel.clone());
    let stop = async {
        while server.queries().is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(download, stop);
    assert!(matches!(result, Err(exchanges::DownloadError::Cancelled { .. })), "{result:?}");
}

#[tokio::test]
async fn a_429_without_retry_after_waits_for_the_next_minute() {
    let body = r#"{"code":-1003,"msg":"Too much request weight used."}"#;
    let memory = whole_day(vec![Step::Plain(429, vec![], body)]).await;
    assert_eq!(memory.notices, [Notice::RateLimited { until: at("2024-03-01 12:21:00") }]);
}

#[tokio::test]
async fn weight_used_by_others_on_this_address_slows_us_down() {
    let others = vec![("x-mbx-used-weight-1m", "1199")];
    let server = Scripted::start(vec![Step::Plain(200, others, "[]")]).await;
    let (memory, summary) = fetch(&*server.exchange, Interval::H1, range(DAY.0, DAY.1)).await;
    summary.unwrap();
    // Of the 1200 that the settings allow, loading history may bring a minute to 900, and it begins half a second after the rest.
    let until = at("2024-03-01 12:21:00").plus_ms(500);
    let spent = Notice::BudgetSpent { used: 1199, allowed: 900, until };
    assert!(memory.notices.contains(&spent), "{}", memory.said());
    assert!(server.clock.now() >= until);
}

#[tokio::test]
async fn a_country_that_is_shut_out_is_told_so_at_once() {
    let text = failure(vec![Step::Plain(
        451,
        vec![],
        r#"{"code":0,"msg":"Service unavailable from a restricted location"}"#,
    )])
    .await;
    assert!(text.contains("refuses to serve this address") && text.contains("restricted location"), "{text}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let text = failure(vec![Step::Plain(302, vec![("location", "http://127.0.0.1:1/")], "")]).await;
    assert!(text.contains("HTTP 302"), "{text}");
}

#[tokio::test]
async fn an_exchange_that_ignores_the_start_cannot_hold_us_for_ever() {
    let text = failure(vec![Step::Rows(|rows| *rows = vec![row(0), row(HOUR_MS)])]).await;
    assert!(text.contains("all 2 rows open before the start"), "{text}");
}

#[tokio::test]
async fn a_page_of_nothing_but_bad_rows_is_left_behind() {
    let server = Scripted::start(vec![Step::Rows(|rows| {
        rows.truncate(2);
        for row in rows {
            row[3] = json!("0");
        }
    })])
    .await;
    let asked = range(DAY.0, DAY.1);
    let (memory, summary) = fetch(&*server.exchange, Interval::H1, asked).await;
    assert_eq!(summary.unwrap().refused, 2);
    assert_eq!(opens(&memory), hours(asked)[2..]);
    assert!(memory.said().contains("zero or negative"), "{}", memory.said());
}

#[tokio::test]
async fn a_closed_port_is_reported_as_no_connection() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let exchange = connect(&url, 1200, transport(&exchange_sim::Clock::manual(at("2024-01-01"))));
    let error = exchange.server_time().await.unwrap_err();
    assert!(matches!(&error, ExchangeError::Unavailable { attempts: 6, .. }), "{error}");
    assert!(error.to_string().contains("no connection to 127.0.0.1"), "{error}");
    assert!(matches!(exchange.ping().await, Err(ExchangeError::Unavailable { attempts: 1, .. })));
}

/// The clock is read when the request leaves: an answer that was computed before the close is never final.
#[tokio::test]
async fn a_candle_that_closes_while_the_answer_travels_is_still_unfinished() {
    let server = Scripted::start(vec![]).await;
    let request = CandleRequest {
        symbol: symbol("BTCUSDT"),
        grid: Interval::H1.into(),
        start: at("2024-03-01 10:00"),
        end: at("2024-03-01 14:00"),
    };
    let before = server.exchange.candles(&request).await.unwrap();
    assert_eq!((before.candles.len(), before.unfinished), (2, Some(at("2024-03-01 12:00"))));
    server.clock.set(at("2024-03-01 12:59:59"));
    let just_before = server.exchange.candles(&request).await.unwrap();
    assert_eq!(just_before.unfinished, Some(at("2024-03-01 12:00")));
    server.clock.set(at("2024-03-01 13:00"));
    let after = server.exchange.candles(&request).await.unwrap();
    assert_eq!((after.candles.len(), after.unfinished), (3, Some(at("2024-03-01 13:00"))));
}

#[tokio::test]
async fn a_clock_measured_while_a_page_is_under_way_finishes_none_of_its_candles() {
    let (release, held) = tokio::sync::oneshot::channel();
    // Our own clock stands still: all that passes, or is set, is the exchange's.
    let server = Scripted::start_with(vec![Step::Held(held)], |transport| Transport {
        clock: Arc::new(SharedClock(Clock::manual(at(NOW)))),
        ..transport
    })
    .await;
    server.exchange.server_time().await.unwrap();
    let TimeRange { start, end } = range("2024-03-01 10:00", "2024-03-01 14:00");
    let request = CandleRequest { symbol: symbol("BTCUSDT"), grid: Interval::H1.into(), start, end };
    let meanwhile = async {
        while server.queries().is_empty() {
            tokio::task::yield_now().await;
        }
        server.clock.advance_ms(HOUR_MS);
        server.exchange.server_time().await.unwrap();
        release.send(()).unwrap();
    };
    let (page, ()) = tokio::join!(server.exchange.candles(&request), meanwhile);
    let page = page.unwrap();
    assert_eq!(page.unfinished, Some(at("2024-03-01 12:00")));
    assert_eq!(page.candles.len(), 2);
}
