//! Columns into a file of candles: a year of the lake, or one that was asked for.

mod sample;
mod uniform;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, ParquetMetaData};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::ColumnDescPtr;
use types::Provenance;

use super::format::{GENERATION, ROW_GROUP, properties, schema};
use crate::StoreError;
use crate::columns::{Columns, DECIMALS, DecimalColumn, MISSING_NARROW, MISSING_WIDE, REQUIRED, widen};

/// A file of candles on its way, a row group at a time.
pub(crate) struct CandleWriter<W: Write + Send> {
    inner: SerializedFileWriter<W>,
    is_wide: [bool; DECIMALS.len()],
    source: ColumnDescPtr,
}

impl<W: Write + Send> CandleWriter<W> {
    /// Begins a file; `is_wide` says which decimal columns need 128 bits, `about` what the file says about itself, `compressible`
    /// which of all columns are worth compressing, if that was found out.
    pub(crate) fn new(
        sink: W,
        is_wide: [bool; DECIMALS.len()],
        about: Option<Vec<KeyValue>>,
        compressible: Option<&[bool]>,
    ) -> Result<Self, ParquetError> {
        let properties = Arc::new(properties(is_wide, about, compressible)?);
        let inner = SerializedFileWriter::new(sink, schema(is_wide)?, properties)?;
        let source = inner.schema_descr().columns().last().cloned().ok_or_else(too_few_columns)?;
        Ok(Self { inner, is_wide, source })
    }

    /// Writes `rows` of sorted columns, all of which lie after those written before.
    pub(crate) fn write(&mut self, columns: &Columns, rows: Range<usize>) -> Result<(), ParquetError> {
        for start in rows.clone().step_by(ROW_GROUP) {
            let range = start..rows.end.min(start + ROW_GROUP);
            let mut group = self.inner.next_row_group()?;
            int64(&mut group, &columns.open_time[range.clone()], true)?;
            for (index, (column, is_wide)) in columns.decimals.iter().zip(self.is_wide).enumerate() {
                decimal(&mut group, column, is_wide, range.clone(), index < REQUIRED)?;
            }
            int64(&mut group, &columns.trades[range.clone()], false)?;
            source(&mut group, &self.source, &columns.source[range])?;
            group.close()?;
        }
        Ok(())
    }

    /// Ends the file, flushes what it was written to (dropping that would swallow the error) and returns the footer.
    pub(crate) fn finish(mut self) -> Result<ParquetMetaData, ParquetError> {
        self.inner.finish()
    }
}

/// Writes `rows` of sorted columns to `file`; `path` is the name it will have, for messages.
pub(super) fn write(
    columns: &Columns,
    rows: Range<usize>,
    generation: u64,
    file: &File,
    path: &Path,
) -> Result<(), StoreError> {
    let sink = BufWriter::with_capacity(1 << 20, file);
    write_all(columns, rows, generation, sink).map_err(|error| StoreError::io("write", path)(io_error(error)))
}

fn write_all(
    columns: &Columns,
    rows: Range<usize>,
    generation: u64,
    sink: BufWriter<&File>,
) -> Result<(), ParquetError> {
    let about = (generation > 0).then(|| vec![KeyValue::new(GENERATION.to_owned(), generation.to_string())]);
    let compressible = sample::compressible(columns, &rows)?;
    let mut writer = CandleWriter::new(sink, columns.is_wide(), about, compressible.as_deref())?;
    writer.write(columns, rows)?;
    writer.finish().map(drop)
}

fn decimal<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    column: &DecimalColumn,
    is_wide: bool,
    range: Range<usize>,
    is_required: bool,
) -> Result<(), ParquetError> {
    match column {
        DecimalColumn::Narrow(values) if is_wide => {
            let values: Vec<i128> = values[range].iter().map(|&value| widen(value)).collect();
            fixed(group, &values, is_required)
        }
        DecimalColumn::Narrow(values) => int64(group, &values[range], is_required),
        DecimalColumn::Wide(values) if is_wide => fixed(group, &values[range], is_required),
        DecimalColumn::Wide(_) => {
            Err(ParquetError::General("a value has more digits than its column was made for".to_owned()))
        }
    }
}

fn int64<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[i64],
    is_required: bool,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Err(too_few_columns()) };
    let writer = column.typed::<Int64Type>();
    if is_required {
        writer.write_batch(values, None, None)?;
    } else {
        let levels: Vec<i16> = values.iter().map(|&value| i16::from(value != MISSING_NARROW)).collect();
        if levels.contains(&0) {
            let known: Vec<i64> = values.iter().copied().filter(|&value| value != MISSING_NARROW).collect();
            writer.write_batch(&known, Some(&levels), None)?;
        } else {
            writer.write_batch(values, Some(&levels), None)?;
        }
    }
    column.close()
}

fn fixed<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[i128],
    is_required: bool,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Err(too_few_columns()) };
    let known: Vec<FixedLenByteArray> = values
        .iter()
        .filter(|&&value| value != MISSING_WIDE)
        .map(|value| value.to_be_bytes().to_vec().into())
        .collect();
    let levels: Vec<i16> = values.iter().map(|&value| i16::from(value != MISSING_WIDE)).collect();
    let writer = column.typed::<FixedLenByteArrayType>();
    writer.write_batch(&known, (!is_required).then_some(&levels[..]), None)?;
    column.close()
}

fn source<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    descriptor: &ColumnDescPtr,
    values: &[Provenance],
) -> Result<(), ParquetError> {
    if let Some(&only) = values.first().filter(|&first| values.iter().all(|value| value == first)) {
        return uniform::uniform(group, descriptor.clone(), only.as_str(), values.len());
    }
    let Some(mut column) = group.next_column()? else { return Err(too_few_columns()) };
    // Clones of a `ByteArray` share its bytes.
    let names = Provenance::ALL.map(|provenance| ByteArray::from(provenance.as_str()));
    let values: Vec<ByteArray> =
        values.iter().map(|&provenance| names[provenance as usize].clone()).collect();
    column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
    column.close()
}

fn too_few_columns() -> ParquetError {
    ParquetError::General("the schema has fewer columns than a candle".to_owned())
}

/// Finds the operating system's error inside Parquet's, so that a full disk is called a full disk.
pub(crate) fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(io) => *io,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use types::{Candle, Timestamp};

    use super::super::layout::{PART, TEMPORARY};
    use super::super::replace::replace;
    use super::*;

    fn columns() -> Columns {
        let mut columns = Columns::default();
        for hour in 0..5000 {
            let value = rust_decimal::Decimal::from(hour * 7919 % 1000 + 1);
            let candle = Candle {
                open_time: Timestamp::from_ms(hour * 3_600_000),
                open: value,
                high: value,
                low: value,
                close: value,
                volume: value,
                quote_volume: None,
                trades: None,
                taker_buy_base: None,
                taker_buy_quote: None,
            };
            columns.push(&candle, Provenance::Exchange).expect("a candle that fits");
        }
        columns
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_called_a_full_disk() {
        let full = File::options().write(true).open("/dev/full").expect("a device that is always full");
        let error =
            write(&columns(), 0..5000, 0, &full, Path::new("lake/part.parquet")).expect_err("no room");
        let text = error.to_string();
        assert!(
            matches!(error, StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull)
        );
        assert!(text.contains("lake/part.parquet") && text.contains("free some space"), "{text}");
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let columns = columns();
        replace(folder.path(), |file, path| write(&columns, 0..5000, 0, file, path)).expect("a first file");
        let target = folder.path().join(PART);
        let before = std::fs::read(&target).expect("the file");
        let failed = replace(folder.path(), |file, path| {
            write(&columns, 0..5000, 0, file, path)?;
            Err(StoreError::io("write", path)(std::io::ErrorKind::StorageFull.into()))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&target).expect("the file"), before);
        assert!(!folder.path().join(TEMPORARY).exists());
    }
}
