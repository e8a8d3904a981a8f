//! Worker and web die, each at moments of its own, while series are downloaded and followed on an exchange whose time runs fast.
//!
//! The worker downloads the past of a series and follows its present at once; the web takes the downloads in. Whoever dies is
//! started again at once, while the other goes on.

use std::time::Duration;

use market_data::{CandleStore, Lake, PostgresCandles, Take};
use types::{Candle, SeriesKey, TimeRange, Timestamp};

use super::aftermath::expect_a_sound_database;
use super::dice::{Dice, rounds};
use super::fast_exchange::FastExchange;
use super::market::series;
use super::reader::Reader;
use super::two_processes::{TwoProcesses, Victim, borrowed};
use crate::web::browser::Browser;
use crate::web::installation::Installation;
use crate::web::queue::{has_ended, jobs, until_found, wait_for_end, wait_until_done};

/// From here on series are followed; each round downloads a further stretch before it.
const SINCE: &str = "2024-03-01";
const NOW: &str = "2024-03-02 12:00:00";
/// The series that is followed and downloaded.
const BUSY: &str = "demo BTCUSDT 1m";
/// What one round downloads.
const STRETCH_DAYS: i64 = 7;
/// Both processes are killed within this time of the beginning of a round.
const LIFE: Duration = Duration::from_millis(2500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lake_survives_kills_of_worker_and_web_at_any_moment() {
    let exchange = FastExchange::start(at(NOW)).await;
    let installation = Installation::with_users(&["alice"]);
    let lake = installation.data().join("lake");
    let reader = Reader::start(lake.clone());
    let store = Lake::open(&lake).unwrap();
    die_and_recover(&exchange, &installation, &[], &store).await;
    assert!(reader.stop() > 0, "files were read all the while");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn candles_in_postgres_survive_kills_of_worker_and_web_at_any_moment() {
    let exchange = FastExchange::start(at(NOW)).await;
    let url = testkit::postgres_url().await;
    let variables = [("DATABASE_URL", url.as_str()), ("CANDLE_STORE", "timescale")];
    let installation = Installation::with_variables(&["alice"], &variables);
    let store = PostgresCandles::open(&url).await.unwrap();
    die_and_recover(&exchange, &installation, &variables, &store).await;
}

async fn die_and_recover(
    exchange: &FastExchange,
    installation: &Installation,
    variables: &[(&'static str, &str)],
    store: &dyn CandleStore,
) {
    let followed = [BUSY, "demo ETHUSDT 1m", "demo BTCUSDT 5m"].map(series);
    for key in &followed {
        subscribe(installation, &exchange.variables(variables), key);
    }
    let mut dice = Dice::new();
    let mut processes = TwoProcesses::start(installation, exchange, variables).await;
    for round in 0..rounds() {
        let mut deaths = [Victim::Worker, Victim::Web].map(|victim| (dice.moment(LIFE), victim));
        deaths.sort_unstable();
        let asked = tokio::spawn(download(&processes.browser, round).send());
        let mut waited = Duration::ZERO;
        for (moment, victim) in deaths {
            tokio::time::sleep(moment.saturating_sub(waited)).await;
            waited = moment;
            processes.kill(victim);
            if variables.is_empty() {
                expect_a_sound_database(installation).await;
            }
            expect_nothing_foreign(exchange, store, &followed, round + 1, &format!("{round}: {deaths:?}"))
                .await;
            processes.start_again(victim).await;
        }
        // The web may have died before it heard of the download, or before it could say that it has; never after.
        let is_accepted = asked.await.unwrap().is_ok_and(|answer| answer.status() == 200);
        let known = jobs(&processes.browser).await.len();
        assert!(known == round + 1 || (known == round && !is_accepted), "round {round}: {known} downloads");
        if known == round {
            let answer = processes.browser.send(download(&processes.browser, round)).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
    }
    // Undisturbed at last, everything is completed, catches up and goes on.
    finish_downloads(&processes.browser).await;
    let until = exchange.now().plus_ms(10 * 60_000);
    for key in &followed {
        let goal = key.interval.floor(until);
        until_found(&format!("{key} up to {until}"), async || {
            let last = store.summary(key).await.unwrap()?.last;
            (key.interval.next_open(last) >= goal).then_some(())
        })
        .await;
        let stored = all(store, key).await;
        let stored: Vec<Candle> = stored.into_iter().filter(|candle| candle.open_time < goal).collect();
        let truth = exchange.truth(key, begin(key, rounds()), goal);
        assert_eq!(stored.len(), truth.len(), "{key}");
        let different = stored.iter().zip(&truth).find(|(stored, true_one)| stored != true_one);
        assert_eq!(different, None, "{key}");
    }
}

/// Returns the request that downloads the stretch of a round.
fn download(browser: &Browser, round: usize) -> reqwest::RequestBuilder {
    let end = begin(&series(BUSY), round);
    // The form's last day is included.
    let last = end.plus_ms(-Timestamp::DAY_MS).to_date();
    let start = begin(&series(BUSY), round + 1).to_date();
    let form = [
        ("exchange", "demo"),
        ("symbol", "BTCUSDT"),
        ("interval", "1m"),
        ("range", "custom"),
        ("start", &start),
        ("end", &last),
    ];
    browser.calling("start_ingest", &form)
}

/// Waits for every download; one whose worker died too often is taken up again by its user.
async fn finish_downloads(browser: &Browser) {
    for job in jobs(browser).await {
        let id = job["id"].as_str().unwrap();
        let ended = if has_ended(&job) { job.clone() } else { wait_for_end(browser, id).await };
        if ended["state"] == "interrupted" {
            assert_eq!(browser.call("retry_job", &[("id", id)]).await.status, 200);
        }
        wait_until_done(browser, id).await;
    }
}

async fn expect_nothing_foreign(
    exchange: &FastExchange,
    store: &dyn CandleStore,
    followed: &[SeriesKey],
    rounds: usize,
    at: &str,
) {
    for key in followed {
        // What is written meanwhile is in the truth that is asked for afterwards.
        let stored = all(store, key).await;
        let truth = exchange.truth(key, begin(key, rounds), exchange.now());
        let mut rest = truth.iter();
        let foreign = stored.iter().find(|candle| !rest.by_ref().any(|true_one| true_one == *candle));
        assert_eq!(foreign, None, "round {at}: {key}");
    }
}

async fn all(store: &dyn CandleStore, key: &SeriesKey) -> Vec<Candle> {
    let rows = store.candles(key, TimeRange::ALL, Take::All).await.expect("every file is readable");
    rows.into_iter().map(|row| row.candle).collect()
}

/// Returns where a series begins once the downloads of so many rounds are complete.
fn begin(key: &SeriesKey, rounds: usize) -> Timestamp {
    let days = if *key == series(BUSY) { STRETCH_DAYS * i64::try_from(rounds).unwrap() } else { 0 };
    at(SINCE).plus_ms(-days * Timestamp::DAY_MS)
}

fn subscribe(installation: &Installation, variables: &[(&'static str, String)], key: &SeriesKey) {
    let (exchange, symbol, interval) =
        (key.exchange.to_string(), key.symbol.to_string(), key.interval.to_string());
    let call = ["subscription", "add", "--user", "alice", "--since", SINCE];
    let call = [&call[..], &["--exchange", &exchange, "--symbol", &symbol, "--interval", &interval]].concat();
    installation.run_with(&call, "", &borrowed(variables));
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
