//! The trades of a result, page by page.

use leptos::prelude::*;

use super::model::{TradePage, TradeView};
use crate::format;
use crate::ui::FigureText;

/// Lists a page of trades; the pages are links (`?page=2`).
#[component]
pub(super) fn Trades(trades: TradePage, path: String) -> impl IntoView {
    let mut total = format::counted(trades.total, "closed trade", "closed trades");
    if !trades.currency.is_empty() {
        total = format!("{total} · prices, fees and profits in {}", trades.currency);
    }
    let is_empty = trades.trades.is_empty();
    let pager = (trades.pages > 1).then(|| view! { <Pager page=trades.page pages=trades.pages path/> });
    let rows = trades.trades.into_iter().map(|trade| view! { <Row trade/> });
    let rows = rows.collect_view();
    let table = move || {
        view! {
            <div class="table-wrap">
                <table class="stacked trades">
                    <thead>
                        <tr>
                            <th scope="col" class="number">"#"</th>
                            <th scope="col">"Opened (UTC)"</th>
                            <th scope="col">"Closed (UTC)"</th>
                            <th scope="col" class="number">"Held"</th>
                            <th scope="col" class="number">"Quantity"</th>
                            <th scope="col" class="number">"Entry"</th>
                            <th scope="col" class="number">"Exit"</th>
                            <th scope="col" class="number">"Fees"</th>
                            <th scope="col" class="number">"Profit"</th>
                            <th scope="col" class="number">"Return"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    };
    view! {
        <section class="panel after" id="trades" aria-labelledby="trades-title">
            <div class="panel-head"><h2 id="trades-title">"Trades"</h2><span class="muted">{total}</span></div>
            {if is_empty { view! { <p class="muted">"No trade was closed in this run."</p> }.into_any() } else { table().into_any() }}
            {pager}
        </section>
    }
}

/// Seconds are told where there are some.
fn time(ms: i64) -> String {
    if ms % 60_000 == 0 { format::minute(ms) } else { format::date_time(ms) }
}

#[component]
fn Row(trade: TradeView) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" data-label="Trade" class="number">{trade.number}</th>
            <td data-label="Opened (UTC)">{time(trade.entry_ms)}</td>
            <td data-label="Closed (UTC)">{time(trade.exit_ms)}</td>
            <td data-label="Held" class="number">{format::duration(trade.exit_ms - trade.entry_ms)}</td>
            <td data-label="Quantity" class="number">{trade.quantity}</td>
            <td data-label="Entry" class="number">{trade.entry_price}</td>
            <td data-label="Exit" class="number">{trade.exit_price}</td>
            <td data-label="Fees" class="number">{trade.fees}</td>
            <td data-label="Profit" class="number"><FigureText figure=trade.profit/></td>
            <td data-label="Return" class="number strong"><FigureText figure=trade.return_on_cost/></td>
        </tr>
    }
}

#[component]
fn Pager(page: u32, pages: u32, path: String) -> impl IntoView {
    let link = move |to: u32| format!("{path}?page={to}#trades");
    let before =
        (page > 1).then(|| view! { <a class="button small" rel="prev" href=link(page - 1)>"Previous"</a> });
    let after =
        (page < pages).then(|| view! { <a class="button small" rel="next" href=link(page + 1)>"Next"</a> });
    view! {
        <nav class="pager" aria-label="Pages of trades">
            {before}<span class="muted">"Page "{page}" of "{pages}</span>{after}
        </nav>
    }
}
