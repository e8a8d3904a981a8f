//! Whole summaries: hand-computed runs, runs at the edge of sense, and properties of every run.

use proptest::prelude::*;

use super::*;
use crate::TradeOutcome;

/// Reads a literal date.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a literal date")
}

/// An observation without trades.
pub(crate) fn observe<'a>(
    start: Timestamp,
    initial_capital: f64,
    close_times: &'a [Timestamp],
    equity: &'a [f64],
) -> Observation<'a> {
    Observation {
        interval: Interval::H1,
        start,
        initial_capital,
        close_times,
        equity,
        in_market: 0,
        trades: &[],
        open_trade: false,
        fees_paid: 0.0,
        traded_notional: 0.0,
    }
}

/// The closes of so many hours from the epoch.
pub(crate) fn hours(count: usize) -> Vec<Timestamp> {
    spaced(count, 3_600_000)
}

/// Closed trades with these profits, each on a cost of 100.
pub(crate) fn trades(profits: &[f64]) -> Vec<TradeOutcome> {
    let trade = |&profit: &f64| TradeOutcome {
        entry_time: Timestamp::EPOCH,
        exit_time: hours(1)[0],
        profit,
        return_on_cost: profit / 100.0,
        fees: 0.1,
        bars_held: 1,
    };
    profits.iter().map(trade).collect()
}

fn spaced(count: usize, step_ms: i64) -> Vec<Timestamp> {
    (1..=i64::try_from(count).expect("a small count")).map(|bar| Timestamp::from_ms(bar * step_ms)).collect()
}

fn close_to(found: Option<f64>, expected: f64) {
    let found = found.expect("a figure");
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
}

#[test]
fn a_run_of_forty_days_matches_the_figures_computed_by_hand() {
    // Days alternate +10 % and −5 %, forty of them: 1.1 × 0.95 = 1.045 for each pair.
    let mut equity = vec![];
    let mut value = 1000.0;
    for day in 0..40 {
        value *= if day % 2 == 0 { 1.1 } else { 0.95 };
        equity.push(value);
    }
    let closes = spaced(40, Timestamp::DAY_MS);
    let round_trips = trades(&[30.0, -10.0, 20.0, -15.0]);
    let observation = Observation {
        interval: Interval::D1,
        trades: &round_trips,
        in_market: 30,
        fees_paid: 1.5,
        traded_notional: 5000.0,
        ..observe(Timestamp::EPOCH, 1000.0, &closes, &equity)
    };
    let summary = summarise(&observation);
    let end = 1000.0 * 1.045_f64.powi(20);
    let deviation = 0.075 * (40.0_f64 / 39.0).sqrt();
    close_to(summary.final_equity, end);
    close_to(summary.net_profit, end - 1000.0);
    close_to(summary.total_return, end / 1000.0 - 1.0);
    close_to(summary.sharpe, 0.025 / deviation * 365.0_f64.sqrt());
    close_to(summary.sortino, 0.025 / (0.05 / 2.0_f64.sqrt()) * 365.0_f64.sqrt());
    close_to(summary.volatility, deviation * 365.0_f64.sqrt());
    close_to(summary.cagr, 1.045_f64.powf(20.0 * 365.0 / 40.0) - 1.0);
    close_to(summary.max_drawdown, -0.05);
    close_to(summary.calmar, (1.045_f64.powf(182.5) - 1.0) / 0.05);
    close_to(summary.profit_factor, 2.0);
    close_to(summary.win_rate, 0.5);
    close_to(summary.average_win, 25.0);
    close_to(summary.average_loss, -12.5);
    close_to(summary.expectancy, 6.25);
    close_to(summary.average_trade_return, 0.0625);
    close_to(summary.exposure, 0.75);
    let mean = (equity.iter().sum::<f64>() + 1000.0) / 41.0;
    close_to(summary.turnover, 5000.0 / mean);
    assert_eq!((summary.bars, summary.trades, summary.winning_trades, summary.losing_trades), (40, 4, 2, 2));
    assert_eq!((summary.daily.len(), summary.monthly.len()), (41, 2));
    assert_eq!(summary.daily[0], EquityPoint { time: Timestamp::EPOCH, equity: 1000.0 });
    assert_eq!(summary.drawdowns.len(), 5);
    assert!(summary.withheld.is_empty() || summary.withheld.keys().eq([&Metric::MaxDrawdownDuration]));
}

#[test]
fn a_run_without_bars_has_reasons_and_no_figures() {
    let summary = summarise(&observe(at("2024-01-01"), 1000.0, &[], &[]));
    assert_eq!(summary.reason(Metric::TotalReturn), Some("the run has no bars"));
    assert_eq!(summary.show(Metric::Sharpe), "n/a");
    assert_eq!(summary.end, summary.start);
    assert!(summary.daily.is_empty() && summary.monthly.is_empty() && summary.drawdowns.is_empty());
}

#[test]
fn one_bar_has_a_return_and_no_annualised_figure() {
    let summary = summarise(&observe(Timestamp::EPOCH, 1000.0, &hours(1), &[900.0]));
    close_to(summary.total_return, -0.1);
    close_to(summary.max_drawdown, -0.1);
    for metric in [Metric::Sharpe, Metric::Sortino, Metric::Cagr, Metric::Calmar, Metric::Volatility] {
        assert!(summary.reason(metric).is_some_and(|reason| reason.contains("at least 30")), "{metric}");
    }
    assert_eq!(summary.daily.len(), 1);
}

#[test]
fn flat_equity_has_no_ratio_and_no_loss() {
    let summary = summarise(&observe(Timestamp::EPOCH, 1000.0, &hours(24 * 60), &[1000.0; 24 * 60]));
    close_to(summary.total_return, 0.0);
    close_to(summary.cagr, 0.0);
    assert_eq!(summary.max_drawdown, Some(0.0));
    assert!(summary.reason(Metric::Sharpe).is_some_and(|reason| reason.contains("do not vary")));
    assert!(summary.reason(Metric::Sortino).is_some_and(|reason| reason.contains("no day lost")));
    assert!(summary.reason(Metric::Calmar).is_some_and(|reason| reason.contains("never fell")));
    assert!(summary.reason(Metric::WinRate).is_some_and(|reason| reason.contains("no closed trades")));
}

#[test]
fn ruin_is_a_total_loss_and_the_days_after_it_have_no_return() {
    let mut equity = vec![1000.0; 40];
    equity[20..].fill(0.0);
    let summary = summarise(&observe(Timestamp::EPOCH, 1000.0, &spaced(40, Timestamp::DAY_MS), &equity));
    assert_eq!(summary.total_return, Some(-1.0));
    assert_eq!(summary.max_drawdown, Some(-1.0));
    assert_eq!(summary.cagr, Some(-1.0));
    assert!(
        summary.reason(Metric::Sharpe).is_some_and(|reason| reason.contains("zero or less on 1970-01-22"))
    );
}

#[test]
fn equity_that_is_no_number_is_named_and_trades_still_count() {
    let (round_trips, closes) = (trades(&[1.0]), hours(2));
    let observation = Observation {
        trades: &round_trips,
        ..observe(Timestamp::EPOCH, 1000.0, &closes, &[1000.0, f64::NAN])
    };
    let summary = summarise(&observation);
    assert!(summary.reason(Metric::FinalEquity).is_some_and(|reason| reason.contains("bar 1")));
    assert_eq!(summary.win_rate, Some(1.0));
}

#[test]
fn unordered_or_unequal_columns_are_named() {
    let closes = [hours(2)[1], hours(1)[0]];
    let summary = summarise(&observe(Timestamp::EPOCH, 1000.0, &closes, &[1.0, 1.0]));
    assert!(summary.reason(Metric::TotalReturn).is_some_and(|reason| reason.contains("bar 1 closes")));
    let summary = summarise(&observe(Timestamp::EPOCH, 1000.0, &closes, &[1.0]));
    assert!(summary.reason(Metric::TotalReturn).is_some_and(|reason| reason.contains("2 close times")));
    let summary = summarise(&observe(Timestamp::EPOCH, 0.0, &hours(1), &[1.0]));
    assert!(summary.reason(Metric::TotalReturn).is_some_and(|reason| reason.contains("initial capital")));
}

#[test]
fn json_holds_null_for_what_is_undefined_and_reads_back() {
    let summary = summarise(&observe(Timestamp::EPOCH, 1000.0, &hours(1), &[900.0]));
    let json = serde_json::to_value(&summary).expect("json");
    assert!(json["sharpe"].is_null());
    assert!(json["withheld"]["sharpe"].is_string());
    assert_eq!(json["max_drawdown"], summary.max_drawdown.expect("a figure"));
    for &metric in Metric::ALL {
        assert!(json.get(metric.as_str()).is_some(), "{metric} is no field");
    }
    assert_eq!(serde_json::from_value::<Summary>(json).expect("a summary"), summary);
}

#[test]
fn a_million_bars_are_summarised() {
    let closes = spaced(1_000_000, 60_000);
    let equity: Vec<f64> = (0..1_000_000).map(|bar| 1000.0 + f64::from(bar % 777)).collect();
    let summary = summarise(&observe(Timestamp::EPOCH, 1000.0, &closes, &equity));
    assert_eq!(summary.daily.len(), 695);
    close_to(summary.max_drawdown, 1000.0 / 1776.0 - 1.0);
}

fn figures(summary: &Summary) -> impl Iterator<Item = (Metric, Option<f64>)> + '_ {
    Metric::ALL.iter().map(|&metric| (metric, summary.value(metric)))
}

proptest! {
    #[test]
    fn figures_are_finite_or_have_a_reason(
        equity in prop::collection::vec(prop_oneof![Just(0.0), -1e12..1e12_f64, 1e-300..1e300_f64], 0..120),
        capital in prop_oneof![Just(0.0), Just(f64::NAN), 1e-3..1e9_f64],
        profits in prop::collection::vec(prop_oneof![Just(0.0), Just(f64::INFINITY), -1e300..1e300_f64], 0..20),
        step in prop_oneof![Just(3_600_000_i64), Just(Timestamp::DAY_MS), Just(30 * Timestamp::DAY_MS)],
        in_market in 0..130_u64,
    ) {
        let (closes, round_trips) = (spaced(equity.len(), step), trades(&profits));
        let observation = Observation { trades: &round_trips, in_market, ..observe(Timestamp::EPOCH, capital, &closes, &equity) };
        let summary = summarise(&observation);
        for (metric, value) in figures(&summary) {
            prop_assert!(value.is_none_or(f64::is_finite), "{} is {:?}", metric, value);
            prop_assert_eq!(value.is_none(), summary.withheld.contains_key(&metric), "{}", metric);
        }
        prop_assert!(summary.monthly.iter().all(|month| month.value.is_none_or(f64::is_finite)));
        let json = serde_json::to_string(&summary).expect("json");
        let back: Summary = serde_json::from_str(&json).expect("a summary");
        prop_assert_eq!(back.withheld, summary.withheld);
    }

    #[test]
    fn positive_equity_loses_at_most_everything_and_months_compound_to_the_total(
        equity in prop::collection::vec(1e-3..1e6_f64, 1..200),
    ) {
        let closes = spaced(equity.len(), Timestamp::DAY_MS);
        let summary = summarise(&observe(Timestamp::EPOCH, 1000.0, &closes, &equity));
        let depth = summary.max_drawdown.expect("a figure");
        prop_assert!((-1.0..=0.0).contains(&depth));
        let lowest = crate::drawdown_series(1000.0, &equity).fold(0.0, f64::min);
        prop_assert_eq!(depth.to_bits(), (lowest + 0.0).to_bits());
        let compounded: f64 = summary.monthly.iter().map(|month| 1.0 + month.value.expect("a base")).product();
        let total = 1.0 + summary.total_return.expect("a figure");
        prop_assert!((compounded / total - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_unit_of_money_changes_no_ratio(
        equity in prop::collection::vec(1.0..1e6_f64, 40..100), exponent in -8..8_i32,
    ) {
        // A power of two, so that scaling itself rounds nothing.
        let scale = 2.0_f64.powi(exponent);
        let closes = spaced(equity.len(), Timestamp::DAY_MS);
        let scaled: Vec<f64> = equity.iter().map(|value| value * scale).collect();
        let one = summarise(&observe(Timestamp::EPOCH, 1000.0, &closes, &equity));
        let other = summarise(&observe(Timestamp::EPOCH, 1000.0 * scale, &closes, &scaled));
        for metric in [Metric::Sharpe, Metric::Sortino, Metric::Cagr, Metric::MaxDrawdown, Metric::Calmar] {
            prop_assert_eq!(one.value(metric), other.value(metric));
        }
    }
}
