//! Files that are not what they are said to be, each with what becomes of it: refused whole with a word that names it, or so many
//! candles added and so many rows refused.

use std::path::PathBuf;

use market_data::import::{ImportOptions, run};
use market_data::{CandleStore, Take};
use tokio_util::sync::CancellationToken;
use types::{Interval, SeriesKey, TimeRange};

use crate::support::{at, import, lake, postgres};

const START: i64 = 1_704_067_200_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn key(interval: &str) -> SeriesKey {
    crate::support::key("BTCUSDT", interval.parse().unwrap())
}

/// Rows of six columns that open so long after the start, around a price.
fn six(price: i64, opens: impl IntoIterator<Item = i64>) -> String {
    let row = |(number, open): (i64, i64)| {
        let price = price + number;
        format!("{},{price},{},{},{price},{}.5\n", START + open, price + 2, price - 2, 10 + number)
    };
    (0..).zip(opens).map(row).collect()
}

/// Rows of twelve columns with a close time as `close` makes it of the open time.
fn twelve(opens: impl IntoIterator<Item = i64>, close: impl Fn(i64) -> i64) -> String {
    let row = |(number, open): (i64, i64)| {
        let (price, volume) = (42_000 + number, 10 + number);
        let open = START + open;
        format!(
            "{open},{price},{},{},{price},{volume},{},{},100,{},{},0\n",
            price + 2,
            price - 2,
            close(open),
            price * volume,
            volume / 2,
            price * (volume / 2)
        )
    };
    (0..).zip(opens).map(row).collect()
}

fn every(step: i64, count: i64) -> impl Iterator<Item = i64> + Clone {
    (0..count).map(move |row| row * step)
}

fn months(count: usize) -> impl Iterator<Item = i64> {
    let opens = std::iter::successors(Some(at("2024-01-01")), |open| Some(Interval::Mo1.next_open(*open)));
    opens.take(count).map(|open| open.as_ms() - START)
}

fn with_cell(rows: &str, column: usize, cell: impl Fn(&str) -> String) -> String {
    let line = |line: &str| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells[column] = cell(&cells[column]);
        cells.join(",") + "\n"
    };
    rows.lines().map(line).collect()
}

/// What becomes of an import.
enum Fate {
    Refused(&'static str),
    Taken { added: u64, refused: u64 },
}

/// What is wrong, the interval asked for, the files with their texts, and what becomes of them.
type Case = (&'static str, &'static str, Vec<(&'static str, String)>, Fate);

#[expect(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<Case> {
    use Fate::{Refused, Taken};
    let hours = || six(42_000, every(HOUR, 40));
    let next_month = |open: i64| Interval::Mo1.next_open(types::Timestamp::from_ms(open)).as_ms();
    let one = |name, text: String| vec![(name, text)];
    let header = "open_time,open,high,low,close,volume\n";
    vec![
        // Another interval.
        ("months as days", "1d", one("a.csv", six(42_000, months(24))), Refused("holds 1M candles, not 1d")),
        ("two months as minutes", "1m", one("a.csv", six(42_000, months(2))), Refused("holds 1M candles")),
        (
            "months by closes",
            "1h",
            one("a.csv", twelve(months(3), |open| next_month(open) - 1)),
            Refused("holds 1M"),
        ),
        ("one month by its close", "1d", one("a.csv", twelve(months(1), next_month)), Refused("holds 1M")),
        ("3h as 1h", "1h", one("a.csv", six(42_000, every(3 * HOUR, 3))), Refused("holds 3h candles")),
        (
            "3h as 1h, closes",
            "1h",
            one("a.csv", twelve(every(3 * HOUR, 2), |o| o + 3 * HOUR)),
            Refused("holds 3h"),
        ),
        (
            "1m as 1h, exclusive",
            "1h",
            one("a.csv", twelve(every(MINUTE, 180), |o| o + MINUTE)),
            Refused("holds 1m"),
        ),
        (
            "1m as 1h, seconds",
            "1h",
            one("a.csv", twelve(every(MINUTE, 3), |o| o / 1000 + 59)),
            Refused("holds 1m"),
        ),
        (
            "each 60th minute as 1h",
            "1h",
            one("a.csv", twelve(every(HOUR, 9), |o| o + MINUTE - 1)),
            Refused("holds 1m"),
        ),
        ("1d as 1h", "1h", one("a.csv", six(42_000, every(DAY, 2))), Refused("holds 1d candles")),
        (
            "5m as 1m with holes",
            "1m",
            one("a.csv", six(1, [0, 5, 15, 30, 35, 60, 75].map(|m| m * MINUTE))),
            Refused("5m"),
        ),
        (
            "the name says so",
            "1d",
            one("BTCUSDT-1h-2024-01.csv", six(42_000, [0])),
            Refused("holds 1h candles by its name"),
        ),
        (
            "a column says so",
            "1h",
            one("a.csv", format!("open_time,open,high,low,close,volume,interval\n{START},1,1,1,1,1,4h\n")),
            Refused("holds 4h candles"),
        ),
        // The same interval, in spite of first looks.
        (
            "sparse minutes",
            "1m",
            one("a.csv", six(9, [0, 2, 7, 11, 19, 30].map(|m| m * MINUTE))),
            Taken { added: 6, refused: 0 },
        ),
        (
            "sparse minutes by closes",
            "1m",
            one("a.csv", twelve(every(5 * MINUTE, 30), |o| o + MINUTE - 1)),
            Taken { added: 30, refused: 0 },
        ),
        (
            "exclusive closes",
            "1h",
            one("a.csv", twelve(every(HOUR, 9), |o| o + HOUR)),
            Taken { added: 9, refused: 0 },
        ),
        (
            "closes in seconds",
            "1h",
            one("a.csv", twelve(every(HOUR, 9), |o| (o + HOUR) / 1000 - 1)),
            Taken { added: 9, refused: 0 },
        ),
        (
            "months",
            "1M",
            one("BTCUSDT-1mo.csv", twelve(months(20), next_month)),
            Taken { added: 20, refused: 0 },
        ),
        (
            "a file that another interval was joined to",
            "1h",
            one(
                "a.csv",
                twelve(every(HOUR, 1000), |o| o + HOUR - 1) + &twelve([1000 * HOUR], |o| o + MINUTE - 1),
            ),
            Taken { added: 1000, refused: 1 },
        ),
        // Two symbols.
        (
            "two symbols by name",
            "1h",
            vec![("BTCUSDT-1h.csv", hours()), ("ETHUSDT-1h.csv", six(2_300, [100 * HOUR]))],
            Refused("two symbols"),
        ),
        (
            "two symbols by price",
            "1h",
            vec![("a.csv", hours()), ("b.csv", six(2_300, every(HOUR, 40)))],
            Refused("two symbols"),
        ),
        (
            "one candle is enough",
            "1h",
            vec![("a.csv", six(42_000, [0])), ("b.csv", six(2_300, [0]))],
            Refused("two symbols"),
        ),
        ("in one file", "1h", one("a.csv", hours() + &six(2_300, every(HOUR, 40))), Refused("two symbols")),
        (
            "spot and futures",
            "1h",
            vec![("a.csv", hours()), ("b.csv", six(42_021, every(HOUR, 40)))],
            Refused("two markets"),
        ),
        (
            "a column of symbols",
            "1h",
            one("a.csv", format!("symbol,{header}BTCUSDT,{START},1,1,1,1,1\nETHUSDT,{START},2,2,2,2,2\n")),
            Refused("candles of ETHUSDT (line 3)"),
        ),
        (
            "a column with one symbol",
            "1h",
            one("a.csv", format!("pair,{header}BTC/USDT,{START},1,1,1,1,1\n")),
            Taken { added: 1, refused: 0 },
        ),
        (
            "parts that overlap",
            "1h",
            vec![("a.csv", hours()), ("b.csv", hours())],
            Taken { added: 40, refused: 0 },
        ),
        // Times.
        (
            "a spreadsheet's times",
            "1h",
            one("1h.csv", with_cell(&hours(), 0, |_| "1.70415E+12".to_owned())),
            Refused("its last digits are lost"),
        ),
        (
            "one of a spreadsheet's times",
            "1h",
            one("a.csv", hours() + "1.70424E+12,42000,42002,41998,42000,5\n"),
            Taken { added: 40, refused: 1 },
        ),
        (
            "seconds",
            "1h",
            one("a.csv", with_cell(&hours(), 0, |ms| ms[..10].to_owned())),
            Refused("seconds since 1970"),
        ),
        (
            "nanoseconds",
            "1h",
            one("a.csv", with_cell(&hours(), 0, |ms| format!("{ms}000000"))),
            Refused("nanoseconds"),
        ),
        (
            "microseconds",
            "1h",
            one("a.csv", with_cell(&hours(), 0, |ms| format!("{ms}000"))),
            Taken { added: 40, refused: 0 },
        ),
        // Rows that are none.
        ("no row", "1h", one("a.csv", header.to_owned()), Refused("a header and no rows")),
        (
            "one file without a row",
            "1h",
            vec![("a.csv", hours()), ("b.csv", header.to_owned())],
            Refused("a header and no rows"),
        ),
        (
            "prices only",
            "1h",
            one("a.csv", with_cell(&hours(), 2, |_| "1".to_owned())),
            Refused("none of its 40 rows"),
        ),
        // Quote volumes.
        (
            "a quote volume of another column",
            "1h",
            one(
                "a.csv",
                with_cell(&twelve(every(HOUR, 9), |o| o + HOUR - 1), 7, |paid| format!("{paid}000")),
            ),
            Refused("quote volume"),
        ),
        (
            "one that cannot be",
            "1h",
            one("a.csv", twelve(every(HOUR, 9), |o| o + HOUR - 1).replacen(",420000,", ",4200,", 1)),
            Taken { added: 8, refused: 1 },
        ),
        (
            "a filler",
            "1h",
            one("a.csv", with_cell(&twelve(every(HOUR, 9), |o| o + HOUR - 1), 7, |_| "9999999.0".to_owned())),
            Taken { added: 9, refused: 0 },
        ),
        // Forms.
        (
            "DOS line ends and blanks",
            "1h",
            one("a.csv", hours().replace('\n', "\r\n\r\n")),
            Taken { added: 40, refused: 0 },
        ),
        (
            "quotes",
            "1h",
            one("a.csv", hours().replace(',', "\",\"").replace('\n', "\"\n").replace("170", "\"170")),
            Taken { added: 40, refused: 0 },
        ),
        ("semicolons", "1h", one("a.csv", hours().replace(',', ";")), Refused("separated by semicolons")),
        ("trailing commas", "1h", one("a.csv", hours().replace('\n', ",\n")), Refused("has 7 columns")),
    ]
}

#[tokio::test]
async fn every_file_meets_its_fate_and_a_refused_one_leaves_no_trace() {
    for (what, interval, files, fate) in cases() {
        let (folder, store) = lake();
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|(name, text)| {
                let path = folder.path().join(name);
                std::fs::write(&path, text).unwrap();
                path
            })
            .collect();
        let report = import(store.as_ref(), &key(interval), &paths).await;
        match (report, fate) {
            (Ok(report), Fate::Taken { added, refused }) => {
                assert_eq!(
                    (report.stored.added, report.refusals.total()),
                    (added, refused),
                    "{what}: {report:#?}"
                );
            }
            (Err(error), Fate::Refused(part)) => {
                assert!(error.to_string().contains(part), "{what}: {error}");
                assert_eq!(store.series().await.unwrap(), [], "{what}");
            }
            (Ok(report), Fate::Refused(part)) => panic!("{what} is not refused ({part}): {report:#?}"),
            (Err(error), Fate::Taken { .. }) => panic!("{what} is refused: {error}"),
        }
    }
}

#[tokio::test]
async fn a_filler_is_no_quote_volume() {
    let (folder, store) = lake();
    let path = folder.path().join("a.csv");
    let rows = twelve(every(HOUR, 9), |open| open + HOUR - 1);
    std::fs::write(&path, with_cell(&rows, 7, |_| "0".to_owned())).unwrap();
    let report = import(store.as_ref(), &key("1h"), &[path]).await.unwrap();
    assert_eq!(report.quote_volumes_left_out, 9);
    let stored = store.candles(&key("1h"), TimeRange::ALL, Take::All).await.unwrap();
    assert!(stored.iter().all(|row| row.candle.quote_volume.is_none() && row.candle.trades == Some(100)));
}

async fn what_is_overwritten_and_refused_is_kept(store: &dyn CandleStore) {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a.csv"), folder.path().join("b.csv"));
    let rows = six(42_000, every(HOUR, 24));
    std::fs::write(&first, &rows).unwrap();
    // One candle is revised, one cannot be.
    let revised = rows.replacen(",10.5\n", ",11.5\n", 1);
    std::fs::write(&second, revised + &format!("{},42000,1,42000,42000,5\n", START + 30 * HOUR)).unwrap();
    let key = key("1h");
    import(store, &key, &[first]).await.unwrap();
    assert_eq!(store.ledger(&key).await.unwrap().revised_candles, 0);
    for _ in 0..2 {
        import(store, &key, std::slice::from_ref(&second)).await.unwrap();
        let ledger = store.ledger(&key).await.unwrap();
        assert_eq!((ledger.revised_candles, ledger.rejected_rows), (1, 1));
        let revised = &ledger.revised[0];
        assert_eq!(
            (revised.was.volume, revised.now.volume),
            ("10.5".parse().unwrap(), "11.5".parse().unwrap())
        );
        assert_eq!(ledger.rejected[0].open_time.as_ms(), START + 30 * HOUR);
    }
}

#[tokio::test]
async fn what_is_overwritten_and_refused_is_kept_in_both_stores() {
    let (_folder, lake) = lake();
    what_is_overwritten_and_refused_is_kept(lake.as_ref()).await;
    let ((), postgres) = postgres().await;
    what_is_overwritten_and_refused_is_kept(postgres.as_ref()).await;
}

#[tokio::test]
async fn made_up_candles_say_nothing_about_the_market() {
    let (folder, store) = lake();
    let (key, path) = (key("1h"), folder.path().join("a.csv"));
    std::fs::write(&path, six(42_000, every(HOUR, 20))).unwrap();
    let options =
        ImportOptions { provenance: types::Provenance::Synthetic, ..ImportOptions::at(at("2026-01-01")) };
    let never = CancellationToken::new();
    run(std::slice::from_ref(&path), &key, store.as_ref(), options, &|_| {}, &never).await.unwrap();
    std::fs::write(&path, six(43_000, every(HOUR, 20))).unwrap();
    assert_eq!(import(store.as_ref(), &key, &[path]).await.unwrap().stored.revised, 20);
}
