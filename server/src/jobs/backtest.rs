//! Runs backtests: bars from the store, the run on a thread of its own, results into the owner's list.

use std::sync::Arc;

use backtest::{Coverage, Flow, RulesKind, RunError, RunResult, RunSpec};
use market_data::LoadedBars;
use reports::sparkline_path;
use serde::{Deserialize, Serialize};
use store::{Job, NewRun, Progress, Store};
use tokio_util::sync::CancellationToken;
use types::{FilterSchedule, RunId, Timestamp};
use uuid::Uuid;

use super::watch::{Stopped, Watch};
use crate::output::Kind;
use crate::results;
use crate::wiring::{House, now};

/// What a queued backtest does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BacktestJob {
    /// The runs, in order.
    pub(crate) runs: Vec<RunSpec>,
}

/// Loads the bars of a specification.
pub(crate) async fn load_bars(house: &House, spec: &RunSpec) -> Result<LoadedBars, Stopped> {
    backtest::load(house.candles.as_ref(), spec).await.map_err(|error| {
        let kind = match &error {
            backtest::LoadError::EmptyRange { .. } => Kind::InvalidConfiguration,
            backtest::LoadError::NoSeries { .. } | backtest::LoadError::NothingInRange { .. } => {
                Kind::NotFound
            }
            backtest::LoadError::Resample { .. } | backtest::LoadError::Store(_) => Kind::Failed,
        };
        Stopped::failed(kind, error)
    })
}

/// Runs a specification over its bars: CPU work, to be kept off async threads.
pub(crate) fn run_over(
    spec: &RunSpec,
    data: &LoadedBars,
    watch: &dyn Watch,
    cancel: &CancellationToken,
) -> Result<RunResult, Stopped> {
    let label = format!("{}: {} bars of {}", spec.name, data.bars.len(), spec.series);
    let run = backtest::run(spec, data, &mut |progress| {
        let message = label.clone();
        watch.progress(Progress { done: progress.done, total: Some(progress.total), message });
        if cancel.is_cancelled() { Flow::Cancel } else { Flow::Continue }
    });
    run.map_err(|error| match error {
        RunError::Cancelled => Stopped::Cancelled,
        RunError::TooFewBars { .. } => Stopped::failed(Kind::NotFound, error),
        RunError::Strategy(_) | RunError::Filters(_) | RunError::Limit { .. } => {
            Stopped::failed(Kind::InvalidConfiguration, error)
        }
        RunError::Engine(_) => Stopped::failed(Kind::Failed, error),
    })
}

/// Gives a run the order rules that were recorded for its pair, unless it brings its own.
pub(crate) async fn with_rules(store: &dyn Store, spec: RunSpec) -> Result<RunSpec, store::StoreError> {
    if spec.filters != FilterSchedule::default() {
        return Ok(spec);
    }
    let history = store.instrument_history(&spec.series.exchange, &spec.series.symbol).await?;
    Ok(RunSpec { filters: history.schedule().unwrap_or_default(), ..spec })
}

/// Does a job of the queue. Doing it twice stores each run once.
pub(super) async fn perform_queued(
    house: &House,
    store: &dyn Store,
    job: &Job,
    watch: Arc<dyn Watch>,
    cancel: CancellationToken,
) -> Result<serde_json::Value, Stopped> {
    let failed = |error: store::StoreError| Stopped::failed(Kind::Failed, error);
    let work: BacktestJob = serde_json::from_value(job.spec.clone()).map_err(|error| {
        Stopped::failed(Kind::Failed, format!("the job's specification cannot be read: {error}"))
    })?;
    let stored = store.runs_of_job(job.user, job.id).await.map_err(failed)?;
    let mut ids = Vec::new();
    // Runs of one job are often on the same bars.
    let mut last: Option<(RunSpec, Arc<LoadedBars>)> = None;
    for (ordinal, spec) in (0_u32..).zip(work.runs) {
        if let Some(run) = stored.iter().find(|run| run.ordinal == ordinal) {
            ids.push(run.id);
            continue;
        }
        let started_at = now();
        let spec = with_rules(store, spec).await.map_err(failed)?;
        let data = match last.take() {
            Some((before, data)) if before.series == spec.series && before.range() == spec.range() => data,
            _ => {
                let message = format!("{}: reading {}", spec.name, spec.series);
                watch.progress(Progress { done: 0, total: None, message });
                Arc::new(load_bars(house, &spec).await?)
            }
        };
        last = Some((spec.clone(), data.clone()));
        let (watch, cancel) = (watch.clone(), cancel.clone());
        let run = tokio::task::spawn_blocking(move || {
            let result = run_over(&spec, &data, watch.as_ref(), &cancel)?;
            let bars = Some(result.data.bars);
            let message = format!("{}: storing the result", spec.name);
            watch.progress(Progress { done: result.data.bars, total: bars, message });
            new_run(&result, ordinal, started_at).map_err(|error| Stopped::failed(Kind::Failed, error))
        });
        let run = run
            .await
            .map_err(|error| Stopped::failed(Kind::Failed, format!("the run broke off: {error}")))??;
        let run = NewRun { job: Some(job.id), ..run };
        ids.push(store.insert_run(job.user, run).await.map_err(failed)?.id);
    }
    Ok(serde_json::json!({ "runs": ids }))
}

fn new_run(result: &RunResult, ordinal: u32, started_at: Timestamp) -> serde_json::Result<NewRun> {
    let series = &result.spec.series;
    Ok(NewRun {
        id: RunId::from_uuid(Uuid::now_v7()),
        job: None,
        ordinal,
        name: result.spec.name.clone(),
        strategy: result.spec.strategy.clone(),
        exchange: series.exchange.clone(),
        symbol: series.symbol.clone(),
        interval: series.interval,
        started_at,
        total_return: result.metrics.total_return,
        spec: serde_json::to_value(&result.spec)?,
        summary: serde_json::to_value(Headline::of(result))?,
        result: results::parts(result)?,
    })
}

/// What lists of runs show without opening the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Headline {
    pub(crate) total_return: Option<f64>,
    pub(crate) market_return: f64,
    pub(crate) sharpe: Option<f64>,
    pub(crate) max_drawdown: Option<f64>,
    pub(crate) profit_factor: Option<f64>,
    pub(crate) win_rate: Option<f64>,
    pub(crate) final_equity: Option<f64>,
    pub(crate) trades: u64,
    /// Equity as the path of an SVG. What was stored before it was one holds a whole drawing under another name.
    #[serde(default)]
    pub(crate) sparkline: String,
    #[serde(default, skip_serializing)]
    sparkline_svg: String,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    pub(crate) synthetic: u64,
    /// Absent in what was stored before ranges were compared with what was asked for.
    #[serde(default)]
    pub(crate) coverage: Option<Coverage>,
    /// Absent in what was stored before lists showed it.
    #[serde(default)]
    pub(crate) order_rules: Option<RulesKind>,
}

impl Headline {
    /// Returns the sparkline's path, out of the drawing where there is no path; both have the same view box.
    pub(crate) fn sparkline(&self) -> String {
        if !self.sparkline.is_empty() {
            return self.sparkline.clone();
        }
        let path = self.sparkline_svg.rsplit_once(" d=\"").and_then(|(_, rest)| rest.split_once('"'));
        path.map_or_else(String::new, |(path, _)| path.to_owned())
    }

    fn of(result: &RunResult) -> Self {
        Self {
            total_return: result.metrics.total_return,
            market_return: result.data.market_return,
            sharpe: result.metrics.sharpe,
            max_drawdown: result.metrics.max_drawdown,
            profit_factor: result.metrics.profit_factor,
            win_rate: result.metrics.win_rate,
            final_equity: result.metrics.final_equity,
            trades: result.metrics.trades,
            sparkline: sparkline_path(&result.equity.value),
            sparkline_svg: String::new(),
            first: result.data.first,
            last: result.data.last,
            synthetic: result.data.provenance.synthetic,
            coverage: Some(result.data.coverage),
            order_rules: Some(result.data.rules.kind()),
        }
    }
}
