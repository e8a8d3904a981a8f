//! The latest candles as a table: what a reader without the chart sees. The one that is forming stands above them.

use leptos::prelude::*;

use super::model::{CandleWindow, FormingCandle, LiveNews};
use crate::format;

/// Lists candles, newest first.
#[component]
pub(super) fn LatestCandles(window: CandleWindow, live: RwSignal<LiveNews>) -> impl IntoView {
    let digits = (window.price_decimals, window.volume_decimals);
    let last = window.time.last().copied().unwrap_or(i64::MIN);
    let rows: Vec<_> = (0..window.time.len()).rev().filter_map(|index| row(&window, index)).collect();
    let forming = move || live.with(|live| live.forming).filter(|candle| candle.time > last);
    view! {
        <section class="panel">
            <h2>"Latest candles"</h2>
            <div class="table-wrap tall" tabindex="0" role="region" aria-label="Latest candles">
                <table class="stacked latest">
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
                    <tbody>
                        {move || forming().map(|candle| cells(&candle, digits, true))}
                        {rows}
                    </tbody>
                </table>
            </div>
        </section>
    }
}

fn row(window: &CandleWindow, index: usize) -> Option<impl IntoView + use<>> {
    let at = |column: &[f64]| column.get(index).copied();
    let candle = FormingCandle {
        time: *window.time.get(index)?,
        open: at(&window.open)?,
        high: at(&window.high)?,
        low: at(&window.low)?,
        close: at(&window.close)?,
        volume: at(&window.volume)?,
    };
    Some(cells(&candle, (window.price_decimals, window.volume_decimals), false))
}

fn cells(candle: &FormingCandle, (prices, volumes): (u32, u32), is_forming: bool) -> impl IntoView + use<> {
    let price = |value| format::number(value, prices as usize);
    let note = is_forming.then(|| view! { " "<span class="badge">"Forming"</span> });
    view! {
        <tr class:forming=is_forming>
            <td data-label="Opened (UTC)"><span>{format::minute(candle.time)}{note}</span></td>
            <td data-label="Open" class="number">{price(candle.open)}</td>
            <td data-label="High" class="number">{price(candle.high)}</td>
            <td data-label="Low" class="number">{price(candle.low)}</td>
            <td data-label="Close" class=format!("number {}", format::tone(candle.close - candle.open))>{price(candle.close)}</td>
            <td data-label="Volume" class="number">{format::number(candle.volume, volumes as usize)}</td>
        </tr>
    }
}
