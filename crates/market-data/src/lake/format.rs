//! What a year file looks like: its columns, their types and their encodings. `docs/concepts/lake.md` is its description.
//!
//! Times are TIMESTAMP(ms, UTC). Decimals are DECIMAL(18,8) in 64 bits, or DECIMAL(38,18) where a value of the column needs it.
//! Integers are delta-packed, which for candles is smaller and quicker to read than plain or dictionary pages. What that leaves of
//! prices and volumes is mostly noise: a page that zstd makes little smaller is stored without it, so that no reader pays for nothing.

use std::fmt::Write as _;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, TypePtr};

use crate::columns::{DECIMALS, NARROW_SCALE, REQUIRED, WIDE_SCALE};

pub(super) const OPEN_TIME: &str = "open_time";
pub(super) const TRADES: &str = "trades";
pub(super) const SOURCE: &str = "source";
/// What the footer calls the number of journals that were folded into the file; it is missing where there was none.
pub(super) const GENERATION: &str = "generation";

/// Rows that are read or skipped together: a quarter of a year of minutes.
pub(super) const ROW_GROUP: usize = 1 << 17;
/// What zstd has to bring a page down to for it to be worth undoing at every read: a third of the time of a load went there.
const WORTH_COMPRESSING: f64 = 0.9;
/// Bytes of a DECIMAL(38,18).
pub(super) const WIDE_BYTES: usize = 16;

/// Returns the schema of a file; `is_wide` says which of its decimal columns need 128 bits.
pub(super) fn schema(is_wide: [bool; DECIMALS.len()]) -> Result<TypePtr, ParquetError> {
    let mut text = format!("message candles {{ required int64 {OPEN_TIME} (TIMESTAMP(MILLIS,true));");
    for (index, (name, is_wide)) in DECIMALS.iter().zip(is_wide).enumerate() {
        let repetition = if index < REQUIRED { "required" } else { "optional" };
        let written = if is_wide {
            write!(text, "{repetition} fixed_len_byte_array({WIDE_BYTES}) {name} (DECIMAL(38,{WIDE_SCALE}));")
        } else {
            write!(text, "{repetition} int64 {name} (DECIMAL(18,{NARROW_SCALE}));")
        };
        written.map_err(|error| ParquetError::External(Box::new(error)))?;
    }
    text.push_str("optional int64 trades (INTEGER(64,true)); required binary source (STRING); }");
    parse_message_type(&text).map(Arc::new)
}

/// Returns how its columns are encoded, and what it says about itself; `compressible` says of each column whether compressing it is
/// worth trying, if that was found out.
pub(super) fn properties(
    is_wide: [bool; DECIMALS.len()],
    about: Option<Vec<KeyValue>>,
    compressible: Option<&[bool]>,
) -> Result<WriterProperties, ParquetError> {
    let mut builder = WriterProperties::builder()
        // Pages of the second version are those that may say of themselves that they are not compressed.
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_data_page_v2_compression_ratio_threshold(WORTH_COMPRESSING)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_sorting_columns(Some(vec![SortingColumn {
            column_idx: 0,
            descending: false,
            nulls_first: false,
        }]))
        .set_key_value_metadata(about)
        .set_created_by(concat!("crypto market-data ", env!("CARGO_PKG_VERSION")).to_owned());
    let of_width = |wide: bool| {
        let columns = DECIMALS.into_iter().zip(is_wide);
        columns.filter(move |(_, is_wide)| *is_wide == wide).map(|(name, _)| name)
    };
    for name in of_width(false).chain([OPEN_TIME, TRADES]) {
        let path = ColumnPath::from(name);
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
    }
    // Where a dictionary grows too large; the second version's own choice is read by fewer programs.
    for name in of_width(true).chain([SOURCE]) {
        builder = builder.set_column_encoding(ColumnPath::from(name), Encoding::PLAIN);
    }
    let names = [OPEN_TIME].into_iter().chain(DECIMALS).chain([TRADES, SOURCE]);
    for (name, _) in names.zip(compressible.unwrap_or_default()).filter(|(_, is_smaller)| !**is_smaller) {
        builder = builder.set_column_compression(ColumnPath::from(name), Compression::UNCOMPRESSED);
    }
    Ok(builder.build())
}
