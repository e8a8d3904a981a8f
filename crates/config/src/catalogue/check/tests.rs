//! Parameters against the catalogue, from JSON and from forms.

use serde_json::json;

use super::*;
use crate::catalogue::strategy;

fn problems(kind: &str, given: &Value) -> Vec<String> {
    let kind = strategy(kind).expect("in the catalogue");
    let (params, problems) = check_params(kind, given.as_object().expect("a map"));
    assert_eq!(params.is_some(), problems.is_empty());
    problems.into_iter().map(|p| format!("{} {} | {}", p.code, p.message, p.suggestion)).collect()
}

#[test]
fn every_kind_of_problem_is_named() {
    for (kind, given, expected) in [
        ("sma_crossover", json!({"fast_period": 5, "slow_period": null}), ""),
        (
            "sma_crossover",
            json!({"fast_perod": 10}),
            "CFG041 unknown parameter 'fast_perod' of sma_crossover | did you mean 'fast_period'?",
        ),
        (
            "buy_and_hold",
            json!({"period": 10}),
            "CFG041 unknown parameter 'period' of buy_and_hold | buy_and_hold has no parameters; remove it",
        ),
        (
            "sma_crossover",
            json!({"fast_period": 0}),
            "CFG015 fast_period: found integer 0, expected integer 1 to 1000 | leave it out for the default 10",
        ),
        (
            "sma_crossover",
            json!({"fast_period": "10"}),
            "CFG014 fast_period: found text '10', expected integer 1 to 1000 | write it without quotes",
        ),
        (
            "sma_crossover",
            json!({"fast_period": 30, "slow_period": 10}),
            "CFG042 fast_period 30 must be less than slow_period 10 | exchange the two values",
        ),
        (
            "sma_crossover",
            json!({"fast_period": 30}),
            "CFG042 fast_period 30 must be less than slow_period 30 (the default) | lower fast_period or raise slow_period",
        ),
        (
            "rsi_mean_reversion",
            json!({"oversold": 80.5}),
            "CFG042 oversold 80.5 must be less than overbought 70 (the default) | lower oversold or raise overbought",
        ),
        (
            "rsi_mean_reversion",
            json!({"oversold": [1]}),
            "CFG014 oversold: found a list, expected number 0 to 100 | leave it out for the default 30",
        ),
    ] {
        assert_eq!(problems(kind, &given).join("\n"), expected, "{given}");
    }
}

#[test]
fn a_form_posts_texts() {
    let kind = strategy("rsi_mean_reversion").expect("in the catalogue");
    let (params, problems) = check_texts(kind, [("period", " 7 "), ("oversold", "25"), ("overbought", "")]);
    assert_eq!(problems, []);
    let params = params.expect("no problems");
    assert_eq!((params.integer("period"), params.number("oversold")), (Some(7), Some(25.0)));
    assert_eq!(params.number("overbought"), Some(70.0));
    let (params, problems) = check_texts(kind, [("period", "seven"), ("oversold", ".nan")]);
    assert!(params.is_none());
    assert_eq!(problems.len(), 2, "{problems:?}");
}
