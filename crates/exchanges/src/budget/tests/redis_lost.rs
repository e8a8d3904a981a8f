//! Redis forgets, goes, was never there, and comes back.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;
use std::time::{Duration, Instant};

use testkit::RedisServer;

use super::super::{Hold, Sharing};
use super::world::{World, at};
use crate::protocol::Priority;

thread_local! {
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Remembers what was logged on this thread, which is all that a test and its budgets log.
struct ThreadLog;

/// Begins to remember, with one subscriber for the whole process: those that come and go beside other tests miss lines.
fn start_log() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_writer(|| ThreadLog).with_ansi(false);
        let subscriber = subscriber.with_max_level(tracing::Level::INFO).finish();
        tracing::subscriber::set_global_default(subscriber).expect("nobody else wants the log");
    });
    LOGGED.with_borrow_mut(Vec::clear);
}

fn logged() -> Vec<String> {
    LOGGED.with_borrow(|bytes| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect())
}

impl Write for ThreadLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_redis_that_was_emptied_is_told_what_everyone_knows() {
    let server = RedisServer::start();
    let world = World::on(server.url());
    let (one, two) = (world.process(100), world.process(100));
    assert!(one.takes(60).await && two.takes(20).await);
    one.budget.pause(at(30_000), true).await;
    flush(&server).await;
    assert_eq!(two.hold(1).await, None, "it had not been told of the pause");
    assert_eq!(one.hold(1).await, Some(Hold::Banned { until: at(30_000) }));
    assert_eq!(two.hold(1).await, Some(Hold::Banned { until: at(30_000) }));
    world.clock.advance_to(at(30_000));
    assert_eq!(one.used().await, 81);
    assert!(matches!(one.hold(20).await, Some(Hold::Spent { used: 81, .. })));
}

#[tokio::test]
async fn a_redis_that_was_restarted_costs_at_most_what_was_under_way() {
    let server = RedisServer::start();
    let world = World::on(server.url());
    let (one, two) = (world.process(100), world.process(100));
    assert!(one.takes(60).await);
    let under_way = two.take(20, Priority::Order).await.unwrap();
    server.halt();
    server.start_again();
    // Each notices by its first request, makes it alone if its part of the rest has room, and is back with the next.
    assert!(one.takes(5).await);
    assert!(two.takes(5).await);
    assert_eq!((one.budget.snapshot().await.sharing, two.budget.snapshot().await.sharing), {
        (Sharing::Shared, Sharing::Shared)
    });
    // Nothing is lost that one process knew: 60 and 5 of one, 20 and 5 of the other.
    assert!(one.used().await >= 85);
    assert!(matches!(one.hold(16).await, Some(Hold::Spent { .. })));
    world.clock.advance_to(at(60_000));
    assert!(
        matches!(two.hold(81).await, Some(Hold::Spent { used: 20, .. })),
        "it still counts what is under way"
    );
    under_way.settle().await;
    world.clock.advance_to(at(120_000));
    assert!(one.takes(100).await);
}

#[tokio::test]
async fn without_redis_a_process_keeps_to_a_quarter_and_says_so_once() {
    start_log();
    let server = RedisServer::absent();
    let world = World::on(server.url());
    let processes = [0; 4].map(|_| world.process(100));
    for minute in 0..3 {
        world.clock.advance_to(at(minute * 60_000));
        let mut used = 0;
        for process in &processes {
            while process.takes(1).await {
                used += 1;
            }
            let until = at((minute + 1) * 60_000);
            assert_eq!(process.hold(1).await, Some(Hold::Spent { used: 25, allowed: 25, until }));
            assert_eq!(process.budget.snapshot().await.sharing, Sharing::Broken);
        }
        assert_eq!(used, 100, "four processes stay within the allowance without knowing of each other");
    }
    assert_eq!(processes[0].hold(26).await, Some(Hold::NotShared { weight: 26, allowed: 25 }));
    let said = logged();
    assert_eq!(said.len(), processes.len(), "one line each: {said:#?}");
    assert!(said[0].contains("cannot be shared") && said[0].contains("cache.url"), "{said:#?}");

    server.start_again();
    for process in &processes {
        assert!(!process.takes(1).await, "what was taken alone counts");
        assert_eq!(process.budget.snapshot().await.sharing, Sharing::Shared);
    }
    assert_eq!(processes[0].used().await, 100);
    let said = logged();
    assert_eq!(said.len(), 2 * processes.len(), "and one when it is back: {said:#?}");
    assert!(said[4].contains("shared again"), "{said:#?}");
    world.clock.advance_to(at(180_000));
    assert!(processes[0].takes(100).await);
}

#[tokio::test]
async fn a_request_too_dear_for_a_process_alone_is_made_as_soon_as_redis_is_back() {
    let server = RedisServer::absent();
    let world = World::on(server.url());
    let process = world.process(40);
    assert_eq!(process.hold(20).await, Some(Hold::NotShared { weight: 20, allowed: 10 }));
    server.start_again();
    assert_eq!(process.hold(20).await, Some(Hold::Spent { used: 0, allowed: 10, until: at(60_000) }));
    world.clock.advance_to(at(60_000));
    assert!(process.takes(20).await);
}

#[tokio::test]
async fn urgency_counts_without_redis_too() {
    let world = World::on(RedisServer::absent().url());
    let process = world.process(400);
    while process.makes(5, Priority::Backfill).await.is_ok() {}
    assert_eq!(process.used().await, 75, "three quarters of a quarter of 400");
    assert_eq!(process.makes(5, Priority::Live).await, Ok(()));
}

#[tokio::test]
async fn what_the_exchange_reports_counts_without_redis_too() {
    let world = World::on(RedisServer::absent().url());
    let process = world.process(100);
    assert!(process.takes(2).await);
    process.budget.observe(99, at(0)).await;
    assert!(process.takes(1).await);
    assert_eq!(process.hold(1).await, Some(Hold::Spent { used: 100, allowed: 100, until: at(60_000) }));
    process.budget.pause(at(70_000), true).await;
    world.clock.advance_to(at(60_000));
    assert_eq!(process.hold(1).await, Some(Hold::Banned { until: at(70_000) }));
}

#[tokio::test]
async fn of_the_minute_in_which_redis_goes_only_a_part_of_the_rest_may_be_used() {
    let server = RedisServer::start();
    let world = World::on(server.url());
    let (one, two) = (world.process(100), world.process(100));
    assert!(one.takes(20).await && two.takes(40).await);
    assert_eq!(one.used().await, 60);
    server.halt();
    // 40 are left, a quarter of them for each.
    let mut alone = [0; 2];
    for (process, used) in [&one, &two].into_iter().zip(&mut alone) {
        while process.takes(1).await {
            *used += 1;
        }
    }
    assert_eq!(alone, [10, 10]);
}

#[tokio::test]
async fn a_redis_that_hangs_costs_one_time_out() {
    // It takes connections and says nothing.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", mute.local_addr().unwrap());
    let patience = Duration::from_millis(50);
    let process = World::on(&url).with_patience(patience).process(400);
    let began = Instant::now();
    for _ in 0..50 {
        assert_eq!(process.makes(1, Priority::Live).await, Ok(()));
    }
    let took = began.elapsed();
    assert!((patience..Duration::from_secs(1)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn a_process_that_lags_tells_an_emptied_redis_too() {
    let server = RedisServer::start();
    let world = World::on(server.url()).starting_at(30_000);
    let (prompt, late) = (world.process(100), world.process(100));
    late.measures(at(29_950));
    assert!(prompt.takes(50).await && late.takes(30).await);
    flush(&server).await;
    assert!(matches!(late.hold(21).await, Some(Hold::Spent { used: 80, .. })));
}

async fn flush(server: &RedisServer) {
    let client = redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("FLUSHALL").exec_async(&mut connection).await.unwrap();
}
