//! Journals of the lake: when they are kept, what a crash leaves of them, and that damage is named rather than dropped.

use std::fs;
use std::path::{Path, PathBuf};

use market_data::{CandleStore, JournalPolicy, Lake, StoreError, StoredCandle};
use types::{Candle, Interval, Provenance, SeriesKey, TimeRange, Timestamp};

use crate::support::{FOLDING_OFTEN, all, at, candle, candles, key};

const YEAR: &str = "exchange=binance/symbol=BTCUSDT/interval=1m/year=2024";
/// Journals that are never full.
const ROOMY: JournalPolicy = JournalPolicy { fold_rows: 1_000_000, ..FOLDING_OFTEN };

struct Fixture {
    folder: tempfile::TempDir,
    lake: Lake,
    key: SeriesKey,
    minutes: Vec<Candle>,
}

impl Fixture {
    /// Ten minutes in the year file and three more in the journal, one append each.
    async fn new(policy: JournalPolicy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open_with(folder.path(), policy).unwrap();
        let (key, minutes) = (key("BTCUSDT", Interval::M1), candles(Interval::M1, at("2024-05-01"), 20));
        lake.append(&key, minutes[..10].to_vec(), Provenance::Exchange).await.unwrap();
        for minute in &minutes[10..13] {
            lake.append(&key, vec![minute.clone()], Provenance::Exchange).await.unwrap();
        }
        Self { folder, lake, key, minutes }
    }

    fn part(&self) -> PathBuf {
        self.folder.path().join(YEAR).join("part.parquet")
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join(YEAR).join(".journal")
    }

    async fn append(&self, candles: &[Candle]) -> Result<market_data::AppendReport, StoreError> {
        self.lake.append(&self.key, candles.to_vec(), Provenance::Exchange).await
    }

    async fn plain(&self) -> Vec<Candle> {
        plain(all(&self.lake, &self.key).await)
    }
}

fn plain(stored: Vec<StoredCandle>) -> Vec<Candle> {
    stored.into_iter().map(|stored| stored.candle).collect()
}

/// What a file was when it was looked at.
fn stamp(path: &Path) -> (std::time::SystemTime, Vec<u8>) {
    (fs::metadata(path).unwrap().modified().unwrap(), fs::read(path).unwrap())
}

/// What other programs see: the year file by itself.
async fn by_others(fixture: &Fixture) -> usize {
    let copy = tempfile::tempdir().unwrap();
    let target = copy.path().join(YEAR);
    fs::create_dir_all(&target).unwrap();
    fs::copy(fixture.part(), target.join("part.parquet")).unwrap();
    all(&Lake::open(copy.path()).unwrap(), &fixture.key).await.len()
}

#[tokio::test]
async fn a_large_year_gets_a_journal_and_a_small_one_is_rewritten() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let (hours, minutes) = (key("BTCUSDT", Interval::H1), key("BTCUSDT", Interval::M1));
    let journal = |interval: &str| {
        let year = format!("exchange=binance/symbol=BTCUSDT/interval={interval}/year=2024/.journal");
        folder.path().join(year)
    };
    let whole_year = candles(Interval::H1, at("2024-01-01"), 8784);
    lake.append(&hours, whole_year[..8783].to_vec(), Provenance::Exchange).await.unwrap();
    lake.append(&hours, whole_year[8783..].to_vec(), Provenance::Exchange).await.unwrap();
    assert!(!journal("1h").exists(), "no year of hours is large");

    let handed = candles(Interval::M1, at("2024-01-01"), 13_000);
    lake.append(&minutes, handed[..10_000].to_vec(), Provenance::Exchange).await.unwrap();
    let part = journal("1m").with_file_name("part.parquet");
    let before = stamp(&part);
    lake.append(&minutes, handed[10_000..10_001].to_vec(), Provenance::Exchange).await.unwrap();
    lake.append(&minutes, handed[10_001..10_100].to_vec(), Provenance::Repaired).await.unwrap();
    assert!(journal("1m").exists());
    assert_eq!(stamp(&part), before, "the year file is left as it is");
    lake.append(&minutes, handed[10_100..].to_vec(), Provenance::Exchange).await.unwrap();
    assert!(!journal("1m").exists(), "a large append rewrites the year and takes the journal along");
    let stored = all(&lake, &minutes).await;
    assert_eq!(stored[10_001].provenance, Provenance::Repaired);
    assert_eq!(plain(stored), handed);
}

#[tokio::test]
async fn a_full_journal_is_folded_and_others_see_it_then() {
    let fixture = Fixture::new(FOLDING_OFTEN).await;
    let mut seen = Vec::new();
    for row in 13..20 {
        fixture.append(&fixture.minutes[row..=row]).await.unwrap();
        seen.push(by_others(&fixture).await);
        assert_eq!(fixture.plain().await, fixture.minutes[..=row]);
    }
    assert!(seen.iter().enumerate().all(|(row, &rows)| rows + 4 >= row + 14), "{seen:?}");
    seen.dedup();
    assert!(seen.len() > 1, "folded twice at least: {seen:?}");
}

#[tokio::test]
async fn compacting_shows_others_everything_and_changes_nothing_for_us() {
    let fixture = Fixture::new(ROOMY).await;
    let before =
        (all(&fixture.lake, &fixture.key).await, fixture.lake.summary(&fixture.key).await.unwrap().unwrap());
    assert_eq!(by_others(&fixture).await, 10);
    assert_eq!(fixture.lake.compact(&fixture.key).await.unwrap(), 3);
    assert!(!fixture.journal().exists());
    assert_eq!(by_others(&fixture).await, 13);
    let mut after =
        (all(&fixture.lake, &fixture.key).await, fixture.lake.summary(&fixture.key).await.unwrap().unwrap());
    assert!(before.1.bytes > 0 && after.1.bytes > 0);
    after.1.bytes = before.1.bytes;
    assert_eq!(after, before);
    let stamped = stamp(&fixture.part());
    assert_eq!(fixture.lake.compact(&fixture.key).await.unwrap(), 0);
    assert_eq!(stamp(&fixture.part()), stamped);
    assert_eq!(fixture.lake.compact(&key("ETHUSDT", Interval::M1)).await.unwrap(), 0);
    assert!(!fixture.folder.path().join("exchange=binance/symbol=ETHUSDT").exists());
}

#[tokio::test]
async fn nothing_is_written_without_a_change() {
    let fixture = Fixture::new(ROOMY).await;
    let before = (stamp(&fixture.part()), stamp(&fixture.journal()));
    for rows in [0..13, 12..13, 3..4, 9..11] {
        let report = fixture.append(&fixture.minutes[rows]).await.unwrap();
        assert!(report.is_noop());
    }
    assert_eq!((stamp(&fixture.part()), stamp(&fixture.journal())), before);
}

#[tokio::test]
async fn a_revision_of_the_past_goes_into_the_journal_with_what_it_replaces_reported() {
    let fixture = Fixture::new(ROOMY).await;
    let revised: Vec<Candle> = [2, 11].map(|row: usize| candle(fixture.minutes[row].open_time, 500)).to_vec();
    let report = fixture.lake.append(&fixture.key, revised.clone(), Provenance::Repaired).await.unwrap();
    assert_eq!((report.revised, report.added), (2, 0));
    assert_eq!(report.revisions[0].was, fixture.minutes[2]);
    assert_eq!(report.revisions[1].was, fixture.minutes[11]);
    assert_eq!(by_others(&fixture).await, 10);
    let summary = fixture.lake.summary(&fixture.key).await.unwrap().unwrap();
    assert_eq!((summary.rows, summary.provenance.repaired, summary.provenance.exchange), (13, 2, 11));
    let mut expected = fixture.minutes[..13].to_vec();
    (expected[2], expected[11]) = (revised[0].clone(), revised[1].clone());
    assert_eq!(fixture.plain().await, expected);
    assert_eq!(fixture.lake.compact(&fixture.key).await.unwrap(), 4);
    assert_eq!(fixture.plain().await, expected);
}

#[tokio::test]
async fn a_journal_cut_at_any_length_keeps_its_whole_records_and_is_carried_on() {
    let fixture = Fixture::new(ROOMY).await;
    let whole = fs::read(fixture.journal()).unwrap();
    let record = (whole.len() - 16) / 3;
    for length in 0..whole.len() {
        fs::write(fixture.journal(), &whole[..length]).unwrap();
        let lake = Lake::open_with(fixture.folder.path(), ROOMY).unwrap();
        if length < 16 {
            // No crash leaves this: the beginning is put in place as a whole.
            let error = lake.bars(&fixture.key, TimeRange::ALL).await.unwrap_err();
            assert!(
                matches!(&error, StoreError::Corrupt { path, .. } if *path == fixture.journal()),
                "{error}"
            );
            continue;
        }
        let kept = 10 + (length - 16) / record;
        assert_eq!(plain(all(&lake, &fixture.key).await), fixture.minutes[..kept], "{length} bytes");
        assert_eq!(lake.summary(&fixture.key).await.unwrap().unwrap().rows, kept as u64);
        let next = fixture.minutes[kept].clone();
        let report = lake.append(&fixture.key, vec![next], Provenance::Exchange).await.unwrap();
        assert_eq!(report.added, 1, "{length} bytes");
        assert_eq!(plain(all(&lake, &fixture.key).await), fixture.minutes[..=kept], "{length} bytes");
    }
    fs::write(fixture.journal(), &whole[..whole.len() - 1]).unwrap();
    assert_eq!(fixture.lake.compact(&fixture.key).await.unwrap(), 2);
    assert_eq!(fixture.plain().await, fixture.minutes[..12]);
}

#[tokio::test]
async fn a_damaged_record_is_an_error_that_names_the_journal_and_nothing_is_built_on_it() {
    let fixture = Fixture::new(ROOMY).await;
    let whole = fs::read(fixture.journal()).unwrap();
    for byte in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[byte] ^= 0x40;
        fs::write(fixture.journal(), &damaged).unwrap();
        let error = fixture.lake.bars(&fixture.key, TimeRange::ALL).await.unwrap_err();
        assert!(
            matches!(&error, StoreError::Corrupt { path, .. } if *path == fixture.journal()),
            "byte {byte}: {error}"
        );
    }
    assert!(fixture.append(&fixture.minutes[13..14]).await.is_err());
    assert!(fixture.append(&fixture.minutes).await.is_err());
    assert!(fixture.lake.compact(&fixture.key).await.is_err());
    assert!(fixture.lake.summary(&fixture.key).await.is_err());
    let error = fixture.lake.gaps(&fixture.key).await.unwrap_err().to_string();
    assert!(error.contains(".journal") && error.contains("fetch or import that year again"), "{error}");
    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 0x40;
    assert_eq!(fs::read(fixture.journal()).unwrap(), damaged, "it is left as it is");
    // The remedy: what the journal held is missing then, and can be stored again.
    fs::remove_file(fixture.journal()).unwrap();
    assert_eq!(fixture.plain().await, fixture.minutes[..10]);
    fs::write(fixture.journal(), &damaged).unwrap();
    fixture.lake.delete(&fixture.key).await.unwrap();
    assert!(!fixture.journal().exists() && !fixture.part().exists(), "deleting is the way out");
}

#[tokio::test]
async fn a_journal_that_outlives_its_folding_shadows_nothing() {
    let fixture = Fixture::new(ROOMY).await;
    let old = fs::read(fixture.journal()).unwrap();
    // A large append revises what is in the journal, and the crash comes before the journal is removed.
    let mut newer = candles(Interval::M1, at("2024-05-01"), 3000);
    newer[11] = candle(newer[11].open_time, 900);
    fixture.append(&newer).await.unwrap();
    fs::write(fixture.journal(), &old).unwrap();
    assert_eq!(fixture.plain().await, newer);
    assert_eq!(fixture.lake.summary(&fixture.key).await.unwrap().unwrap().rows, 3000);
    // A small append begins another journal in its place.
    let next = candle(newer[2999].open_time.plus_ms(60_000), 1);
    fixture.append(std::slice::from_ref(&next)).await.unwrap();
    newer.push(next);
    assert_eq!(fixture.plain().await, newer);
    assert_eq!(fixture.lake.compact(&fixture.key).await.unwrap(), 1);
    // And an old one that turns up again is put aside whatever is done next.
    fs::write(fixture.journal(), &old).unwrap();
    assert_eq!(fixture.lake.compact(&fixture.key).await.unwrap(), 0);
    assert!(!fixture.journal().exists());
    fs::write(fixture.journal(), &old).unwrap();
    let mut newest = newer.clone();
    for candle in &mut newest {
        candle.trades = Some(7);
    }
    fixture.append(&newest).await.unwrap();
    assert!(!fixture.journal().exists());
    fs::write(fixture.journal(), &old).unwrap();
    assert_eq!(fixture.plain().await, newest);
}

#[tokio::test]
async fn what_a_journal_holds_survives_the_loss_of_its_year_file() {
    let fixture = Fixture::new(ROOMY).await;
    fs::remove_file(fixture.part()).unwrap();
    assert_eq!(fixture.plain().await, fixture.minutes[10..13]);
    assert_eq!(fixture.lake.series().await.unwrap()[0].rows, 3);
    fixture.append(&fixture.minutes[..10]).await.unwrap();
    assert_eq!(fixture.plain().await, fixture.minutes[..13]);
    assert_eq!(by_others(&fixture).await, 13);
}

#[tokio::test]
async fn a_new_year_folds_the_journal_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_with(folder.path(), ROOMY).unwrap();
    let key = key("BTCUSDT", Interval::M1);
    let handed = candles(Interval::M1, at("2023-12-31 23:50"), 20);
    for chunk in handed[..10].chunks(5) {
        lake.append(&key, chunk.to_vec(), Provenance::Exchange).await.unwrap();
    }
    let journal = folder.path().join(YEAR).with_file_name("year=2023").join(".journal");
    assert!(journal.exists());
    lake.append(&key, handed[10..11].to_vec(), Provenance::Exchange).await.unwrap();
    assert!(!journal.exists());
    lake.append(&key, handed[8..].to_vec(), Provenance::Exchange).await.unwrap();
    assert_eq!(plain(all(&lake, &key).await), handed);
}

#[tokio::test]
async fn a_journal_that_cannot_be_written_is_named_and_nothing_is_lost() {
    let fixture = Fixture::new(ROOMY).await;
    fixture.lake.compact(&fixture.key).await.unwrap();
    // A folder in its place: it cannot be written, whoever runs the test.
    fs::create_dir(fixture.journal()).unwrap();
    let error = fixture.append(&fixture.minutes[13..14]).await.unwrap_err();
    assert!(error.to_string().contains(".journal"), "{error}");
    fs::remove_dir(fixture.journal()).unwrap();
    assert_eq!(fixture.plain().await, fixture.minutes[..13]);
    assert_eq!(fixture.append(&fixture.minutes[13..14]).await.unwrap().added, 1);
}

#[tokio::test]
async fn lakes_of_different_policies_share_a_folder() {
    let fixture = Fixture::new(ROOMY).await;
    let other = Lake::open_with(fixture.folder.path(), JournalPolicy::NONE).unwrap();
    assert_eq!(other.summary(&fixture.key).await.unwrap(), fixture.lake.summary(&fixture.key).await.unwrap());
    for row in 13..20 {
        let store = if row % 2 == 0 { &fixture.lake } else { &other };
        let minute = vec![fixture.minutes[row].clone()];
        assert_eq!(store.append(&fixture.key, minute, Provenance::Exchange).await.unwrap().added, 1);
        for reader in [&fixture.lake, &other] {
            let summary = reader.summary(&fixture.key).await.unwrap().unwrap();
            assert_eq!((summary.rows, summary.last), (row as u64 + 1, fixture.minutes[row].open_time));
        }
    }
    let range = TimeRange { start: Timestamp::EPOCH, end: fixture.minutes[15].open_time };
    assert_eq!(other.bars(&fixture.key, range).await.unwrap().bars.len(), 15);
    assert_eq!(fixture.plain().await, fixture.minutes);
}
