//! Another program's eyes on a lake that is written: every file is whole at every moment, and a series never shrinks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use parquet::file::reader::{FileReader as _, SerializedFileReader};

/// Reads every Parquet file of a lake whole, again and again, until stopped.
pub(crate) struct Reader {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<u64>,
}

impl Reader {
    pub(crate) fn start(lake: PathBuf) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let is_over = stop.clone();
        let thread = std::thread::spawn(move || {
            let (mut rows, mut seen) = (0, BTreeMap::new());
            while !is_over.load(Ordering::Relaxed) {
                for file in parquet_files(&lake) {
                    let now = read_whole(&file);
                    rows += now;
                    let before = seen.insert(file.clone(), now).unwrap_or(0);
                    assert!(now >= before, "{}: {now} rows where {before} were", file.display());
                }
                std::thread::yield_now();
            }
            rows
        });
        Self { stop, thread }
    }

    /// Returns how many rows were read.
    pub(crate) fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("every file was readable at every moment, and none lost rows")
    }
}

fn parquet_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(parquet_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            found.push(path);
        }
    }
    found
}

fn read_whole(path: &Path) -> u64 {
    let file = std::fs::File::open(path).expect("a file that is listed is there");
    let reader =
        SerializedFileReader::new(file).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = reader.get_row_iter(None).expect("rows");
    rows.map(|row| row.map_or_else(|error| panic!("{}: {error}", path.display()), |_| 1)).sum()
}
