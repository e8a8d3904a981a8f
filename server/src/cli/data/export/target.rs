//! What an export is written to: a file that appears whole or not at all, or standard output.
//!
//! Invariant: a file that is there is replaced only when that was asked for, also when it comes into being during the export.

use std::fs::{self, File, Permissions};
use std::io::{self, IsTerminal as _, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use market_data::ExportFormat;
use tempfile::NamedTempFile;

use crate::output::{Failure, Kind};

/// What stands for standard output.
pub(super) const STANDARD_OUTPUT: &str = "-";
/// How names of unfinished files begin.
const TEMPORARY: &str = ".crypto-export-";

/// What an export is written to.
#[derive(Debug)]
pub(super) enum Target {
    /// Standard output.
    Stream(io::Stdout),
    /// A file beside the one that it becomes; deleted with this value.
    File {
        /// Where the bytes go for now.
        aside: NamedTempFile,
        /// Where they belong.
        path: PathBuf,
        /// Whether a file there may be replaced.
        force: bool,
    },
}

impl Target {
    /// Opens what `--output` names.
    pub(super) fn open(output: &str, format: ExportFormat, force: bool) -> Result<Self, Failure> {
        if output == STANDARD_OUTPUT {
            let stdout = io::stdout();
            if format == ExportFormat::Parquet && stdout.is_terminal() {
                return Err(Failure::usage(
                    "Parquet is nothing to read on a terminal: name a file with --output, or write `| …`",
                ));
            }
            return Ok(Self::Stream(stdout));
        }
        // A link stays a link, and what it leads to is replaced.
        let path = fs::canonicalize(output).unwrap_or_else(|_| PathBuf::from(output));
        match fs::metadata(&path) {
            Ok(found) if !found.is_file() => {
                let message =
                    format!("{output} is no file; name one with --output, or - for standard output");
                return Err(Failure::usage(message));
            }
            Ok(_) if !force => return Err(exists(output)),
            _ => {}
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // Whatever the umask allows, as any other program's file.
        let aside = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(|error| failure(&error, output))?;
        Ok(Self::File { aside, path, force })
    }

    /// Returns whether it is a file.
    pub(super) fn is_file(&self) -> bool {
        matches!(self, Self::File { .. })
    }

    /// Puts a file in its place, whole and made to last.
    pub(super) fn keep(self) -> io::Result<()> {
        let Self::File { aside, path, force } = self else { return Ok(()) };
        aside.as_file().sync_all()?;
        let kept = if force { aside.persist(&path) } else { aside.persist_noclobber(&path) };
        kept.map_err(|error| error.error)?;
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
            _ => File::open(".")?.sync_all(),
        }
    }
}

impl Write for Target {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stream(stdout) => stdout.write(buffer),
            Self::File { aside, .. } => aside.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(stdout) => stdout.flush(),
            Self::File { aside, .. } => aside.flush(),
        }
    }
}

/// Says what the operating system has against the file, and what to do.
pub(super) fn failure(error: &io::Error, output: &str) -> Failure {
    let place = if output == STANDARD_OUTPUT { "standard output" } else { output };
    let remedy = match error.kind() {
        io::ErrorKind::AlreadyExists => return exists(output),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free some space there and try again",
        io::ErrorKind::NotFound => "make its folder first, or choose another",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose another folder with --output"
        }
        _ => "check the path and the disk, then try again",
    };
    let kind = if error.kind() == io::ErrorKind::NotFound { Kind::NotFound } else { Kind::Failed };
    Failure::new(kind, format!("cannot write {place}: {error}; {remedy}")).at(place)
}

fn exists(output: &str) -> Failure {
    Failure::new(Kind::Refused, format!("{output} is there already; --force replaces it")).at(output)
}
