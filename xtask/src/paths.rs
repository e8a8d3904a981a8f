//! Where things are, relative to the checkout and cargo's target folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders that the build steps read and write.
pub(crate) struct Paths {
    /// The checkout.
    pub(crate) repo: PathBuf,
    /// Cargo's target folder: `CARGO_TARGET_DIR`, else `target/` in the checkout.
    pub(crate) target: PathBuf,
}

impl Paths {
    pub(crate) fn find() -> Result<Self> {
        // What cargo says at run time: with a target folder shared by several checkouts, the binary may come from another one.
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let repo =
            Path::new(&manifest).parent().context("xtask lies directly below the checkout")?.to_path_buf();
        // A relative CARGO_TARGET_DIR is relative to where cargo was called; the scripts call it in the checkout.
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => repo.join(folder),
            None => repo.join("target"),
        };
        Ok(Self { repo, target })
    }

    /// What the server serves: `LEPTOS_SITE_ROOT`.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The wasm half's own target folder: another compiler may build it, which must not evict native artefacts.
    pub(crate) fn front(&self) -> PathBuf {
        self.target.join("front")
    }
}
