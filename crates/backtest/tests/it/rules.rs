//! Order rules that change in the middle of a run: each fill obeys those of its bar, and the result says how they are known.

use backtest::{Flow, RulesBasis, RunResult, RunSpec, TradeRow, run};
use market_data::{LoadedBars, ProvenanceCounts};
use testkit::RandomWalk;
use types::{FilterSchedule, InstrumentFilters, Quantity, TimeRange, Timestamp};

use crate::runs::spec;

const BARS: usize = 6_000;

fn data() -> LoadedBars {
    let bars = RandomWalk::new(11).price_cents(20_000).bars(BARS);
    LoadedBars { provenance: ProvenanceCounts { imported: BARS as u64, ..Default::default() }, bars }
}

fn step(text: &str) -> InstrumentFilters {
    InstrumentFilters { step_size: text.parse().ok(), ..InstrumentFilters::default() }
}

fn quantity(text: &str) -> Quantity {
    text.parse().expect("a quantity")
}

fn crossovers(filters: FilterSchedule) -> RunSpec {
    RunSpec { filters, ..spec("sma_crossover", &[("fast_period", 5), ("slow_period", 15)]) }
}

fn result(spec: &RunSpec, data: &LoadedBars) -> RunResult {
    run(spec, data, &mut |_| Flow::Continue).expect("a run")
}

fn sold(row: &TradeRow) -> Quantity {
    row.trade.sold.unwrap_or(row.trade.quantity)
}

/// A step of 0.001 that becomes 0.3 with the open of bar 2,000 and 0.01 with that of bar 4,000.
fn changing(data: &LoadedBars) -> FilterSchedule {
    let open = |bar: usize| data.bars.open_time()[bar];
    FilterSchedule {
        initial: step("0.001"),
        changes: [(open(2_000), step("0.3")), (open(4_000), step("0.01"))].into(),
        seen: Vec::new(),
    }
}

#[test]
fn every_fill_obeys_the_step_of_its_bar_and_buys_as_much_as_it_allows() {
    let data = data();
    let rules = changing(&data);
    let spec = crossovers(rules.clone());
    let result = result(&spec, &data);
    let step_at = |at: Timestamp| {
        let step = rules.at(at).step_size.expect("a step");
        Quantity::try_from(step).expect("a quantity")
    };
    let mut cash = spec.initial_capital;
    let (mut by_step, mut straddling) = (std::collections::BTreeMap::new(), 0);
    for row in &result.trades {
        let trade = &row.trade;
        let (entry, exit) = (step_at(trade.entry_time), step_at(trade.exit_time));
        assert_eq!(trade.quantity.floor_to(entry), trade.quantity, "bought at {}", trade.entry_time);
        assert_eq!(sold(row).floor_to(exit), sold(row), "sold at {}", trade.exit_time);
        // All the cash there is, and one step more would not have been paid for.
        assert!(trade.entry_cost <= cash);
        let one_more = trade.entry_cost.to_f64() + entry.to_f64() * row.entry_price.to_f64() * 1.001;
        assert!(one_more > cash.to_f64(), "{one_more} against {cash}");
        cash = cash.checked_add(trade.profit).expect("fits");
        *by_step.entry(entry).or_insert(0) += 1;
        straddling += u32::from(entry != exit);
    }
    let counts: Vec<_> = by_step.into_iter().collect();
    assert_eq!(
        counts.iter().map(|(step, _)| *step).collect::<Vec<_>>(),
        ["0.001", "0.01", "0.3"].map(quantity)
    );
    assert!(counts.iter().all(|(_, trades)| *trades > 50), "{counts:?}");
    assert!(straddling > 0, "no trade was open when the step changed");
    let account = &result.account;
    let moves = [account.initial_cash, -account.bought, account.sold, -account.fees];
    assert_eq!(types::Money::sum(moves), Ok(account.cash));
    let plus = |sum: Quantity, more: Quantity| sum.checked_add(more).expect("fits");
    let base = result.trades.iter().map(|row| row.trade.quantity).fold(Quantity::ZERO, plus);
    let given = result.trades.iter().map(sold).fold(Quantity::ZERO, plus);
    let held = result.open_position.as_ref().map_or(account.remainder, |open| open.quantity);
    assert!(plus(given, held) >= base, "what was bought and not sold is still held");
}

#[test]
fn until_the_first_change_a_run_is_the_one_without_it() {
    let data = data();
    let rules = changing(&data);
    let changed_at = *rules.changes.keys().next().expect("a change");
    let (changing, constant) = (crossovers(rules), crossovers(step("0.001").into()));
    let (changing, constant) = (result(&changing, &data), result(&constant, &data));
    let before = |result: &RunResult| {
        result.trades.iter().filter(|row| row.trade.exit_time < changed_at).cloned().collect::<Vec<_>>()
    };
    assert!(before(&changing).len() > 50);
    assert_eq!(before(&changing), before(&constant));
    assert_ne!(changing.final_equity().to_bits(), constant.final_equity().to_bits());
    // With one step throughout nothing is ever kept back.
    assert!(constant.trades.iter().all(|row| row.trade.sold.is_none()));
    assert_eq!(constant.account.remainder, Quantity::ZERO);
}

#[test]
fn a_remainder_is_told_and_worth_what_the_market_says() {
    let data = data();
    let open = data.bars.open_time()[3_000];
    let filters =
        FilterSchedule { initial: step("0.001"), changes: [(open, step("5"))].into(), seen: Vec::new() };
    let result = result(&crossovers(filters), &data);
    let kept: Vec<_> = result.trades.iter().filter(|row| row.trade.sold.is_some()).collect();
    let [trade] = kept.as_slice() else { panic!("one trade met the change, not {}", kept.len()) };
    let left = trade.trade.quantity.checked_sub(sold(trade)).expect("less was sold than bought");
    assert!(!left.is_zero() && left < quantity("5"));
    let close = *data.bars.close().last().expect("bars");
    let held = result.open_position.as_ref().map_or(left, |open| open.quantity);
    if result.open_position.is_none() {
        assert_eq!(result.account.remainder, left);
    }
    let equity = result.account.cash.to_f64() + held.to_f64() * close;
    assert!((result.final_equity() - equity).abs() < 1e-6, "{} against {equity}", result.final_equity());
    // Its price is that of what was sold, not of what was bought.
    let price = trade.trade.exit_notional.to_f64() / sold(trade).to_f64();
    assert!((trade.exit_price.to_f64() - price).abs() < 1e-9);
}

#[test]
fn a_run_under_changing_rules_repeats_every_byte_and_reads_back() {
    let data = data();
    let spec = crossovers(changing(&data));
    let text = serde_json::to_string(&result(&spec, &data)).expect("JSON");
    assert_eq!(text, serde_json::to_string(&result(&spec, &data)).expect("JSON"));
    assert_eq!(serde_json::from_str::<RunResult>(&text).expect("a result").spec, spec);
}

#[test]
fn a_specification_stored_before_rules_had_dates_still_reads() {
    let new = crossovers(step("0.01").into());
    let mut document = serde_json::to_value(&new).expect("JSON");
    // One set for the whole run, as it was written then.
    document["filters"] = serde_json::json!({
        "tick_size": null, "step_size": "0.01", "min_quantity": null,
        "max_quantity": null, "min_notional": null, "max_notional": null,
    });
    assert_eq!(serde_json::from_value::<RunSpec>(document.clone()).expect("the old form"), new);
    document.as_object_mut().expect("an object").remove("filters");
    let none = serde_json::from_value::<RunSpec>(document).expect("the oldest form");
    assert_eq!(none.filters, FilterSchedule::default());

    let result = result(&new, &data());
    let mut document = serde_json::to_value(&result).expect("JSON");
    document["account"].as_object_mut().expect("an object").remove("remainder");
    document["data"].as_object_mut().expect("an object").remove("rules");
    let read: RunResult = serde_json::from_value(document).expect("a result of that time");
    assert_eq!((read.account, read.trades), (result.account, result.trades));
}

#[test]
fn a_result_says_how_its_rules_are_known() {
    let data = data();
    let open = |bar: usize| data.bars.open_time()[bar];
    let basis = |filters: FilterSchedule| result(&crossovers(filters), &data).data.rules;
    assert_eq!(basis(FilterSchedule::default()), RulesBasis::None);
    assert_eq!(basis(step("0.01").into()), RulesBasis::Given);
    let seen = |stretches: &[(Timestamp, Timestamp)]| {
        let seen = stretches.iter().map(|&(start, end)| TimeRange { start, end }).collect();
        basis(FilterSchedule { seen, ..step("0.01").into() })
    };
    let end = open(BARS - 1).plus_ms(1);
    assert!(seen(&[(open(0), end)]).is_certain());
    assert!(seen(&[(open(0).plus_ms(-1), open(500)), (open(500), end)]).is_certain());
    let part = seen(&[(open(240), open(480)), (open(504), open(BARS - 48))]);
    assert_eq!(part, RulesBasis::Recorded { seen_from: open(240), assumed: 240, unchecked: 24 + 48 });
    assert!(!part.is_certain());
    let text = part.to_string();
    let day = open(240).to_date();
    assert!(text.contains(&format!("240 bars before {day} obeyed those of that day")), "{text}");
    assert!(text.contains("72 bars on days without a record"), "{text}");
    let later = seen(&[(end.plus_ms(Timestamp::DAY_MS), TimeRange::ALL.end)]);
    assert!(matches!(later, RulesBasis::Recorded { assumed, unchecked: 0, .. } if assumed == BARS as u64));
}
