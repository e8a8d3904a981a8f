//! An installation of its own for each test: the repository's configuration, an empty data folder, the real binary.
//!
//! Servers listen on a free port that they choose themselves and end with the value that holds them, by their pid.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

/// How long a server may take to say its address, on a machine that is busy building.
const START: Duration = Duration::from_mins(1);

/// A password that every rule accepts.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Folders of an installation; deleted at the end.
#[derive(Debug)]
pub(crate) struct Installation {
    folder: TempDir,
}

impl Installation {
    /// Lays out the folders.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config");
        std::fs::create_dir_all(&config).unwrap();
        std::fs::create_dir_all(folder.path().join("site/pkg")).unwrap();
        for entry in std::fs::read_dir(repository().join("config")).unwrap() {
            let entry = entry.unwrap();
            if entry.path().extension().is_some_and(|extension| extension == "yaml") {
                std::fs::copy(entry.path(), config.join(entry.file_name())).unwrap();
            }
        }
        Self { folder }
    }

    /// Lays out the folders and adds the accounts.
    pub(crate) fn with_users(names: &[&str]) -> Self {
        let installation = Self::new();
        for name in names {
            installation.run(&["user", "add", name], PASSWORD);
        }
        installation
    }

    /// Does the same where the accounts lie in a place that variables name.
    pub(crate) fn with_variables(names: &[&str], variables: &[(&str, &str)]) -> Self {
        let installation = Self::new();
        for name in names {
            installation.run_with(&["user", "add", name], PASSWORD, variables);
        }
        installation
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where uploads wait for their import.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.data().join("uploads")
    }

    /// The folder of the built web interface.
    pub(crate) fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// Returns the binary with this installation's folders and nothing of the tester's own environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crypto"));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        for name in
            ["DATABASE_URL", "CANDLE_STORE", "REDIS_URL", "RUST_LOG", "CRYPTO_LISTEN", "CRYPTO_DEMO_EXCHANGE"]
        {
            command.env_remove(name);
        }
        command.env("CRYPTO_CONFIG_DIR", self.folder.path().join("config"));
        command.env("CRYPTO_DATA_DIR", self.data());
        command.env("LEPTOS_SITE_ROOT", self.site());
        command
    }

    /// Runs a verb to its end, with a line of standard input.
    pub(crate) fn run(&self, words: &[&str], input: &str) -> Output {
        self.run_with(words, input, &[])
    }

    /// Does the same with variables.
    pub(crate) fn run_with(&self, words: &[&str], input: &str, variables: &[(&str, &str)]) -> Output {
        let mut command = self.command();
        command.envs(variables.iter().copied());
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{input}").unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "crypto {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Starts a server.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&[], &[])
    }

    /// Starts a server with more options and variables.
    pub(crate) fn serve_with(&self, options: &[&str], variables: &[(&str, &str)]) -> Server {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(options).envs(variables.iter().copied());
        Server::start(command)
    }
}

/// Returns the root of the repository; asked at run time, because checkouts may share a target folder.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests")).join("..")
}

/// A server that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    origin: String,
    log: Arc<Mutex<String>>,
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let addresses = follow(child.stderr.take().unwrap(), log.clone());
        match addresses.recv_timeout(START) {
            Ok(origin) => Self { child, origin, log },
            Err(reason) => {
                let _ = child.kill();
                let status = child.wait();
                let log = log.lock().unwrap_or_else(PoisonError::into_inner);
                let reason = if reason == RecvTimeoutError::Timeout { "in time" } else { "at all" };
                panic!("the server did not start {reason} ({status:?}):\n{log}");
            }
        }
    }

    /// Returns scheme, address and port.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns everything that it wrote to its standard error.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it as a power cut would: SIGKILL, nothing is said or finished.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail where the process is gone already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps what a server writes, and hands on the address that it says it serves.
fn follow(stderr: impl std::io::Read + Send + 'static, log: Arc<Mutex<String>>) -> Receiver<String> {
    let (said, addresses) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if let Some(address) = line.strip_prefix("serving ") {
                // Nobody listens once the address is known; a second one would be of no interest.
                let _ = said.send(address.to_owned());
            }
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
        }
    });
    addresses
}
