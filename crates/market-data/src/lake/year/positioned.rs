//! A file read at positions, without a cursor: several threads read different columns of the same open file.
//!
//! Invariant: whatever replaces the name meanwhile, all of it comes from the file that was opened.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// A page's header is a few dozen bytes.
const HEADER: usize = 256;

/// An open file.
#[derive(Debug, Clone)]
pub(super) struct Positioned(Arc<File>);

impl Positioned {
    pub(super) fn new(file: File) -> Self {
        Self(Arc::new(file))
    }
}

impl Length for Positioned {
    fn len(&self) -> u64 {
        // A file whose length cannot be told is refused as too short to be one of ours.
        self.0.metadata().map_or(0, |metadata| metadata.len())
    }
}

impl ChunkReader for Positioned {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::with_capacity(HEADER, From { file: Arc::clone(&self.0), position: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let mut bytes = Vec::with_capacity(length);
        let from = From { file: Arc::clone(&self.0), position: start };
        let read = from.take(length as u64).read_to_end(&mut bytes)?;
        if read != length {
            return Err(ParquetError::EOF(format!("{length} bytes expected at {start}, {read} found")));
        }
        Ok(bytes.into())
    }
}

/// The bytes from a position on.
#[derive(Debug)]
pub(super) struct From {
    file: Arc<File>,
    position: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(&self.file, buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, position)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}
