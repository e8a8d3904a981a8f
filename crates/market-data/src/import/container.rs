//! What a file is, by its first bytes, and the texts inside it.
//!
//! Names lie (`.csv` that is gzipped, `.gz` that is a zip), so they only serve in messages.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use super::{ImportError, ImportSource};

/// How the texts of a file are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Plain,
    /// gzip.
    Gzip,
    /// zip, with any number of entries.
    Zip,
}

/// Formats that we recognise only to say what to do with them.
const OTHERS: [(&[u8], &str); 7] = [
    (b"\x28\xB5\x2F\xFD", "zstd"),
    (b"\xFD7zXZ", "xz"),
    (b"7z\xBC\xAF", "7-Zip"),
    (b"BZh", "bzip2"),
    (b"PAR1", "Parquet"),
    (b"Rar!", "RAR"),
    (b"ARROW1", "Arrow"),
];

/// Tells how a file is packed.
pub(super) fn detect(source: &ImportSource) -> Result<Packing, ImportError> {
    let mut head = Vec::with_capacity(8);
    let file = open(source)?;
    file.take(8).read_to_end(&mut head).map_err(|error| failed(source, error))?;
    let not_candles = |reason: String| Err(ImportError::NotCandles { file: source.name.clone(), reason });
    if head.is_empty() {
        return not_candles("it is empty; download it again".to_owned());
    }
    if let Some((_, format)) = OTHERS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return not_candles(format!(
            "it is a {format} file; CSV, gzip and zip are read, so unpack or convert it first"
        ));
    }
    Ok(match head.as_slice() {
        [0x1F, 0x8B, ..] => Packing::Gzip,
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Packing::Zip,
        _ => Packing::Plain,
    })
}

fn open(source: &ImportSource) -> Result<File, ImportError> {
    File::open(&source.path).map_err(|error| failed(source, error))
}

fn failed(source: &ImportSource, error: io::Error) -> ImportError {
    ImportError::Io { file: source.name.clone(), source: error }
}

/// Says what a text is that is none, by its first bytes: one in another encoding, or an archive in an archive.
pub(super) fn foreign(head: &[u8]) -> Option<&'static str> {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    Some(match head {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => UTF_16,
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] if is_text(a) && is_text(b) => UTF_16,
        [0x1F, 0x8B, ..] | [b'P', b'K', 3, 4, ..] => "it is an archive inside an archive; unpack it first",
        _ => return None,
    })
}

const UTF_16: &str = "it is UTF-16 text; save it as UTF-8";

/// What to do with one text: its name, and its bytes. Returns `false` to stop.
pub(super) type Visit<'v> = dyn FnMut(&str, &mut dyn BufRead) -> Result<bool, ImportError> + 'v;

/// Hands every text of a file to `visit`; `position` follows how far the file itself was read.
pub(super) fn each_text(
    source: &ImportSource,
    packing: Packing,
    position: &Arc<AtomicU64>,
    visit: &mut Visit<'_>,
) -> Result<(), ImportError> {
    let (name, file) = (&source.name, open(source)?);
    let file = BufReader::with_capacity(1 << 18, Tracked { inner: file, position: Arc::clone(position) });
    match packing {
        Packing::Plain => visit(name, &mut { file }).map(|_| ()),
        Packing::Gzip => {
            let mut text = BufReader::with_capacity(1 << 18, MultiGzDecoder::new(file));
            visit(name, &mut text).map(|_| ())
        }
        Packing::Zip => each_entry(name, file, visit),
    }
}

fn each_entry(name: &str, file: BufReader<Tracked>, visit: &mut Visit<'_>) -> Result<(), ImportError> {
    let mut archive = ZipArchive::new(file).map_err(|error| unzip(name, error))?;
    let mut found = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| unzip(name, error))?;
        let inside = entry.name().to_owned();
        let is_csv =
            Path::new(&inside).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if !is_csv || !entry.is_file() || inside.starts_with("__MACOSX/") {
            continue;
        }
        found += 1;
        let mut text = BufReader::with_capacity(1 << 18, entry);
        if !visit(&format!("{name}/{inside}"), &mut text)? {
            return Ok(());
        }
    }
    if found == 0 {
        let is_nested = archive.file_names().any(|inside| {
            let extension = Path::new(inside).extension();
            extension
                .is_some_and(|found| found.eq_ignore_ascii_case("zip") || found.eq_ignore_ascii_case("gz"))
        });
        let remedy =
            if is_nested { "only other archives; unpack it first" } else { "Binance's archives have one" };
        let reason = format!("the archive has no .csv inside; {remedy}");
        return Err(ImportError::NotCandles { file: name.to_owned(), reason });
    }
    Ok(())
}

fn unzip(name: &str, error: ZipError) -> ImportError {
    match error {
        ZipError::Io(source) => ImportError::reading(name, source),
        other => ImportError::Damaged { file: name.to_owned(), reason: other.to_string() },
    }
}

/// A file that says how far it was read.
struct Tracked {
    inner: File,
    position: Arc<AtomicU64>,
}

impl Read for Tracked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Tracked {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let position = self.inner.seek(target)?;
        self.position.store(position, Ordering::Relaxed);
        Ok(position)
    }
}
