//! Plans of misbehaviour carried out.

use exchange_sim::{ChaosPlan, Clock, Fault, Planned, SimConfig, Simulator};

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
