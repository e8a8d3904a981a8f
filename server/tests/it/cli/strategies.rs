//! `crypto strategies list|show`.

use serde_json::json;

use super::house::House;

#[test]
fn the_list_has_the_types_and_the_library() {
    let house = House::new();
    house.run(&["strategies", "list"]).ok().says(&[
        "buy_and_hold",
        "rsi_mean_reversion",
        "sma_crossover",
        "fast_period 10, slow_period 30",
        "BTCUSDT",
    ]);
    let document = house.run(&["strategies", "list", "--json"]).ok().json();
    let types: Vec<&str> =
        document["types"].as_array().unwrap().iter().map(|kind| kind["name"].as_str().unwrap()).collect();
    assert_eq!(types, ["buy_and_hold", "rsi_mean_reversion", "sma_crossover"]);
    assert_eq!(document["library"]["sma"]["params"], json!({ "fast_period": 10, "slow_period": 30 }));
}

#[test]
fn a_type_explains_its_parameters_and_their_ranges() {
    let house = House::new();
    house.run(&["strategies", "show", "sma_crossover"]).ok().says(&[
        "SMA crossover (sma_crossover)",
        "fast_period",
        "integer 1 to 1000",
        "fast_period must be less than slow_period.",
    ]);
    let kind = house.run(&["strategies", "show", "rsi_mean_reversion", "--json"]).ok().json();
    assert_eq!(kind["name"], "rsi_mean_reversion");
    assert_eq!(kind["params"][0]["default"], 14);
    assert_eq!(kind["orderings"], json!([["oversold", "overbought"]]));
}

#[test]
fn an_unknown_type_names_the_known_ones() {
    let house = House::new();
    house
        .run(&["strategies", "show", "sma_crosover"])
        .fails(4, &["no strategy type 'sma_crosover'", "buy_and_hold, rsi_mean_reversion, sma_crossover"]);
}
