//! A process of the binary that runs beside the test: watched through what it writes to its standard error, ended by its pid.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a process may take to say that it is ready, on a machine that is busy building.
const START: Duration = Duration::from_mins(1);

/// A process that runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Process {
    /// Starts it and waits for the line that begins with `sign`; returns the rest of that line as well.
    pub(crate) fn start(mut command: Command, sign: &'static str) -> (Self, String) {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let signs = follow(child.stderr.take().unwrap(), sign, log.clone());
        match signs.recv_timeout(START) {
            Ok(rest) => (Self { child, log }, rest),
            Err(reason) => {
                let _ = child.kill();
                let status = child.wait();
                let log = log.lock().unwrap_or_else(PoisonError::into_inner);
                let reason = if reason == RecvTimeoutError::Timeout { "in time" } else { "at all" };
                panic!("the process did not start {reason} ({status:?}):\n{log}");
            }
        }
    }

    /// Returns everything that it wrote to its standard error.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would: SIGKILL, nothing is said or finished.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail where the process is gone already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keeps what a process writes, and hands on what follows the sign.
fn follow(
    stderr: impl std::io::Read + Send + 'static,
    sign: &'static str,
    log: Arc<Mutex<String>>,
) -> Receiver<String> {
    let (said, signs) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if let Some(rest) = line.strip_prefix(sign) {
                // Nobody listens once the process is ready; a second one would be of no interest.
                let _ = said.send(rest.to_owned());
            }
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
        }
    });
    signs
}
