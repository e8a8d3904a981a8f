//! Readers beside a writer that appends and folds all the time: whatever was reported stored before a read began is in it, and what
//! was stored together is seen together.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use market_data::{CandleStore, Lake, Take};
use types::{Candle, Interval, Provenance, TimeRange};

use crate::support::{FOLDING_OFTEN, at, candles, key};

const ROWS: usize = 400;
const READERS: usize = 3;
/// Two rows of the year file that are always revised by the same append.
const PAIR: [usize; 2] = [3, 40];

/// What the writer tells the readers.
#[derive(Default)]
struct Told {
    /// Rows that were reported stored.
    rows: AtomicUsize,
    /// The latest revision of the pair that was reported stored.
    revision: AtomicUsize,
    is_done: AtomicBool,
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn revised(all: &[Candle], revision: usize) -> Vec<Candle> {
    PAIR.map(|row| Candle { trades: Some(revision as u64), ..all[row].clone() }).to_vec()
}

async fn write(lake: &Lake, all: &[Candle], told: &Told) {
    let key = key("BTCUSDT", Interval::M1);
    let mut row = 0;
    let mut revision = 0;
    while row < all.len() {
        // One at a time, as they close; now and then many at once.
        let count = if row == 0 {
            50
        } else if row % 37 == 0 {
            10
        } else {
            1
        };
        let end = all.len().min(row + count);
        lake.append(&key, all[row..end].to_vec(), Provenance::Exchange).await.unwrap();
        row = end;
        told.rows.store(row, Ordering::SeqCst);
        if row % 3 == 0 {
            revision += 1;
            lake.append(&key, revised(all, revision), Provenance::Repaired).await.unwrap();
            told.revision.store(revision, Ordering::SeqCst);
        }
        if row % 29 == 0 {
            lake.compact(&key).await.unwrap();
        }
    }
}

/// Reads until the writer is done; returns how often.
async fn read(lake: &Lake, all: &[Candle], told: &Told) -> usize {
    let key = key("BTCUSDT", Interval::M1);
    for reads in 1.. {
        let is_last = told.is_done.load(Ordering::SeqCst);
        let (rows, revision) = (told.rows.load(Ordering::SeqCst), told.revision.load(Ordering::SeqCst));
        let stored = lake.candles(&key, TimeRange::ALL, Take::All).await.unwrap();
        assert!(stored.len() >= rows, "{} of {rows} rows", stored.len());
        for (stored, expected) in stored.iter().zip(all) {
            assert_eq!(stored.candle.open_time, expected.open_time, "neither a hole nor a row twice");
        }
        if revision > 0 {
            let seen = PAIR.map(|row| stored[row].candle.trades.unwrap());
            assert_eq!(seen[0], seen[1], "a mixture of two states");
            assert!(seen[0] >= revision as u64, "{seen:?} after {revision}");
        }
        let (rows, summary) = (told.rows.load(Ordering::SeqCst), lake.summary(&key).await.unwrap());
        assert!(summary.map_or(0, |summary| summary.rows) >= rows as u64);
        let (rows, loaded) =
            (told.rows.load(Ordering::SeqCst), lake.bars(&key, TimeRange::ALL).await.unwrap());
        assert!(loaded.bars.len() >= rows);
        assert_eq!(loaded.provenance.total(), loaded.bars.len() as u64);
        assert_eq!(lake.gaps(&key).await.unwrap(), []);
        let last = lake.candles(&key, TimeRange::ALL, Take::Last(5)).await.unwrap();
        assert!(
            last.windows(2).all(|pair| pair[0].candle.open_time.plus_ms(60_000) == pair[1].candle.open_time)
        );
        if is_last {
            assert_eq!(stored.len(), all.len());
            return reads;
        }
    }
    0
}

fn open(folder: &Path) -> Lake {
    Lake::open_with(folder, FOLDING_OFTEN).unwrap()
}

#[test]
fn no_reader_misses_what_was_stored_before_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let all = candles(Interval::M1, at("2024-05-01"), ROWS);
    let told = Arc::new(Told::default());
    // One shares the writer's lake and what that remembers, the others have their own, as other processes do.
    let shared = open(folder.path());
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS)
            .map(|reader| {
                let lake = if reader == 0 { shared.clone() } else { open(folder.path()) };
                let (all, told) = (&all, Arc::clone(&told));
                scope.spawn(move || block_on(read(&lake, all, &told)))
            })
            .collect();
        block_on(write(&shared, &all, &told));
        told.is_done.store(true, Ordering::SeqCst);
        for reader in readers {
            assert!(reader.join().unwrap() > 1, "it read beside the writer");
        }
    });
}
