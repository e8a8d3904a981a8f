//! Runs backtests: bars from the store, the run on a thread of its own, results into the owner's list.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use backtest::{Coverage, Flow, RulesKind, RunError, RunResult, RunSpec};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use reports::{Theme, sparkline_svg};
use serde::{Deserialize, Serialize};
use store::{Job, NewRun, Progress, Store};
use tokio_util::sync::CancellationToken;
use types::{FilterSchedule, RunId};
use uuid::Uuid;

use super::watch::{Stopped, Watch};
use crate::output::Kind;
use crate::wiring::{House, now};

/// What a queued backtest does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BacktestJob {
    /// The runs, in order.
    pub(crate) runs: Vec<RunSpec>,
}

/// Runs one specification.
pub(crate) async fn perform(
    house: &House,
    spec: RunSpec,
    watch: Arc<dyn Watch>,
    cancel: CancellationToken,
) -> Result<RunResult, Stopped> {
    watch.progress(Progress {
        done: 0,
        total: None,
        message: format!("{}: reading {}", spec.name, spec.series),
    });
    let data = backtest::load(house.candles.as_ref(), &spec).await.map_err(|error| {
        let kind = match &error {
            backtest::LoadError::EmptyRange { .. } => Kind::InvalidConfiguration,
            backtest::LoadError::NoSeries { .. } | backtest::LoadError::NothingInRange { .. } => {
                Kind::NotFound
            }
            backtest::LoadError::Store(_) => Kind::Failed,
        };
        Stopped::failed(kind, error)
    })?;
    let label = format!("{}: {} bars of {}", spec.name, data.bars.len(), spec.series);
    let run = tokio::task::spawn_blocking(move || {
        backtest::run(&spec, &data, &mut |progress| {
            let message = label.clone();
            watch.progress(Progress { done: progress.done, total: Some(progress.total), message });
            if cancel.is_cancelled() { Flow::Cancel } else { Flow::Continue }
        })
    });
    match run.await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(RunError::Cancelled)) => Err(Stopped::Cancelled),
        Ok(Err(error @ (RunError::TooFewBars { .. } | RunError::Strategy(_) | RunError::Filters(_)))) => {
            Err(Stopped::failed(Kind::InvalidConfiguration, error))
        }
        Ok(Err(error)) => Err(Stopped::failed(Kind::Failed, error)),
        Err(error) => Err(Stopped::failed(Kind::Failed, format!("the run broke off: {error}"))),
    }
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
    let work: BacktestJob = serde_json::from_value(job.spec.clone()).map_err(|error| {
        Stopped::failed(Kind::Failed, format!("the job's specification cannot be read: {error}"))
    })?;
    let stored =
        store.runs_of_job(job.user, job.id).await.map_err(|error| Stopped::failed(Kind::Failed, error))?;
    let mut ids = Vec::new();
    for (ordinal, spec) in (0_u32..).zip(work.runs) {
        if let Some(run) = stored.iter().find(|run| run.ordinal == ordinal) {
            ids.push(run.id);
            continue;
        }
        let started_at = now();
        let spec = with_rules(store, spec).await.map_err(|error| Stopped::failed(Kind::Failed, error))?;
        let result = perform(house, spec, watch.clone(), cancel.clone()).await?;
        let run = tokio::task::spawn_blocking(move || new_run(&result, ordinal, started_at))
            .await
            .map_err(|error| Stopped::failed(Kind::Failed, error))?
            .map_err(|error| Stopped::failed(Kind::Failed, error))?;
        let run = NewRun { job: Some(job.id), ..run };
        let inserted =
            store.insert_run(job.user, run).await.map_err(|error| Stopped::failed(Kind::Failed, error))?;
        ids.push(inserted.id);
    }
    Ok(serde_json::json!({ "runs": ids }))
}

fn new_run(result: &RunResult, ordinal: u32, started_at: types::Timestamp) -> anyhow::Result<NewRun> {
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
        result: compress(result)?,
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
    pub(crate) sparkline_svg: String,
    pub(crate) first: types::Timestamp,
    pub(crate) last: types::Timestamp,
    pub(crate) synthetic: u64,
    /// Absent in what was stored before ranges were compared with what was asked for.
    #[serde(default)]
    pub(crate) coverage: Option<Coverage>,
    /// Absent in what was stored before lists showed it.
    #[serde(default)]
    pub(crate) order_rules: Option<RulesKind>,
}

impl Headline {
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
            sparkline_svg: sparkline_svg(&result.equity.value, Theme::Dark),
            first: result.data.first,
            last: result.data.last,
            synthetic: result.data.provenance.synthetic,
            coverage: Some(result.data.coverage),
            order_rules: Some(result.data.rules.kind()),
        }
    }
}

fn compress(result: &RunResult) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    serde_json::to_writer(&mut encoder, result)?;
    encoder.flush()?;
    Ok(encoder.finish()?)
}

/// Reads a stored result back.
pub(crate) fn decompress(bytes: &[u8]) -> anyhow::Result<RunResult> {
    let mut text = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}
