//! The user's results in lists, and the start of new ones.

use app::AppError;
use app::backtests::model::{
    BacktestDefaults, BacktestRequest, Figure, OrderRules, RunPage, RunQuery, RunView, SeriesChoice,
    StrategyChoice,
};
use backtest::{Coverage, RulesKind, RunSpec};
use metrics::Format;
use store::{JobKind, NewJob, Run};
use types::JobId;

use super::errors::{from_store, internal, invalid};
use super::request::RequestServices;
use super::strategies_view::{params_text, title_of};
use crate::jobs::{BacktestJob, Headline};
use crate::wiring::now;

impl RequestServices {
    pub(super) async fn my_runs(&self, query: RunQuery) -> Result<RunPage, AppError> {
        let user = self.signed_in().await?;
        let before = query
            .before
            .map(|text| {
                text.parse().map_err(|error: store::ParseCursorError| invalid("before", error.to_string()))
            })
            .transpose()?;
        let store = &self.shared.store;
        let page = store.runs(user.id, query.limit.max(1), before).await.map_err(from_store)?;
        Ok(RunPage {
            runs: page.items.iter().map(run_view).collect::<Result<_, _>>()?,
            total: store.count_runs(user.id).await.map_err(from_store)?,
            next: page.next.map(|cursor| cursor.to_string()),
        })
    }

    pub(super) async fn form_defaults(&self) -> Result<BacktestDefaults, AppError> {
        self.signed_in().await?;
        let config = &self.shared.house.configuration.config;
        let strategies = config
            .strategies
            .values()
            .map(|strategy| StrategyChoice {
                name: strategy.name.clone(),
                title: title_of(&strategy.kind),
                params: params_text(&strategy.params),
                summary: config::catalogue::strategy(&strategy.kind)
                    .map_or_else(String::new, |kind| kind.summary.to_owned()),
                exchange: strategy.exchange.clone(),
                symbols: strategy.symbols.clone(),
                interval: strategy.interval,
            })
            .collect();
        let series = self.all_series().await?;
        let series = series
            .into_iter()
            .map(|view| SeriesChoice {
                is_synthetic: view.provenance.is_synthetic(),
                key: view.key,
                rows: view.rows,
                first_ms: view.first_ms,
                last_ms: view.last_ms,
            })
            .collect();
        let trading = &config.settings.trading;
        Ok(BacktestDefaults {
            strategies,
            series,
            initial_capital: trading.default_initial_capital,
            commission: trading.default_commission,
            slippage: trading.default_slippage,
        })
    }

    /// Queues a backtest for the user, once it is clear that it can run.
    pub(super) async fn queue_backtest(&self, request: BacktestRequest) -> Result<JobId, AppError> {
        let user = self.signed_in().await?;
        let house = &self.shared.house;
        let strategy = house.configuration.config.strategies.get(&request.strategy).ok_or_else(|| {
            invalid("strategy", format!("The library has no strategy '{}'.", request.strategy))
        })?;
        let summary = house.candles.summary(&request.key).await.map_err(internal)?.ok_or_else(|| {
            invalid("series", format!("No candles of {} are stored. Get them on the Data page.", request.key))
        })?;
        let is_before = request.end.is_some_and(|end| end <= summary.first);
        let is_after = request.start.is_some_and(|start| start > summary.last);
        if is_before || is_after {
            let field = if is_before { "end" } else { "start" };
            let message = format!("Candles are stored from {} to {} UTC only.", summary.first, summary.last);
            return Err(invalid(field, message));
        }
        let spec = RunSpec {
            name: strategy.name.clone(),
            strategy: strategy.kind.clone(),
            params: strategy.params.clone(),
            series: request.key.clone(),
            start: request.start,
            end: request.end,
            initial_capital: request.initial_capital,
            commission: request.commission,
            slippage: request.slippage,
            filters: types::FilterSchedule::default(),
        };
        let title = format!("{} on {}", strategy.name, request.key);
        let work = serde_json::to_value(BacktestJob { runs: vec![spec] }).map_err(internal)?;
        let new = NewJob { kind: JobKind::Backtest, title, spec: work };
        let job = self.shared.store.enqueue_job(user.id, new, now()).await.map_err(from_store)?;
        self.shared.queued(&job);
        Ok(job.id)
    }
}

/// Returns a figure by the house's rules; returns of a run carry their sign.
pub(super) fn figure(format: Format, value: Option<f64>) -> Figure {
    Figure { text: format.show(value), value }
}

/// Returns a return with its sign spelt out.
pub(super) fn signed(value: Option<f64>) -> Figure {
    let text = Format::Percent.show(value);
    let text = if value.is_some_and(|value| value > 0.0) { format!("+{text}") } else { text };
    Figure { text, value }
}

fn order_rules(kind: RulesKind) -> OrderRules {
    match kind {
        RulesKind::None => OrderRules::None,
        RulesKind::Given => OrderRules::Given,
        RulesKind::OfTheDay => OrderRules::OfTheDay,
        RulesKind::Assumed => OrderRules::Assumed,
    }
}

/// Makes the list's view of a stored run from its headline alone.
pub(super) fn run_view(run: &Run) -> Result<RunView, AppError> {
    let spec: RunSpec = serde_json::from_value(run.spec.clone()).map_err(internal)?;
    let headline: Headline = serde_json::from_value(run.summary.clone()).map_err(internal)?;
    let currency = super::charts::quote_asset(&run.symbol);
    let equity = Format::Money.show(headline.final_equity);
    let coverage =
        headline.coverage.unwrap_or_else(|| Coverage::outside(&spec, headline.first, headline.last));
    let rules =
        headline.order_rules.unwrap_or_else(|| RulesKind::over(&spec.filters, headline.first, headline.last));
    Ok(RunView {
        id: run.id,
        job: run.job,
        name: run.name.clone(),
        strategy: run.strategy.clone(),
        strategy_title: title_of(&run.strategy),
        params: params_text(&spec.params),
        key: spec.series,
        first_ms: headline.first.as_ms(),
        last_ms: headline.last.as_ms(),
        expected_bars: coverage.expected,
        missing_bars: coverage.missing,
        order_rules: order_rules(rules),
        created_ms: run.started_at.as_ms(),
        is_synthetic: headline.synthetic > 0,
        final_equity: Figure {
            text: format!("{equity} {currency}").trim_end().to_owned(),
            value: headline.final_equity,
        },
        total_return: signed(headline.total_return),
        market_return: signed(Some(headline.market_return)),
        max_drawdown: figure(Format::Percent, headline.max_drawdown),
        sharpe: figure(Format::Ratio, headline.sharpe),
        profit_factor: figure(Format::Ratio, headline.profit_factor),
        win_rate: figure(Format::Percent, headline.win_rate),
        trades: headline.trades,
        sparkline_svg: headline.sparkline_svg,
    })
}
