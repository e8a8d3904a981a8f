//! Out of a store into a file and back, without a loss.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;

use market_data::{
    CandleStore, ExportError, ExportFormat, ExportProgress, ExportReport, Lake, StoredCandle, export,
};
use tokio_util::sync::CancellationToken;
use types::{Candle, Interval, Provenance, SeriesKey, TimeRange};

use crate::support::{all, at, candles, decimal, import, key, lake, postgres};

/// Candles of three provenances with a hole, blanks, and a value that needs all the digits there are.
fn made(interval: Interval) -> Vec<Candle> {
    let mut made = candles(interval, at("2023-12-20"), 400);
    (made[7].quote_volume, made[9].trades, made[9].taker_buy_base) = (None, None, None);
    made[8].volume = "12345678901.123456789012345678".parse().unwrap();
    // What was paid before cannot be for so much, and would not be read back.
    made[8].quote_volume = None;
    made.drain(20..40);
    made
}

async fn fill(store: &dyn CandleStore, series: &SeriesKey) {
    let sources = [Provenance::Exchange, Provenance::Repaired, Provenance::Synthetic];
    for (chunk, provenance) in made(series.interval).chunks(150).zip(sources) {
        store.append(series, chunk.to_vec(), provenance).await.unwrap();
    }
}

async fn exported(
    store: &dyn CandleStore,
    series: &SeriesKey,
    range: TimeRange,
    format: ExportFormat,
) -> (ExportReport, Vec<u8>) {
    let done = export(store, series, range, format, Vec::new(), &|_| {}, &CancellationToken::new()).await;
    let (report, file) = done.unwrap();
    assert_eq!(report.bytes, file.len() as u64);
    (report, file)
}

fn plain(stored: Vec<StoredCandle>) -> Vec<Candle> {
    stored.into_iter().map(|row| row.candle).collect()
}

#[tokio::test]
async fn csv_is_read_back_with_every_digit() {
    let (folder, here) = lake();
    let (_guard, there) = postgres().await;
    for interval in [Interval::M1, Interval::H1, Interval::W1, Interval::Mo1] {
        let series = key("BTCUSDT", interval);
        fill(here.as_ref(), &series).await;
        fill(there.as_ref(), &series).await;
        let (report, file) = exported(here.as_ref(), &series, TimeRange::ALL, ExportFormat::Csv).await;
        let other = exported(there.as_ref(), &series, TimeRange::ALL, ExportFormat::Csv).await;
        assert_eq!((&report, &file), (&other.0, &other.1), "the same from every store");
        assert_eq!((report.rows, report.provenance.repaired), (380, 150));
        let path = folder.path().join("out.csv");
        fs::write(&path, file).unwrap();
        // Time in the tests' imports ends in 2026; months go on for longer.
        let known: Vec<_> = plain(all(here.as_ref(), &series).await)
            .into_iter()
            .filter(|candle| interval.next_open(candle.open_time) <= at("2026-01-01"))
            .collect();
        let (_other, back) = lake();
        let read = import(back.as_ref(), &series, &[path]).await.unwrap();
        assert_eq!(read.stored.added, known.len() as u64);
        assert_eq!(plain(all(back.as_ref(), &series).await), known);
    }
}

#[tokio::test]
async fn parquet_is_a_file_of_the_lake_with_its_provenance() {
    let (_folder, here) = lake();
    let series = key("BTCUSDT", Interval::H1);
    fill(here.as_ref(), &series).await;
    // A file of the lake holds one year.
    for (year, range) in [
        (2023, TimeRange { end: at("2024-01-01"), ..TimeRange::ALL }),
        (2024, TimeRange { start: at("2024-01-01"), ..TimeRange::ALL }),
    ] {
        let (_, file) = exported(here.as_ref(), &series, range, ExportFormat::Parquet).await;
        let other = tempfile::tempdir().unwrap();
        let place = format!("exchange=binance/symbol=BTCUSDT/interval=1h/year={year}");
        let place = other.path().join(place);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("part.parquet"), file).unwrap();
        let back = Lake::open(other.path()).unwrap();
        let expected: Vec<_> = all(here.as_ref(), &series)
            .await
            .into_iter()
            .filter(|row| range.contains(row.candle.open_time))
            .collect();
        assert!(expected.len() > 100);
        assert_eq!(all(&back, &series).await, expected);
    }
}

#[tokio::test]
async fn a_series_longer_than_one_stretch_arrives_whole_and_in_order() {
    let (folder, here) = lake();
    let series = key("BTCUSDT", Interval::M1);
    let mut walk =
        testkit::RandomWalk::new(5).interval(Interval::M1).start(at("2023-10-01")).candles(300_000);
    // In the last stretch only: what was written before it has to have room for it, too.
    walk[299_000].volume += decimal("0.000000000000000001");
    walk.drain(10_000..150_000);
    here.append(&series, walk.clone(), Provenance::Imported).await.unwrap();
    let (report, file) = exported(here.as_ref(), &series, TimeRange::ALL, ExportFormat::Parquet).await;
    assert_eq!(
        (report.rows, report.first, report.last),
        (160_000, walk[0].open_time, walk[159_999].open_time)
    );
    let place = folder.path().join("other/exchange=binance/symbol=BTCUSDT/interval=1m/year=2023");
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("part.parquet"), file).unwrap();
    let back = Lake::open(folder.path().join("other")).unwrap();
    assert_eq!(plain(all(&back, &series).await), walk);

    let path = folder.path().join("out.csv");
    fs::write(&path, exported(here.as_ref(), &series, TimeRange::ALL, ExportFormat::Csv).await.1).unwrap();
    let (_other, back) = lake();
    import(back.as_ref(), &series, &[path]).await.unwrap();
    assert_eq!(plain(all(back.as_ref(), &series).await), walk);
}

#[tokio::test]
async fn a_range_is_half_open_and_progress_reaches_its_end() {
    let (_folder, here) = lake();
    let series = key("BTCUSDT", Interval::H1);
    fill(here.as_ref(), &series).await;
    let range = TimeRange { start: at("2023-12-22"), end: at("2023-12-23") };
    let told: Mutex<Vec<ExportProgress>> = Mutex::default();
    let tell = |progress: &ExportProgress| told.lock().unwrap().push(*progress);
    let cancel = CancellationToken::new();
    let done = export(here.as_ref(), &series, range, ExportFormat::Csv, Vec::new(), &tell, &cancel).await;
    let (report, file) = done.unwrap();
    assert_eq!((report.rows, report.first, report.last), (24, range.start, at("2023-12-22 23:00")));
    assert_eq!(String::from_utf8(file).unwrap().lines().count(), 25);
    let told = told.into_inner().unwrap();
    assert_eq!(told.last().map(|last| (last.rows, last.at, last.whole)), Some((24, range.end, range)));
}

#[tokio::test]
async fn nothing_is_written_where_there_is_nothing() {
    let (_folder, here) = lake();
    let series = key("BTCUSDT", Interval::H1);
    let hole = TimeRange { start: at("2023-12-20 20:00"), end: at("2023-12-21 16:00") };
    let later = TimeRange { start: at("2030-01-01"), ..TimeRange::ALL };
    for (range, is_filled) in [(TimeRange::ALL, false), (later, true), (hole, true)] {
        if is_filled {
            fill(here.as_ref(), &series).await;
        }
        for format in ExportFormat::ALL {
            let cancel = CancellationToken::new();
            let sink = Refusing { after: 0 };
            let done = export(here.as_ref(), &series, range, format, sink, &|_| {}, &cancel).await;
            assert!(matches!(done, Err(ExportError::Nothing(_))), "{range:?} {format}");
        }
    }
}

/// Takes so many bytes, then says that the disk is full.
#[derive(Debug)]
struct Refusing {
    after: usize,
}

impl Write for Refusing {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let room = self.after.min(buffer.len());
        self.after -= room;
        if room == 0 && !buffer.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_full_disk_is_told_as_one_wherever_it_fills_up() {
    let (_folder, here) = lake();
    let series = key("BTCUSDT", Interval::H1);
    fill(here.as_ref(), &series).await;
    for format in ExportFormat::ALL {
        let length = exported(here.as_ref(), &series, TimeRange::ALL, format).await.0.bytes;
        for after in [0, length / 2, length - 1] {
            let sink = Refusing { after: usize::try_from(after).unwrap() };
            let cancel = CancellationToken::new();
            let done = export(here.as_ref(), &series, TimeRange::ALL, format, sink, &|_| {}, &cancel).await;
            match done {
                Err(ExportError::Sink(error)) => assert_eq!(error.kind(), io::ErrorKind::StorageFull),
                other => panic!("{format} after {after}: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_cancelled_export_says_so() {
    let (_folder, here) = lake();
    let series = key("BTCUSDT", Interval::H1);
    fill(here.as_ref(), &series).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let done =
        export(here.as_ref(), &series, TimeRange::ALL, ExportFormat::Csv, Vec::new(), &|_| {}, &cancel).await;
    assert!(matches!(done, Err(ExportError::Cancelled)));
}

#[tokio::test]
async fn a_damaged_file_of_the_lake_is_named() {
    let (folder, here) = lake();
    let series = key("BTCUSDT", Interval::H1);
    fill(here.as_ref(), &series).await;
    let part = "lake/exchange=binance/symbol=BTCUSDT/interval=1h/year=2024/part.parquet";
    let part: &Path = &folder.path().join(part);
    fs::write(part, b"PAR1 no more").unwrap();
    let cancel = CancellationToken::new();
    let done =
        export(here.as_ref(), &series, TimeRange::ALL, ExportFormat::Csv, Vec::new(), &|_| {}, &cancel).await;
    assert!(done.unwrap_err().to_string().contains(&part.display().to_string()));
}
