//! Throw-away Redis servers for tests.
//!
//! Most tests share the one named by `CRYPTO_TEST_REDIS_URL`, or the one that `scripts/redis.sh` starts for this process, and keep
//! apart by their keys; a test that stops its server starts one of its own. All are gone when the process is.
#![expect(clippy::disallowed_methods, reason = "the environment says where Redis lies")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Returns the URL of a Redis that all tests of this process share.
///
/// # Panics
/// When there is no Redis: then the tests that want one cannot say anything.
pub fn redis_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    // Its watchdog ends it with the process: the value itself is never dropped.
    URL.get_or_init(|| {
        std::env::var("CRYPTO_TEST_REDIS_URL").unwrap_or_else(|_| run(&["start", &new_folder(), &own_pid()]))
    })
}

/// A Redis of a test's own, which it may stop and start again. Dropping it ends it.
#[derive(Debug)]
pub struct RedisServer {
    folder: String,
    url: String,
}

impl RedisServer {
    /// Starts one.
    ///
    /// # Panics
    /// When there is no Redis.
    pub fn start() -> Self {
        let server = Self::absent();
        server.start_again();
        server
    }

    /// Returns one that has not been started: its URL leads nowhere yet.
    pub fn absent() -> Self {
        let folder = new_folder();
        let url = format!("unix://{folder}/redis.sock");
        Self { folder, url }
    }

    /// Returns its URL, which stays the same.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it. What it held is lost.
    ///
    /// # Panics
    /// When it does not go away.
    pub fn halt(&self) {
        run(&["halt", &self.folder]);
    }

    /// Starts it, empty, after [`RedisServer::halt`] or [`RedisServer::absent`].
    ///
    /// # Panics
    /// When there is no Redis.
    pub fn start_again(&self) {
        assert_eq!(
            run(&["start", &self.folder, &own_pid()]),
            self.url,
            "the folder's path has no links in it"
        );
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        run(&["stop", &self.folder]);
    }
}

/// Runs the script and returns what it printed.
fn run(arguments: &[&str]) -> String {
    let done = Command::new(script()).args(arguments).output().expect("the script runs");
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "these tests need Redis, which `make test` installs; or set CRYPTO_TEST_REDIS_URL to a throw-away one.\n{complaint}"
    );
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

fn script() -> PathBuf {
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
    Path::new(&crate_folder)
        .ancestors()
        .map(|folder| folder.join("scripts/redis.sh"))
        .find(|script| script.is_file())
        .expect("the checkout has scripts/redis.sh")
}

fn own_pid() -> String {
    std::process::id().to_string()
}

/// Under /tmp, whatever TMPDIR says: the path of a socket is short.
fn new_folder() -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("/tmp/crypto-redis-{}-{}", std::process::id(), LAST.fetch_add(1, Ordering::Relaxed))
}
