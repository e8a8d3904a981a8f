//! Our side of `bench/candles.py`: one task per call, on the product's own routes, its figures as JSON.
//!
//! ```text
//! bench_candles generate PAGES ROWS      klines in files of a thousand rows
//! bench_candles ingest PAGES LAKE        read, checked and appended to an empty lake
//! bench_candles postgres PAGES URL       appended to a PostgreSQL database; reading the pages is not counted
//! bench_candles bars LAKE RUNS           the year 2023 into the engine's columns
//! bench_candles resample LAKE            to 5m, 1h and 1d in the same lake
//! ```
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

mod pages;
mod tasks;

use std::path::Path;

/// Whatever went wrong; the benchmark stops.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let figures = match arguments[..] {
        ["generate", folder, rows] => {
            pages::generate(Path::new(folder), rows.parse()?)?;
            serde_json::json!({ "rows": rows })
        }
        ["ingest", folder, lake] => tasks::ingest(Path::new(folder), Path::new(lake)).await?,
        ["postgres", folder, url] => tasks::postgres(Path::new(folder), url).await?,
        ["bars", lake, runs] => tasks::bars(Path::new(lake), runs.parse()?).await?,
        ["resample", lake] => tasks::resample_all(Path::new(lake)).await?,
        _ => return Err("usage: see the head of examples/bench_candles/main.rs".into()),
    };
    println!("{figures}");
    Ok(())
}
