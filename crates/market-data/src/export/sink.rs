//! The thread that writes: stretches of candles come in, bytes go out.

use std::io::{self, BufWriter, Write};

use parquet::file::metadata::KeyValue;
use tokio::sync::mpsc::Receiver;
use types::SeriesKey;

use super::{ExportFormat, csv};
use crate::columns::{Columns, DECIMALS};
use crate::lake::{CandleWriter, io_error};

/// Writes every stretch until one says that it was the last (`None`). Returns the sink, flushed, and how many bytes it took.
///
/// Stretches that break off leave a file that is visibly cut short: nobody takes half of a series for the whole.
pub(super) fn write_all<W: Write + Send>(
    key: &SeriesKey,
    format: ExportFormat,
    is_wide: [bool; DECIMALS.len()],
    mut stretches: Receiver<Option<Columns>>,
    sink: W,
) -> io::Result<(W, u64)> {
    let mut sink = BufWriter::with_capacity(1 << 18, Counted { inner: sink, bytes: 0 });
    let mut next = || stretches.blocking_recv().ok_or_else(|| io::Error::other("the candles broke off"));
    // Nothing is written before there is something to write.
    let mut stretch = next()?;
    match format {
        ExportFormat::Csv => {
            csv::begin(&mut sink)?;
            while let Some(columns) = stretch {
                csv::write(&mut sink, key.interval, &columns)?;
                stretch = next()?;
            }
        }
        ExportFormat::Parquet => {
            let mut writer =
                CandleWriter::new(&mut sink, is_wide, Some(about(key)), None).map_err(io_error)?;
            while let Some(columns) = stretch {
                writer.write(&columns, 0..columns.len()).map_err(io_error)?;
                stretch = next()?;
            }
            writer.finish().map_err(io_error)?;
        }
    }
    finish(sink)
}

fn finish<W: Write>(sink: BufWriter<Counted<W>>) -> io::Result<(W, u64)> {
    let Counted { mut inner, bytes } = sink.into_inner().map_err(io::IntoInnerError::into_error)?;
    inner.flush()?;
    Ok((inner, bytes))
}

/// Says inside the file whose candles they are: in the lake its folders say that.
fn about(key: &SeriesKey) -> Vec<KeyValue> {
    let pair = |name: &str, value: String| KeyValue::new(name.to_owned(), value);
    vec![
        pair("crypto.exchange", key.exchange.to_string()),
        pair("crypto.symbol", key.symbol.to_string()),
        pair("crypto.interval", key.interval.to_string()),
    ]
}

/// Counts what passes.
struct Counted<W> {
    inner: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_counted() {
        let mut sink = BufWriter::new(Counted { inner: Vec::new(), bytes: 0 });
        sink.write_all(b"twelve bytes").expect("room");
        let (inner, bytes) = finish(sink).expect("a flush");
        assert_eq!((inner.as_slice(), bytes), (&b"twelve bytes"[..], 12));
    }
}
