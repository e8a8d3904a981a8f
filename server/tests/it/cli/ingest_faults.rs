//! `crypto ingest` against an exchange that misbehaves: the right candles in the end, and what happened on standard error.

use super::house::{House, key};
use super::sim::Sim;

const START: &str = "2024-02-01";
const END: &str = "2024-02-03";

/// Downloads two days of minutes (three pages), the second page of which suffers the faults; every part must be said.
fn suffer(faults: &str, parts: &[&str]) {
    let house = House::new();
    let sim = Sim::start(&house);
    // The first page arrives whole, so that there is something to go on from.
    sim.inject(r#"[{"kind":"latency","ms":0}]"#);
    sim.inject(faults);
    let arguments =
        ["ingest", "--exchange", "demo", "--symbol", "BTCUSDT", "--interval", "1m", "--start", START];
    house.run(&[&arguments[..], &["--end", END]].concat()).ok().mentions(parts);
    let stored = house.stored(&key("demo", "BTCUSDT", "1m"));
    assert!(stored.iter().map(|stored| &stored.candle).eq(&sim.truth("BTCUSDT", "1m", START, END)));
    assert_eq!(sim.pending(), 0, "every fault was suffered");
    assert_eq!(sim.stats()["hasty_requests"], 0, "a request came before Retry-After had passed");
}

#[test]
fn a_429_is_waited_out_as_retry_after_says() {
    suffer(
        r#"[{"kind":"rate_limited","retry_after_secs":2}]"#,
        &["warning: The exchange asked for a pause (HTTP 429). Going on at 2024-03-01 12:20:4"],
    );
}

#[test]
fn a_ban_is_called_a_ban_and_waited_out() {
    suffer(
        r#"[{"kind":"banned","retry_after_secs":2}]"#,
        &[
            "warning: The exchange banned this address for too many requests (HTTP 418). Going on at 2024-03-01 12:20:4",
        ],
    );
}

#[test]
fn server_errors_and_cut_bodies_are_retried() {
    suffer(
        r#"[{"kind":"server_error"},{"kind":"cut_body"}]"#,
        &["warning: Attempt 1 of", "HTTP 500", "cut in the middle of the answer", "Trying again in"],
    );
}

#[test]
fn a_short_page_is_not_taken_for_the_end() {
    suffer(
        r#"[{"kind":"short_page","rows":17}]"#,
        &["warning: The exchange sent only 17 of 1000 candles although more followed. Went on at 2024-02-0"],
    );
}

#[test]
fn rows_twice_or_out_of_order_are_put_right() {
    suffer(
        r#"[{"kind":"duplicate_rows","count":5},{"kind":"out_of_order"}]"#,
        &[
            "5 rows, the first of",
            "the same candle was served twice",
            "arrived out of order and were put in order",
        ],
    );
}

#[test]
fn an_exchange_that_keeps_failing_is_given_up_and_what_came_before_is_kept() {
    let house = House::new();
    let sim = Sim::start(&house);
    sim.inject(r#"[{"kind":"latency","ms":0},{"kind":"server_error","times":20}]"#);
    let arguments =
        ["ingest", "--exchange", "demo", "--symbol", "BTCUSDT", "--interval", "1m", "--start", START];
    let arguments = [&arguments[..], &["--end", END, "--json"]].concat();
    house.run(&arguments).fails_as_json(5, "exchange", &["HTTP 500", "attempts made"]);
    let kept = house.stored(&key("demo", "BTCUSDT", "1m"));
    let truth = sim.truth("BTCUSDT", "1m", START, END);
    assert_eq!(kept.len(), 1000, "the page that had arrived");
    assert!(kept.iter().map(|stored| &stored.candle).eq(&truth[..1000]));

    super::sim::request(&sim.address, "DELETE", "/sim/faults", "");
    let report = house.run(&arguments).ok().json();
    assert_eq!(report["stored"]["added"], truth.len() - 1000, "only what was missing");
    let whole = house.stored(&key("demo", "BTCUSDT", "1m"));
    assert!(whole.iter().map(|stored| &stored.candle).eq(&truth));
}

#[test]
fn a_ban_of_days_is_an_error_that_says_until_when() {
    let house = House::new();
    let sim = Sim::start(&house);
    sim.inject(r#"[{"kind":"banned","retry_after_secs":259200}]"#);
    house
        .run(&["ingest", "--exchange", "demo", "--symbol", "BTCUSDT", "--interval", "1h", "--start", START])
        .fails(5, &["banned this address until 2024-03-04"]);
}
