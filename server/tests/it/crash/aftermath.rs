//! What must hold after a kill, looked at while no server runs, and in the end.

use market_data::{CandleStore as _, Lake, StoredCandle, Take};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use types::{Candle, SeriesKey, TimeRange};

use crate::web::installation::Installation;

/// Opens the database as any other program does and lets it check itself.
pub(crate) async fn expect_a_sound_database(installation: &Installation) {
    let path = installation.data().join("crypto.db");
    let mut connection: SqliteConnection =
        SqliteConnectOptions::new().filename(path).connect().await.expect("the database opens");
    for check in ["PRAGMA integrity_check", "PRAGMA foreign_key_check"] {
        let found: Vec<(String,)> = sqlx::query_as(check).fetch_all(&mut connection).await.expect("a check");
        assert!(found.iter().all(|(text,)| text == "ok"), "{check}: {found:?}");
    }
    connection.close().await.unwrap();
}

/// Expects every file readable, and nothing in them but a part of the truth, each candle once.
pub(crate) async fn expect_a_part_of(installation: &Installation, key: &SeriesKey, truth: &[Candle]) {
    let stored = read(installation, key).await;
    let mut rest = truth.iter();
    for stored in &stored {
        // Both are in order of time, so a candle that is not found ahead is foreign, changed or there twice.
        let is_known = rest.by_ref().any(|candle| *candle == stored.candle);
        assert!(is_known, "{key}: {:?} is not what was sent, or is there twice", stored.candle);
    }
}

/// Expects every candle, each once, from where it came.
pub(crate) async fn expect_the_whole_of(
    installation: &Installation,
    key: &SeriesKey,
    truth: &[Candle],
    provenance: types::Provenance,
) {
    let stored = read(installation, key).await;
    assert_eq!(stored.len(), truth.len(), "{key}: candles");
    let different = stored.iter().zip(truth).find(|(stored, candle)| stored.candle != **candle);
    assert_eq!(different, None, "{key}");
    assert!(stored.iter().all(|stored| stored.provenance == provenance), "{key}: provenance");
}

/// Expects no upload to be left on the disk.
pub(crate) fn expect_no_uploads(installation: &Installation) {
    let left: Vec<_> = std::fs::read_dir(installation.uploads())
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    assert!(left.is_empty(), "left over: {left:?}");
}

async fn read(installation: &Installation, key: &SeriesKey) -> Vec<StoredCandle> {
    let lake = Lake::open(installation.data().join("lake")).expect("the lake opens");
    lake.candles(key, TimeRange::ALL, Take::All).await.expect("every file is readable")
}
