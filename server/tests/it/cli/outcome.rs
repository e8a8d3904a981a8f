//! What one call of the binary said and how it ended, and the questions tests ask about it.

use serde_json::Value;

/// A finished call. Making one fails the test when the process panicked, whatever its exit code.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Takes what a process left behind; one that died of a signal has no code and fails the test.
    pub(crate) fn new(call: &str, code: Option<i32>, stdout: String, stderr: String) -> Self {
        assert!(!stderr.contains("panicked"), "{call} panicked:\n{stderr}");
        let code = code.unwrap_or_else(|| panic!("{call} died of a signal:\n{stdout}\n{stderr}"));
        Self { code, stdout, stderr }
    }

    /// Expects success.
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Expects this exit code, nothing on standard output, and every part in the message on standard error.
    pub(crate) fn fails(self, code: i32, parts: &[&str]) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "", "a failure has no result; stderr:\n{}", self.stderr);
        self.mentions(parts)
    }

    /// Expects every part on standard error.
    pub(crate) fn mentions(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "stderr lacks '{part}':\n{}", self.stderr);
        }
        self
    }

    /// Expects every part on standard output.
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stdout.contains(part), "stdout lacks '{part}':\n{}", self.stdout);
        }
        self
    }

    /// Reads standard output, all of it, as one JSON document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!("stdout is no JSON: {error}\n{}\nstderr:\n{}", self.stdout, self.stderr)
        })
    }

    /// Expects a failure that `--json` reports as the only document on standard output: its code, its kind, and every part in its
    /// message.
    pub(crate) fn fails_as_json(self, code: i32, kind: &str, parts: &[&str]) -> Value {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        let error = self.json()["error"].clone();
        assert_eq!((&error["code"], &error["kind"]), (&code.into(), &kind.into()), "{error}");
        let message = error["message"].as_str().unwrap_or_default();
        for part in parts {
            assert!(message.contains(part), "the message lacks '{part}': {message}");
        }
        error
    }
}
