//! What the tests share: keys, candles, a lake in a folder of its own.

use std::path::PathBuf;
use std::sync::Arc;

use market_data::import::{ImportError, ImportOptions, ImportReport, run};
use market_data::{CandleStore, JournalPolicy, Lake, PostgresCandles, StoredCandle, Take};
use rust_decimal::Decimal;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use types::{Candle, Interval, SeriesKey, TimeRange, Timestamp};

pub(crate) fn key(symbol: &str, interval: Interval) -> SeriesKey {
    SeriesKey { exchange: "binance".parse().unwrap(), symbol: symbol.parse().unwrap(), interval }
}

/// After every candle of the tests.
pub(crate) const LATER: Timestamp = Timestamp::from_ms(4_102_444_800_000);

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A candle whose values follow from its open time and `seed`.
pub(crate) fn candle(open_time: Timestamp, seed: i64) -> Candle {
    let base = Decimal::new(2_000_000 + open_time.as_ms().rem_euclid(997) * 100 + seed, 2);
    let volume = Decimal::new(1_234_567_890 + seed, 8);
    Candle {
        open_time,
        open: base,
        high: base + Decimal::new(250, 2),
        low: base - Decimal::new(125, 2),
        close: base + Decimal::ONE,
        volume,
        quote_volume: Some((volume * base).round_dp(8)),
        trades: Some(u64::try_from(1000 + seed).unwrap()),
        taker_buy_base: Some(Decimal::new(617_283_945, 8)),
        taker_buy_quote: Some(Decimal::new(493_827_160_506, 8)),
    }
}

/// `count` candles in a row from `start`.
pub(crate) fn candles(interval: Interval, start: Timestamp, count: usize) -> Vec<Candle> {
    let mut open_time = interval.ceil(start);
    let mut all = Vec::with_capacity(count);
    for seed in 0..i64::try_from(count).unwrap() {
        all.push(candle(open_time, seed));
        open_time = interval.next_open(open_time);
    }
    all
}

/// Everything that a store has of a series.
pub(crate) async fn all(store: &dyn CandleStore, key: &SeriesKey) -> Vec<StoredCandle> {
    store.candles(key, TimeRange::ALL, Take::All).await.unwrap()
}

/// A lake in a folder that goes away with it.
pub(crate) fn lake() -> (TempDir, Arc<dyn CandleStore>) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().join("lake")).unwrap();
    (folder, Arc::new(lake))
}

/// A database of its own; it goes away with the cluster.
pub(crate) async fn postgres() -> ((), Arc<dyn CandleStore>) {
    let store = PostgresCandles::open(&testkit::postgres_url().await).await.unwrap();
    ((), Arc::new(store))
}

/// A database with `TimescaleDB` of its own; it goes away with the server.
pub(crate) async fn timescale() -> ((), Arc<dyn CandleStore>) {
    let store = PostgresCandles::open(&testkit::timescale_url().await).await.unwrap();
    ((), Arc::new(store))
}

pub(crate) async fn import(
    store: &dyn CandleStore,
    key: &SeriesKey,
    files: &[PathBuf],
) -> Result<ImportReport, ImportError> {
    let options = ImportOptions::at(at("2026-01-01"));
    let report = run(files, key, store, options, &|_| {}, &CancellationToken::new()).await?;
    assert_eq!(report.accounted_for(), report.rows, "every row is in exactly one count");
    Ok(report)
}

/// A journal for whatever there is, folded now and then.
pub(crate) const FOLDING_OFTEN: JournalPolicy =
    JournalPolicy { from_rows: 1, small_rows: 2048, fold_rows: 4 };
/// Journals and nothing else.
pub(crate) const NEVER_FOLDING: JournalPolicy =
    JournalPolicy { from_rows: 0, small_rows: usize::MAX, fold_rows: 1 << 40 };

/// A lake with another policy for journals, in a folder that goes away with it.
pub(crate) fn lake_with(policy: JournalPolicy) -> (TempDir, Arc<dyn CandleStore>) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_with(folder.path().join("lake"), policy).unwrap();
    (folder, Arc::new(lake))
}
