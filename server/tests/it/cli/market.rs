//! Generated candles and the forms in which files of candles are published.

use std::fmt::Write as _;
use std::io::Write as _;

use testkit::RandomWalk;
use types::{Candle, Interval};

/// The header of Binance's archives.
pub(crate) const HEADER: &str = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,\
                                 taker_buy_quote_volume,ignore\n";

/// Generated hourly candles from 2024-01-01 on.
pub(crate) fn hourly(count: usize) -> Vec<Candle> {
    rounded(RandomWalk::new(7).candles(count))
}

/// Rounds amounts to the eight decimals in which Binance states them.
fn rounded(mut candles: Vec<Candle>) -> Vec<Candle> {
    for candle in &mut candles {
        for amount in [&mut candle.quote_volume, &mut candle.taker_buy_base, &mut candle.taker_buy_quote] {
            *amount = amount.map(|amount| amount.round_dp(8));
        }
    }
    candles
}

/// Writes candles as Binance's archives do: twelve columns, milliseconds, no header.
pub(crate) fn csv(candles: &[Candle]) -> String {
    rows(candles, 1)
}

/// Writes candles as the archives since 2025 do: in microseconds.
pub(crate) fn csv_in_microseconds(candles: &[Candle]) -> String {
    rows(candles, 1000)
}

fn rows(candles: &[Candle], scale: i64) -> String {
    let mut text = String::new();
    for candle in candles {
        let open = candle.open_time.as_ms() * scale;
        let close = Interval::H1.next_open(candle.open_time).as_ms() * scale - 1;
        writeln!(
            text,
            "{open},{},{},{},{},{},{close},{},{},{},{},0",
            candle.open,
            candle.high,
            candle.low,
            candle.close,
            candle.volume,
            candle.quote_volume.unwrap(),
            candle.trades.unwrap(),
            candle.taker_buy_base.unwrap(),
            candle.taker_buy_quote.unwrap()
        )
        .unwrap();
    }
    text
}

/// Keeps the first columns of every row.
pub(crate) fn columns(text: &str, count: usize) -> String {
    text.lines().map(|line| line.split(',').take(count).collect::<Vec<_>>().join(",") + "\n").collect()
}

/// Packs a text as .gz.
pub(crate) fn gzipped(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// Packs a text as a .zip with one entry.
pub(crate) fn zipped(name: &str, text: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}
