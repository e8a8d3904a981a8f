//! Looking at an exchange's order rules once a day, by the exchange's clock.

use std::sync::Arc;

use exchange_sim::{Fault, SimConfig};
use exchanges::{ManualClock, Priority};
use ingest::{SnapshotDue, snapshot_due};
use types::{InstrumentStatus, Timestamp};

use crate::support::{World, at};

#[tokio::test]
async fn each_day_of_the_exchange_is_due_once() {
    // Ten minutes of the exchange in a millisecond: three days pass in half a second.
    let world = World::start("2024-02-27 18:30", 600_000, SimConfig::default()).await;
    let exchange = world.exchange.prioritised(Priority::Repair);
    let mut recorded: Vec<Timestamp> = Vec::new();
    while recorded.len() < 4 {
        match snapshot_due(&*exchange, recorded.last().copied()).await.unwrap() {
            SnapshotDue::Now { day } => {
                let instruments = exchange.instruments().await.unwrap();
                assert!(instruments.iter().any(|it| it.symbol.as_str() == "BTCUSDT"));
                assert!(instruments.iter().all(|it| it.status == InstrumentStatus::Trading));
                assert!(instruments.iter().all(|it| it.filters.step_size == "0.00001".parse().ok()));
                recorded.push(day);
            }
            SnapshotDue::At(next) => {
                assert_eq!(next, recorded.last().unwrap().plus_ms(Timestamp::DAY_MS));
                exchange.clock().sleep_until(next).await;
            }
        }
    }
    assert!(recorded.iter().all(|day| *day == day.floor_day()));
    assert!(recorded.is_sorted_by(|earlier, later| earlier < later), "{recorded:?}");
    assert!(recorded[0] >= at("2024-02-27"));
}

#[tokio::test]
async fn a_wrong_clock_of_ours_names_no_wrong_day() {
    for ours in ["2019-01-01 07:00", "2031-01-01 07:00"] {
        let clock = Arc::new(ManualClock::new(at(ours)));
        let world = World::start_seen_by("2024-03-01 12:20:40", 1, SimConfig::default(), clock).await;
        let today = at("2024-03-01");
        let first = snapshot_due(&*world.exchange, None).await.unwrap();
        assert_eq!(first, SnapshotDue::Now { day: today }, "{ours}");
        let second = snapshot_due(&*world.exchange, Some(today)).await.unwrap();
        assert_eq!(second, SnapshotDue::At(at("2024-03-02")), "{ours}");
        assert_eq!(world.exchange.clock().now().floor_day(), today, "{ours}");
    }
}

#[tokio::test]
async fn an_exchange_that_does_not_tell_its_time_is_an_error_not_a_day() {
    let world = World::start("2024-03-01 12:20:40", 600, SimConfig::default()).await;
    world.simulator.inject(Fault::Outage { ms: 3_600_000 });
    for last_day in [None, Some(at("2024-02-29"))] {
        let error = snapshot_due(&*world.exchange, last_day).await.unwrap_err();
        assert!(error.to_string().contains("not available"), "{error}");
    }
}
