//! The server dies while it runs several backtests at once.

use std::time::Instant;

use market_data::{CandleStore as _, Lake};
use serde_json::{Value, json};
use types::Provenance;

use super::aftermath::{expect_a_sound_database, expect_the_whole_of};
use super::dice::{Dice, rounds};
use super::market::{minutes, series};
use crate::web::browser::Browser;
use crate::web::installation::Installation;
use crate::web::queue::{jobs, wait_until_done};

const STRATEGIES: [&str; 3] = ["sma_crossover_btc", "rsi_mean_reversion", "buy_and_hold_btc"];

#[tokio::test]
async fn backtests_survive_a_kill_at_any_moment_and_leave_one_run_each() {
    let candles = minutes();
    let key = series("binance BTCUSDT 1m");
    let installation = Installation::with_users(&["alice"]);
    let lake = Lake::open(installation.data().join("lake")).unwrap();
    lake.append(&key, candles.clone(), Provenance::Imported).await.unwrap();
    let mut dice = Dice::new();

    // Undisturbed: how long it takes, and what comes out.
    let (took, expected) = {
        let server = installation.serve();
        let browser = Browser::signed_in(&server, "alice").await;
        let start = Instant::now();
        begin(&browser).await;
        let results = finish(&browser, 0).await;
        (start.elapsed(), results)
    };

    for round in 0..rounds() {
        let moment = dice.moment(took);
        let at = format!("round {round}, killed after {moment:?} of {took:?}");
        let mut server = installation.serve();
        let browser = Browser::signed_in(&server, "alice").await;
        begin(&browser).await;
        tokio::time::sleep(moment).await;
        server.kill();
        expect_a_sound_database(&installation).await;

        let server = installation.serve();
        let browser = Browser::signed_in(&server, "alice").await;
        let results = finish(&browser, round + 1).await;
        assert_eq!(results, expected, "{at}: the same results as undisturbed");
        drop(server);
        expect_the_whole_of(&installation, &key, &candles, Provenance::Imported).await;
    }
}

/// Queues one backtest per strategy.
async fn begin(browser: &Browser) {
    for strategy in STRATEGIES {
        let form = [
            ("strategy", strategy),
            ("series", "binance BTCUSDT 1m"),
            ("initial_capital", "10000"),
            ("commission", "0.1"),
            ("slippage", "0.05"),
        ];
        let answer = browser.call("start_backtest", &form).await;
        assert_eq!(answer.status, 200, "{strategy}: {}", answer.body);
    }
}

/// Waits for the latest backtests, checks that there is one run for each ever queued, and returns their figures by strategy.
async fn finish(browser: &Browser, earlier_rounds: usize) -> Value {
    let all = jobs(browser).await;
    let count = STRATEGIES.len() * (earlier_rounds + 1);
    assert_eq!(all.len(), count, "no job was lost or doubled");
    let mut results = json!({});
    for job in &all[..STRATEGIES.len()] {
        let job = wait_until_done(browser, job["id"].as_str().unwrap()).await;
        let run = job["link"].as_str().and_then(|link| link.strip_prefix("/backtests/")).unwrap();
        let answer = browser.call("run", &[("id", run)]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let detail = answer.json();
        assert_eq!(detail["run"]["id"], run);
        let name = detail["run"]["name"].as_str().unwrap().to_owned();
        results[name] = json!({
            "metrics": detail["metrics"],
            "account": detail["account"],
            "monthly": detail["monthly"],
            "trades": detail["run"]["trades"],
        });
    }
    assert_eq!(results.as_object().map(serde_json::Map::len), Some(STRATEGIES.len()));
    let runs = browser.call("runs", &[]).await.json();
    assert_eq!(runs["total"], count, "exactly one run per job");
    results
}
