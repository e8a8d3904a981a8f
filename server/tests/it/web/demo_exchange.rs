//! The demo exchange that a server brings along, on whichever port is free.

use super::browser::Browser;
use super::installation::Installation;
use super::queue::{newest, wait_until_done};

#[tokio::test]
async fn the_demo_exchange_is_found_on_any_port_and_its_candles_are_labelled() {
    let installation = Installation::with_users(&["alice"]);
    let server = installation.serve_with(&["--demo-exchange", "127.0.0.1:0"], &[]);
    let browser = Browser::signed_in(&server, "alice").await;
    let form = [("exchange", "demo"), ("symbol", "BTCUSDT"), ("interval", "1h"), ("range", "7")];
    let answer = browser.call("start_ingest", &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let job = wait_until_done(&browser, &newest(&browser).await).await;
    assert!(job["outcome"].as_str().is_some_and(|text| text.contains("candles added")), "{job:#}");
    let answer = browser.call("series_list", &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let series = answer.json();
    let provenance = &series[0]["provenance"];
    assert_eq!(series[0]["key"]["exchange"], "demo", "{series:#}");
    assert_eq!(provenance["synthetic"], series[0]["rows"], "all of it is synthetic: {provenance}");
    assert!(browser.open("/markets").await.body.contains("ynthetic"), "and the page says so");
}
