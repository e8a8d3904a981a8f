//! A stretch of live streaming on an exchange that misbehaves in every way it knows: in the end the stored series are its truth.
//!
//! `CRYPTO_SOAK_HOURS` says how many hours of the exchange's time (2 unless set; `make soak` takes a day), `CRYPTO_SOAK_SEED` repeats
//! a plan of misbehaviour, `CRYPTO_SOAK_SPEED` makes the exchange's time run faster.

use std::collections::BTreeMap;
use std::time::Duration;

use exchange_sim::{
    ChaosPlan, Fault, Listing, MarketSource, Planned, SimConfig, StreamTimings, default_listings,
};
use exchanges::Channel;
use ingest::{FollowEvent, FollowPolicy};
use types::{Interval, TimeRange, Timestamp};

use crate::follow::{Following, ORIGIN, policy};
use crate::support::{at, key};

const HOUR_MS: i64 = 3_600_000;
const INTERVALS: [Interval; 2] = [Interval::M1, Interval::M5];
/// Misbehaviours in an hour.
const DENSITY: f64 = 12.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_the_stored_series_are_the_truth() {
    let hours: i64 = from_environment("CRYPTO_SOAK_HOURS", 2);
    let seed: u64 = from_environment("CRYPTO_SOAK_SEED", 20_240_301);
    // A minute of the exchange passes in a quarter of a second.
    let times_real: u32 = from_environment("CRYPTO_SOAK_SPEED", 240);
    let since = at(ORIGIN).plus_ms(-HOUR_MS);
    let config = SimConfig {
        market: MarketSource::Generated { seed: 5, listings: listings() },
        streams: StreamTimings::scaled(times_real),
        ..SimConfig::default()
    };
    let audited = FollowPolicy { audit_every_ms: HOUR_MS / 3, audit_span_ms: 4 * HOUR_MS, ..policy() };
    let following = Following::at_speed(times_real, audited, wanted(since), config).await;
    let plan = ChaosPlan::new(seed, hours * HOUR_MS, DENSITY);
    let chaos = tokio::spawn(following.world.simulator.run_chaos(plan));
    let injected = chaos.await.unwrap();
    // Revisions of the last minutes are found by the next comparison with the exchange.
    let end = at(ORIGIN).plus_ms(hours * HOUR_MS);
    following.reach_within(end.plus_ms(HOUR_MS), Duration::from_mins(5)).await;
    let stats = following.world.simulator.stats();
    let mut noted = 0;
    for channel in wanted(since).into_keys() {
        let series = key(channel.symbol.as_str(), channel.interval);
        noted += following.store.ledger(&series).await.unwrap().revised_candles;
    }
    let before = following.diary.events().len();
    let diary = following.compare_range(TimeRange { start: since, end }).await;
    let mut events = diary.events();
    report(&injected, &events);
    // What happened after the ledgers were read is not in them.
    events.truncate(before);

    // Manners: nothing that gets an address banned.
    assert_eq!(stats.stream_attempts_refused, 0, "connection attempts");
    assert_eq!((stats.cut_for_frames, stats.cut_for_streams), (0, 0), "what we sent");
    assert!(stats.peak_weight <= 6000, "{}", stats.peak_weight);
    let bans = injected.iter().filter(|planned| matches!(planned.fault, Fault::Ban { .. })).count() as u64;
    let under_way = audited.questions_at_once as u64;
    assert!(stats.requests_during_ban <= bans * under_way, "{}", stats.requests_during_ban);

    // Each event once: no more breaks than there were causes, and no revision that did not happen.
    let breaks = count(&events, |event| matches!(event, FollowEvent::Disconnected { .. }));
    let causes = injected.iter().filter(|planned| breaks_streams(&planned.fault)).count();
    assert!(breaks > 0 && breaks <= causes + lifetimes(hours), "{breaks} breaks of {causes} causes");
    let pauses = count(&events, |event| matches!(event, FollowEvent::Held { .. }));
    let reasons = injected.iter().filter(|planned| holds_questions(&planned.fault)).count();
    assert!(pauses <= reasons * 2, "{pauses} pauses of {reasons} reasons");
    let caught = count(&events, |event| matches!(event, FollowEvent::CaughtUp { .. }));
    assert!(caught <= 4 * (injected.len() + lifetimes(hours)), "{caught} lines about catching up");
    let told: u64 = events
        .iter()
        .map(|event| if let FollowEvent::Revised { candles, .. } = event { *candles } else { 0 })
        .sum();
    assert_eq!(noted, told, "every revision is noted and told once");
    assert!(told <= stats.candles_revised * INTERVALS.len() as u64, "{told} of {}", stats.candles_revised);
}

fn from_environment<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |text| text.parse().ok().unwrap_or_else(|| panic!("{name}: a number")))
}

/// Twenty pairs of the same kind as the demo market's.
fn listings() -> Vec<Listing> {
    let kinds = default_listings();
    let pair = |number: usize| Listing {
        symbol: format!("COIN{number}USDT").parse().unwrap(),
        base: format!("COIN{number}"),
        ..kinds[number % kinds.len()].clone()
    };
    (0..20).map(pair).collect()
}

fn wanted(since: Timestamp) -> BTreeMap<Channel, Timestamp> {
    let pairs = listings()
        .into_iter()
        .flat_map(|listing| INTERVALS.map(|interval| (listing.symbol.clone(), interval)));
    pairs.map(|(symbol, interval)| (Channel { symbol, interval }, since)).collect()
}

fn breaks_streams(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::DisconnectStreams
            | Fault::Outage { .. }
            | Fault::StallStreams { .. }
            | Fault::ServerShutdown { .. }
    )
}

fn holds_questions(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Ban { .. }
            | Fault::Outage { .. }
            | Fault::RateLimited { .. }
            | Fault::ServerError
            | Fault::CutBody
    )
}

/// Connections live a day.
fn lifetimes(hours: i64) -> usize {
    usize::try_from(hours / 24).unwrap()
}

fn count(events: &[FollowEvent], is: impl Fn(&FollowEvent) -> bool) -> usize {
    events.iter().filter(|event| is(event)).count()
}

#[expect(clippy::print_stdout, reason = "what a soak is looked at for")]
fn report(injected: &[Planned], events: &[FollowEvent]) {
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for event in events {
        let name = format!("{event:?}");
        let name = name.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
        *told.entry(name).or_default() += 1;
    }
    println!("{} misbehaviours; told: {told:?}", injected.len());
}
