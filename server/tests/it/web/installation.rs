//! An installation of its own for each test: the repository's configuration, an empty data folder, the real binary.
//!
//! Servers listen on a free port that they choose themselves and end with the value that holds them, by their pid.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::process::Process;

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

    /// Writes a configuration file in place of the repository's.
    pub(crate) fn configure(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join("config").join(name), text).unwrap();
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

    /// Starts a server that may open only so many files.
    pub(crate) fn serve_with_files(&self, files: u32) -> Server {
        let serve = self.command();
        // The shell gives its place and its limits to the server, which keeps its process id.
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -n {files}; exec \"$0\" \"$@\"")]);
        command.arg(serve.get_program()).args(["serve", "--listen", "127.0.0.1:0"]);
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, value) in serve.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Server::start(command)
    }

    /// Starts a worker: jobs and subscriptions without pages.
    pub(crate) fn work_with(&self, variables: &[(&str, &str)]) -> Process {
        let mut command = self.command();
        command.arg("daemon").envs(variables.iter().copied());
        Process::start(command, "running jobs and following subscriptions").0
    }
}

/// Returns the root of the repository; asked at run time, because checkouts may share a target folder.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests")).join("..")
}

/// A server that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    process: Process,
    origin: String,
}

impl Server {
    fn start(command: Command) -> Self {
        let (process, origin) = Process::start(command, "serving ");
        Self { process, origin }
    }

    /// Returns scheme, address and port.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Returns everything that it wrote to its standard error.
    pub(crate) fn log(&self) -> String {
        self.process.log()
    }

    /// Ends it as a power cut would: SIGKILL, nothing is said or finished.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }
}
