//! `crypto config validate|schema`.

use serde_json::{Value, json};

use super::house::House;

#[test]
fn a_valid_folder_names_its_files() {
    let house = House::new();
    let outcome = house.run(&["config", "validate"]).ok();
    assert!(outcome.stdout.starts_with("valid: "), "{}", outcome.stdout);
    outcome.says(&["exchanges.yaml", "strategies.yaml", "backtests.yaml"]);
    let document = house.run(&["config", "validate", "--json"]).ok().json();
    assert_eq!(document, json!({ "valid": true, "diagnostics": [] }));
}

#[test]
fn the_committed_configuration_is_valid() {
    let house = House::new();
    let folder = crate::web::installation::repository().join("config");
    house.run(&["config", "validate", folder.to_str().unwrap()]).ok().says(&["settings.yaml"]);
}

const FOUR_PROBLEMS: &str = "\
version: 1
strategies:
  one:
    type: sma_crossover
    params: { fast_period: 30, slow_period: 10 }
    symbols: [BTCUSDT]
    interval: 1h
  two:
    type: rsi_mean_reversion
    params: { period: 0 }
    symbls: [BTCUSDT]
    symbols: [BTCUSDT]
    interval: 4h
  three:
    type: sma_crossover
    params: { fast_period: ten }
    symbols: [BTCUSDT]
    interval: 1h
";

#[test]
fn all_problems_come_at_once_each_with_place_code_and_remedy() {
    let house = House::new();
    house.configure("strategies.yaml", FOUR_PROBLEMS);
    house.configure("backtests.yaml", "version: 1\nbacktests: {}\n");
    let outcome = house.run(&["config", "validate"]);
    assert_eq!(outcome.code, 3);
    outcome
        .says(&[
            "strategies.yaml:5:45: error[CFG042]: fast_period 30 must be less than slow_period 10",
            "strategies.yaml:10:23: error[CFG015]: period: found integer 0, expected integer 2 to 1000",
            "strategies.yaml:11:5: error[CFG012]: unknown key 'symbls'",
            "did you mean 'symbols'?",
            "strategies.yaml:16:28: error[CFG014]: fast_period: found text 'ten', expected integer 1 to 1000",
            "the configuration has 4 errors",
        ])
        .mentions(&["the configuration is not valid"]);

    let outcome = house.run(&["config", "validate", "--json"]);
    assert_eq!(outcome.code, 3);
    let document = outcome.json();
    assert_eq!(document["valid"], false);
    let found: Vec<(&Value, &Value)> =
        document["diagnostics"].as_array().unwrap().iter().map(|one| (&one["code"], &one["line"])).collect();
    let expected =
        [("CFG042", 5), ("CFG015", 10), ("CFG012", 11), ("CFG014", 16)].map(|(c, l)| (json!(c), json!(l)));
    assert_eq!(found, expected.iter().map(|(code, line)| (code, line)).collect::<Vec<_>>());
    for diagnostic in document["diagnostics"].as_array().unwrap() {
        assert!(diagnostic["suggestion"].as_str().is_some_and(|text| !text.is_empty()), "{diagnostic}");
    }
    outcome.fails_as_json(3, "invalid_configuration", &["not valid"]);
}

#[test]
fn one_named_file_is_checked_by_itself() {
    let house = House::new();
    let file = house.file("strategies.yaml", FOUR_PROBLEMS);
    let outcome = house.run(&["config", "validate", &file]);
    assert_eq!(outcome.code, 3);
    outcome.says(&[&format!("{file}:5:45"), "4 errors"]);
    house
        .run(&["config", "validate", &house.file("plans.yaml", "version: 1\n")])
        .fails(2, &["plans.yaml' is no configuration file", "settings, exchanges, strategies or backtests"]);
    let missing = house.path().join("nowhere").join("settings.yaml").display().to_string();
    house.run(&["config", "validate", &missing]).fails(4, &["cannot read", "nowhere"]);
    for missing in ["nowhere", "nowhere/", "plans.yaml.old"] {
        house.run(&["config", "validate", missing]).fails(4, &["cannot read", missing]);
    }
}

#[test]
fn schemas_are_json_schemas_of_each_file() {
    let house = House::new();
    for file in ["settings", "exchanges", "strategies", "backtests"] {
        let schema = house.run(&["config", "schema", file]).ok().json();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{file}");
        assert!(schema["properties"]["version"].is_object(), "{file}");
        assert_eq!(house.run(&["--json", "config", "schema", &format!("{file}.yaml")]).ok().json(), schema);
    }
}

#[test]
fn a_folder_that_is_not_there_says_how_to_name_another() {
    let house = House::new();
    std::fs::remove_dir_all(house.config_dir()).unwrap();
    house.run(&["data", "list"]).fails(4, &["there is no configuration folder", "--config-dir"]);
}

#[test]
fn a_library_that_is_not_there_is_empty_and_its_backtests_say_so() {
    let house = House::new();
    std::fs::remove_file(house.config_dir().join("strategies.yaml")).unwrap();
    let found = house.run(&["config", "validate"]).says(&["no strategy 'sma' in strategies.yaml"]);
    assert_eq!(found.code, 3);
    house.configure("backtests.yaml", "version: 1\nbacktests: {}\n");
    house.run(&["config", "validate"]).ok();
    std::fs::write(house.config_dir().join("settings.yaml"), b"version: 1 # \xff\n").unwrap();
    house.run(&["config", "validate"]).fails(3, &["settings.yaml: it is not UTF-8 text; save it as UTF-8"]);
    let wide: Vec<u8> = "\u{FEFF}version: 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(house.config_dir().join("settings.yaml"), wide).unwrap();
    house.run(&["config", "validate"]).fails(3, &["settings.yaml: it is UTF-16 text; save it as UTF-8"]);
}
