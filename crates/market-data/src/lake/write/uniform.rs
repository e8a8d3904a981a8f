//! A column chunk that says the same text in every row, as `source` nearly always does: one dictionary entry and one run.
//!
//! What comes out is what the general writer makes of such a column, without handing it every row.

use std::io::Write;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

/// Writes the next column of a group, which must be a required one of texts: `text` in each of so many rows.
pub(super) fn uniform<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    column: ColumnDescPtr,
    text: &str,
    rows: usize,
) -> Result<(), ParquetError> {
    let too_many = |_| ParquetError::General(format!("{rows} rows are too many for a row group"));
    let values = u32::try_from(rows).map_err(too_many)?;
    let mut chunk = TrackedWrite::new(Vec::new());
    let mut pages = SerializedPageWriter::new(&mut chunk);
    let dictionary = pages.write_page(CompressedPage::new(
        Page::DictionaryPage { buf: entry(text), num_values: 1, encoding: Encoding::PLAIN, is_sorted: false },
        entry(text).len(),
    ))?;
    let run = run(rows);
    let length = run.len();
    let data = pages.write_page(CompressedPage::new(
        Page::DataPageV2 {
            buf: run,
            num_values: values,
            encoding: Encoding::RLE_DICTIONARY,
            num_nulls: 0,
            num_rows: values,
            def_levels_byte_len: 0,
            rep_levels_byte_len: 0,
            is_compressed: false,
            statistics: None,
        },
        length,
    ))?;
    let size = |bytes: usize| i64::try_from(bytes).unwrap_or(i64::MAX);
    let only = || Some(ByteArray::from(text));
    let metadata = ColumnChunkMetaData::builder(column)
        .set_compression(Compression::UNCOMPRESSED)
        .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
        .set_num_values(i64::from(values))
        .set_total_compressed_size(size(dictionary.compressed_size + data.compressed_size))
        .set_total_uncompressed_size(size(dictionary.uncompressed_size + data.uncompressed_size))
        .set_dictionary_page_offset(Some(0))
        .set_data_page_offset(size(dictionary.compressed_size))
        .set_statistics(Statistics::byte_array(only(), only(), None, Some(0), false))
        .build()?;
    let bytes_written = dictionary.bytes_written + data.bytes_written;
    let close = ColumnCloseResult {
        bytes_written,
        rows_written: u64::from(values),
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    };
    let chunk = Bytes::from(chunk.into_inner()?);
    group.append_column(&chunk, close)
}

/// The dictionary's only entry: its length and its bytes.
fn entry(text: &str) -> Bytes {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    [&length.to_le_bytes()[..], text.as_bytes()].concat().into()
}

/// One run of the entry with the number 0, for which indices of no bits are enough: their width, then the number of rows.
fn run(rows: usize) -> Bytes {
    let mut bytes = vec![0];
    // The lowest bit says that this is a run; seven bits a byte, the lowest first, the eighth says that more follow.
    let mut rest = rows << 1;
    while rest > 0x7f {
        bytes.push(u8::try_from(rest & 0x7f).unwrap_or(0) | 0x80);
        rest >>= 7;
    }
    bytes.push(u8::try_from(rest).unwrap_or(0));
    bytes.into()
}
