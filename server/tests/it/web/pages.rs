//! Every page: strangers are led to the door and see nothing, users get the whole page from the server.

use super::browser::Browser;
use super::fixture::House;

/// Every page behind the door; `RUN` stands for alice's result.
const PAGES: [(&str, &str); 13] = [
    ("/", "Dashboard"),
    ("/markets", "Markets"),
    ("/markets/binance/BTCUSDT/1h", "BTCUSDT"),
    ("/data", "Data"),
    ("/data/live", "Live subscriptions"),
    ("/data/get", "Get data"),
    ("/data/activity", "Activity"),
    ("/data/series/binance/BTCUSDT/1h", "BTCUSDT 1h"),
    ("/strategies", "Strategies"),
    ("/strategies/sma_crossover_btc", "fast_period"),
    ("/backtests", "Backtests"),
    ("/backtests/new", "New backtest"),
    ("/backtests/RUN", "Max drawdown"),
];

/// What only signed-in users may read.
const SECRETS: [&str; 4] = ["sma_crossover_btc", "2,200", "2024-01-01", "Max drawdown"];

#[tokio::test]
async fn strangers_are_led_to_the_door_and_back_again() {
    let house = House::new().await;
    let stranger = Browser::new(&house.server);
    for (path, _) in PAGES {
        let path = path.replace("RUN", &house.run);
        let answer = stranger.open(&path).await;
        assert_eq!(answer.status, 302, "{path}");
        let target = answer.header("location");
        assert!(target == "/signin" || target.starts_with("/signin?next="), "{path}: {target}");
        // The way back names the address itself.
        for secret in SECRETS.into_iter().filter(|secret| !path.contains(secret)) {
            assert!(!answer.body.contains(secret), "{path} shows {secret}");
        }
        if let Some(next) = target.strip_prefix("/signin?next=") {
            let page = stranger.open(target).await;
            assert_eq!(page.status, 200, "{path}");
            let next = next.replace("%2B", "+");
            assert!(
                page.body.contains(&format!("value=\"{next}\"")),
                "{path}: the form forgets the way back to {next}"
            );
        }
    }
}

#[tokio::test]
async fn users_get_every_page_complete_from_the_server() {
    let house = House::new().await;
    for (path, text) in PAGES {
        let path = path.replace("RUN", &house.run);
        let answer = house.alice.open(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(answer.body.contains(text), "{path} lacks {text}");
        assert!(answer.body.contains("alice"), "{path} does not say who is signed in");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let house = House::new().await;
    for path in [
        "/nothing",
        "/nothing/at/all",
        "/markets/binance/NOSUCH/1h",
        "/markets/binance/BTCUSDT/7m",
        "/strategies/none",
        "/backtests/no-id",
        "/backtests/01900000-0000-7000-8000-000000000000",
        "/backtests/%00",
        "/strategies/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/../../etc/passwd",
        "/pkg/../../config/exchanges.yaml",
        "/pkg/%2e%2e/%2e%2e/config/exchanges.yaml",
        "/pkg/..%2f..%2fdata%2fcrypto.db",
    ] {
        let answer = house.alice.open(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        assert!(!answer.body.contains("root:") && !answer.body.contains("adapter:"), "{path}");
    }
}

#[tokio::test]
async fn odd_questions_in_the_address_do_no_harm() {
    let house = House::new().await;
    let run = format!("/backtests/{}", house.run);
    for path in [
        "/markets/binance/BTCUSDT/7m",
        "/data?gaps=nonsense",
        "/data?gaps=%F0%9F%92%A9",
        "/backtests?before=nonsense",
        "/backtests?job=nonsense",
        "/backtests/new?series=x&strategy=y",
        "/markets/binance/BTCUSDT/1h?indicators=sma(0)",
        "/markets/binance/BTCUSDT/1h?indicators=nonsense",
        &format!("{run}?page=0"),
        &format!("{run}?page=99999999999"),
        &format!("{run}?page=-1"),
    ] {
        let answer = house.alice.open(path).await;
        assert!(matches!(answer.status, 200 | 404 | 422), "{path}: {}", answer.status);
        assert!(!answer.body.contains("<script>alert"), "{path}");
    }
    let answer = house.alice.open("/signin?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
}

#[tokio::test]
async fn running_again_begins_with_what_the_run_was_given() {
    let house = House::new().await;
    let form = super::fixture::BACKTEST.map(|(name, value)| match name {
        "start" => (name, "2024-01-15"),
        "end" => (name, "2024-03-01"),
        "initial_capital" => (name, "777"),
        "commission" => (name, "0.3"),
        _ => (name, value),
    });
    assert_eq!(house.alice.call("start_backtest", &form).await.status, 200);
    let id = super::queue::newest(&house.alice).await;
    let job = super::queue::wait_until_done(&house.alice, &id).await;
    let result = job["link"].as_str().unwrap();
    let run = house.alice.call("run", &[("id", result.strip_prefix("/backtests/").unwrap())]).await.json();
    let again = house.alice.open(run["again"].as_str().unwrap()).await;
    for value in ["2024-01-15", "2024-03-01", "777", "0.3", "0.05"] {
        assert!(again.body.contains(&format!("value=\"{value}\"")), "{value}: {}", run["again"]);
    }
}

#[tokio::test]
async fn a_run_has_parameters_of_its_own_and_running_again_begins_with_them() {
    let house = House::new().await;
    let mut form = super::fixture::BACKTEST.to_vec();
    let own = [("params[fast_period]", "5"), ("params[slow_period]", "20")];
    form.push(("params_of", "sma_crossover_btc"));
    form.extend(own);
    assert_eq!(house.alice.call("start_backtest", &form).await.status, 200);
    let id = super::queue::newest(&house.alice).await;
    let job = super::queue::wait_until_done(&house.alice, &id).await;
    let result = job["link"].as_str().unwrap();
    let run = house.alice.call("run", &[("id", result.strip_prefix("/backtests/").unwrap())]).await.json();
    assert_eq!(run["run"]["params"], "fast 5, slow 20");
    let again = run["again"].as_str().unwrap();
    assert!(again.contains("&p.fast_period=5&p.slow_period=20"), "{again}");
    let page = house.alice.open(again).await.body;
    for (name, value) in own {
        let field = page.split("<input").find(|field| field.contains(&format!("name=\"{name}\"")));
        assert!(
            field.is_some_and(|field| field.contains(&format!("value=\"{value}\""))),
            "{name}: {field:?}"
        );
    }
    let page = house.alice.open(result).await.body;
    assert!(page.contains("SMA crossover, fast 5, slow 20"), "{result}");
    // Fields that were drawn for another strategy do not reach this one.
    let form: Vec<_> = form
        .iter()
        .map(|(name, value)| (*name, if *name == "params_of" { "another" } else { *value }))
        .collect();
    assert_eq!(house.alice.call("start_backtest", &form).await.status, 200);
    let id = super::queue::newest(&house.alice).await;
    let job = super::queue::wait_until_done(&house.alice, &id).await;
    assert!(job["title"].as_str().unwrap().starts_with("SMA crossover, fast 10, slow 30"), "{job}");
}

#[tokio::test]
async fn results_come_in_the_order_that_the_address_asks_for() {
    let house = House::new().await;
    for fast in ["3", "7"] {
        let mut form = super::fixture::BACKTEST.to_vec();
        form.extend([("params_of", "sma_crossover_btc"), ("params[fast_period]", fast)]);
        assert_eq!(house.alice.call("start_backtest", &form).await.status, 200);
        let id = super::queue::newest(&house.alice).await;
        super::queue::wait_until_done(&house.alice, &id).await;
    }
    let list = |order: &'static str| {
        let alice = &house.alice;
        async move {
            let form = [("order[column]", "return"), ("order[is_ascending]", order)];
            let page = alice.call("runs", &form).await.json();
            let runs = page["runs"].as_array().expect("results").clone();
            runs.iter().map(|run| run["total_return"]["value"].as_f64().unwrap()).collect::<Vec<_>>()
        }
    };
    let (falling, rising) = (list("false").await, list("true").await);
    assert_eq!(falling.len(), 3);
    assert!(falling.is_sorted_by(|a, b| a >= b) && rising.is_sorted(), "{falling:?} {rising:?}");
    let page = house.alice.open("/backtests?sort=return&order=ascending").await.body;
    assert!(page.contains("aria-sort=\"ascending\""));
}

#[tokio::test]
async fn only_administrators_are_offered_to_delete_candles() {
    let house = House::new().await;
    let offer = "Delete all candles of ";
    assert!(house.alice.open("/data").await.body.contains(offer));
    let members = house.bob.open("/data").await.body;
    assert!(members.contains("BTCUSDT") && !members.contains(offer));
}
