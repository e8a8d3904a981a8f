//! Runs the Markdown scenarios under `specs/`: prose, bars with wishes, expected fills.

use std::collections::BTreeMap;
use std::path::Path;

use rust_decimal::Decimal;
use types::{FilterSchedule, InstrumentFilters, Money, Rate};

use crate::scripted::{bar_event, kernel, open_time, wish};

struct Scenario {
    title: String,
    settings: Vec<(String, String)>,
    tables: Vec<Vec<Vec<String>>>,
}

/// Splits a file into its `##` scenarios: a settings line and two tables each.
fn scenarios(text: &str) -> Vec<Scenario> {
    text.split("\n## ")
        .skip(1)
        .map(|section| {
            let (title, body) = section.split_once('\n').expect("a title line");
            let settings = body
                .lines()
                .find(|line| line.starts_with("cash "))
                .expect("a settings line")
                .split(", ")
                .map(|setting| setting.split_once(' ').expect("a name and a value"))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
            let mut is_inside = false;
            for line in body.lines() {
                if let Some(row) = line.strip_prefix('|') {
                    if !is_inside {
                        tables.push(Vec::new());
                    }
                    is_inside = true;
                    let cells =
                        row.trim_end().trim_end_matches('|').split('|').map(|cell| cell.trim().to_owned());
                    tables.last_mut().expect("just pushed").push(cells.collect());
                } else {
                    is_inside = false;
                }
            }
            // The header and the rule under it are for readers.
            let tables = tables.into_iter().map(|table| table.into_iter().skip(2).collect()).collect();
            Scenario { title: title.to_owned(), settings, tables }
        })
        .collect()
}

/// Reads `tick`, `step` and `min_notional`, and as `step@4` those that change with the open of a bar.
fn rules(settings: &[(String, String)]) -> FilterSchedule {
    let mut by_bar: BTreeMap<i64, InstrumentFilters> = BTreeMap::new();
    let mut filters = InstrumentFilters::default();
    let mut in_order: Vec<_> = settings
        .iter()
        .map(|(name, value)| match name.split_once('@') {
            Some((name, bar)) => (bar.parse().expect("a bar's number"), name, value),
            None => (0, name.as_str(), value),
        })
        .collect();
    in_order.sort();
    for (bar, name, value) in in_order {
        let rule = match name {
            "tick" => &mut filters.tick_size,
            "step" => &mut filters.step_size,
            "min_notional" => &mut filters.min_notional,
            _ => continue,
        };
        *rule = Some(value.parse::<Decimal>().expect("a decimal"));
        by_bar.insert(bar, filters);
    }
    let initial = by_bar.remove(&0).unwrap_or_default();
    let changes = by_bar.into_iter().map(|(bar, filters)| (open_time(bar), filters)).collect();
    FilterSchedule { initial, changes, seen: Vec::new() }
}

fn check(scenario: &Scenario) {
    let setting =
        |name: &str| scenario.settings.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let cash: Money = setting("cash").expect("cash").parse().expect("an amount");
    let rate = |name: &str| setting(name).expect("a rate").parse::<Rate>().expect("a rate");
    let [bars, expected] = scenario.tables.as_slice() else { panic!("{}: two tables", scenario.title) };

    let wishes = bars.iter().map(|row| wish(&row[4])).collect();
    let mut kernel = kernel(wishes, cash, rate("fee"), rate("slippage"), rules(&scenario.settings));
    let mut found = Vec::new();
    for (number, row) in (1..).zip(bars) {
        let prices = std::array::from_fn(|column| row[column].parse().expect("a price"));
        let fills_before = kernel.fills().len();
        kernel.process(&bar_event(number, prices)).expect("a legal bar");
        for fill in &kernel.fills()[fills_before..] {
            let order = &kernel.orders()[usize::try_from(fill.order.as_u64()).expect("an index")];
            let side = if fill.side.is_buy() { "buy" } else { "sell" };
            let cells = [
                number.to_string(),
                side.to_owned(),
                fill.price.to_string(),
                fill.quantity.to_string(),
                fill.fee.to_string(),
                order.reason.to_string(),
            ];
            found.push(cells.to_vec());
        }
    }
    assert_eq!(&found, expected, "{}", scenario.title);
    assert!(kernel.ledger().is_balanced(), "{}: the books", scenario.title);
    assert!(!kernel.ledger().cash().is_negative(), "{}: cash below zero", scenario.title);
}

#[test]
fn every_scenario_fills_as_written() {
    let folder =
        Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests")).join("specs");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the specs folder") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a readable spec");
        for scenario in scenarios(&text) {
            check(&scenario);
            count += 1;
        }
    }
    assert!(count >= 16, "only {count} scenarios were found");
}
