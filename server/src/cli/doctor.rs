//! `crypto doctor`: looks at an installation and says what is well, what is worth a look and what keeps it from working, each with
//! its remedy.
//!
//! Invariants: looking changes nothing (no folder, file or table is made, no migration run); what is said holds no password, so
//! that it can be shown to others; a check that fails keeps no other from running.

mod candles;
mod configuration;
mod exchanges;
mod finding;
mod folder;
mod leftovers;
mod shared_cache;
mod state;

use clap::Args;
use serde::Serialize;

use crate::output::{Failure, Output};
use crate::wiring::Folders;
use finding::{Finding, Status};

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// Ask the exchanges, too, whether they answer and what time it is there
    #[arg(long)]
    online: bool,
}

#[derive(Debug, Serialize)]
struct Document<'a> {
    version: &'static str,
    status: Status,
    checks: &'a [Finding],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<serde_json::Value>,
}

pub(super) async fn run(
    arguments: DoctorArguments,
    folders: &Folders,
    output: Output,
) -> Result<(), Failure> {
    let findings = examine(&arguments, folders, output).await;
    let status = findings.iter().map(|finding| finding.status).max().unwrap_or(Status::Ok);
    let failure = match findings.iter().filter(|finding| finding.status == Status::Problem).count() {
        0 => None,
        1 => Some(Failure::failed("1 problem found")),
        count => Some(Failure::failed(format!("{count} problems found"))),
    };
    if output.is_json() {
        let error = failure.as_ref().map(Failure::error);
        output.json(&Document { version: env!("CARGO_PKG_VERSION"), status, checks: &findings, error })?;
    } else {
        output.text(&finding::render(&findings))?;
        if !arguments.online {
            output.text("exchanges were not asked: --online does")?;
        }
    }
    failure.map_or(Ok(()), Err)
}

async fn examine(arguments: &DoctorArguments, folders: &Folders, output: Output) -> Vec<Finding> {
    let (configuration, mut findings) = configuration::check(folders);
    findings.extend(folder::check(&folders.data));
    if let Some(configuration) = &configuration {
        findings.push(state::check(configuration, folders).await);
        findings.extend(candles::check(configuration, folders, output).await);
        findings.push(shared_cache::check(&configuration.config.settings.cache_url).await);
        if arguments.online {
            findings.extend(exchanges::check(&configuration.config).await);
        }
    }
    findings.extend(leftovers::check(&folders.data));
    findings
}
