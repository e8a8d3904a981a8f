//! The browser's half: wasm, its JavaScript glue, CSS, assets and the chart library, in one site folder.
//!
//! Every run describes the whole site; a file is written only when its bytes changed, a file that no longer
//! belongs is removed, and the slow steps (wasm-bindgen, wasm-opt, brotli) run only when their input changed.

mod assets;
mod compress;
mod site;
mod stamp;
mod wasm;

use std::fs::{self, File};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{bundle::site::Site, paths::Paths, say};

/// How the wasm is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Small: optimised for size and precompressed, what users are served.
    Release,
    /// Quick to build, large, uncompressed.
    Dev,
}

impl Mode {
    /// The cargo profile, and the folder that its artefacts land in.
    fn profile(self) -> (&'static str, &'static str) {
        match self {
            Self::Release => ("wasm-release", "wasm-release"),
            Self::Dev => ("dev", "debug"),
        }
    }
}

/// Builds the site folder.
pub(crate) fn bundle(mode: Mode) -> Result<()> {
    let started = Instant::now();
    let paths = Paths::find()?;
    let _lock = alone(&paths)?;
    let mut site = Site::open(paths.site())?;
    wasm::add(&paths, mode, &mut site)?;
    assets::add(&paths.repo, &mut site)?;
    let compressed = mode == Mode::Release;
    let summary = site.finish(compressed)?;
    say(&format!(
        "site ready in {}: {summary} ({:.1} s)",
        paths.site().display(),
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// Waits for another bundler on the same target folder: two at once would mix their files. The lock ends with the file.
fn alone(paths: &Paths) -> Result<File> {
    let path = paths.front().join("bundle.lock");
    fs::create_dir_all(paths.front())
        .with_context(|| format!("cannot create {}", paths.front().display()))?;
    let lock = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
    if lock.try_lock().is_err() {
        say("waiting for another bundler to finish");
        lock.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(lock)
}
