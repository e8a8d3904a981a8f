//! The latest candles as a table: what a reader without the chart sees.

use leptos::prelude::*;

use super::model::CandleWindow;
use crate::format;

/// Lists candles, newest first.
#[component]
pub(super) fn LatestCandles(window: CandleWindow) -> impl IntoView {
    let rows: Vec<_> = (0..window.time.len()).rev().filter_map(|index| row(&window, index)).collect();
    view! {
        <section class="panel">
            <h2>"Latest candles"</h2>
            <div class="table-wrap tall" tabindex="0" role="region" aria-label="Latest candles">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Opened (UTC)"</th>
                            <th scope="col" class="number">"Open"</th>
                            <th scope="col" class="number">"High"</th>
                            <th scope="col" class="number">"Low"</th>
                            <th scope="col" class="number">"Close"</th>
                            <th scope="col" class="number">"Volume"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(window: &CandleWindow, index: usize) -> Option<impl IntoView + use<>> {
    let at = |column: &[f64]| column.get(index).copied();
    let (open, close) = (at(&window.open)?, at(&window.close)?);
    Some(view! {
        <tr>
            <td>{format::minute(*window.time.get(index)?)}</td>
            <td class="number">{format::price(open)}</td>
            <td class="number">{format::price(at(&window.high)?)}</td>
            <td class="number">{format::price(at(&window.low)?)}</td>
            <td class=format!("number {}", format::tone(close - open))>{format::price(close)}</td>
            <td class="number">{format::price(at(&window.volume)?)}</td>
        </tr>
    })
}
