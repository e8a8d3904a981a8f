//! What a check found, and how that is shown.

use std::fmt::Write as _;

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// As it should be.
    Ok,
    /// Worth a look; everything works.
    Warning,
    /// Something does not work.
    Problem,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    pub(super) check: &'static str,
    /// How bad it is.
    pub(super) status: Status,
    /// What was found.
    pub(super) message: String,
    /// What to do about it, where something is to be done.
    pub(super) remedy: Option<String>,
}

impl Finding {
    /// All is well.
    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, status: Status::Ok, message: message.into(), remedy: None }
    }

    /// Worth a look.
    pub(super) fn warning(
        check: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { check, status: Status::Warning, message: message.into(), remedy: Some(remedy.into()) }
    }

    /// Something does not work.
    pub(super) fn problem(
        check: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { check, status: Status::Problem, message: message.into(), remedy: Some(remedy.into()) }
    }

    /// Something does not work, and its own message says what to do: `what is wrong; what to do`.
    pub(super) fn failed(check: &'static str, error: &impl std::fmt::Display) -> Self {
        let text = error.to_string();
        match text.rsplit_once("; ") {
            Some((message, remedy)) => Self::problem(check, message, remedy),
            None => Self { check, status: Status::Problem, message: text, remedy: None },
        }
    }
}

/// Lays findings out, one a line, with remedies under them, and closes with their number.
pub(super) fn render(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Finding { check, status, message, remedy } in findings {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<7}  {check:<width$}  {message}", status.as_str());
        if let Some(remedy) = remedy {
            let _ = writeln!(text, "{:<7}  {:<width$}  → {remedy}", "", "");
        }
    }
    let count = |status| findings.iter().filter(|finding| finding.status == status).count();
    let _ = writeln!(
        text,
        "\n{} ok, {} to look at, {} not working",
        count(Status::Ok),
        count(Status::Warning),
        count(Status::Problem)
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_aligned_with_their_remedies_under_them() {
        let findings = [
            Finding::ok("cache", "in memory"),
            Finding::failed("data folder", &"cannot write; free some; space there"),
        ];
        assert_eq!(
            render(&findings),
            "ok       cache        in memory\n\
             problem  data folder  cannot write; free some\n\
             \u{20}                     → space there\n\
             \n1 ok, 0 to look at, 1 not working\n"
        );
    }
}
