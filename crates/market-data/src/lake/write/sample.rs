//! Which columns zstd makes smaller, found out on a few rows instead of on every page of them.
//!
//! Prices and volumes are mostly noise once they are delta-packed: compressing each page only to store it as it was took a tenth
//! of the time of an append.

use std::ops::Range;

use parquet::errors::ParquetError;

use super::CandleWriter;
use crate::columns::Columns;

/// Rows of a stretch that is tried: about half of a page.
const STRETCH: usize = 8192;
/// Stretches that are tried.
const STRETCHES: usize = 2;
/// Fewer rows are not worth trying: each of their columns may be compressed.
const WORTH_TRYING: usize = 8 * STRETCH * STRETCHES;

/// Returns, for each column of the file, whether some of its pages may be stored smaller by compressing them.
pub(super) fn compressible(
    columns: &Columns,
    rows: &Range<usize>,
) -> Result<Option<Vec<bool>>, ParquetError> {
    if rows.len() < WORTH_TRYING {
        return Ok(None);
    }
    let stretch = |index: usize| {
        let start = rows.start + rows.len() / (2 * STRETCHES) * (2 * index + 1);
        start..start + STRETCH
    };
    let mut sample = CandleWriter::new(Vec::new(), columns.is_wide(), None, None)?;
    for rows in (0..STRETCHES).map(stretch) {
        sample.write(columns, rows)?;
    }
    let tried = sample.finish()?;
    let mut smaller = vec![false; tried.file_metadata().schema_descr().num_columns()];
    for group in tried.row_groups() {
        for (smaller, column) in smaller.iter_mut().zip(group.columns()) {
            *smaller |= column.compressed_size() < column.uncompressed_size();
        }
    }
    Ok(Some(smaller))
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use parquet::basic::Compression;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use types::{Provenance, TimeRange};

    use super::super::super::year::YearFile;
    use super::super::write;
    use super::*;
    use crate::columns::{DecimalColumn, MISSING_NARROW};

    /// Minutes whose prices are noise, whose volume repeats itself and whose last amount is not always known.
    fn columns(rows: usize) -> Columns {
        let mut noise = 1_u64;
        let mut draw = move || {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(noise >> 30).unwrap()
        };
        let minutes = (0..i64::try_from(rows).unwrap()).map(|minute| minute * 60_000).collect::<Vec<_>>();
        let mut decimals =
            std::array::from_fn(|_| DecimalColumn::Narrow(minutes.iter().map(|_| draw()).collect()));
        decimals[4] =
            DecimalColumn::Narrow(minutes.iter().map(|minute| minute / 60_000 % 2 * 9_000_000).collect());
        decimals[7] = DecimalColumn::Narrow(
            minutes.iter().map(|minute| if minute % 7 == 0 { MISSING_NARROW } else { draw() }).collect(),
        );
        Columns {
            trades: minutes.clone(),
            source: vec![Provenance::Exchange; rows],
            open_time: minutes,
            decimals,
        }
    }

    #[test]
    fn what_compresses_is_compressed_and_noise_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.parquet");
        let mut columns = columns(WORTH_TRYING + 1);
        columns.source[WORTH_TRYING] = Provenance::Repaired;
        write(&columns, 0..columns.len(), 0, &File::create(&path).unwrap(), &path).unwrap();
        let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
        let groups = reader.metadata().row_groups();
        for (column, is_compressed) in
            [(0, true), (1, false), (4, false), (5, true), (8, false), (9, true), (10, false)]
        {
            let compression = groups[0].column(column).compression();
            assert_eq!(compression != Compression::UNCOMPRESSED, is_compressed, "column {column}");
        }
        let read = YearFile::open(&path, TimeRange::ALL).unwrap().unwrap().columns().unwrap();
        assert_eq!(read, columns);
    }

    #[test]
    fn a_short_file_is_not_tried_first() {
        assert_eq!(compressible(&columns(9), &(0..9)).unwrap(), None);
        let long = columns(WORTH_TRYING);
        assert_eq!(compressible(&long, &(5..WORTH_TRYING)).unwrap(), None);
        assert!(compressible(&long, &(0..WORTH_TRYING)).unwrap().is_some());
    }
}
