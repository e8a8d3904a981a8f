//! kill -9 of a writer that stores one candle at a time: what it was told is stored is there, once, whole.
//!
//! The writer is this test binary, started again with `JOURNAL_WRITER` naming the lake; it says on its standard output how many
//! candles are stored, each time that it was told so.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use market_data::{CandleStore, Lake};
use types::{Candle, Interval, Provenance};

use crate::support::{FOLDING_OFTEN, all, at, candles, key};

const VARIABLE: &str = "JOURNAL_WRITER";
const SAYS: &str = "stored ";
/// From before the turn of a year to after it.
const ROWS: usize = 20_000;
const KILLS: usize = 12;
/// Candles that a writer may store before it is killed; the moments differ from run to run, which is the point.
const MOST: u64 = 40;

fn minutes() -> Vec<Candle> {
    candles(Interval::M1, at("2023-12-31 23:00"), ROWS)
}

/// Goes on where the last writer was killed, one candle at a time, until it is killed.
#[tokio::test]
async fn writer_process() {
    let Ok(folder) = std::env::var(VARIABLE) else { return };
    let (lake, key, minutes) =
        (Lake::open_with(folder, FOLDING_OFTEN).unwrap(), key("BTCUSDT", Interval::M1), minutes());
    let mut stored = all(&lake, &key).await.len();
    loop {
        lake.append(&key, vec![minutes[stored].clone()], Provenance::Exchange).await.unwrap();
        stored += 1;
        // Not `println!`, which the test harness would keep for itself.
        writeln!(std::io::stdout(), "\n{SAYS}{stored}").unwrap();
    }
}

/// Lets a writer store some candles and kills it; returns how many it said are stored.
fn write_and_kill(folder: &Path, candles: u64) -> usize {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "journal_crash::writer_process", "--nocapture"])
        .env(VARIABLE, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut told = lines.map_while(Result::ok).filter_map(|line| line.strip_prefix(SAYS)?.parse().ok());
    let mut last = 0;
    for _ in 0..candles {
        last = told.next().expect("the writer ended by itself");
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    // What it said between our last look and its death counts, too.
    told.last().unwrap_or(last)
}

#[tokio::test]
async fn what_was_reported_stored_outlives_its_writer() {
    let folder = tempfile::tempdir().unwrap();
    let (key, minutes) = (key("BTCUSDT", Interval::M1), minutes());
    let mut seed = u64::from(std::process::id()) | 1;
    let mut journals = 0;
    for _ in 0..KILLS {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let told = write_and_kill(folder.path(), 1 + seed % MOST);
        let lake = Lake::open(folder.path()).unwrap();
        let stored: Vec<Candle> = all(&lake, &key).await.into_iter().map(|stored| stored.candle).collect();
        assert!(stored.len() >= told, "{} of {told} candles", stored.len());
        assert!(stored.len() <= told + 1, "at most the one that it had not been told about");
        assert_eq!(stored, minutes[..stored.len()]);
        assert_eq!(lake.summary(&key).await.unwrap().unwrap().rows, stored.len() as u64);
        journals += u32::from(lake.compact(&key).await.unwrap() > 0);
        assert_eq!(all(&lake, &key).await.len(), stored.len());
    }
    assert!(journals > 0, "no writer was killed with a journal");
}
