//! The server dies while it downloads from an exchange that takes its time.

use std::time::Instant;

use exchange_sim::{Fault, Limits, MarketSource, SimConfig, Simulator, serve};
use tokio::net::TcpListener;
use types::{Candle, Interval, Provenance, TimeRange, Timestamp};

use super::aftermath::{expect_a_part_of, expect_a_sound_database, expect_the_whole_of};
use super::dice::{Dice, rounds};
use super::market::series;
use crate::web::browser::Browser;
use crate::web::installation::{Installation, Server};
use crate::web::queue::{jobs, newest, wait_until_done};

/// The stretch to download: eighty days across the turn of a year, so that the lake holds two files of it.
const FIRST_DAY: &str = "2022-11-20";
const LAST_DAY: &str = "2023-02-07";

/// How late each page is: long enough for a kill to fall between two pages, or into one.
const LATENCY_MS: u32 = 15;

#[tokio::test]
async fn an_ingest_survives_a_kill_at_any_moment() {
    let exchange = SlowExchange::start().await;
    let installation = Installation::with_users(&["alice"]);
    let mut dice = Dice::new();
    let key = series("demo BTCUSDT 1m");
    let truth = exchange.truth();

    let took = {
        let server = exchange.serve(&installation);
        let browser = Browser::signed_in(&server, "alice").await;
        let start = Instant::now();
        begin(&browser).await;
        wait_until_done(&browser, &newest(&browser).await).await;
        start.elapsed()
    };
    expect_the_whole_of(&installation, &key, &truth, Provenance::Synthetic).await;

    for round in 0..rounds() {
        let moment = dice.moment(took);
        let at = format!("round {round}, killed after {moment:?} of {took:?}");
        let mut server = exchange.serve(&installation);
        let browser = Browser::signed_in(&server, "alice").await;
        let deleted = browser.call("delete_series", &[("series", "demo BTCUSDT 1m")]).await;
        assert_eq!(deleted.status, 200, "{at}: {}", deleted.body);
        let before = jobs(&browser).await.len();
        begin(&browser).await;
        tokio::time::sleep(moment).await;
        server.kill();
        expect_a_sound_database(&installation).await;
        expect_a_part_of(&installation, &key, &truth).await;

        let server = exchange.serve(&installation);
        let browser = Browser::signed_in(&server, "alice").await;
        wait_until_done(&browser, &newest(&browser).await).await;
        assert_eq!(jobs(&browser).await.len(), before + 1, "{at}: one job");
        drop(server);
        expect_the_whole_of(&installation, &key, &truth, Provenance::Synthetic).await;
    }
}

async fn begin(browser: &Browser) {
    let answer = browser
        .call(
            "start_ingest",
            &[
                ("exchange", "demo"),
                ("symbol", "BTCUSDT"),
                ("interval", "1m"),
                ("range", "custom"),
                ("start", FIRST_DAY),
                ("end", LAST_DAY),
            ],
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// A simulated exchange in this process, whose every answer is late.
struct SlowExchange {
    simulator: Simulator,
    address: String,
}

impl SlowExchange {
    async fn start() -> Self {
        // Restarts forget what they spent, so the exchange must not count.
        let limits = Limits { weight_per_minute: 1_000_000, ..Limits::default() };
        let config = SimConfig { market: MarketSource::generated(7), limits, ..SimConfig::default() };
        let simulator = Simulator::new(config).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        // Ends with the test's runtime.
        tokio::spawn(serve(listener, simulator.clone(), std::future::pending()));
        Self { simulator, address }
    }

    /// Starts a server whose demo exchange this is.
    fn serve(&self, installation: &Installation) -> Server {
        self.simulator.clear_faults();
        self.simulator.inject_all(std::iter::repeat_n(Fault::Latency { ms: LATENCY_MS }, 1000));
        let url = format!("http://{}", self.address);
        installation.serve_with(&[], &[("DEMO_EXCHANGE_URL", &url)])
    }

    /// Returns what a complete download has.
    fn truth(&self) -> Vec<Candle> {
        let start: Timestamp = FIRST_DAY.parse().unwrap();
        let end = LAST_DAY.parse::<Timestamp>().unwrap().plus_ms(Timestamp::DAY_MS);
        let symbol = "BTCUSDT".parse().unwrap();
        let candles = self.simulator.candles(&symbol, Interval::M1, TimeRange { start, end }).unwrap();
        assert!(candles.len() > 100_000, "{}", candles.len());
        candles
    }
}
