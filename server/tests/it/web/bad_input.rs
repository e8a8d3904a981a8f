//! Bad input to server functions: each gets its own answer that names the field, and nothing breaks.

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::json;

use super::browser::Browser;
use super::fixture::{BACKTEST, House};

#[tokio::test]
async fn ids_that_are_no_ids_are_said_to_be() {
    let house = House::new().await;
    for id in
        ["", "x", "0", "../../etc/passwd", "01900000-0000-7000-8000-00000000000g", "'; drop table jobs; --"]
    {
        for name in ["cancel_job", "retry_job", "delete_job", "delete_run"] {
            let answer = house.alice.call(name, &[("id", id)]).await;
            assert_eq!(
                (answer.status, answer.error().as_str()),
                (422, "invalid"),
                "{name} {id}: {}",
                answer.body
            );
        }
        let answer = house.alice.call("run", &[("id", id)]).await;
        assert_eq!((answer.status, answer.error().as_str()), (404, "not_found"), "{id}: {}", answer.body);
        let answer = house.alice.call("trades", &[("run", id), ("page", "1")]).await;
        assert_eq!(answer.status, 422, "{id}: {}", answer.body);
    }
}

#[tokio::test]
async fn absurd_numbers_are_bounded_or_refused() {
    let house = House::new().await;
    for (path, status) in [
        ("limit=0", 200),
        ("limit=4294967295", 200),
        ("limit=4294967296", 422),
        ("limit=-1", 422),
        ("limit=many", 422),
        ("limit=10&before=-9223372036854775808", 200),
        ("limit=10&before=9223372036854775807", 200),
        ("limit=10&before=9223372036854775808", 422),
        ("limit=10&indicators=sma(0)", 422),
        ("limit=10&indicators=sma(99999999999999999999)", 422),
        ("limit=10&indicators=nonsense", 422),
    ] {
        let path = format!("/api/candles?exchange=binance&symbol=BTCUSDT&interval=1h&{path}");
        let answer = house.alice.read(&path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert!(answer.body.len() < 2_000_000, "{path}: {} bytes", answer.body.len());
    }
    for (limit, status) in
        [(json!(0), 200), (json!(4_294_967_295_u64), 200), (json!(-1), 422), (json!("x"), 422)]
    {
        let answer = house.alice.call_json("jobs", &json!({ "kinds": [], "limit": limit })).await;
        assert_eq!(answer.status, status, "{limit}: {}", answer.body);
    }
    for page in ["0", "4294967295"] {
        let answer = house.alice.call("trades", &[("run", &house.run), ("page", page)]).await;
        assert_eq!(answer.status, 200, "{page}: {}", answer.body);
    }
    let answer = house.alice.call("runs", &[("before", "nonsense")]).await;
    assert_eq!((answer.status, answer.error().as_str()), (422, "invalid"), "{}", answer.body);
}

#[tokio::test]
async fn a_backtest_form_names_every_field_that_is_wrong() {
    let house = House::new().await;
    for (field, value) in [
        ("strategy", "no_such_strategy"),
        ("series", "nonsense"),
        ("series", "binance NOSUCH 1h"),
        ("start", "yesterday"),
        ("start", "2099-01-01"),
        ("end", "1999-01-01"),
        ("initial_capital", "-1"),
        ("initial_capital", "1e99"),
        ("initial_capital", ""),
        ("commission", "-0.1"),
        ("commission", "all of it"),
        ("slippage", "1000"),
    ] {
        let form = BACKTEST.map(|(name, usual)| if name == field { (name, value) } else { (name, usual) });
        let answer = house.alice.call("start_backtest", &form).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (422, "invalid"),
            "{field}={value}: {}",
            answer.body
        );
        let fields = answer.json()["fields"].clone();
        let is_named =
            fields.as_array().is_some_and(|fields| fields.iter().any(|fault| fault["field"] == field));
        assert!(is_named, "{field}={value}: {fields}");
    }
    for (field, value) in [
        ("params[fast_period]", "ten"),
        ("params[fast_period]", "0"),
        ("params[fast_period]", "30"),
        ("params[slow_period]", "1001"),
        ("params[nonsense]", "1"),
    ] {
        let mut form = BACKTEST.to_vec();
        form.extend([("params_of", "sma_crossover_btc"), (field, value)]);
        let answer = house.alice.call("start_backtest", &form).await;
        assert_eq!(
            (answer.status, answer.error().as_str()),
            (422, "invalid"),
            "{field}={value}: {}",
            answer.body
        );
        let named = answer.json()["fields"][0]["field"].as_str().unwrap_or_default().to_owned();
        assert!(named.starts_with("params["), "{field}={value}: {}", answer.body);
    }
    assert_eq!(super::queue::jobs(&house.alice).await.len(), 1, "nothing was queued");
}

#[tokio::test]
async fn a_download_form_names_every_field_that_is_wrong() {
    let house = House::new().await;
    let usual = [("exchange", "demo"), ("symbol", "BTCUSDT"), ("interval", "1h"), ("range", "7")];
    for (field, value) in [
        ("exchange", "no_such_exchange"),
        ("exchange", "../binance"),
        ("symbol", "a symbol"),
        ("symbol", "../../../etc"),
        ("interval", "7m"),
        ("range", "0"),
        ("range", "99999999999"),
    ] {
        let form = usual.map(|(name, usual)| if name == field { (name, value) } else { (name, usual) });
        let answer = house.alice.call("start_ingest", &form).await;
        assert_eq!(answer.status, 422, "{field}={value}: {}", answer.body);
        assert!(answer.body.contains(&format!("\"field\":\"{field}\"")), "{field}={value}: {}", answer.body);
    }
    assert_eq!(super::queue::jobs(&house.alice).await.len(), 1, "nothing was queued");
}

#[tokio::test]
async fn bodies_that_are_too_large_or_no_form_are_refused() {
    let house = House::new().await;
    let stranger = Browser::new(&house.server);
    for browser in [&stranger, &house.alice] {
        let big = "a".repeat(2_000_000);
        // The server hangs up on the rest of such a body, so the connection is good for nothing else.
        let answer = Browser::new(&house.server)
            .call("sign_in", &[("name", &big), ("password", "x"), ("next", "/")])
            .await;
        assert!(matches!(answer.status, 413 | 422), "{}: {}", answer.status, answer.body);
        assert!(answer.body.len() < 1000, "the answer repeats the question");
        for (kind, body) in [
            ("application/json", "{"),
            ("application/json", "[]"),
            ("application/json", "{\"kinds\":[\"nope\"],\"limit\":1}"),
            ("text/plain", "kinds"),
            ("application/x-www-form-urlencoded", "%ff%fe=%"),
        ] {
            let request = browser.request(Method::POST, "/api/jobs").header(ACCEPT, "application/json");
            let answer = browser.send(request.header(CONTENT_TYPE, kind).body(body)).await;
            assert!((400..500).contains(&answer.status), "{kind} {body}: {} {}", answer.status, answer.body);
        }
        let request = browser.request(Method::POST, "/api/sign_in").header(ACCEPT, "application/json");
        let answer = browser
            .send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("%ff=%"))
            .await;
        assert_eq!(answer.status, 422, "{}", answer.body);
    }
    let answer = house.alice.call("no_such_function", &[]).await;
    assert!(matches!(answer.status, 400 | 404 | 405), "{}", answer.status);
    assert_eq!(house.alice.call("dashboard", &[]).await.status, 200, "and the house stands");
}
