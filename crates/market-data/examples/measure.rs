//! Measures the lake and the importer on a generated year of minutes: `cargo run --release -p market-data --example measure`.
//!
//! Figures depend on the machine; README quotes them with the machine they were taken on.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use market_data::import::{ImportOptions, run};
use market_data::{CandleStore, JournalPolicy, Lake, Take};
use rust_decimal::Decimal;
use tokio_util::sync::CancellationToken;
use types::{Candle, Interval, Provenance, SeriesKey, TimeRange, Timestamp};

/// Runs of each measurement; the fastest counts.
const RUNS: usize = 5;
/// Candles stored one at a time: several journals full of them.
const LIVE: usize = 2000;

fn year_of_minutes(start: Timestamp) -> Vec<Candle> {
    let mut noise = 1_u64;
    let mut draw = |below: i64| {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(noise >> 33).unwrap_or(0) % below
    };
    let mut cents = 4_200_000;
    (0..525_600_i64)
        .map(|minute| {
            let open = cents;
            cents = (cents + draw(8001) - 4000).max(100_000);
            let (high, low) = (open.max(cents) + draw(3000), open.min(cents) - draw(3000));
            let volume = draw(90_000_000) + 1000;
            Candle {
                open_time: start.plus_ms(minute * 60_000),
                open: Decimal::new(open, 2),
                high: Decimal::new(high, 2),
                low: Decimal::new(low, 2),
                close: Decimal::new(cents, 2),
                volume: Decimal::new(volume, 5),
                quote_volume: Some(Decimal::new(volume * cents, 7)),
                trades: u64::try_from(draw(5000)).ok(),
                taker_buy_base: Some(Decimal::new(volume / 2, 5)),
                taker_buy_quote: Some(Decimal::new(volume / 2 * cents, 7)),
            }
        })
        .collect()
}

fn csv(candles: &[Candle]) -> String {
    let mut text = String::new();
    for candle in candles {
        let open_time = candle.open_time.as_ms();
        let written = writeln!(
            text,
            "{open_time},{:.8},{:.8},{:.8},{:.8},{:.8},{},{:.8},{},{:.8},{:.8},0",
            candle.open,
            candle.high,
            candle.low,
            candle.close,
            candle.volume,
            open_time + 59_999,
            candle.quote_volume.unwrap_or_default(),
            candle.trades.unwrap_or_default(),
            candle.taker_buy_base.unwrap_or_default(),
            candle.taker_buy_quote.unwrap_or_default(),
        );
        debug_assert!(written.is_ok(), "Invariant: writing to a String does not fail");
    }
    text
}

async fn fastest<T, F: Future<Output = T>>(what: &str, mut job: impl FnMut() -> F) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        let result = job().await;
        best = best.min(start.elapsed().as_secs_f64());
        drop(result);
    }
    println!("{what:<48} {:>9.1} ms", best * 1000.0);
    best
}

/// Times of appends of one candle each, in ms, in order of size.
async fn one_by_one(lake: &Lake, key: &SeriesKey, candles: &[Candle]) -> Result<Vec<f64>, Failure> {
    let mut times = Vec::with_capacity(candles.len());
    for candle in candles {
        let start = Instant::now();
        lake.append(key, vec![candle.clone()], Provenance::Synthetic).await?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_unstable_by(f64::total_cmp);
    Ok(times)
}

/// Live candles: each rewrites its year, or goes into a journal, by the size of the year.
async fn live(folder: &Path, key: &SeriesKey, candles: &[Candle]) -> Result<(), Failure> {
    println!(
        "a live candle, stored by itself: median of {RUNS} rewritten years; median and mean of {LIVE} with journals"
    );
    for rows in [1_000, 8_760, 20_000, 50_000, 100_000, 260_000, candles.len() - LIVE] {
        let (stored, next) = (&candles[..rows], &candles[rows..rows + LIVE]);
        let rewriting = Lake::open_with(folder.join("rewriting"), JournalPolicy::NONE)?;
        rewriting.append(key, stored.to_vec(), Provenance::Synthetic).await?;
        let rewritten = one_by_one(&rewriting, key, &next[..RUNS]).await?[RUNS / 2];
        rewriting.delete(key).await?;
        let journals = JournalPolicy { from_rows: 0, ..JournalPolicy::default() };
        let journals = Lake::open_with(folder.join("journals"), journals)?;
        journals.append(key, stored.to_vec(), Provenance::Synthetic).await?;
        let times = one_by_one(&journals, key, next).await?;
        let mean = times.iter().sum::<f64>() / f64::from(u32::try_from(LIVE)?);
        println!("{rows:>48} {rewritten:>9.1} ms {:>9.2} ms {mean:>9.2} ms", times[LIVE / 2]);
        journals.delete(key).await?;
    }
    Ok(())
}

/// What a full journal costs those who read.
async fn beside_a_journal(folder: &Path, key: &SeriesKey, candles: &[Candle]) -> Result<(), Failure> {
    let policy = JournalPolicy { fold_rows: 1_000_000, ..JournalPolicy::default() };
    let lake = Lake::open_with(folder.join("beside"), policy)?;
    let rows = candles.len() - 512;
    lake.append(key, candles[..rows].to_vec(), Provenance::Synthetic).await?;
    one_by_one(&lake, key, &candles[rows..]).await?;
    fastest("bars of the year, 512 of them in a journal", || lake.bars(key, TimeRange::ALL)).await;
    fastest("last 500 candles, all in a journal", || lake.candles(key, TimeRange::ALL, Take::Last(500)))
        .await;
    fastest("series, a journal read anew", || async { Lake::open(lake.root())?.series().await }).await;
    fastest("append of a candle that is there", || {
        lake.append(key, candles[candles.len() - 1..].to_vec(), Provenance::Synthetic)
    })
    .await;
    Ok(())
}

/// Whatever went wrong; the measurement stops.
type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("market-data-measure-{}", std::process::id()));
    let lake = Lake::open(&folder)?;
    let key = |symbol: &str| -> Result<SeriesKey, types::ParseSymbolError> {
        Ok(SeriesKey { exchange: "demo".parse()?, symbol: symbol.parse()?, interval: Interval::M1 })
    };
    let start = Timestamp::from_ymd(2023, 1, 1).unwrap_or(Timestamp::EPOCH);
    let candles = year_of_minutes(start);
    println!("a year of minutes: {} candles, fastest of {RUNS}", candles.len());

    let (main, other) = (key("MAIN")?, key("OTHER")?);
    lake.append(&main, candles.clone(), Provenance::Synthetic).await?;
    let (cold, copy) = (&other, &candles);
    fastest("append to an empty series (after deleting it)", || async {
        lake.delete(cold).await?;
        lake.append(cold, copy.clone(), Provenance::Synthetic).await
    })
    .await;
    fastest("append of the same candles", || lake.append(&main, candles.clone(), Provenance::Synthetic))
        .await;
    let last = candles[candles.len() - 60..].to_vec();
    fastest("append of the last hour again", || lake.append(&main, last.clone(), Provenance::Synthetic))
        .await;
    fastest("bars of the year", || lake.bars(&main, TimeRange::ALL)).await;
    let day = TimeRange { start: start.plus_ms(200 * 86_400_000), end: start.plus_ms(201 * 86_400_000) };
    fastest("bars of a day in it", || lake.bars(&main, day)).await;
    fastest("last 500 candles", || lake.candles(&main, TimeRange::ALL, Take::Last(500))).await;
    fastest("gaps", || lake.gaps(&main)).await;
    fastest("series", || lake.series()).await;
    let bytes = lake.summary(&main).await?.map_or(0, |summary| summary.bytes);
    println!("{:<48} {:>9} bytes a candle", "size on disk", bytes / candles.len() as u64);

    live(&folder, &main, &candles).await?;
    beside_a_journal(&folder, &main, &candles).await?;

    let file = folder.join("year.csv");
    std::fs::write(&file, csv(&candles))?;
    println!("a CSV of twelve columns: {} MB", std::fs::metadata(&file)?.len() / 1_000_000);
    let files = [file];
    let options = ImportOptions::at(start.plus_ms(400 * 86_400_000));
    let cancel = CancellationToken::new();
    let best = fastest("import into an empty series", || async {
        lake.delete(&other).await?;
        Ok::<_, Failure>(run(&files, &other, &lake, options, &|_| {}, &cancel).await?)
    })
    .await;
    println!("{:<48} {:>9.0} rows a second", "", 525_600.0 / best);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
