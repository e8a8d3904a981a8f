//! What the footer of a year file says beside its columns.

use std::path::Path;

use parquet::basic::Type;
use parquet::file::reader::FileReader;

use super::super::format::GENERATION;
use super::YearFile;
use crate::StoreError;
use crate::columns::DECIMALS;

/// What a writer needs to know of a year file before it reads a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::lake) struct Head {
    /// How often a journal was folded into it.
    pub(in crate::lake) generation: u64,
    /// How many rows it has.
    pub(in crate::lake) rows: u64,
}

impl YearFile {
    /// Reads the footer of a file. Returns `None` when it is not there.
    pub(in crate::lake) fn head(path: &Path) -> Result<Option<Head>, StoreError> {
        let Some(year) = Self::footer(path)? else { return Ok(None) };
        let rows = u64::try_from(year.reader.metadata().file_metadata().num_rows())
            .map_err(|_| year.unexpected("negative row count"))?;
        Ok(Some(Head { generation: year.generation()?, rows }))
    }

    /// Says which decimal columns of a file are stored in 128 bits; none of one that is not there.
    pub(in crate::lake) fn wide_columns(path: &Path) -> Result<[bool; DECIMALS.len()], StoreError> {
        let mut all = [false; DECIMALS.len()];
        let Some(year) = Self::footer(path)? else { return Ok(all) };
        let schema = year.reader.metadata().file_metadata().schema_descr();
        for (is_wide, name) in all.iter_mut().zip(DECIMALS) {
            *is_wide = schema.column(year.column(name)?).physical_type() == Type::FIXED_LEN_BYTE_ARRAY;
        }
        Ok(all)
    }

    /// Returns how often a journal was folded into the file; files that never had one, or that others wrote, do not say.
    pub(in crate::lake) fn generation(&self) -> Result<u64, StoreError> {
        let notes = self.reader.metadata().file_metadata().key_value_metadata();
        let Some(note) = notes.into_iter().flatten().find(|note| note.key == GENERATION) else {
            return Ok(0);
        };
        let value = note.value.as_deref().unwrap_or_default();
        value
            .parse()
            .map_err(|_| self.unexpected(&format!("its {GENERATION} is {value:?}, which is no number")))
    }
}
