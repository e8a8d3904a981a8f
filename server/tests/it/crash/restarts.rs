//! A job whose worker dies again and again: it is not tried for ever, and its user can take it up again.

use market_data::{CandleStore as _, Lake};
use types::Provenance;

use super::aftermath::expect_a_sound_database;
use super::market::{minutes, series};
use crate::web::browser::Browser;
use crate::web::installation::Installation;
use crate::web::queue::{has_ended, newest, wait_for, wait_until_done};

#[tokio::test]
async fn a_job_that_kills_its_worker_is_interrupted_and_can_be_retried() {
    let installation = Installation::with_users(&["alice"]);
    let lake = Lake::open(installation.data().join("lake")).unwrap();
    lake.append(&series("binance BTCUSDT 1m"), minutes(), Provenance::Imported).await.unwrap();

    let mut server = installation.serve();
    let mut browser = Browser::signed_in(&server, "alice").await;
    let form = [
        ("strategy", "sma_crossover_btc"),
        ("series", "binance BTCUSDT 1m"),
        ("initial_capital", "10000"),
        ("commission", "0.1"),
        ("slippage", "0.05"),
    ];
    assert_eq!(browser.call("start_backtest", &form).await.status, 200);
    let id = newest(&browser).await;
    for _ in 0..=store::MAX_RESTARTS {
        let job = wait_for(&browser, &id, "running", |job| job["state"] == "running" || has_ended(job)).await;
        assert_eq!(job["state"], "running", "too fast to be killed: {job:#}");
        server.kill();
        expect_a_sound_database(&installation).await;
        server = installation.serve();
        browser = Browser::signed_in(&server, "alice").await;
    }
    let job = wait_for(&browser, &id, "over", has_ended).await;
    assert_eq!(job["state"], "interrupted", "{job:#}");
    assert!(job["reason"].as_str().is_some_and(|reason| reason.contains("retry")), "{job:#}");
    let page = browser.open("/backtests").await;
    assert!(page.body.contains("Interrupted") && page.body.contains("Retry"), "a button to retry it");

    assert_eq!(browser.call("retry_job", &[("id", &id)]).await.status, 200);
    wait_until_done(&browser, &id).await;
    assert_eq!(browser.call("runs", &[]).await.json()["total"], 1);
}
