//! Results side by side.

use leptos::prelude::*;

use super::model::{RunColumn, RunOrder, RunView};
use crate::format;
use crate::ui::{FigureText, SyntheticBadge};

/// Lists results in the order in which they come. With `order`, the heads lead to other ones.
#[component]
pub(crate) fn RunTable(runs: Vec<RunView>, #[prop(optional)] order: Option<RunOrder>) -> impl IntoView {
    let heads = RunColumn::ALL.map(|column| view! { <Head column order/> });
    let rows = runs.into_iter().map(|run| view! { <Row run/> });
    view! {
        <div class="table-wrap">
            <table class="stacked runs">
                <thead>
                    <tr>
                        <th scope="col">"Strategy"</th>
                        <th scope="col">"Series"</th>
                        <th scope="col">"Equity"</th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// The head of a column: a link, so that the order stands in the address and works without JavaScript.
#[component]
fn Head(column: RunColumn, order: Option<RunOrder>) -> impl IntoView {
    let Some(order) = order else {
        return view! { <th scope="col" class="number">{column.title()}</th> }.into_any();
    };
    let state =
        (order.column == column).then_some(if order.is_ascending { "ascending" } else { "descending" });
    let next = order.clicked(column);
    let hint = if next.is_ascending { "Smallest first" } else { "Largest first" };
    view! {
        <th scope="col" class="number" aria-sort=state>
            <a class="sort" href=next.link() title=hint>{column.title()}</a>
        </th>
    }
    .into_any()
}

/// The choice of an order where a narrow screen has no heads.
#[component]
pub(super) fn OrderLinks(order: RunOrder) -> impl IntoView {
    let links = RunColumn::ALL.map(|column| {
        let current = (order.column == column).then_some("true");
        let arrow = match (order.column == column, order.is_ascending) {
            (true, true) => " ↑",
            (true, false) => " ↓",
            _ => "",
        };
        view! { <a class="chip" href=order.clicked(column).link() aria-current=current>{column.title()}{arrow}</a> }
    });
    view! { <nav class="chips narrow-only" aria-label="Order"><span class="muted small">"Sort by"</span>{links}</nav> }
}

/// Equity as a line without axes, in the colour of what it brought.
#[component]
pub(crate) fn Sparkline(path: String, tone: &'static str) -> impl IntoView {
    (!path.is_empty()).then(|| {
        view! {
            <svg class=format!("sparkline {tone}") viewBox="0 0 120 32" aria-hidden="true">
                <path d=path fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/>
            </svg>
        }
    })
}

#[component]
fn Row(run: RunView) -> impl IntoView {
    let badge = run.is_synthetic.then(|| view! { <SyntheticBadge/> });
    let (date, time) = (format::date(run.created_ms), format::time(run.created_ms));
    let range = format!("{} to {}", format::date(run.first_ms), format::date(run.last_ms));
    let missing = (run.missing_bars > 0).then(|| {
        let (missing, expected) = (format::count(run.missing_bars), format::count(run.expected_bars));
        view! { <span class="sub warn">{missing}" of "{expected}" candles missing"</span> }
    });
    let rules = run.order_rules;
    let tone = run.total_return.tone();
    view! {
        <tr>
            <th scope="row" data-label="Strategy">
                <a href=run.link()>{run.title()}</a>
                <span class="sub muted">{run.name.clone()}</span>
            </th>
            <td data-label="Series">
                <span>{run.key.symbol.to_string()}" "<span class="chip">{run.key.interval.to_string()}</span>" "<span class="muted">{run.key.exchange.to_string()}</span>" "{badge}</span>
                <span class="sub muted">{range}</span>
                {missing}
                <span class="sub muted" title=rules.meaning()>"Order rules: "{rules.as_str()}</span>
            </td>
            <td data-label="Equity" class="spark"><Sparkline path=run.sparkline tone/></td>
            <td data-label="Return" class="number strong"><FigureText figure=run.total_return/></td>
            <td data-label="Buy and hold" class="number"><span class="figure">{run.market_return.text}</span></td>
            <td data-label="Drawdown" class="number"><span class="figure">{run.max_drawdown.text}</span></td>
            <td data-label="Sharpe" class="number">{run.sharpe.text}</td>
            <td data-label="Profit factor" class="number">{run.profit_factor.text}</td>
            <td data-label="Win rate" class="number"><span class="figure">{run.win_rate.text}</span></td>
            <td data-label="Trades" class="number">{format::count(run.trades)}</td>
            <td data-label="Run at (UTC)" class="number muted"><span>{date}<span class="sub">{time}</span></span></td>
        </tr>
    }
}
