//! One result as its page shows it.

use std::fmt::Write as _;

use app::AppError;
use app::backtests::model::{
    BENCHMARK, Better, CoverageView, DrawdownView, Fact, Figure, MetricView, MonthView, RunDetail, TradePage,
    TradeQuery, TradeView, YearView, percent_text,
};
use app::markets::model::series_text;
use backtest::{RulesKind, RunSpec, TradeRow};
use metrics::{Definition, Format, Metric, catalogue};
use reports::{ChartSize, monthly_table};
use types::limits::question_share;
use types::{RunId, Timestamp, format};

use super::charts::draw;
use super::errors::{from_store, internal};
use super::request::RequestServices;
use super::runs_view::{figure, run_view, signed};
use super::series_view::provenance;
use super::strategies_view::{params_text, title_of};
use crate::results::{Overview, ReadError, overview_of, trades_of};

/// The most trades on a page.
const MOST_TRADES: u32 = 500;

impl RequestServices {
    pub(super) async fn my_run(&self, id: RunId) -> Result<RunDetail, AppError> {
        let user = self.signed_in().await?;
        let store = self.shared.store.as_ref();
        let run = store.run(user.id, id).await.map_err(from_store)?;
        let overview = overview_of(store, user.id, id).await.map_err(from_read)?;
        let library = &self.shared.house.configuration.config.strategies;
        let written_for = library.get(&run.name).map(|strategy| strategy.interval);
        // Drawing is CPU work of milliseconds.
        tokio::task::spawn_blocking(move || {
            let mut detail = detail(run_view(&run)?, &overview);
            let interval = overview.spec.series.interval;
            if let Some(own) = written_for.filter(|own| *own != interval && !overview.spec.params.is_empty()) {
                detail.warnings.push(format!(
                    "The strategy is written for {own} candles. On {interval} candles its periods count those."
                ));
            }
            Ok(detail)
        })
        .await
        .map_err(internal)?
    }

    pub(super) async fn my_trades(&self, query: TradeQuery) -> Result<TradePage, AppError> {
        let user = self.signed_in().await?;
        let store = self.shared.store.as_ref();
        let run = store.run(user.id, query.run).await.map_err(from_store)?;
        let total = run_view(&run)?.trades;
        let spec: RunSpec = serde_json::from_value(run.spec).map_err(internal)?;
        let per_page = u64::from(query.per_page.clamp(1, MOST_TRADES));
        let pages = u32::try_from(total.div_ceil(per_page)).unwrap_or(u32::MAX).max(1);
        let page = query.page.clamp(1, pages);
        let start = u64::from(page - 1) * per_page;
        let wanted = start..(start + per_page).min(total);
        let trades = trades_of(store, user.id, query.run, wanted).await.map_err(from_read)?;
        let mut trades: Vec<TradeView> = trades.iter().map(|row| trade_view(row, &spec)).collect();
        align(&mut trades);
        Ok(TradePage { trades, currency: spec.series.symbol.quote_asset().to_owned(), total, page, pages })
    }
}

fn from_read(error: ReadError) -> AppError {
    match error {
        ReadError::Store(error) => from_store(error),
        other => internal(other),
    }
}

fn detail(run: app::backtests::model::RunView, result: &Overview) -> RunDetail {
    RunDetail {
        run,
        metrics: metric_views(result),
        chart_wide_svg: draw(result, ChartSize::Wide),
        chart_compact_svg: draw(result, ChartSize::Compact),
        monthly: monthly(result),
        drawdowns: drawdowns(result),
        spec: spec_facts(result),
        account: account_facts(result),
        open_position: open_position(result),
        provenance: provenance(result.data.provenance),
        again: again(result),
        coverage: coverage(result),
        order_rules: result.data.rules.to_string(),
        warnings: warnings(result),
    }
}

fn coverage(result: &Overview) -> CoverageView {
    let (spec, data) = (&result.spec, &result.data);
    let found = data.coverage;
    CoverageView {
        start_ms: spec.start.map(Timestamp::as_ms),
        end_ms: spec.end.map(Timestamp::as_ms),
        first_ms: data.first.as_ms(),
        until_ms: result.ended_at.as_ms(),
        expected: found.expected,
        present: data.bars,
        missing: found.missing,
        missing_before: found.missing_before,
        missing_within: found.missing_within,
        missing_after: found.missing_after,
    }
}

/// Returns the address of the form with everything that this run was given; names and numbers need no escaping in it.
fn again(result: &Overview) -> String {
    let spec = &result.spec;
    let mut link = format!(
        "/backtests/new?strategy={}&series={}&capital={}&commission={}&slippage={}",
        spec.name,
        spec.series.to_string().replace(' ', "+"),
        spec.initial_capital,
        percent_text(spec.commission),
        percent_text(spec.slippage),
    );
    for (name, value) in spec.params.iter() {
        let _ = write!(link, "&p.{name}={value}");
    }
    if let Some(start) = spec.start {
        let _ = write!(link, "&start={}", start.to_date());
    }
    if let Some(end) = spec.end {
        // The form names the last day, which is included.
        let _ = write!(link, "&end={}", end.plus_ms(-1).to_date());
    }
    link
}

fn metric_views(result: &Overview) -> Vec<MetricView> {
    catalogue()
        .iter()
        .map(|definition| {
            let value = result.metrics.value(definition.metric);
            MetricView {
                id: definition.metric.as_str().to_owned(),
                title: definition.title.to_owned(),
                text: metric_text(result, definition, value),
                value,
                formula: definition.formula.to_owned(),
                explanation: definition.explanation.to_owned(),
                reason: result.metrics.reason(definition.metric).map(str::to_owned),
                better: match definition.better {
                    metrics::Better::Higher => Better::Higher,
                    metrics::Better::Lower => Better::Lower,
                    metrics::Better::Neither => Better::Neither,
                },
            }
        })
        .collect()
}

/// Writes a figure as its page shows it: a return with its sign, an amount with its currency, a drawdown that lasts with a word about it.
fn metric_text(result: &Overview, definition: &Definition, value: Option<f64>) -> String {
    let currency = result.spec.series.symbol.quote_asset();
    match (definition.metric, value) {
        (Metric::TotalReturn | Metric::Cagr | Metric::AverageTradeReturn, _) => signed(value).text,
        (Metric::NetProfit | Metric::Expectancy, Some(value)) => {
            format::signed(format::amount_in(value, currency))
        }
        (_, Some(value)) if definition.format == Format::Money => format::amount_in(value, currency),
        (Metric::LongestDrawdownDuration, Some(days)) => {
            lasting(days, result.metrics.longest_drawdown.is_some_and(|longest| longest.recovery.is_none()))
        }
        _ => definition.format.show_in(value, currency),
    }
}

/// Writes how long a drawdown took, or has taken so far.
fn lasting(days: f64, is_open: bool) -> String {
    let text = Format::Duration.show(Some(days));
    if is_open { format!("{text}, not recovered") } else { text }
}

fn monthly(result: &Overview) -> Vec<YearView> {
    monthly_table(&result.metrics.monthly)
        .years
        .into_iter()
        .map(|row| YearView {
            year: row.year,
            months: row
                .months
                .into_iter()
                .map(|cell| cell.map(|cell| MonthView { figure: signed(cell.value), heat: cell.heat }))
                .collect(),
            total: signed(row.total),
        })
        .collect()
}

fn drawdowns(result: &Overview) -> Vec<DrawdownView> {
    result
        .metrics
        .drawdowns
        .iter()
        .map(|drawdown| {
            let until = drawdown.recovery.unwrap_or(result.ended_at);
            DrawdownView {
                depth: figure(Format::Percent, Some(drawdown.depth)),
                peak_ms: drawdown.peak.as_ms(),
                trough_ms: drawdown.trough.as_ms(),
                recovery_ms: drawdown.recovery.map(Timestamp::as_ms),
                duration: lasting(days(until.ms_since(drawdown.peak)), false),
            }
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of any calendar span are far below 2^53")]
fn days(ms: i64) -> f64 {
    ms as f64 / Timestamp::DAY_MS as f64
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into() }
}

fn spec_facts(result: &Overview) -> Vec<Fact> {
    let spec = &result.spec;
    let currency = spec.series.symbol.quote_asset();
    vec![
        fact("Strategy", format!("{} ({})", title_of(&spec.strategy), spec.name)),
        fact(
            "Parameters",
            if spec.params.is_empty() {
                "none".to_owned()
            } else {
                params_text(&spec.strategy, &spec.params)
            },
        ),
        fact("Series", series_text(&spec.series)),
        fact("First bar", format!("{} UTC", format::minute(result.data.first.as_ms()))),
        fact("Last bar", format!("{} UTC", format::minute(result.data.last.as_ms()))),
        fact("Requested range", asked_for(result)),
        fact(
            "Bars",
            format!(
                "{} of {} ({} missing)",
                format::count(result.data.bars),
                format::count(result.data.coverage.expected),
                format::count(result.data.coverage.missing),
            ),
        ),
        fact("Warm-up", format::counted(result.data.warm_up_bars, "bar", "bars")),
        fact("Initial capital", format::amount_in(spec.initial_capital, currency)),
        fact("Commission", format::rate(spec.commission)),
        fact("Slippage", format::rate(spec.slippage)),
        fact("Order rules", result.data.rules.to_string()),
        fact("Fills", "At the open after the signal"),
    ]
}

fn asked_for(result: &Overview) -> String {
    let spec = &result.spec;
    // Whole days are told as the form asks for them, with the last one included.
    let is_day = |at: Timestamp| at == at.floor_day();
    let side = |at: Timestamp, day: Timestamp| {
        if is_day(at) { day.to_date() } else { format!("{} UTC", format::minute(at.as_ms())) }
    };
    let start = spec.start.map_or_else(|| "first candle".to_owned(), |at| side(at, at));
    let end = spec.end.map_or_else(|| "last candle".to_owned(), |at| side(at, at.plus_ms(-1)));
    format!("{start} to {end}")
}

fn account_facts(result: &Overview) -> Vec<Fact> {
    let account = &result.account;
    let currency = result.spec.series.symbol.quote_asset();
    let amount = |money: types::Money| format::amount_in(money, currency);
    vec![
        fact("Cash at the start", amount(account.initial_cash)),
        fact("Bought", amount(-account.bought)),
        fact("Sold", amount(account.sold)),
        fact("Fees", amount(-account.fees)),
        fact("Cash at the end", amount(account.cash)),
        fact("Rejected orders", format::count(account.refused_orders)),
        fact("Orders without a next bar", format::count(account.unfilled_orders)),
    ]
}

fn open_position(result: &Overview) -> Option<String> {
    let open = result.open_position.as_ref()?;
    let symbol = &result.spec.series.symbol;
    let (base, currency) = (symbol.base_asset(), symbol.quote_asset());
    let step = result.spec.filters.at(result.ended_at).step_size;
    let cost = open.entry_notional.to_f64() + open.fees.to_f64();
    let change =
        if cost > 0.0 { format!(" ({})", format::change(open.value / cost - 1.0)) } else { String::new() };
    Some(format!(
        "Still open: {} {base}, bought on {} for {}, worth {}{change} at the last close. It counts in the equity and not among the trades.",
        format::quantity(open.quantity, step),
        open.entry_time.to_date(),
        format::amount_in(open.entry_notional, currency),
        format::amount_in(open.value, currency),
    ))
}

fn warnings(result: &Overview) -> Vec<String> {
    let mut warnings = Vec::new();
    let data = &result.data;
    if data.provenance.synthetic > 0 {
        warnings.push(format!(
            "{} of {} candles are synthetic: generated, traded on no market. The figures say nothing about real money.",
            format::count(data.provenance.synthetic),
            format::count(data.bars)
        ));
    }
    warnings.extend(data.missing_bars());
    for (what, rate) in [("commission", result.spec.commission), ("slippage", result.spec.slippage)] {
        if question_share(rate).is_some() {
            warnings.push(format!("A {what} of {} on every fill is unusually high.", format::rate(rate)));
        }
    }
    if result.metrics.days < 30.0 {
        warnings.push("Under 30 days: annualised figures are not shown, they would mislead.".to_owned());
    }
    match result.metrics.trades {
        // A benchmark is not judged by its trades.
        _ if result.spec.strategy.as_str() == BENCHMARK => {}
        0 => warnings.push("No trade was closed: there is nothing to judge the strategy by.".to_owned()),
        trades @ 1..30 => warnings.push(format!(
            "Only {}: too few to tell skill from luck.",
            format::counted(trades, "closed trade", "closed trades")
        )),
        _ => {}
    }
    // Without a record every fill was possible; with one, days that nobody looked at are told.
    if data.rules.kind() == RulesKind::Assumed {
        warnings.push(format!("Order rules {}.", data.rules));
    }
    if result.account.refused_orders > 0 {
        warnings.push(format!(
            "The order rules of the exchange rejected {}.",
            format::counted(result.account.refused_orders, "order", "orders")
        ));
    }
    warnings
}

/// Gives the numbers of each column the same decimals, so that they can be compared by looking down the page.
fn align(trades: &mut [TradeView]) {
    let columns: [fn(&mut TradeView) -> &mut String; 5] = [
        |trade| &mut trade.quantity,
        |trade| &mut trade.entry_price,
        |trade| &mut trade.exit_price,
        |trade| &mut trade.fees,
        |trade| &mut trade.profit.text,
    ];
    for column in columns {
        let most = trades.iter_mut().map(|trade| decimals(column(trade))).max().unwrap_or(0);
        for trade in &mut *trades {
            let text = column(trade);
            let missing = most - decimals(text);
            if missing > 0 && !text.contains(['e', 'a']) {
                let point = if text.contains('.') { "" } else { "." };
                let _ = write!(text, "{point}{:0<missing$}", "");
            }
        }
    }
}

fn decimals(text: &str) -> usize {
    text.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len())
}

fn trade_view(row: &TradeRow, spec: &RunSpec) -> TradeView {
    let trade = &row.trade;
    let currency = spec.series.symbol.quote_asset();
    // Each side by the rules of its own day.
    let (entry, exit) = (spec.filters.at(trade.entry_time), spec.filters.at(trade.exit_time));
    let profit = trade.profit.to_f64();
    TradeView {
        number: row.number,
        entry_ms: trade.entry_time.as_ms(),
        exit_ms: trade.exit_time.as_ms(),
        quantity: format::quantity(trade.quantity, entry.step_size),
        entry_price: format::price(row.entry_price, entry.tick_size),
        exit_price: format::price(row.exit_price, exit.tick_size),
        fees: format::amount(trade.fees, currency),
        profit: Figure { text: format::signed_amount(trade.profit, currency), value: Some(profit) },
        return_on_cost: signed(row.return_on_cost),
    }
}
