//! Results in their stored forms: in parts, and in one piece as older versions left them.

use std::io::Write as _;

use backtest::{Flow, RunSpec};
use flate2::Compression;
use flate2::write::GzEncoder;
use market_data::Lake;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};

use super::fixture::House;

/// Opens the database of a house beside its server.
async fn database(house: &House) -> SqliteConnection {
    let path = house.installation.data().join("crypto.db");
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap()
}

/// Makes alice's result again and returns it as it was stored in one piece, before ranges were compared with what was asked for.
async fn in_one_piece(house: &House, database: &mut SqliteConnection) -> Vec<u8> {
    let spec: String = sqlx::query_scalar("SELECT spec FROM runs").fetch_one(database).await.unwrap();
    let spec: RunSpec = serde_json::from_str(&spec).unwrap();
    let lake = Lake::open(house.installation.data().join("lake")).unwrap();
    let data = backtest::load(&lake, &spec).await.unwrap();
    let result = backtest::run(&spec, &data, &mut |_| Flow::Continue).unwrap();
    let mut document = serde_json::to_value(&result).unwrap();
    let data = document["data"].as_object_mut().unwrap();
    for newer in ["expected", "missing_before", "missing_within", "missing_after"] {
        assert!(data.remove(newer).is_some(), "{newer}");
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(document.to_string().as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// What pages read of a result.
async fn read(house: &House) -> Vec<Value> {
    let run = house.run.as_str();
    let mut answers = vec![house.alice.call("run", &[("id", run)]).await.json()];
    for page in ["1", "2", "99"] {
        answers.push(house.alice.call("trades", &[("run", run), ("page", page)]).await.json());
    }
    answers
}

#[tokio::test]
async fn a_result_in_one_piece_reads_as_one_in_parts_and_becomes_one() {
    let house = House::new().await;
    let in_parts = read(&house).await;
    let trades = in_parts[1]["total"].as_u64().unwrap();
    assert!(trades > 20, "{trades} trades");
    assert_eq!(in_parts[0]["coverage"]["expected"], 2200);

    let mut database = database(&house).await;
    let whole = in_one_piece(&house, &mut database).await;
    // The page of trades comes first once, the result's own page the other time.
    for is_trades_first in [true, false] {
        sqlx::query("UPDATE run_results SET form = 1, data = ?")
            .bind(&whole)
            .execute(&mut database)
            .await
            .unwrap();
        sqlx::query("DELETE FROM run_trades").execute(&mut database).await.unwrap();
        if is_trades_first {
            let first =
                house.alice.call("trades", &[("run", house.run.as_str()), ("page", "1")]).await.json();
            assert_eq!(first, in_parts[1]);
        }
        assert_eq!(read(&house).await, in_parts);
        let form: i64 =
            sqlx::query_scalar("SELECT form FROM run_results").fetch_one(&mut database).await.unwrap();
        let blocks: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM run_trades").fetch_one(&mut database).await.unwrap();
        assert_eq!((form, blocks), (2, 1));
    }
    // Nobody else's page takes it apart.
    let theirs = house.bob.call("trades", &[("run", house.run.as_str()), ("page", "1")]).await;
    assert_eq!((theirs.status, theirs.error().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn a_page_of_trades_reads_no_more_than_its_blocks() {
    let house = House::new().await;
    let mut database = database(&house).await;
    // Only the block counts: the overview could be unreadable.
    sqlx::query("UPDATE run_results SET data = x'00'").execute(&mut database).await.unwrap();
    let page = house.alice.call("trades", &[("run", house.run.as_str()), ("page", "1")]).await.json();
    assert_eq!(page["trades"][0]["number"], json!(1));
    let broken = house.alice.call("run", &[("id", house.run.as_str())]).await;
    assert_eq!(broken.status, 500, "{}", broken.body);
}
