//! Rows in the binary form of `COPY`.

use sqlx::PgTransaction;

use super::instant::Instant;
use crate::columns::{Changed, Columns, MISSING_NARROW};

/// The columns, in the order of [`rows`].
pub(super) const COLUMNS: &str = "series_id, open_time, open, high, low, close, volume, quote_volume, \
                                  taker_buy_base, taker_buy_quote, trades, source";
/// How many there are.
const FIELDS: u16 = 12;
/// How a stream begins: signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// How it ends.
const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();
/// About what is sent at once.
const CHUNK: usize = 1 << 20;

/// Stores rows that are all new.
pub(super) async fn stream(
    tx: &mut PgTransaction<'_>,
    series: i32,
    columns: &Columns,
    changed: &[Changed],
) -> Result<(), sqlx::Error> {
    let sql = format!("COPY candles ({COLUMNS}) FROM STDIN WITH (FORMAT binary)");
    let mut stream = tx.copy_in_raw(&sql).await?;
    for chunk in chunks(series, columns, changed) {
        stream.send(chunk).await?;
    }
    stream.finish().await?;
    Ok(())
}

/// Returns the stream in pieces.
fn chunks<'a>(
    series: i32,
    columns: &'a Columns,
    changed: &'a [Changed],
) -> impl Iterator<Item = Vec<u8>> + 'a {
    let mut rest = changed;
    let mut is_first = true;
    let mut is_done = false;
    std::iter::from_fn(move || {
        if is_done {
            return None;
        }
        let mut buffer = Vec::with_capacity(CHUNK + 512);
        if std::mem::take(&mut is_first) {
            buffer.extend_from_slice(HEADER);
        }
        while buffer.len() < CHUNK {
            let Some((next, others)) = rest.split_first() else {
                buffer.extend_from_slice(&TRAILER);
                is_done = true;
                break;
            };
            rest = others;
            row(series, columns, next.row, &mut buffer);
        }
        Some(buffer)
    })
}

fn row(series: i32, columns: &Columns, row: usize, buffer: &mut Vec<u8>) {
    buffer.extend_from_slice(&FIELDS.to_be_bytes());
    field(buffer, &series.to_be_bytes());
    field(buffer, &Instant(columns.open_time[row]).to_wire());
    for column in &columns.decimals {
        match column.raw(row) {
            Some(value) => super::numeric::encode(value, buffer),
            None => null(buffer),
        }
    }
    match columns.trades[row] {
        MISSING_NARROW => null(buffer),
        trades => field(buffer, &trades.to_be_bytes()),
    }
    field(buffer, columns.source[row].as_str().as_bytes());
}

pub(super) fn field(buffer: &mut Vec<u8>, bytes: &[u8]) {
    let length = i32::try_from(bytes.len()).unwrap_or_default();
    buffer.extend_from_slice(&length.to_be_bytes());
    buffer.extend_from_slice(bytes);
}

pub(super) fn null(buffer: &mut Vec<u8>) {
    buffer.extend_from_slice(&(-1_i32).to_be_bytes());
}
