//! Child processes with a deadline: output is read as it comes, a child that does not end is killed and fails the test.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::outcome::Outcome;

/// Far longer than any call takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// Runs a command to its end, feeding it `input`.
pub(crate) fn run(mut command: Command, input: &str) -> Outcome {
    let call = format!("{command:?}");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{call} does not start: {error}"));
    // A child that ends without reading closes the pipe, which is its choice.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let (stdout, stderr) = (drain(child.stdout.take().unwrap()), drain(child.stderr.take().unwrap()));
    let deadline = Instant::now() + PATIENCE;
    let mut finish = |stream: &Receiver<String>| {
        stream.recv_timeout(deadline.saturating_duration_since(Instant::now())).unwrap_or_else(|error| {
            let _ = child.kill();
            panic!("{call} did not end: {error}")
        })
    };
    let (stdout, stderr) = (finish(&stdout), finish(&stderr));
    // Both streams are closed: the process has ended or is about to.
    let status = child.wait().unwrap();
    Outcome::new(&call, status.code(), stdout, stderr)
}

fn drain(mut stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// A process that runs beside the test until dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Server {
    /// Starts it; both of its streams are read.
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let (sender, lines) = channel();
        follow(child.stdout.take().unwrap(), sender.clone());
        follow(child.stderr.take().unwrap(), sender);
        Self { child, lines, seen: Vec::new() }
    }

    /// Waits for a line that contains `part` and returns it.
    pub(crate) fn wait_for(&mut self, part: &str) -> String {
        self.find(part).unwrap_or_else(|| panic!("it ended before '{part}'; it said {:#?}", self.seen))
    }

    /// Waits for a line that contains `part`; `None` when the process ends without one.
    pub(crate) fn find(&mut self, part: &str) -> Option<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(part) {
                        return Some(line);
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("'{part}' never came; it said {:#?}", self.seen),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Returns the process's id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the line that says where it listens and returns `127.0.0.1:PORT`.
    pub(crate) fn address(&mut self) -> String {
        let line = self.wait_for("http://127.0.0.1:");
        let rest = line.split("http://").nth(1).unwrap();
        rest.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).next().unwrap().to_owned()
    }

    /// Asks it to stop with a signal (`INT`, `TERM`), waits for its end, and returns its exit code and all it said.
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
        let deadline = Instant::now() + PATIENCE;
        while let Ok(line) = self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            self.seen.push(line);
        }
        assert!(Instant::now() < deadline, "it did not stop; it said {:#?}", self.seen);
        let code = self.child.wait().unwrap().code();
        let said = self.seen.join("\n");
        assert!(!said.contains("panicked"), "{said}");
        (code, said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // By its handle, so that nothing else can be hit; one that has ended already is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn follow(stream: impl Read + Send + 'static, sender: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
}
