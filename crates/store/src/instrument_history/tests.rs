//! What a history says about instants inside, outside and between the days that were looked at.

use types::{InstrumentFilters, InstrumentStatus};

use super::*;

fn day(number: i64) -> Timestamp {
    Timestamp::from_ms(number * Timestamp::DAY_MS)
}

/// Days from and until, and the step size; none for a pair that is not listed.
fn version((since, checked, step): (i64, i64, Option<&str>)) -> InstrumentVersion {
    let instrument = step.map(|step| Instrument {
        symbol: "BTCUSDT".parse().unwrap(),
        base: "BTC".to_owned(),
        quote: "USDT".to_owned(),
        status: InstrumentStatus::Trading,
        filters: InstrumentFilters { step_size: step.parse().ok(), ..InstrumentFilters::default() },
    });
    InstrumentVersion { since: day(since), checked: day(checked), instrument }
}

fn history() -> InstrumentHistory {
    let rows = [
        (10, 12, Some("1")),
        (15, 20, Some("0.1")),
        (21, 30, None),
        (31, 40, Some("0.1")),
        (41, 44, Some("5")),
    ];
    InstrumentHistory { versions: rows.map(version).to_vec() }
}

#[test]
fn an_instant_gets_the_rules_of_its_day_and_how_well_they_are_known() {
    let gone = Evidence::Delisted { since: day(21) };
    for (at, step, evidence) in [
        (day(3), "1", Evidence::Assumed),
        (day(10).plus_ms(-1), "1", Evidence::Assumed),
        (day(10), "1", Evidence::Seen),
        (day(13).plus_ms(-1), "1", Evidence::Seen),
        (day(13), "1", Evidence::Unchecked),
        (day(15).plus_ms(-1), "1", Evidence::Unchecked),
        (day(15), "0.1", Evidence::Seen),
        (day(21), "0.1", gone),
        (day(30), "0.1", gone),
        (day(31), "0.1", Evidence::Seen),
        (day(44).plus_ms(Timestamp::DAY_MS - 1), "5", Evidence::Seen),
        (day(45), "5", Evidence::Unchecked),
    ] {
        let found = history().on(at).unwrap();
        assert_eq!(found.evidence, evidence, "{at}");
        assert_eq!(found.instrument.filters.step_size, step.parse().ok(), "{at}");
        assert!(found.since <= found.checked);
        // A backtest obeys the same rules, and is told as much about them.
        let schedule = history().schedule().unwrap();
        assert_eq!(*schedule.at(at), found.instrument.filters, "{at}");
        let is_seen = schedule.seen.iter().any(|stretch| stretch.contains(at));
        assert_eq!(is_seen, evidence == Evidence::Seen, "{at}");
    }
    assert_eq!(InstrumentHistory::default().on(day(1)), None);
}

#[test]
fn a_backtest_gets_changes_of_rules_only_and_is_told_what_was_seen() {
    let schedule = history().schedule().unwrap();
    assert_eq!(schedule.initial.step_size, "1".parse().ok());
    let changes: Vec<_> = schedule.changes.iter().map(|(from, rules)| (*from, rules.step_size)).collect();
    assert_eq!(changes, [(day(15), "0.1".parse().ok()), (day(41), "5".parse().ok())]);
    let seen: Vec<_> = schedule.seen.iter().map(|stretch| (stretch.start, stretch.end)).collect();
    assert_eq!(seen, [(day(10), day(13)), (day(15), day(21)), (day(31), day(45))]);
    assert_eq!(InstrumentHistory::default().schedule(), None);
}
