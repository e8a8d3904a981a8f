//! kill -9 of a writer at any moment: every file stays readable, nothing is double, the next writer carries on.
//!
//! The writer is this test binary, started again with `LAKE_WRITER` naming the lake.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use market_data::{CandleStore, Lake, Take};
use types::{Interval, Provenance, TimeRange};

use crate::support::{at, candles, key};

const VARIABLE: &str = "LAKE_WRITER";
const CHUNK: usize = 700;
const KILLS: u32 = 10;

/// Appends stretches that cross the turn of a year, revising each a few times, until it is killed.
#[tokio::test]
async fn writer_process() {
    let Ok(folder) = std::env::var(VARIABLE) else { return };
    let lake = Lake::open(folder).unwrap();
    let key = key("BTCUSDT", Interval::M1);
    let all = candles(Interval::M1, at("2023-12-30"), 200_000);
    loop {
        for (round, chunk) in all.chunks(CHUNK).enumerate() {
            let mut chunk = chunk.to_vec();
            chunk[0].trades = Some(round as u64);
            lake.append(&key, chunk, Provenance::Exchange).await.unwrap();
        }
        lake.delete(&key).await.unwrap();
    }
}

/// Reads everything there is; beside a living writer two reads may differ, but neither may fail or see a candle twice.
async fn read(folder: &Path) -> usize {
    let lake = Lake::open(folder).unwrap();
    let key = key("BTCUSDT", Interval::M1);
    let stored = lake.candles(&key, TimeRange::ALL, Take::All).await.unwrap();
    assert!(stored.windows(2).all(|pair| pair[0].candle.open_time < pair[1].candle.open_time));
    lake.bars(&key, TimeRange::ALL).await.unwrap();
    lake.series().await.unwrap();
    stored.len()
}

/// Reads everything in several ways, which agree now that no one writes.
async fn check(folder: &Path) -> usize {
    let lake = Lake::open(folder).unwrap();
    let key = key("BTCUSDT", Interval::M1);
    let rows = read(folder).await;
    assert_eq!(lake.bars(&key, TimeRange::ALL).await.unwrap().bars.len(), rows);
    assert_eq!(lake.summary(&key).await.unwrap().map_or(0, |summary| summary.rows), rows as u64);
    rows
}

#[tokio::test]
async fn a_writer_killed_at_any_moment_leaves_a_readable_lake() {
    let folder = tempfile::tempdir().unwrap();
    let mut seed = u64::from(std::process::id()) | 1;
    let mut most = 0;
    for _ in 0..KILLS {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::writer_process", "--nocapture"])
            .env(VARIABLE, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // A xorshift: the moments differ from run to run, which is the point.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let deadline = Instant::now() + Duration::from_millis(80 + seed % 400);
        // Reads all the while: a reader beside the writer must never see half a file.
        while Instant::now() < deadline {
            most = most.max(read(folder.path()).await);
        }
        assert!(writer.try_wait().unwrap().is_none(), "the writer ended by itself");
        writer.kill().unwrap();
        writer.wait().unwrap();
        most = most.max(check(folder.path()).await);
    }
    assert!(most > 0, "the writer never got as far as writing");
    let lake = Lake::open(folder.path()).unwrap();
    let key = key("BTCUSDT", Interval::M1);
    lake.append(&key, candles(Interval::M1, at("2023-12-30"), CHUNK), Provenance::Exchange).await.unwrap();
    assert!(check(folder.path()).await >= CHUNK);
}
