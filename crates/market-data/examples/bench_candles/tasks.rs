//! The tasks that are measured.

use std::path::Path;
use std::time::Instant;

use market_data::{CandleStore, Holes, Lake, PostgresCandles, resample};
use serde_json::{Value, json};
use types::{Interval, Provenance, SeriesKey, TimeRange, Timestamp};

use crate::Failure;
use crate::pages::{read_all, series};

/// After every candle that is measured.
const LATER: Timestamp = Timestamp::from_ms(4_102_444_800_000);
/// The kernel counts processor time in hundredths of a second.
const TICK_MS: u64 = 10;

/// Time on the clock and on all processors since it was made.
struct Watch {
    begin: Instant,
    cpu_ms: u64,
}

impl Watch {
    fn start() -> Self {
        Self { begin: Instant::now(), cpu_ms: cpu_ms() }
    }

    fn elapsed_ms(&self) -> f64 {
        self.begin.elapsed().as_secs_f64() * 1000.0
    }

    fn figures(&self) -> Value {
        json!({ "elapsed_ms": self.elapsed_ms(), "cpu_ms": cpu_ms() - self.cpu_ms })
    }
}

/// Returns the time this process, with all of its threads, has had processors for; 0 where no kernel says.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name in brackets may hold anything; user and system time are the 12th and 13th word behind it.
    let words = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    words.filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * TICK_MS
}

pub(crate) async fn ingest(pages: &Path, lake: &Path) -> Result<Value, Failure> {
    let watch = Watch::start();
    let candles = read_all(pages)?;
    let read_ms = watch.elapsed_ms();
    let report = Lake::open(lake)?.append_batch(&series()?, candles, Provenance::Exchange).await?;
    let mut figures = watch.figures();
    figures["rows"] = report.added.into();
    figures["read_ms"] = read_ms.into();
    Ok(figures)
}

pub(crate) async fn postgres(pages: &Path, url: &str) -> Result<Value, Failure> {
    let candles = read_all(pages)?;
    let store = PostgresCandles::open(url).await?;
    store.delete(&series()?).await?;
    let watch = Watch::start();
    let report = store.append_batch(&series()?, candles, Provenance::Exchange).await?;
    let mut figures = watch.figures();
    figures["rows"] = report.added.into();
    Ok(figures)
}

pub(crate) async fn bars(lake: &Path, runs: usize) -> Result<Value, Failure> {
    let lake = Lake::open(lake)?;
    let new_year = |year| Timestamp::from_ymd(year, 1, 1).ok_or("no such year");
    let range = TimeRange { start: new_year(2023)?, end: new_year(2024)? };
    let warm = lake.bars(&series()?, range).await?;
    let mut elapsed_ms = Vec::new();
    let watch = Watch::start();
    for _ in 0..runs {
        let begin = Instant::now();
        let loaded = lake.bars(&series()?, range).await?;
        elapsed_ms.push(begin.elapsed().as_secs_f64() * 1000.0);
        drop(loaded);
    }
    let columns =
        [warm.bars.open(), warm.bars.high(), warm.bars.low(), warm.bars.close(), warm.bars.volume()];
    let sums: Vec<f64> = columns.iter().map(|column| column.iter().sum()).collect();
    let cpu_ms = watch.figures()["cpu_ms"].as_f64().unwrap_or(0.0) / f64::from(u32::try_from(runs)?);
    Ok(json!({ "rows": warm.bars.len(), "sums": sums, "elapsed_ms": elapsed_ms, "cpu_ms": cpu_ms }))
}

pub(crate) async fn resample_all(lake: &Path) -> Result<Value, Failure> {
    let lake = Lake::open(lake)?;
    let minutes = lake.exact_columns(&series()?, TimeRange::ALL).await?;
    let mut all = json!({});
    for to in [Interval::M5, Interval::H1, Interval::D1] {
        // The others have a warm-up too: their libraries keep things for the second time.
        drop(minutes.coarsen(to)?);
        let begin = Instant::now();
        let coarse = minutes.coarsen(to)?;
        let kernel_ms = begin.elapsed().as_secs_f64() * 1000.0;
        lake.delete(&SeriesKey { interval: to, ..series()? }).await?;
        let watch = Watch::start();
        let report = resample(&lake, &series()?, to, TimeRange::ALL, Holes::Accept, LATER).await?;
        let mut figures = watch.figures();
        figures["rows"] = report.added.into();
        figures["kernel_ms"] = kernel_ms.into();
        if coarse.len() as u64 != report.added {
            return Err(format!("{to}: {} bars in memory, {} stored", coarse.len(), report.added).into());
        }
        all[to.as_str()] = figures;
    }
    Ok(all)
}
