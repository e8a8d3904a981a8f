//! Real candles of Binance, from the folder named by `REAL_DATA_DIR`; without it these tests say so and pass.

use std::path::PathBuf;

use market_data::import::{ImportReport, RefusalReason};
use market_data::{CandleStore, Gap, Holes, Take, resample};
use types::{Interval, TimeRange, Timestamp};

use crate::support::{LATER, at, decimal, import, key, lake};

#[expect(clippy::print_stderr, reason = "the run must say that it had no real data")]
fn real(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("REAL_DATA_DIR") else {
        eprintln!("REAL_DATA_DIR is not set: {name} is not tested");
        return None;
    };
    Some(PathBuf::from(folder).join("candles").join(name))
}

async fn imported(store: &dyn CandleStore, interval: Interval, file: PathBuf) -> ImportReport {
    import(store, &key("BTCUSDT", interval), &[file]).await.unwrap()
}

/// The outages that the data's own README lists: first missing hour, first hour back, candles missing.
const OUTAGES: [(&str, &str, u64); 28] = [
    ("2017-09-06 17:00", "2017-09-06 23:00", 6),
    ("2018-01-04 04:00", "2018-01-04 05:00", 1),
    ("2018-02-08 01:00", "2018-02-09 10:00", 33),
    ("2018-06-26 02:00", "2018-06-26 12:00", 10),
    ("2018-06-27 13:00", "2018-06-27 14:00", 1),
    ("2018-07-04 01:00", "2018-07-04 08:00", 7),
    ("2018-10-19 06:00", "2018-10-19 09:00", 3),
    ("2018-11-14 02:00", "2018-11-14 09:00", 7),
    ("2019-03-12 02:00", "2019-03-12 08:00", 6),
    ("2019-05-15 03:00", "2019-05-15 13:00", 10),
    ("2019-08-15 02:00", "2019-08-15 10:00", 8),
    ("2019-11-13 02:00", "2019-11-13 04:00", 2),
    ("2019-11-25 02:00", "2019-11-25 04:00", 2),
    ("2020-02-09 02:00", "2020-02-09 03:00", 1),
    ("2020-02-19 12:00", "2020-02-19 17:00", 5),
    ("2020-03-04 10:00", "2020-03-04 11:00", 1),
    ("2020-04-25 02:00", "2020-04-25 04:00", 2),
    ("2020-06-28 02:00", "2020-06-28 05:00", 3),
    ("2020-11-30 06:00", "2020-11-30 07:00", 1),
    ("2020-12-21 14:00", "2020-12-21 18:00", 4),
    ("2020-12-25 02:00", "2020-12-25 03:00", 1),
    ("2021-02-11 04:00", "2021-02-11 05:00", 1),
    ("2021-03-06 02:00", "2021-03-06 03:00", 1),
    ("2021-04-20 02:00", "2021-04-20 04:00", 2),
    ("2021-04-25 05:00", "2021-04-25 08:00", 3),
    ("2021-08-13 02:00", "2021-08-13 06:00", 4),
    ("2021-09-29 07:00", "2021-09-29 09:00", 2),
    ("2023-03-24 13:00", "2023-03-24 14:00", 1),
];

#[tokio::test]
async fn eight_years_of_hours_have_the_known_outages() {
    let Some(file) = real("spot-BTCUSDT-1h-merged.csv.gz") else { return };
    let (_folder, store) = lake();
    let report = imported(store.as_ref(), Interval::H1, file.clone()).await;
    assert_eq!((report.rows, report.stored.added, report.refusals.total()), (72_569, 72_569, 0));
    let key = key("BTCUSDT", Interval::H1);
    let expected: Vec<Gap> = OUTAGES
        .iter()
        .map(|&(start, end, missing)| Gap { start: at(start), end: at(end), missing })
        .collect();
    assert_eq!(store.gaps(&key).await.unwrap(), expected);
    let quality = store.quality(&key).await.unwrap();
    assert_eq!((quality.missing, quality.flat), (128, 4));
    let flat: Vec<Timestamp> = quality.flat_runs.iter().map(|run| run.start).collect();
    let known = ["2017-09-06 16:00", "2019-06-07 21:00", "2021-02-11 03:00", "2023-03-24 12:00"].map(at);
    assert_eq!(flat, known);
    let summary = store.summary(&key).await.unwrap().unwrap();
    assert_eq!((summary.first, summary.last), (at("2017-08-17 04:00"), at("2025-12-02 04:00")));
    assert_eq!(summary.provenance.imported, 72_569);

    let again = imported(store.as_ref(), Interval::H1, file).await;
    assert!(again.is_noop());
    assert_eq!(again.stored.unchanged, 72_569);
    let part = real("spot-BTCUSDT-1h-rawdecimals-2021-04_2023-12.csv.gz").unwrap();
    let overlap = imported(store.as_ref(), Interval::H1, part).await;
    assert_eq!(
        (overlap.stored.unchanged, overlap.is_noop()),
        (23_987, true),
        "the same values by another way"
    );
}

#[tokio::test]
async fn the_outage_of_march_2023_shows_minute_by_minute() {
    let Some(file) = real("spot-BTCUSDT-1m-2023-03-16_2023-05-01.csv.gz") else { return };
    let (_folder, store) = lake();
    assert_eq!(imported(store.as_ref(), Interval::M1, file).await.stored.added, 66_086);
    let quality = store.quality(&key("BTCUSDT", Interval::M1)).await.unwrap();
    assert_eq!((quality.flat, quality.missing), (72, 80));
    let gap = Gap { start: at("2023-03-24 12:40"), end: at("2023-03-24 14:00"), missing: 80 };
    assert_eq!(quality.gaps, [gap]);
    assert_eq!(quality.flat_runs.len(), 1);
    assert_eq!(quality.flat_runs[0].start, at("2023-03-24 11:28"));
}

#[tokio::test]
async fn shifted_hours_after_an_outage_are_refused_never_moved() {
    let Some(file) = real("messy-BTCUSDT-1h-offgrid-2018-02.csv.gz") else { return };
    let (_folder, store) = lake();
    let report = imported(store.as_ref(), Interval::H1, file).await;
    assert_eq!((report.rows, report.stored.added), (112, 69));
    assert_eq!(report.refusals.count(RefusalReason::OffGrid), 43);
    let first = &report.refusals.examples[0];
    assert_eq!((first.line, &first.text[..23]), (27, "2018-02-09 09:28:14.789"));
}

#[tokio::test]
async fn of_several_snapshots_of_an_hour_the_fullest_stays() {
    let Some(file) = real("messy-BTCUSDT-1h-duplicates-2020-12.csv.gz") else { return };
    let (_folder, store) = lake();
    let report = imported(store.as_ref(), Interval::H1, file.clone()).await;
    assert_eq!((report.rows, report.stored.added), (126, 121));
    assert_eq!((report.duplicates, report.superseded, report.refusals.total()), (0, 5, 0));
    for (hour, trades, volume) in [
        ("2020-12-04 11:00", 84_724, "5226.950061"),
        ("2020-12-04 12:00", 92_836, "6651.625618"),
        ("2020-12-07 22:00", 36_202, "788.101718"),
    ] {
        let range = TimeRange { start: at(hour), end: at(hour).plus_ms(1) };
        let stored = store.candles(&key("BTCUSDT", Interval::H1), range, Take::All).await.unwrap();
        assert_eq!(
            (stored[0].candle.trades, stored[0].candle.volume),
            (Some(trades), decimal(volume)),
            "{hour}"
        );
    }
    assert!(imported(store.as_ref(), Interval::H1, file).await.is_noop());
}

#[tokio::test]
async fn archives_as_published_with_and_without_a_header() {
    let Some(with) = real("as-published/ETHUSDT-1m-2022-01-02.csv") else { return };
    let without = with.with_file_name("ETHUSDT-1m-2022-01-03.csv");
    let (_folder, store) = lake();
    let key = key("ETHUSDT", Interval::M1);
    let report = import(store.as_ref(), &key, &[with, without]).await.unwrap();
    assert_eq!((report.rows, report.stored.added, report.refusals.total()), (2880, 2880, 0));
    assert_eq!(store.gaps(&key).await.unwrap(), []);
    let range = TimeRange { start: at("2022-01-02"), end: at("2022-01-02 00:01") };
    let first = store.candles(&key, range, Take::All).await.unwrap().remove(0).candle;
    assert_eq!((first.trades, first.taker_buy_quote), (Some(1325), Some(decimal("2234675.92842"))));
}

#[tokio::test]
async fn a_file_of_hours_is_not_taken_for_minutes() {
    let Some(file) = real("spot-BTCUSDT-1h-merged.csv.gz") else { return };
    let (_folder, store) = lake();
    let error = import(store.as_ref(), &key("BTCUSDT", Interval::M1), &[file]).await.unwrap_err();
    assert!(error.to_string().contains("holds 1h candles, not 1m"), "{error}");
}

#[tokio::test]
async fn minutes_add_up_to_the_hours_that_the_exchange_published() {
    let Some(minutes) = real("spot-BTCUSDT-1m-2023-03-16_2023-05-01.csv.gz") else { return };
    let hours = minutes.with_file_name("spot-BTCUSDT-1h-merged.csv.gz");
    let (_folder, store) = lake();
    imported(store.as_ref(), Interval::M1, minutes).await;
    imported(store.as_ref(), Interval::H1, hours).await;
    let (series, all) = (key("BTCUSDT", Interval::M1), TimeRange::ALL);
    let whole = resample(store.as_ref(), &series, Interval::H1, all, Holes::LeaveOut, LATER).await.unwrap();
    assert_eq!((whole.read, whole.differing, whole.added), (66_086, 0, 0), "{:?}", whole.differing_at);
    // The hour in which the outage of 2023-03-24 began; the first and the last hour of the file are cut.
    assert_eq!((whole.confirmed, &whole.incomplete_at[..]), (1100, &[at("2023-03-24 12:00")][..]));
    let cut = (whole.begins_inside, whole.unfinished);
    assert_eq!(cut, (Some(at("2023-03-16 22:00")), Some(at("2023-05-01 21:00"))));
    // Nothing was traded in the minutes that the outage swallowed, so that hour is right without them.
    let with_holes =
        resample(store.as_ref(), &series, Interval::H1, all, Holes::Accept, LATER).await.unwrap();
    assert_eq!((with_holes.confirmed, with_holes.differing, with_holes.added), (1101, 0, 0));
}

#[tokio::test]
async fn hours_add_up_to_the_days_that_the_exchange_published() {
    let Some(hours) = real("spot-BTCUSDT-1h-merged.csv.gz") else { return };
    let days = hours.with_file_name("spot-BTCUSDT-1d-merged.csv.gz");
    let (_folder, store) = lake();
    imported(store.as_ref(), Interval::H1, hours).await;
    imported(store.as_ref(), Interval::D1, days).await;
    let series = key("BTCUSDT", Interval::H1);
    let report =
        resample(store.as_ref(), &series, Interval::D1, TimeRange::ALL, Holes::Accept, LATER).await.unwrap();
    // The hours begin at 04:00 of the first day, and go on into a day that the other file does not have.
    assert_eq!((report.read, report.confirmed, report.differing), (72_569, 3028, 0), "{report:#?}");
    let cut = (report.begins_inside, report.unfinished);
    assert_eq!((report.added, cut), (0, (Some(at("2017-08-17")), Some(at("2025-12-02")))));
}
