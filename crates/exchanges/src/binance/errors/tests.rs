use types::{Interval, Symbol};

use super::*;

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);

/// Classifies an answer to a klines request about BTCUSDT 1h.
fn fault(status: u16, retry_after_secs: Option<u32>, body: &str) -> Fault {
    let symbol: Symbol = "BTCUSDT".parse().unwrap();
    let call = Call::new("klines", 2).about(&symbol).of_interval(Interval::H1);
    let reply = FailedReply { status, retry_after_secs, body: body.as_bytes() };
    classify(&"binance".parse().unwrap(), &call, &reply, NOW)
}

fn error_body(code: i64) -> String {
    format!(r#"{{"code":{code},"msg":"Some words."}}"#)
}

#[test]
fn what_may_pass_is_retried() {
    for (status, code) in [
        (500, -1000),
        (502, 0),
        (503, -1008),
        (504, -1007),
        (408, 0),
        (400, -1001),
        (400, -1006),
        (400, -1007),
    ] {
        let fault = fault(status, None, &error_body(code));
        assert!(
            matches!(&fault, Fault::Transient(cause) if cause.contains(&status.to_string())),
            "{fault:?}"
        );
    }
}

#[test]
fn a_pause_ends_when_the_exchange_says() {
    let limited = |status, retry_after, body: &str| match fault(status, retry_after, body) {
        Fault::Limited { until, is_ban } => (until.ms_since(NOW), is_ban),
        other => panic!("{other:?}"),
    };
    assert_eq!(limited(429, Some(7), &error_body(-1003)), (7000, false));
    assert_eq!(limited(429, Some(0), &error_body(-1003)), (1000, false));
    assert_eq!(limited(418, Some(120), &error_body(-1003)), (120_000, true));
    // The code alone is enough, and without Retry-After the minute ends: 1700000000 is 20 s into one.
    assert_eq!(limited(400, None, &error_body(-1003)), (40_000, false));
    assert_eq!(limited(429, None, &error_body(-1015)), (40_000, false));
    let message =
        r#"{"code":-1003,"msg":"Way too much request weight used; IP banned until 1700000300000. Please."}"#;
    assert_eq!(limited(418, None, message), (300_000, true));
    assert_eq!(limited(418, None, "<html>"), (120_000, true));
}

#[test]
fn what_is_our_fault_is_named_and_not_retried() {
    let code_of = |status, body: &str| match fault(status, None, body) {
        Fault::Fatal(error) => error.code(),
        other => panic!("{other:?}"),
    };
    assert_eq!(code_of(400, &error_body(-1121)), "unknown_symbol");
    let illegal =
        r#"{"code":-1100,"msg":"Illegal characters found in parameter 'symbol'; legal range is ..."}"#;
    assert_eq!(code_of(400, illegal), "unknown_symbol");
    assert_eq!(code_of(400, &error_body(-1120)), "bad_interval");
    assert_eq!(code_of(403, "<html>Forbidden</html>"), "forbidden");
    assert_eq!(code_of(451, &error_body(0)), "forbidden");
    for code in [-1100, -1101, -1102, -1104, -1111, -1020, -1022, -2015] {
        assert_eq!(code_of(400, &error_body(code)), "rejected", "{code}");
    }
    assert_eq!(code_of(404, "<html>Not here</html>"), "rejected");
    assert_eq!(code_of(302, ""), "rejected");
}

#[test]
fn messages_name_what_was_asked_and_the_remedy() {
    let text = |status, body: &str| match fault(status, None, body) {
        Fault::Fatal(error) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let unknown = text(400, &error_body(-1121));
    assert!(unknown.contains("binance has no symbol 'BTCUSDT'"), "{unknown}");
    let foreign = text(404, "<html>\n  <b>Not\there</b>\n</html>");
    assert!(foreign.contains("HTTP 404") && foreign.contains("<html> <b>Not here</b> </html>"), "{foreign}");
}
