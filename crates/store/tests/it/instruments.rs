//! The contract of `InstrumentSnapshots`.

use std::slice::from_ref;
use std::sync::Arc;

use store::{Evidence, RecordedInstruments, Store, StoreError};
use types::{ExchangeId, Instrument, InstrumentFilters, InstrumentStatus, Symbol, Timestamp};

use crate::harness::{NOW, contract};

contract!(
    only_what_changed_is_a_new_version,
    an_instant_gets_its_rules_and_how_well_they_are_known,
    a_delisted_pair_is_kept_and_may_come_back,
    the_first_look_at_a_day_counts,
    days_that_cannot_be_recorded_change_nothing,
    exchanges_are_kept_apart,
    a_whole_exchange_fits_a_day,
    of_two_that_record_a_day_at_once_one_does,
);

fn exchange() -> ExchangeId {
    "binance".parse().unwrap()
}

fn symbol(name: &str) -> Symbol {
    name.parse().unwrap()
}

fn day(number: i64) -> Timestamp {
    Timestamp::from_ms((20_000 + number) * Timestamp::DAY_MS)
}

fn pair(name: &str, step: &str) -> Instrument {
    let filters = InstrumentFilters {
        tick_size: "0.01".parse().ok(),
        step_size: step.parse().ok(),
        min_quantity: "0.00001".parse().ok(),
        max_quantity: "9000".parse().ok(),
        min_notional: "5".parse().ok(),
        max_notional: None,
    };
    let (base, quote) = (name.trim_end_matches("USDT").to_owned(), "USDT".to_owned());
    Instrument { symbol: symbol(name), base, quote, status: InstrumentStatus::Trading, filters }
}

async fn record(store: &Arc<dyn Store>, on: i64, pairs: &[Instrument]) -> RecordedInstruments {
    store.record_instruments(&exchange(), day(on), pairs, NOW).await.unwrap()
}

fn new(added: u32, altered: u32, delisted: u32) -> RecordedInstruments {
    RecordedInstruments::New { added, altered, delisted }
}

async fn only_what_changed_is_a_new_version(store: Arc<dyn Store>) {
    let (btc, eth) = (pair("BTCUSDT", "0.001"), pair("ETHUSDT", "0.1"));
    assert_eq!(record(&store, 0, &[btc.clone(), eth.clone()]).await, new(2, 0, 0));
    assert_eq!(record(&store, 1, &[eth.clone(), btc.clone()]).await, new(0, 0, 0));
    // The same number written otherwise is the same rule.
    let same = pair("ETHUSDT", "0.100");
    let finer = pair("BTCUSDT", "0.0001");
    assert_eq!(record(&store, 2, &[finer.clone(), same]).await, new(0, 1, 0));
    let halted = Instrument { status: InstrumentStatus::Halted, ..finer.clone() };
    assert_eq!(record(&store, 5, &[halted.clone(), eth.clone()]).await, new(0, 1, 0));

    let history = store.instrument_history(&exchange(), &symbol("BTCUSDT")).await.unwrap();
    let found: Vec<_> =
        history.versions.into_iter().map(|it| (it.since, it.checked, it.instrument)).collect();
    let expected =
        [(day(0), day(1), Some(btc)), (day(2), day(2), Some(finer)), (day(5), day(5), Some(halted))];
    assert_eq!(found, expected);
    let other = store.instrument_history(&exchange(), &symbol("ETHUSDT")).await.unwrap();
    assert_eq!(other.versions.len(), 1);
    assert_eq!((other.versions[0].since, other.versions[0].checked), (day(0), day(5)));

    let days = store.instrument_days(&exchange()).await.unwrap();
    let counts: Vec<_> = days.iter().map(|it| (it.day, it.recorded_at, it.listed, it.changed)).collect();
    let expected = [(day(0), NOW, 2, 2), (day(1), NOW, 2, 0), (day(2), NOW, 2, 1), (day(5), NOW, 2, 1)];
    assert_eq!(counts, expected);
    assert_eq!(store.last_instrument_day(&exchange()).await.unwrap(), days.last().copied());
}

async fn an_instant_gets_its_rules_and_how_well_they_are_known(store: Arc<dyn Store>) {
    let (coarse, fine) = (pair("BTCUSDT", "0.01"), pair("BTCUSDT", "0.001"));
    record(&store, 0, from_ref(&coarse)).await;
    record(&store, 1, from_ref(&coarse)).await;
    record(&store, 9, from_ref(&fine)).await;
    let noon = Timestamp::DAY_MS / 2;
    for (at, rules, evidence) in [
        (day(-400), &coarse, Evidence::Assumed),
        (day(0), &coarse, Evidence::Seen),
        (day(1).plus_ms(noon), &coarse, Evidence::Seen),
        (day(4).plus_ms(noon), &coarse, Evidence::Unchecked),
        (day(9).plus_ms(-1), &coarse, Evidence::Unchecked),
        (day(9).plus_ms(noon), &fine, Evidence::Seen),
        (day(10), &fine, Evidence::Unchecked),
    ] {
        let found = store.instrument_on(&exchange(), &symbol("BTCUSDT"), at).await.unwrap().unwrap();
        assert_eq!((&found.instrument, found.evidence), (rules, evidence), "{at}");
    }
    let unknown = store.instrument_on(&exchange(), &symbol("NOSUCH"), day(1)).await.unwrap();
    assert_eq!(unknown, None);
    let schedule = store.instrument_history(&exchange(), &symbol("BTCUSDT")).await.unwrap().schedule();
    assert_eq!(schedule.unwrap().changes.into_iter().collect::<Vec<_>>(), [(day(9), fine.filters)]);
}

async fn a_delisted_pair_is_kept_and_may_come_back(store: Arc<dyn Store>) {
    let (btc, luna) = (pair("BTCUSDT", "0.001"), pair("LUNAUSDT", "1"));
    record(&store, 0, &[btc.clone(), luna.clone()]).await;
    assert_eq!(record(&store, 1, from_ref(&btc)).await, new(0, 0, 1));
    assert_eq!(record(&store, 2, from_ref(&btc)).await, new(0, 0, 0));
    let on = async |number: i64| {
        store.instrument_on(&exchange(), &symbol("LUNAUSDT"), day(number)).await.unwrap().unwrap()
    };
    assert_eq!(on(0).await.evidence, Evidence::Seen);
    for number in [1, 2, 3] {
        let gone = on(number).await;
        assert_eq!(gone.evidence, Evidence::Delisted { since: day(1) });
        assert_eq!((gone.instrument, gone.since, gone.checked), (luna.clone(), day(0), day(0)));
    }
    assert_eq!(record(&store, 3, &[btc, luna]).await, new(1, 0, 0));
    assert_eq!(
        (on(2).await.evidence, on(3).await.evidence),
        (Evidence::Delisted { since: day(1) }, Evidence::Seen)
    );
}

async fn the_first_look_at_a_day_counts(store: Arc<dyn Store>) {
    let (before, after) = (pair("BTCUSDT", "0.001"), pair("BTCUSDT", "0.01"));
    record(&store, 0, from_ref(&before)).await;
    record(&store, 1, from_ref(&before)).await;
    let days = store.instrument_days(&exchange()).await.unwrap();
    let history = store.instrument_history(&exchange(), &before.symbol).await.unwrap();
    for (on, pairs) in [(1, from_ref(&before)), (1, from_ref(&after)), (0, from_ref(&after))] {
        let later = NOW.plus_ms(5);
        let again = store.record_instruments(&exchange(), day(on), pairs, later).await.unwrap();
        assert_eq!(again, RecordedInstruments::Already);
    }
    assert_eq!(store.instrument_days(&exchange()).await.unwrap(), days);
    assert_eq!(store.instrument_history(&exchange(), &before.symbol).await.unwrap(), history);
}

async fn days_that_cannot_be_recorded_change_nothing(store: Arc<dyn Store>) {
    let pair_of = |step: &str| pair("BTCUSDT", step);
    record(&store, 5, &[pair_of("0.001")]).await;
    let refused = async |on: Timestamp, pairs: &[Instrument]| {
        store.record_instruments(&exchange(), on, pairs, NOW).await.unwrap_err()
    };
    let past = refused(day(4), &[pair_of("1")]).await;
    assert!(matches!(past, StoreError::Conflict { .. }), "{past:?}");
    assert!(past.to_string().contains(&day(5).to_date()), "{past}");
    for (on, pairs) in [
        (day(6).plus_ms(1), vec![pair_of("1")]),
        (day(6), vec![]),
        (day(6), vec![pair_of("1"), pair_of("2")]),
    ] {
        let invalid = refused(on, &pairs).await;
        assert!(matches!(invalid, StoreError::Invalid { .. }), "{invalid:?}");
    }
    // Something that cannot be stored takes the whole day with it.
    let unstorable = Instrument { base: "B\0C".to_owned(), ..pair("ODDUSDT", "1") };
    refused(day(6), &[pair_of("1"), unstorable]).await;
    let days = store.instrument_days(&exchange()).await.unwrap();
    assert_eq!(days.iter().map(|it| it.day).collect::<Vec<_>>(), [day(5)]);
    assert_eq!(record(&store, 6, &[pair_of("1"), pair_of("1")]).await, new(0, 1, 0));
}

async fn exchanges_are_kept_apart(store: Arc<dyn Store>) {
    let demo: ExchangeId = "demo".parse().unwrap();
    record(&store, 3, &[pair("BTCUSDT", "0.001")]).await;
    assert_eq!(store.last_instrument_day(&demo).await.unwrap(), None);
    assert_eq!(store.instrument_on(&demo, &symbol("BTCUSDT"), day(3)).await.unwrap(), None);
    let elsewhere = [pair("BTCUSDT", "1"), pair("ETHUSDT", "1")];
    assert_eq!(store.record_instruments(&demo, day(1), &elsewhere, NOW).await.unwrap(), new(2, 0, 0));
    assert_eq!(record(&store, 4, &[pair("BTCUSDT", "0.001")]).await, new(0, 0, 0));
    let found = store.instrument_history(&exchange(), &symbol("BTCUSDT")).await.unwrap();
    assert_eq!((found.versions.len(), found.versions[0].checked), (1, day(4)));
}

async fn a_whole_exchange_fits_a_day(store: Arc<dyn Store>) {
    let mut pairs: Vec<Instrument> = (0..3_001).map(|n| pair(&format!("C{n}USDT"), "0.001")).collect();
    assert_eq!(record(&store, 0, &pairs).await, new(3_001, 0, 0));
    assert_eq!(record(&store, 1, &pairs).await, new(0, 0, 0));
    pairs[1_500].filters.step_size = "0.1".parse().ok();
    pairs.remove(7);
    pairs.push(pair("币安人生USDT", "0.1"));
    assert_eq!(record(&store, 2, &pairs).await, new(1, 1, 1));
    for (name, versions) in [("C7USDT", 2), ("C1500USDT", 2), ("C3000USDT", 1), ("币安人生USDT", 1)] {
        let history = store.instrument_history(&exchange(), &symbol(name)).await.unwrap();
        assert_eq!(history.versions.len(), versions, "{name}");
    }
}

async fn of_two_that_record_a_day_at_once_one_does(store: Arc<dyn Store>) {
    let pairs = |step: &str| (0..300).map(|n| pair(&format!("C{n}USDT"), step)).collect::<Vec<_>>();
    let tasks = ["0.1", "0.2", "0.3", "0.4"].map(|step| {
        let (store, pairs) = (Arc::clone(&store), pairs(step));
        tokio::spawn(async move { record(&store, 0, &pairs).await })
    });
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    assert_eq!(done.iter().filter(|it| **it == new(300, 0, 0)).count(), 1, "{done:?}");
    assert_eq!(done.iter().filter(|it| **it == RecordedInstruments::Already).count(), 3, "{done:?}");
}
