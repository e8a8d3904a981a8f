//! The four files: whether the checker takes them.

use config::{CODES, ConfigFile, Diagnostic};

use super::finding::Finding;
use crate::wiring::{Configuration, Folders, check_sources, read_sources};

const CHECK: &str = "configuration";
/// Problems that are listed; `config validate` lists all of them, with their lines.
const SHOWN: usize = 5;

/// Returns the configuration, if it can be used, and what was found.
pub(super) fn check(folders: &Folders) -> (Option<Configuration>, Vec<Finding>) {
    let sources = match read_sources(&folders.config) {
        Ok(sources) => sources,
        Err(failure) => return (None, vec![Finding::failed(CHECK, &failure)]),
    };
    let (config, diagnostics) = check_sources(&sources);
    let remedy = "`crypto config validate` shows every problem with its line and what to do";
    let mut findings: Vec<Finding> = diagnostics
        .iter()
        .take(SHOWN)
        .map(|diagnostic| {
            if diagnostic.is_error() {
                Finding::problem(CHECK, safe(diagnostic), remedy)
            } else {
                Finding::warning(CHECK, safe(diagnostic), remedy)
            }
        })
        .collect();
    if diagnostics.len() > SHOWN {
        findings.push(Finding::warning(CHECK, format!("and {} more", diagnostics.len() - SHOWN), remedy));
    }
    let Some(config) = config else {
        findings.push(Finding::problem(
            CHECK,
            "without its settings, databases, candles and exchanges were not looked at",
            "correct the files, then run `crypto doctor` again",
        ));
        return (None, findings);
    };
    if findings.is_empty() {
        let read = ConfigFile::ALL.into_iter().filter(|&file| sources.get(file).is_some()).count();
        let folder = folders.config.display();
        findings.push(Finding::ok(CHECK, format!("{folder}: {read} files, valid")));
    }
    (Some(Configuration { config, sources }), findings)
}

/// Says where something is wrong and of which kind it is. What is written there may hold a password, so it is not quoted, and
/// neither is the checker's message, which may quote it.
fn safe(diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, file, line, column, .. } = diagnostic;
    let title = CODES.iter().find(|known| known.id == *code).map_or("", |known| known.title);
    format!("{file}:{line}:{column}: {title} ({code})")
}

#[cfg(test)]
mod tests {
    use config::{Source, Sources};

    use super::*;

    #[test]
    fn the_place_and_the_kind_are_told_and_nothing_that_is_written_there() {
        let text = "version: 1\ndatabase:\n  url: \"mongo://me:hunter2 hunter2@host/x\"\n  hunter2: 1\n";
        let sources = Sources {
            settings: Some(Source::new("settings.yaml".to_owned(), text.to_owned())),
            ..Sources::default()
        };
        let said: Vec<String> = check_sources(&sources).1.iter().map(safe).collect();
        assert!(said.contains(&"settings.yaml:4:3: Unknown key (CFG012)".to_owned()), "{said:?}");
        assert!(!said.concat().contains("hunter2"), "{said:?}");
    }
}
