//! Decoding one column of a year file, over the row groups that are wanted.

use std::ops::Range;

use parquet::basic::{LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int64Type};
use parquet::file::reader::FileReader;
use parquet::file::statistics::Statistics;
use types::{FiniteColumn, Provenance, extend_nearest, nearest_f64};

use super::super::format::{SOURCE, WIDE_BYTES};
use super::{YearFile, corrupt};
use crate::StoreError;
use crate::columns::{DecimalColumn, MISSING_NARROW, MISSING_WIDE, NARROW_SCALE, WIDE_SCALE};

/// Values that are decoded before they are turned into `f64`: few enough to stay in the processor's first cache.
const BATCH: usize = 2048;

/// How a decimal column is stored.
enum DecimalKind {
    Narrow,
    Wide,
}

impl YearFile {
    pub(super) fn only_source(&self, group: usize, column: usize) -> Option<Provenance> {
        let Some(Statistics::ByteArray(stats)) =
            self.reader.metadata().row_group(group).column(column).statistics()
        else {
            return None;
        };
        let (min, max) = (stats.min_opt()?, stats.max_opt()?);
        let is_exact = stats.min_is_exact() && stats.max_is_exact() && min == max;
        if is_exact { min.as_utf8().ok()?.parse().ok() } else { None }
    }

    /// Reads the provenance of every row of the range.
    pub(in crate::lake) fn source(&self) -> Result<Vec<Provenance>, StoreError> {
        let column = self.column(SOURCE)?;
        let mut all = Vec::with_capacity(self.rows.len());
        for (group, rows) in self.wanted() {
            match self.only_source(group, column) {
                Some(only) => all.resize(all.len() + rows.len(), only),
                None => all.extend(self.group_source(group, column, rows)?),
            }
        }
        Ok(all)
    }

    /// Reads the provenance of some rows of a group.
    pub(super) fn group_source(
        &self,
        group: usize,
        column: usize,
        rows: Range<usize>,
    ) -> Result<Vec<Provenance>, StoreError> {
        let ColumnReader::ByteArrayColumnReader(mut reader) = self.column_reader(group, column)? else {
            return Err(self.unexpected("source is no text"));
        };
        let mut names: Vec<ByteArray> = Vec::with_capacity(rows.len());
        reader
            .skip_records(rows.start)
            .and_then(|_| reader.read_records(rows.len(), None, None, &mut names))
            .map_err(|error| corrupt(&self.path, &error))?;
        if names.len() != rows.len() {
            return Err(self.unexpected("source is shorter than open_time"));
        }
        names
            .iter()
            .map(|name| {
                let name = name.as_utf8().map_err(|error| corrupt(&self.path, &error))?;
                name.parse().map_err(|error: types::ParseProvenanceError| self.unexpected(&error.to_string()))
            })
            .collect()
    }

    /// Reads a decimal column with its number of decimals.
    pub(super) fn decimal(&self, name: &str) -> Result<DecimalColumn, StoreError> {
        let column = self.column(name)?;
        Ok(match self.decimal_kind(column, name)? {
            DecimalKind::Narrow => DecimalColumn::Narrow(self.int64(column)?),
            DecimalKind::Wide => DecimalColumn::Wide(self.fixed(column)?),
        })
    }

    /// Appends a decimal column that is never null to others, each value as the nearest `f64`.
    pub(in crate::lake) fn append_nearest(
        &self,
        name: &str,
        all: &mut FiniteColumn,
    ) -> Result<(), StoreError> {
        let column = self.column(name)?;
        let infinite = |_| self.unexpected(&format!("{name} holds a value that is not a finite number"));
        if let DecimalKind::Wide = self.decimal_kind(column, name)? {
            let wide = self.fixed(column)?;
            return all
                .extend(wide.into_iter().map(|value| nearest_f64(value, WIDE_SCALE)))
                .map_err(infinite);
        }
        // Ours never are, a file that somebody else put there may say that a price could be null.
        if self.reader.metadata().file_metadata().schema_descr().column(column).max_def_level() > 0 {
            let values = DecimalColumn::Narrow(self.int64(column)?).nearest();
            return all.extend(values.into_iter()).map_err(infinite);
        }
        let mut batch = Vec::with_capacity(BATCH);
        for (group, rows) in self.wanted() {
            let mut reader = self.int64_reader(group, column)?;
            reader.skip_records(rows.start).map_err(|error| corrupt(&self.path, &error))?;
            let mut left = rows.len();
            while left > 0 {
                batch.clear();
                let (read, values, _) = reader
                    .read_records(left.min(BATCH), None, None, &mut batch)
                    .map_err(|error| corrupt(&self.path, &error))?;
                if read == 0 || values != read {
                    return Err(self.unexpected(&format!("{name} is shorter than open_time")));
                }
                extend_nearest(all, &batch, NARROW_SCALE).map_err(infinite)?;
                left -= read;
            }
        }
        Ok(())
    }

    fn decimal_kind(&self, column: usize, name: &str) -> Result<DecimalKind, StoreError> {
        let descriptor = self.reader.metadata().file_metadata().schema_descr().column(column);
        let Some(LogicalType::Decimal(kind)) = descriptor.logical_type_ref() else {
            return Err(self.unexpected(&format!("{name} is no DECIMAL")));
        };
        let (precision, scale) = (kind.precision, u32::try_from(kind.scale).unwrap_or(u32::MAX));
        match (descriptor.physical_type(), scale) {
            (Type::INT64, NARROW_SCALE) => Ok(DecimalKind::Narrow),
            (Type::FIXED_LEN_BYTE_ARRAY, WIDE_SCALE) => Ok(DecimalKind::Wide),
            (physical, _) => Err(self.unexpected(&format!(
                "{name} is DECIMAL({precision},{scale}) in {physical}; \
                 DECIMAL(18,8) in INT64 and DECIMAL(38,18) in 16 bytes are read"
            ))),
        }
    }

    fn int64_reader(&self, group: usize, column: usize) -> Result<ColumnReaderImpl<Int64Type>, StoreError> {
        match self.column_reader(group, column)? {
            ColumnReader::Int64ColumnReader(reader) => Ok(reader),
            _ => Err(self.unexpected(&format!("column {column} holds no 64-bit integers"))),
        }
    }

    /// Reads a column of 64-bit integers; `MISSING_NARROW` stands where a value is not known.
    pub(super) fn int64(&self, column: usize) -> Result<Vec<i64>, StoreError> {
        let mut all = Vec::with_capacity(self.rows.len());
        self.append_int64(column, &mut all)?;
        Ok(all)
    }

    /// Appends such a column to others.
    pub(super) fn append_int64(&self, column: usize, all: &mut Vec<i64>) -> Result<(), StoreError> {
        for (group, rows) in self.wanted() {
            let mut reader = self.int64_reader(group, column)?;
            let start = all.len();
            let mut levels = Vec::new();
            reader
                .skip_records(rows.start)
                .and_then(|_| reader.read_records(rows.len(), Some(&mut levels), None, all))
                .map_err(|error| corrupt(&self.path, &error))?;
            self.spread(all, start..start + rows.len(), &levels, MISSING_NARROW)?;
        }
        Ok(())
    }

    /// Reads a column of 128-bit integers; `MISSING_WIDE` stands where a value is not known.
    fn fixed(&self, column: usize) -> Result<Vec<i128>, StoreError> {
        let mut all = Vec::with_capacity(self.rows.len());
        for (group, rows) in self.wanted() {
            let ColumnReader::FixedLenByteArrayColumnReader(mut reader) =
                self.column_reader(group, column)?
            else {
                return Err(self.unexpected(&format!("column {column} holds no 128-bit integers")));
            };
            let start = all.len();
            let mut levels = Vec::new();
            let mut values: Vec<FixedLenByteArray> = Vec::with_capacity(rows.len());
            reader
                .skip_records(rows.start)
                .and_then(|_| reader.read_records(rows.len(), Some(&mut levels), None, &mut values))
                .map_err(|error| corrupt(&self.path, &error))?;
            for value in &values {
                let bytes: [u8; WIDE_BYTES] =
                    value.data().try_into().map_err(|_| self.unexpected("a decimal is not 16 bytes long"))?;
                all.push(i128::from_be_bytes(bytes));
            }
            self.spread(&mut all, start..start + rows.len(), &levels, MISSING_WIDE)?;
        }
        Ok(all)
    }

    /// Moves the values at the start of `rows`, which lie side by side, to where the levels say that a value is known.
    fn spread<T: Copy>(
        &self,
        values: &mut Vec<T>,
        rows: Range<usize>,
        levels: &[i16],
        missing: T,
    ) -> Result<(), StoreError> {
        if values.len() == rows.end {
            return Ok(());
        }
        if levels.len() != rows.len() || values.len() > rows.end {
            return Err(self.unexpected("a column is shorter than its row group"));
        }
        let mut from = values.len();
        values.resize(rows.end, missing);
        for (to, &level) in rows.clone().zip(levels).rev() {
            if level == 0 {
                values[to] = missing;
            } else if from > rows.start {
                from -= 1;
                values[to] = values[from];
            }
        }
        Ok(())
    }
}
