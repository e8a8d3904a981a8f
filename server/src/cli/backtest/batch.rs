//! Many runs at once: as many as there are cores, each series loaded once, results written as they end, told in their order.
//!
//! Invariants: what is held in memory is bounded by the number of cores, not of runs; the output is the same whichever run ends first.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use async_trait::async_trait;
use backtest::{RunResult, RunSpec};
use futures::StreamExt as _;
use market_data::LoadedBars;
use store::{Level, Progress};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use types::{RunId, SeriesKey, TimeRange};
use uuid::Uuid;

use super::printer::{Finished, Printer};
use super::{Terminal, files, show};
use crate::jobs::{Stopped, Watch, load_bars, run_over};
use crate::output::Failure;
use crate::results::MarketText;
use crate::wiring::{Folders, House};

/// A run to be made.
#[derive(Debug)]
pub(super) struct Planned {
    /// The backtest that it belongs to.
    pub(super) backtest: String,
    /// What is run.
    pub(super) spec: RunSpec,
}

/// A run with its place in the output and the bars that it shares with others.
struct Queued {
    place: usize,
    planned: Planned,
    bars: Arc<SharedBars>,
    /// Whether there are others on the same bars.
    is_shared: bool,
}

/// Bars of a series, loaded by the first run that needs them and dropped with the last.
#[derive(Default)]
struct SharedBars {
    loaded: OnceCell<LoadedBars>,
    /// What every result over them says of them; written down by the first run that ends.
    text: OnceLock<MarketText>,
}

impl SharedBars {
    fn text(&self, result: &RunResult) -> Result<&MarketText, Failure> {
        if let Some(text) = self.text.get() {
            return Ok(text);
        }
        let text = MarketText::of(result)?;
        Ok(self.text.get_or_init(|| text))
    }
}

/// Passes notices on and keeps progress to itself.
struct Quiet(Terminal);

#[async_trait]
impl Watch for Quiet {
    fn progress(&self, _: Progress) {}

    async fn notice(&self, level: Level, text: String) {
        self.0.notice(level, text).await;
    }
}

/// Makes the runs and tells of them in their order. One that cannot run keeps no other from running.
pub(super) async fn run(
    house: &House,
    folders: &Folders,
    planned: Vec<Planned>,
    mut printer: Printer,
) -> Result<(), Failure> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let cancel = CancellationToken::new();
    super::super::cancel_on_interrupt(&cancel);
    let terminal = Terminal { output: printer.output() };
    // Beside others a run's own progress would only flicker.
    let watch: Arc<dyn Watch> =
        if planned.len() > 1 { Arc::new(Quiet(terminal)) } else { Arc::new(terminal) };
    let mut ended = futures::stream::iter(queue(planned))
        .map(|queued| {
            let (watch, cancel) = (watch.clone(), cancel.clone());
            async move {
                let place = queued.place;
                let what = format!(
                    "{}: {} on {}",
                    queued.planned.backtest, queued.planned.spec.name, queued.planned.spec.series
                );
                (place, one(house, folders, queued, watch, cancel).await.map_err(|failure| (what, failure)))
            }
        })
        .buffer_unordered(cores);
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    while let Some((place, outcome)) = ended.next().await {
        printer.count(outcome.as_ref().ok());
        waiting.insert(place, outcome);
        while let Some(outcome) = waiting.remove(&next) {
            printer.print(outcome)?;
            next += 1;
        }
    }
    drop(ended);
    printer.close()
}

/// Puts runs on the same bars one behind the other, so that bars are loaded once and soon dropped.
fn queue(planned: Vec<Planned>) -> Vec<Queued> {
    let mut groups: Vec<((SeriesKey, TimeRange), Vec<Queued>)> = Vec::new();
    for (place, planned) in planned.into_iter().enumerate() {
        let key = (planned.spec.series.clone(), planned.spec.range());
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, runs)) => {
                let bars = runs.first_mut().map_or_else(Arc::default, |first| {
                    first.is_shared = true;
                    first.bars.clone()
                });
                runs.push(Queued { place, planned, bars, is_shared: true });
            }
            None => {
                groups.push((key, vec![Queued { place, planned, bars: Arc::default(), is_shared: false }]));
            }
        }
    }
    groups.into_iter().flat_map(|(_, runs)| runs).collect()
}

async fn one(
    house: &House,
    folders: &Folders,
    queued: Queued,
    watch: Arc<dyn Watch>,
    cancel: CancellationToken,
) -> Result<Finished, Failure> {
    let Queued { planned, bars, is_shared, .. } = queued;
    let started = Instant::now();
    if cancel.is_cancelled() {
        return Err(Stopped::Cancelled.into());
    }
    bars.loaded.get_or_try_init(|| load_bars(house, &planned.spec)).await?;
    let data_folder = folders.data.clone();
    let work = tokio::task::spawn_blocking(move || -> Result<Finished, Failure> {
        let Planned { backtest, spec } = &planned;
        let data = bars.loaded.get().ok_or_else(|| Failure::failed("the bars were not loaded"))?;
        let result = run_over(spec, data, watch.as_ref(), &cancel)?;
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let market = is_shared.then(|| bars.text(&result)).transpose()?;
        let files = files::write(&data_folder, backtest, &result, market)?;
        Ok(Finished {
            run_id: RunId::from_uuid(Uuid::now_v7()),
            elapsed_ms,
            files,
            name: result.spec.name.clone(),
            bars: result.data.bars,
            text: show::run(&result),
            comparison: show::compared(&result),
        })
    });
    work.await.map_err(|error| Failure::failed(format!("the run broke off: {error}")))?
}
