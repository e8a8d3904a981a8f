//! The user's results in lists.

use app::AppError;
use app::backtests::model::{Figure, OrderRules, RunPage, RunQuery, RunView};
use backtest::{Coverage, RulesKind, RunSpec};
use metrics::Format;
use store::Run;
use types::UserId;

use super::errors::{from_store, internal, invalid};
use super::request::RequestServices;
use super::strategies_view::{params_text, title_of};
use crate::jobs::Headline;

/// How many results are put in order at most.
const MOST_ORDERED: usize = 5_000;
/// How many are read from the store at once.
const READ_AT_ONCE: u32 = 500;

impl RequestServices {
    pub(super) async fn my_runs(&self, query: RunQuery) -> Result<RunPage, AppError> {
        let user = self.signed_in().await?;
        if !query.order.is_default() {
            return self.ordered_runs(user.id, query).await;
        }
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
            next: page.next.map(|cursor| format!("before={cursor}")),
        })
    }

    /// Returns a page of the results in another order than that of their start. The store knows no other one, so the latest
    /// [`MOST_ORDERED`] are read and put in order here; a user who keeps more than that sees those.
    async fn ordered_runs(&self, user: UserId, query: RunQuery) -> Result<RunPage, AppError> {
        let store = &self.shared.store;
        let (mut runs, mut before) = (Vec::new(), None);
        loop {
            let page = store.runs(user, READ_AT_ONCE, before).await.map_err(from_store)?;
            for run in &page.items {
                runs.push(run_view(run)?);
            }
            before = page.next;
            if before.is_none() || runs.len() >= MOST_ORDERED {
                break;
            }
        }
        runs.sort_by(|a, b| query.order.compare(a, b));
        let limit = query.limit.max(1) as usize;
        let skipped = limit.saturating_mul(query.page.max(1) as usize - 1);
        let next = (skipped + limit < runs.len()).then(|| format!("page={}", query.page.max(1) + 1));
        Ok(RunPage {
            runs: runs.into_iter().skip(skipped).take(limit).collect(),
            total: store.count_runs(user).await.map_err(from_store)?,
            next,
        })
    }
}

/// Returns a figure by the house's rules; returns of a run carry their sign.
pub(super) fn figure(format: Format, value: Option<f64>) -> Figure {
    Figure { text: format.show(value), value }
}

/// Returns a return with its sign spelt out.
pub(super) fn signed(value: Option<f64>) -> Figure {
    Figure { text: types::format::signed(Format::Percent.show(value)), value }
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
    let coverage =
        headline.coverage.unwrap_or_else(|| Coverage::outside(&spec, headline.first, headline.last));
    let rules =
        headline.order_rules.unwrap_or_else(|| RulesKind::over(&spec.filters, headline.first, headline.last));
    Ok(RunView {
        id: run.id,
        name: run.name.clone(),
        strategy: run.strategy.clone(),
        strategy_title: title_of(&run.strategy),
        params: params_text(&run.strategy, &spec.params),
        key: spec.series,
        first_ms: headline.first.as_ms(),
        last_ms: headline.last.as_ms(),
        expected_bars: coverage.expected,
        missing_bars: coverage.missing,
        order_rules: order_rules(rules),
        created_ms: run.started_at.as_ms(),
        is_synthetic: headline.synthetic > 0,
        total_return: signed(headline.total_return),
        market_return: signed(Some(headline.market_return)),
        max_drawdown: figure(Format::Percent, headline.max_drawdown),
        sharpe: figure(Format::Ratio, headline.sharpe),
        profit_factor: figure(Format::Ratio, headline.profit_factor),
        win_rate: figure(Format::Percent, headline.win_rate),
        trades: headline.trades,
        sparkline: headline.sparkline(),
    })
}
