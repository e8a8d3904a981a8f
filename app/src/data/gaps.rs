//! The holes of one series, chosen by the page's address (`?gaps=binance+BTCUSDT+1h`).

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::series_gaps;
use crate::format;
use crate::markets::model::GapView;
use crate::ui::{Loading, shown};

/// Shows the holes of the chosen series, or nothing when none is chosen.
#[component]
pub(super) fn GapsPanel() -> impl IntoView {
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.read().get("gaps").filter(|series| !series.is_empty()));
    let found = Resource::new(
        move || chosen.get(),
        |chosen| async move {
            match chosen {
                Some(series) => series_gaps(series.clone()).await.map(|gaps| Some((series, gaps))),
                None => Ok(None),
            }
        },
    );
    view! {
        <div id="gaps">
            <Transition fallback=Loading>
                {move || Suspend::new(async move {
                    shown(found.await, |found| found.map(|(series, gaps)| view! { <Gaps series gaps/> }))
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Gaps(series: String, gaps: Vec<GapView>) -> impl IntoView {
    let missing = gaps.iter().map(|gap| gap.missing).sum();
    let shown = u64::try_from(gaps.len()).unwrap_or(0);
    let lead = format!(
        "{}, {} missing",
        format::counted(shown, "gap", "gaps"),
        format::counted(missing, "candle", "candles")
    );
    let rows = gaps.into_iter().rev().map(|gap| {
        view! {
            <tr>
                <td>{format::minute(gap.start_ms)}</td>
                <td>{format::minute(gap.end_ms)}</td>
                <td class="number">{format::count(gap.missing)}</td>
                <td class="number">{format::span(gap.end_ms - gap.start_ms)}</td>
            </tr>
        }
    });
    view! {
        <section class="panel" aria-labelledby="gaps-title">
            <div class="panel-head">
                <h2 id="gaps-title">"Gaps in "{series}</h2>
                <span class="actions"><span class="muted">{lead}</span><a class="button small" href="/data">"Close"</a></span>
            </div>
            <div class="table-wrap tall" tabindex="0" role="region" aria-label="Gaps">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"First missing (UTC)"</th>
                            <th scope="col">"Goes on at (UTC)"</th>
                            <th scope="col" class="number">"Candles"</th>
                            <th scope="col" class="number">"Length"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}
