//! Decoding one column of a year file, over the row groups that are wanted.

use parquet::basic::{LogicalType, Type};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, FixedLenByteArray};
use parquet::file::reader::FileReader;
use parquet::file::statistics::Statistics;
use types::Provenance;

use super::super::format::{SOURCE, WIDE_BYTES};
use super::{Group, YearFile, corrupt};
use crate::StoreError;
use crate::columns::{DecimalColumn, MISSING_NARROW, MISSING_WIDE, NARROW_SCALE, WIDE_SCALE};

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

    pub(super) fn source(&self) -> Result<Vec<Provenance>, StoreError> {
        let column = self.column(SOURCE)?;
        let mut all = Vec::with_capacity(self.groups.iter().map(|group| group.rows).sum());
        for group in &self.groups {
            match self.only_source(group.index, column) {
                Some(only) => all.resize(all.len() + group.rows, only),
                None => all.extend(self.group_source(*group, column)?),
            }
        }
        Ok(self.trim(all))
    }

    pub(super) fn group_source(&self, group: Group, column: usize) -> Result<Vec<Provenance>, StoreError> {
        let ColumnReader::ByteArrayColumnReader(mut reader) = self.column_reader(group, column)? else {
            return Err(self.unexpected("source is no text"));
        };
        let mut names: Vec<ByteArray> = Vec::with_capacity(group.rows);
        reader
            .read_records(group.rows, None, None, &mut names)
            .map_err(|error| corrupt(&self.path, &error))?;
        if names.len() != group.rows {
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
    pub(super) fn decimal(&self, name: &str) -> Result<(DecimalColumn, u32), StoreError> {
        let column = self.column(name)?;
        let descriptor = self.reader.metadata().file_metadata().schema_descr().column(column);
        let Some(LogicalType::Decimal(kind)) = descriptor.logical_type_ref() else {
            return Err(self.unexpected(&format!("{name} is no DECIMAL")));
        };
        let (precision, scale) = (kind.precision, u32::try_from(kind.scale).unwrap_or(u32::MAX));
        match (descriptor.physical_type(), scale) {
            (Type::INT64, NARROW_SCALE) => Ok((DecimalColumn::Narrow(self.int64(column)?), scale)),
            (Type::FIXED_LEN_BYTE_ARRAY, WIDE_SCALE) => Ok((DecimalColumn::Wide(self.fixed(column)?), scale)),
            (physical, _) => Err(self.unexpected(&format!(
                "{name} is DECIMAL({precision},{scale}) in {physical}; \
                 DECIMAL(18,8) in INT64 and DECIMAL(38,18) in 16 bytes are read"
            ))),
        }
    }

    pub(super) fn int64(&self, column: usize) -> Result<Vec<i64>, StoreError> {
        let mut all = Vec::with_capacity(self.groups.iter().map(|group| group.rows).sum());
        for group in &self.groups {
            let ColumnReader::Int64ColumnReader(mut reader) = self.column_reader(*group, column)? else {
                return Err(self.unexpected(&format!("column {column} holds no 64-bit integers")));
            };
            let start = all.len();
            let mut levels = Vec::new();
            reader
                .read_records(group.rows, Some(&mut levels), None, &mut all)
                .map_err(|error| corrupt(&self.path, &error))?;
            spread(&mut all, start, &levels, MISSING_NARROW);
            if all.len() != start + group.rows {
                return Err(self.unexpected("a column is shorter than its row group"));
            }
        }
        Ok(self.trim(all))
    }

    pub(super) fn fixed(&self, column: usize) -> Result<Vec<i128>, StoreError> {
        let mut all = Vec::with_capacity(self.groups.iter().map(|group| group.rows).sum());
        for group in &self.groups {
            let ColumnReader::FixedLenByteArrayColumnReader(mut reader) =
                self.column_reader(*group, column)?
            else {
                return Err(self.unexpected(&format!("column {column} holds no 128-bit integers")));
            };
            let start = all.len();
            let mut levels = Vec::new();
            let mut values: Vec<FixedLenByteArray> = Vec::with_capacity(group.rows);
            reader
                .read_records(group.rows, Some(&mut levels), None, &mut values)
                .map_err(|error| corrupt(&self.path, &error))?;
            for value in &values {
                let bytes: [u8; WIDE_BYTES] =
                    value.data().try_into().map_err(|_| self.unexpected("a decimal is not 16 bytes long"))?;
                all.push(i128::from_be_bytes(bytes));
            }
            spread(&mut all, start, &levels, MISSING_WIDE);
            if all.len() != start + group.rows {
                return Err(self.unexpected("a column is shorter than its row group"));
            }
        }
        Ok(self.trim(all))
    }
}

/// Moves the values after `start`, which lie side by side, to where the levels say that a value is known.
fn spread<T: Copy>(values: &mut Vec<T>, start: usize, levels: &[i16], missing: T) {
    let known = values.len() - start;
    if levels.is_empty() || known == levels.len() {
        return;
    }
    values.resize(start + levels.len(), missing);
    let mut from = start + known;
    for (to, &level) in levels.iter().enumerate().rev() {
        if level == 0 {
            values[start + to] = missing;
        } else if from > start {
            from -= 1;
            values[start + to] = values[from];
        }
    }
}
