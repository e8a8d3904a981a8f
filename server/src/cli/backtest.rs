//! `crypto backtest run NAME | run-all`: runs what backtests.yaml describes, prints it and writes its files.

mod batch;
mod files;
mod printer;
mod show;

use std::collections::BTreeMap;

use async_trait::async_trait;
use clap::Subcommand;
use store::{Level, Progress};
use types::{ExchangeId, FilterSchedule, Symbol};

use crate::jobs::{Watch, with_rules};
use crate::output::{Failure, Output};
use crate::wiring::{Folders, House, expand_backtest, open_state};

use batch::Planned;
use printer::Printer;

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
    let mut planned = Vec::new();
    let state = open_state(&house.configuration, folders).await?;
    for name in names {
        for spec in expand_backtest(&house.configuration.config, &name)? {
            for question in spec.questions() {
                output.notice(&format!("warning: {name}: {} on {}: {question}", spec.name, spec.series));
            }
            planned.push(Planned { backtest: name.clone(), spec });
        }
    }
    if let Some(store) = state {
        add_rules(store.as_ref(), &mut planned).await?;
        store.close().await;
    }
    let printer = Printer::new(output, planned.len());
    batch::run(&house, folders, planned, printer).await
}

/// Gives every run the order rules that were recorded for its pair, each pair looked up once.
async fn add_rules(store: &dyn store::Store, planned: &mut [Planned]) -> Result<(), Failure> {
    let mut known: BTreeMap<(ExchangeId, Symbol), FilterSchedule> = BTreeMap::new();
    for run in planned {
        let pair = (run.spec.series.exchange.clone(), run.spec.series.symbol.clone());
        if let Some(filters) = known.get(&pair) {
            run.spec.filters = filters.clone();
            continue;
        }
        let spec = with_rules(store, run.spec.clone()).await;
        run.spec = spec.map_err(|error| Failure::failed(error.to_string()))?;
        known.insert(pair, run.spec.filters.clone());
    }
    Ok(())
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
