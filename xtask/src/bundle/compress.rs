//! Compressed copies beside a file, made once so that the server does not make them on every request.

use std::{
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

use crate::bundle::site::write_whole;

const TEXTUAL: [&str; 9] = ["css", "html", "js", "json", "mjs", "svg", "txt", "wasm", "webmanifest"];
/// Below this a compressed copy saves no packet.
const WORTHWHILE_BYTES: u64 = 1024;

/// Whether the file shrinks enough to be worth copies.
pub(crate) fn is_worthwhile(path: &Path) -> bool {
    let textual = path.extension().and_then(OsStr::to_str).is_some_and(|found| TEXTUAL.contains(&found));
    textual && fs::metadata(path).is_ok_and(|meta| meta.len() >= WORTHWHILE_BYTES)
}

/// The paths of a file's copies: brotli first, then gzip.
pub(crate) fn copies(path: &Path) -> [PathBuf; 2] {
    ["br", "gz"].map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(".");
        name.push(suffix);
        PathBuf::from(name)
    })
}

/// Makes the copies that are missing. A copy that exists is right: it is removed whenever its file changes.
pub(crate) fn ensure_copies(path: &Path) -> Result<()> {
    let [br, gz] = copies(path);
    if br.exists() && gz.exists() {
        return Ok(());
    }
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut packed = Vec::new();
    let params = BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut packed, &params)
        .with_context(|| format!("cannot compress {}", path.display()))?;
    write_whole(&br, &packed)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes)?;
    write_whole(&gz, &encoder.finish()?)
}
