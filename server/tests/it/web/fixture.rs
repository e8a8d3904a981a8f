//! What most route tests begin with: two users, a stored series, and a backtest of the first one's.

use market_data::{CandleStore as _, Lake};
use testkit::RandomWalk;
use types::{Provenance, SeriesKey};

use super::browser::Browser;
use super::installation::{Installation, Server};
use super::queue::{newest, wait_until_done};

/// The series that every house has.
pub(crate) const SERIES: &str = "binance BTCUSDT 1h";

/// A running house with the administrator alice, the member bob, and a result of alice's.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) installation: Installation,
    pub(crate) server: Server,
    pub(crate) alice: Browser,
    pub(crate) bob: Browser,
    /// Bob's id.
    pub(crate) bob_id: String,
    /// Alice's job, done.
    pub(crate) job: String,
    /// Its result.
    pub(crate) run: String,
}

impl House {
    pub(crate) async fn new() -> Self {
        let installation = Installation::with_users(&["alice", "bob"]);
        store_candles(&installation).await;
        let server = installation.serve();
        let alice = Browser::signed_in(&server, "alice").await;
        let bob = Browser::signed_in(&server, "bob").await;
        let (job, run) = backtest(&alice).await;
        let users = alice.call("users", &[]).await.json();
        let bob_id = users[1]["id"].as_str().expect("bob").to_owned();
        Self { installation, server, alice, bob, bob_id, job, run }
    }
}

/// Stores three months of hourly candles.
pub(crate) async fn store_candles(installation: &Installation) {
    let lake = Lake::open(installation.data().join("lake")).unwrap();
    let key = SeriesKey {
        exchange: "binance".parse().unwrap(),
        symbol: "BTCUSDT".parse().unwrap(),
        interval: "1h".parse().unwrap(),
    };
    let candles = RandomWalk::new(5).step_per_mille(30).candles(2200);
    lake.append(&key, candles, Provenance::Imported).await.unwrap();
}

/// Runs a backtest to its end; returns its job and its result.
pub(crate) async fn backtest(browser: &Browser) -> (String, String) {
    let answer = browser.call("start_backtest", &BACKTEST).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let id = newest(browser).await;
    let job = wait_until_done(browser, &id).await;
    let link = job["link"].as_str().expect("a link to the result");
    (id, link.strip_prefix("/backtests/").unwrap().to_owned())
}

/// The form of a backtest as a page sends it.
pub(crate) const BACKTEST: [(&str, &str); 7] = [
    ("strategy", "sma_crossover_btc"),
    ("series", SERIES),
    ("start", ""),
    ("end", ""),
    ("initial_capital", "10000"),
    ("commission", "0.1"),
    ("slippage", "0.05"),
];
