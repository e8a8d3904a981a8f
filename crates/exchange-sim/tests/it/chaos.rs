//! Plans of misbehaviour carried out.

use std::collections::{BTreeMap, BTreeSet};

use exchange_sim::{ChaosPlan, Clock, Fault, Planned, SimConfig, Simulator, StreamTimings, serve};
use futures::StreamExt;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use types::{Interval, TimeRange, Timestamp};

use crate::harness::{Served, at, config};

const DAY_MS: i64 = 86_400_000;

/// The plan as it should have happened: everything in order, revisions named.
fn is_as_planned(planned: &[Planned], injected: &[Planned]) {
    assert_eq!(planned.len(), injected.len());
    for (planned, injected) in planned.iter().zip(injected) {
        assert_eq!(planned.after_ms, injected.after_ms);
        match (&planned.fault, &injected.fault) {
            (Fault::ReviseRecent { .. }, Fault::Revise { .. }) => {}
            (planned, injected) => assert_eq!(planned, injected),
        }
    }
}

#[tokio::test]
async fn a_plan_follows_a_clock_that_is_moved_by_hand() {
    let sim = Simulator::new(config("2024-03-01")).unwrap();
    let plan = ChaosPlan::new(3, DAY_MS, 2.0);
    let planned = plan.planned().to_vec();
    let running = tokio::spawn(sim.run_chaos(plan));
    let mut moves = 0;
    while sim.stats().chaos.injected < 48 {
        let stats = sim.stats().chaos;
        let due = planned[usize::try_from(stats.injected).unwrap()].after_ms;
        if stats.next_at == Some(at("2024-03-01").plus_ms(due)) && sim.clock().now() < stats.next_at.unwrap()
        {
            // A millisecond before its time nothing happens.
            sim.clock().set(at("2024-03-01").plus_ms(due - 1));
            tokio::task::yield_now().await;
            assert_eq!(sim.stats().chaos.injected, stats.injected);
            sim.clock().advance_ms(1);
            moves += 1;
        }
        tokio::task::yield_now().await;
    }
    is_as_planned(&planned, &running.await.unwrap());
    let stats = sim.stats();
    assert_eq!((stats.chaos.planned, stats.chaos.next_at), (48, None));
    let revisions = planned.iter().filter(|planned| matches!(planned.fault, Fault::ReviseRecent { .. }));
    assert_eq!(stats.candles_revised, u64::try_from(revisions.count()).unwrap());
    assert!(moves > 40, "{moves}");
}

#[tokio::test]
async fn a_leap_meets_everything_in_order_and_a_fast_clock_gets_there_by_itself() {
    let plan = ChaosPlan::new(4, DAY_MS, 1.0);
    let planned = plan.planned().to_vec();
    let sim = Simulator::new(config("2024-03-01")).unwrap();
    let running = sim.run_chaos(plan.clone());
    sim.clock().advance_ms(DAY_MS);
    is_as_planned(&planned, &running.await);

    // A day in under a second.
    let clock = Clock::scaled(at("2024-03-01"), 100_000);
    let fast = Simulator::new(SimConfig { clock, ..SimConfig::default() }).unwrap();
    is_as_planned(&planned, &fast.run_chaos(plan).await);
    assert!(fast.clock().now() >= at("2024-03-01").plus_ms(planned[23].after_ms));
}

#[tokio::test]
async fn a_plan_is_started_watched_and_ended_over_http() {
    let served = Served::at("2024-03-01").await;
    let started = served.send("POST", "/sim/chaos", "", r#"{"seed":5,"hours":2,"per_hour":3.5}"#).await;
    assert_eq!(started.json()["planned"], 7);
    served.sim.clock().advance_ms(2 * 3_600_000);
    let mut shown = served.get("/sim/stats").await.json();
    while shown["chaos"]["injected"] != 7 {
        shown = served.get("/sim/stats").await.json();
    }
    assert_eq!(shown["chaos"]["planned"], 7);

    served.send("POST", "/sim/chaos", "", r#"{"seed":6,"hours":24,"per_hour":1}"#).await;
    while served.get("/sim/stats").await.json()["chaos"]["next_at"].is_null() {}
    assert_eq!(served.send("DELETE", "/sim/chaos", "", "").await.status, 204);
    while !served.get("/sim/stats").await.json()["chaos"]["next_at"].is_null() {}
    for nonsense in [
        r#"{"seed":1,"hours":-1,"per_hour":1}"#,
        r#"{"seed":1,"hours":1,"per_hour":1e9}"#,
        r#"{"seed":1,"hours":1}"#,
        r#"{"seed":-1,"hours":1,"per_hour":1}"#,
    ] {
        let refused = served.send("POST", "/sim/chaos", "", nonsense).await;
        assert_eq!(refused.status, 400, "{nonsense}");
    }
    served.stop().await;
}

#[tokio::test]
async fn the_front_page_explains_everything_that_a_plan_may_do() {
    let served = Served::at("2024-03-01").await;
    let about = served.get("/").await.body;
    for planned in ChaosPlan::new(1, DAY_MS, 1.0).planned() {
        let kind = serde_json::to_value(&planned.fault).unwrap()["kind"].to_string();
        assert!(about.contains(&kind), "{kind} is not explained");
    }
    served.stop().await;
}

/// Closing frames of BTCUSDT by open time: the last close and volume told of each.
type Told = BTreeMap<i64, (String, String)>;

/// Follows the minutes of BTCUSDT through everything; a lost line is opened again five seconds later, by the exchange's clock.
async fn follow(url: String, clock: Clock, told: &mut Told) {
    loop {
        if let Ok((mut socket, _)) = connect_async(&url).await {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Text(text) = message else { continue };
                let frame: Value = serde_json::from_str(&text).expect("JSON");
                let kline = &frame["k"];
                if kline["x"] == true {
                    let cell = |name: &str| kline[name].as_str().expect("a text").to_owned();
                    told.insert(kline["t"].as_i64().expect("a time"), (cell("c"), cell("v")));
                }
            }
        }
        clock.reached(clock.now().plus_ms(5_000)).await;
    }
}

#[tokio::test]
async fn a_client_that_keeps_the_rules_gets_through_a_compressed_day_of_chaos() {
    let clock = Clock::scaled(at("2024-03-01 12:00"), 21_600);
    let rate_clock = Clock::scaled(at("2024-03-01 12:00"), 21_600);
    let streams = StreamTimings::scaled(21_600);
    let config = SimConfig { clock: clock.clone(), rate_clock, streams, ..SimConfig::default() };
    let sim = Simulator::new(config).expect("a valid configuration");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("ws://{}/ws/btcusdt@kline_1m", listener.local_addr().expect("a bound address"));
    let server = tokio::spawn(serve(listener, sim.clone(), std::future::pending()));

    let plan = ChaosPlan::new(11, DAY_MS, 2.0);
    let planned = plan.planned().to_vec();
    let mut told = Told::new();
    let injected = tokio::select! {
        injected = sim.run_chaos(plan) => injected,
        () = follow(url, clock.clone(), &mut told) => Vec::new(),
    };
    is_as_planned(&planned, &injected);

    let revised: BTreeSet<Timestamp> = injected
        .iter()
        .filter_map(|planned| match &planned.fault {
            Fault::Revise { open_time, .. } => Some(*open_time),
            _ => None,
        })
        .collect();
    let range = TimeRange { start: at("2024-03-01 12:00"), end: clock.now() };
    let symbol = "BTCUSDT".parse().expect("a literal symbol");
    let truth = sim.candles(&symbol, Interval::M1, range).expect("a listed series");
    let mut right = 0;
    for candle in &truth {
        let Some((close, volume)) = told.get(&candle.open_time.as_ms()) else { continue };
        if !revised.contains(&candle.open_time) {
            let expected = (candle.close.to_string(), candle.volume.to_string());
            assert_eq!((close.clone(), volume.clone()), expected, "{}", candle.open_time);
            right += 1;
        }
    }
    assert!(right > 100, "{right} of {} candles were told", truth.len());
    let stats = sim.stats();
    assert!(stats.stream_attempts > 3 && stats.candles_revised > 0, "{stats:?}");
    assert_eq!((stats.stream_attempts_refused, stats.cut_for_frames, stats.cut_for_silence), (0, 0, 0));
    server.abort();
}
