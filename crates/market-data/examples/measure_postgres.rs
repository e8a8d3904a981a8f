//! Measures candles in PostgreSQL: `cargo run --release -p market-data --example measure_postgres URL`, with a database to spoil.
//!
//! Figures depend on the machine; docs/concepts/timescale.md quotes them with the machine they were taken on.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::time::Instant;

use market_data::{CandleStore, PostgresCandles};
use rust_decimal::Decimal;
use testkit::RandomWalk;
use types::{Interval, Provenance, SeriesKey, TimeRange, Timestamp};

const RUNS: usize = 3;
const CANDLES: usize = 1_000_000;
const MINUTES_OF_A_YEAR: i64 = 525_600;

fn tell(what: &str, since: Instant) {
    println!("{what:<48} {:>9.1} ms", since.elapsed().as_secs_f64() * 1000.0);
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("name the URL of a database whose candles may be deleted")?;
    let store = PostgresCandles::open(&url).await?;
    println!("{:?}", store.about().await?);
    let key = SeriesKey { exchange: "demo".parse()?, symbol: "MEASURED".parse()?, interval: Interval::M1 };
    let start = Timestamp::from_ymd(2023, 1, 1).unwrap_or(Timestamp::EPOCH);
    let candles = RandomWalk::new(7).interval(Interval::M1).start(start).candles(CANDLES);
    let mut revised: Vec<_> = candles.iter().step_by(10).cloned().collect();
    for candle in &mut revised {
        candle.volume += Decimal::ONE;
    }
    let year = TimeRange { start, end: start.plus_ms(MINUTES_OF_A_YEAR * 60_000) };
    for _ in 0..RUNS {
        store.delete(&key).await?;
        let (new, changed) = (candles.clone(), revised.clone());
        let begin = Instant::now();
        store.append(&key, new, Provenance::Synthetic).await?;
        tell("append of 1,000,000 new candles", begin);
        let begin = Instant::now();
        store.append(&key, changed, Provenance::Synthetic).await?;
        tell("append of 100,000 that revise every tenth", begin);
        let begin = Instant::now();
        let rows = store.bars(&key, year).await?.bars.len();
        tell(&format!("bars of a year ({rows})"), begin);
    }
    store.delete(&key).await?;
    Ok(())
}
