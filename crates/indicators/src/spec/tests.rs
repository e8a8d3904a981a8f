//! What may be written for an indicator, what may not and why, and columns over bars.

use proptest::prelude::*;
use testkit::{RandomWalk, at, bars_from_closes};
use types::Interval;

use super::*;

fn shown(text: &str) -> String {
    match parse(text) {
        Ok(spec) => spec.to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn values_may_be_given_by_place_by_name_or_not_at_all() {
    for (text, expected) in [
        ("rsi", "rsi(14)"),
        ("rsi(21)", "rsi(21)"),
        (" RSI ( period = 21 ) ", "rsi(21)"),
        ("obv", "obv"),
        ("obv()", "obv"),
        ("macd(5)", "macd(5, 26, 9)"),
        ("macd(5, signal=4)", "macd(5, 26, 4)"),
        ("bollinger(20, 2.5)", "bollinger(20, 2.5)"),
    ] {
        assert_eq!(shown(text), expected);
        assert_eq!(shown(expected), expected);
    }
}

#[test]
fn mistakes_are_named_with_what_is_allowed() {
    for (text, expected) in [
        (
            "rsj(14)",
            "there is no indicator 'rsj'; known are atr, bollinger, ema, macd, obv, rsi, sma, stochastic, wma",
        ),
        (
            "rsi(14",
            "'rsi(14' is not written like an indicator; write 'rsi', 'rsi(14)' or 'macd(fast=12, slow=26)'",
        ),
        ("", "'' is not written like an indicator; write 'rsi', 'rsi(14)' or 'macd(fast=12, slow=26)'"),
        ("rsi(14, 3)", "rsi takes 1 values, found 2"),
        ("rsi(length=3)", "rsi has no other parameter 'length=3'; it takes period"),
        ("macd(5, fast=6)", "macd has no other parameter 'fast=6'; it takes fast, slow, signal"),
        ("rsi(1)", "rsi: period is '1'; it must be a whole number from 2 to 100000"),
        ("rsi(2.5)", "rsi: period is '2.5'; it must be a whole number from 2 to 100000"),
        ("rsi(NaN)", "rsi: period is 'NaN'; it must be a whole number from 2 to 100000"),
        ("bollinger(20, 0)", "bollinger: width is '0'; it must be a number from 0.01 to 1000"),
        ("macd(30)", "macd: the fast period (30) must be shorter than the slow period (26)"),
    ] {
        assert_eq!(shown(text), expected);
    }
}

#[test]
fn columns_have_one_value_per_bar() {
    let bars = bars_from_closes(Interval::D1, at("2024-01-01"), &[1.0, 2.0, 3.0, 4.0]);
    let columns = compute(&parse("sma(3)").expect("a spec"), &bars).expect("columns");
    assert_eq!(columns, vec![Column { name: "sma", warm_up: 2, values: vec![2.0, 3.0] }]);
    assert_eq!(columns[0].part(1..5).collect::<Vec<_>>(), [None, Some(2.0), Some(3.0), None]);
    let short = compute(&parse("sma(5)").expect("a spec"), &bars).expect("columns");
    assert_eq!(short, vec![Column { name: "sma", warm_up: 4, values: vec![] }]);
    let empty = compute(&parse("macd").expect("a spec"), &Bars::empty(Interval::D1)).expect("columns");
    assert_eq!(
        empty.iter().map(|column| (column.name, column.warm_up + column.values.len())).collect::<Vec<_>>(),
        [("macd", 0), ("signal", 0), ("histogram", 0)]
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,40}") {
        let _ = parse(&text);
        let _ = parse(&format!("macd({text})"));
    }

    #[test]
    fn no_indicator_looks_ahead(seed in any::<u64>(), cut in 1..200_usize) {
        let bars = RandomWalk::new(seed).bars(200);
        let candles: Vec<_> = bars.iter().take(cut).collect();
        let times = candles.iter().map(|bar| bar.open_time).collect();
        let column = |field: fn(&types::Bar) -> f64| candles.iter().map(field).collect::<Vec<f64>>();
        let columns =
            [column(|bar| bar.open), column(|bar| bar.high), column(|bar| bar.low), column(|bar| bar.close), column(|bar| bar.volume)];
        let past = Bars::new(bars.interval(), times, columns).expect("a series");
        for kind in registry() {
            let spec = parse(kind.name).expect("a spec");
            let whole = compute(&spec, &bars).expect("columns");
            for (known, all) in compute(&spec, &past).expect("columns").iter().zip(&whole) {
                let cut_off: Vec<_> = all.part(0..cut).collect();
                prop_assert_eq!(known.part(0..cut).collect::<Vec<_>>(), cut_off, "{}", kind.name);
            }
        }
    }
}
