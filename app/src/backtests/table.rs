//! Results side by side, in any order of their columns.

use std::cmp::Ordering;

use leptos::prelude::*;

use super::model::{Figure, RunView};
use crate::format;
use crate::ui::{FigureText, SyntheticBadge};

/// A column that can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Return,
    Market,
    Drawdown,
    Sharpe,
    ProfitFactor,
    WinRate,
    Trades,
    Started,
}

impl Column {
    const fn title(self) -> &'static str {
        match self {
            Self::Return => "Return",
            Self::Market => "Market",
            Self::Drawdown => "Drawdown",
            Self::Sharpe => "Sharpe",
            Self::ProfitFactor => "Profit factor",
            Self::WinRate => "Win rate",
            Self::Trades => "Trades",
            Self::Started => "Run at (UTC)",
        }
    }

    /// The larger first; what is undefined last.
    fn order(self, a: &RunView, b: &RunView) -> Ordering {
        let figure = |run: &RunView| -> Option<f64> {
            let figure: &Figure = match self {
                Self::Return => &run.total_return,
                Self::Market => &run.market_return,
                Self::Drawdown => &run.max_drawdown,
                Self::Sharpe => &run.sharpe,
                Self::ProfitFactor => &run.profit_factor,
                Self::WinRate => &run.win_rate,
                Self::Trades | Self::Started => return None,
            };
            figure.value
        };
        match self {
            Self::Trades => b.trades.cmp(&a.trades),
            Self::Started => b.created_ms.cmp(&a.created_ms),
            _ => match (figure(a), figure(b)) {
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => b.is_some().cmp(&a.is_some()),
            },
        }
    }
}

/// Lists results, as they come or sorted by a column.
#[component]
pub(crate) fn RunTable(runs: Vec<RunView>) -> impl IntoView {
    let sorted_by = RwSignal::new(None::<(Column, bool)>);
    let rows = move || {
        let mut runs = runs.clone();
        if let Some((column, is_reversed)) = sorted_by.get() {
            runs.sort_by(|a, b| if is_reversed { column.order(b, a) } else { column.order(a, b) });
        }
        runs.into_iter().map(|run| view! { <Row run/> }).collect_view()
    };
    view! {
        <div class="table-wrap">
            <table class="stacked runs">
                <thead>
                    <tr>
                        <th scope="col">"Strategy"</th>
                        <th scope="col">"Series"</th>
                        <th scope="col">"Equity"</th>
                        <Sortable column=Column::Return sorted_by/>
                        <Sortable column=Column::Market sorted_by/>
                        <Sortable column=Column::Drawdown sorted_by/>
                        <Sortable column=Column::Sharpe sorted_by/>
                        <Sortable column=Column::ProfitFactor sorted_by/>
                        <Sortable column=Column::WinRate sorted_by/>
                        <Sortable column=Column::Trades sorted_by/>
                        <Sortable column=Column::Started sorted_by/>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Sortable(column: Column, sorted_by: RwSignal<Option<(Column, bool)>>) -> impl IntoView {
    let state = move || match sorted_by.get() {
        Some((by, is_reversed)) if by == column => Some(if is_reversed { "ascending" } else { "descending" }),
        _ => None,
    };
    let sort = move |_| {
        sorted_by.update(|by| {
            *by = match *by {
                Some((before, false)) if before == column => Some((column, true)),
                Some((before, true)) if before == column => None,
                _ => Some((column, false)),
            };
        });
    };
    view! {
        <th scope="col" class="number" aria-sort=state>
            <button type="button" class="sort" on:click=sort>{column.title()}</button>
        </th>
    }
}

#[component]
fn Row(run: RunView) -> impl IntoView {
    let badge = run.is_synthetic.then(|| view! { <SyntheticBadge/> });
    let (date, time) = (format::date(run.created_ms), format::time(run.created_ms));
    let range = format!("{} – {}", format::date(run.first_ms), format::date(run.last_ms));
    let missing = (run.missing_bars > 0).then(|| {
        let (missing, expected) = (format::count(run.missing_bars), format::count(run.expected_bars));
        view! { <span class="sub down">{missing}" of "{expected}" bars missing"</span> }
    });
    let rules = format!("Order rules: {}", run.order_rules.as_str());
    view! {
        <tr>
            <th scope="row" data-label="Strategy">
                <a href=run.link()>{run.name.clone()}</a>
                <span class="sub muted">{run.strategy_title.clone()}" "{run.params.clone()}</span>
            </th>
            <td data-label="Series">
                <span>{run.key.symbol.to_string()}" "<span class="chip">{run.key.interval.to_string()}</span>" "{badge}</span>
                <span class="sub muted">{range}</span>
                {missing}
                <span class="sub muted">{rules}</span>
            </td>
            <td data-label="Equity" class="spark" inner_html=run.sparkline_svg></td>
            <td data-label="Return" class="number strong"><FigureText figure=run.total_return/></td>
            <td data-label="Market" class="number"><FigureText figure=run.market_return/></td>
            <td data-label="Drawdown" class="number"><FigureText figure=run.max_drawdown/></td>
            <td data-label="Sharpe" class="number">{run.sharpe.text}</td>
            <td data-label="Profit factor" class="number">{run.profit_factor.text}</td>
            <td data-label="Win rate" class="number">{run.win_rate.text}</td>
            <td data-label="Trades" class="number">{format::count(run.trades)}</td>
            <td data-label="Run at (UTC)" class="number muted">{date}<span class="sub">{time}</span></td>
        </tr>
    }
}
