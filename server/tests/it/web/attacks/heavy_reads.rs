//! Forty requests at once for one's own large result.

use futures::future::join_all;
use market_data::{CandleStore as _, Lake};
use testkit::RandomWalk;
use types::{Provenance, SeriesKey};

use super::bystander::{assert_undisturbed, meanwhile, memory, quiet};
use crate::web::browser::Browser;
use crate::web::fixture::backtest;
use crate::web::installation::{Installation, PASSWORD};

const REQUESTS: usize = 40;
/// Enough that a result takes long to read as a whole, little enough that a build for debugging computes it in time.
const CANDLES: usize = 60_000;
/// What all of them may take of memory beyond what the server took before, in bytes.
const MEMORY: u64 = 400_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_users_many_requests_for_a_large_result_leave_the_others_alone() {
    let installation = Installation::with_users(&["alice", "bob", "carol"]);
    let lake = Lake::open(installation.data().join("lake")).unwrap();
    let key = SeriesKey {
        exchange: "binance".parse().unwrap(),
        symbol: "BTCUSDT".parse().unwrap(),
        interval: "1h".parse().unwrap(),
    };
    let candles = RandomWalk::new(5).step_per_mille(30).candles(CANDLES);
    lake.append(&key, candles, Provenance::Imported).await.unwrap();
    let server = installation.serve();
    let alice = Browser::signed_in(&server, "alice").await;
    let bob = Browser::signed_in(&server, "bob").await;
    let (_, run) = backtest(&alice).await;
    let quiet = quiet(&bob).await;
    let (rest, _) = memory(&server);

    let attack = async {
        let requests = (0..REQUESTS).map(|at| {
            let (alice, run, page) = (&alice, run.as_str(), (at + 1).to_string());
            async move {
                if at % 2 == 0 {
                    alice.open(&format!("/backtests/{run}")).await
                } else {
                    alice.call("trades", &[("run", run), ("page", &page)]).await
                }
            }
        });
        let carol = Browser::new(&server);
        tokio::join!(join_all(requests), carol.sign_in("carol", PASSWORD))
    };
    let ((answers, carols), reading) = meanwhile(&bob, 100, attack).await;

    let answered = answers.iter().filter(|answer| answer.status == 200).count();
    let (_, peak) = memory(&server);
    eprintln!("{answered} of {REQUESTS} were answered; memory before {rest}, at most {peak}");
    assert!(answered > 0, "nothing was answered");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
    }
    assert_eq!(carols.status, 200, "signing in works meanwhile: {}", carols.body);
    assert!(peak.saturating_sub(rest) < MEMORY, "the server grew from {rest} to {peak} bytes");
    assert_undisturbed("requests for a large result", &bob, &quiet, &reading).await;
}
