//! Candles in PostgreSQL instead of the lake: the same verbs, the same numbers.

use serde_json::{Value, json};

use super::house::House;

fn result(mut documents: Value) -> Value {
    documents[0]["result"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migrated_lake_gives_the_same_backtest() {
    let url = testkit::postgres_url().await;
    let database = [("DATABASE_URL", url.as_str())];
    let house = House::with_candles(24 * 90);
    let settings = |store: &str| {
        format!(
            "version: 1\ndatabase:\n  url: ${{DATABASE_URL:sqlite://data/crypto.db}}\nmarket_data:\n  store: {store}\n"
        )
    };
    house.configure("settings.yaml", &settings("parquet"));
    let from_lake = house.run(&["--json", "backtest", "run", "both"]).ok().json();

    let moved = house
        .run_in(&["--json", "data", "migrate", "--from", "parquet", "--to", "timescale"], &database)
        .ok()
        .json();
    assert_eq!((&moved[0]["rows"], &moved[0]["verified"]), (&json!(2160), &json!(2160)), "{moved:#}");
    house.configure("settings.yaml", &settings("timescale"));
    let list = house.run_in(&["--json", "data", "list"], &database).ok().json();
    assert_eq!((&list[0]["rows"], &list[0]["provenance"]["imported"]), (&json!(2160), &json!(2160)));
    let from_database = house.run_in(&["--json", "backtest", "run", "both"], &database).ok().json();
    assert_eq!(result(from_database), result(from_lake));
}

#[test]
fn candles_in_a_database_that_is_none_are_refused_with_the_remedy() {
    let house = House::new();
    house.configure("settings.yaml", "version: 1\nmarket_data:\n  store: timescale\n");
    house.run(&["data", "list"]).fails(3, &["need a PostgreSQL database", "DATABASE_URL=postgres://"]);
    house.run(&["data", "migrate", "--from", "parquet", "--to", "parquet"]).fails(2, &["the same store"]);
}
