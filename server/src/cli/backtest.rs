//! `crypto backtest run NAME | run-all`: runs what backtests.yaml describes, prints it and writes its files.

mod files;
mod show;

use std::fmt::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use backtest::{RunResult, RunSpec};
use clap::Subcommand;
use serde::Serialize;
use store::{Level, Progress};
use tokio_util::sync::CancellationToken;
use types::RunId;
use uuid::Uuid;

use crate::jobs::{Watch, perform_backtest, with_rules};
use crate::output::{Failure, Output};
use crate::wiring::{Folders, House, expand_backtest, open_store};

#[derive(Debug, Subcommand)]
pub(super) enum BacktestVerb {
    /// Run one backtest: every one of its strategies on every one of its symbols
    Run {
        /// Its key in backtests.yaml
        name: String,
    },
    /// Run every backtest of backtests.yaml
    RunAll,
    /// List the backtests of backtests.yaml
    List,
}

/// A run as `--json` prints it. Everything in `result` is the same for the same candles and specification.
#[derive(Debug, Serialize)]
struct RunDocument {
    run_id: RunId,
    elapsed_ms: u64,
    files: Vec<String>,
    result: RunResult,
}

pub(super) async fn run(verb: BacktestVerb, folders: &Folders, output: Output) -> Result<(), Failure> {
    let house = House::open(folders).await?;
    let backtests = &house.configuration.config.backtests;
    let names: Vec<String> = match verb {
        BacktestVerb::List => return show::list(backtests, output),
        BacktestVerb::Run { name } if backtests.contains_key(&name) => vec![name],
        BacktestVerb::Run { name } => {
            let known: Vec<&str> = backtests.keys().map(String::as_str).collect();
            return Err(Failure::not_found(format!(
                "backtests.yaml has no backtest '{name}'; it has {}",
                if known.is_empty() { "none".to_owned() } else { known.join(", ") }
            )));
        }
        BacktestVerb::RunAll => backtests.keys().cloned().collect(),
    };
    // One that cannot run keeps no other from running; what failed is told after what was found.
    let state = open_state(&house, folders).await?;
    let (mut documents, mut failures) = (Vec::new(), Vec::new());
    for name in names {
        for spec in expand_backtest(&house.configuration.config, &name)? {
            let what = format!("{name}: {} on {}", spec.name, spec.series);
            let spec = match &state {
                Some(store) => with_rules(store.as_ref(), spec)
                    .await
                    .map_err(|error| Failure::failed(error.to_string()))?,
                None => spec,
            };
            match run_one(&house, folders, &name, spec, output).await {
                Ok(document) => documents.push(document),
                Err(failure) => failures.push((what, failure)),
            }
        }
    }
    if let Some(store) = state {
        store.close().await;
    }
    show_all(&documents, output)?;
    match failures.len() {
        0 => Ok(()),
        1 if documents.is_empty() => Err(failures.remove(0).1),
        count => {
            let kind = failures[0].1.kind;
            let lines: Vec<String> =
                failures.into_iter().map(|(what, failure)| format!("{what}: {failure}")).collect();
            let total = count + documents.len();
            Err(Failure::new(kind, format!("{count} of {total} runs failed\n{}", lines.join("\n"))))
        }
    }
}

/// Opens the application's state, which knows the order rules by day; an installation that never had any is not given one here.
async fn open_state(house: &House, folders: &Folders) -> Result<Option<Arc<dyn store::Store>>, Failure> {
    let url = house.configuration.database_url(folders);
    let is_there = url.strip_prefix("sqlite://").is_none_or(|path| std::path::Path::new(path).exists());
    if is_there { open_store(&house.configuration, folders).await.map(Some) } else { Ok(None) }
}

fn show_all(documents: &[RunDocument], output: Output) -> Result<(), Failure> {
    if documents.is_empty() {
        return Ok(());
    }
    if output.is_json() {
        return output.json(&documents);
    }
    let mut text = String::new();
    for document in documents {
        text.push_str(&show::run(&document.result));
        for file in &document.files {
            let _ = writeln!(text, "wrote {file}");
        }
        text.push('\n');
    }
    if documents.len() > 1 {
        text.push_str(&show::comparison(documents.iter().map(|document| &document.result)));
    }
    output.text(&text)
}

async fn run_one(
    house: &House,
    folders: &Folders,
    backtest: &str,
    spec: RunSpec,
    output: Output,
) -> Result<RunDocument, Failure> {
    let started = std::time::Instant::now();
    let cancel = CancellationToken::new();
    let watch: Arc<dyn Watch> = Arc::new(Terminal { output });
    super::cancel_on_interrupt(&cancel);
    let result = perform_backtest(house, spec, watch, cancel).await?;
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    output.progress(&format!("{}: {} bars in {elapsed_ms} ms", result.spec.name, result.data.bars), true);
    let files = files::write(&folders.data, backtest, &result)?;
    Ok(RunDocument { run_id: RunId::from_uuid(Uuid::now_v7()), elapsed_ms, files, result })
}

/// Prints progress and notices on standard error.
#[derive(Debug)]
pub(super) struct Terminal {
    pub(super) output: Output,
}

#[async_trait]
impl Watch for Terminal {
    fn progress(&self, progress: Progress) {
        let share = match progress.total {
            Some(total) if total > 0 => format!(" {:>3} %", progress.done * 100 / total),
            _ => String::new(),
        };
        self.output.progress(&format!("{}{share}", progress.message), false);
    }

    async fn notice(&self, level: Level, text: String) {
        self.output.notice(&format!("{level}: {text}"));
    }
}
