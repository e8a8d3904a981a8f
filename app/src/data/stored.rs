//! The table of what is stored. Candles belong to the house, so only administrators are offered to delete them.

use leptos::prelude::*;

use super::api::DeleteSeries;
use crate::format;
use crate::markets::model::SeriesView;
use crate::ui::{Empty, ProvenanceBadges, Symbol};

/// Lists every series with its coverage.
#[component]
pub(super) fn Stored(series: Vec<SeriesView>, may_delete: bool, on_delete: Callback<()>) -> impl IntoView {
    let delete = ServerAction::<DeleteSeries>::new();
    Effect::new(move |_| {
        if matches!(delete.value().get(), Some(Ok(()))) {
            on_delete.run(());
        }
    });
    if series.is_empty() {
        return view! {
            <Empty
                symbol=Symbol::Data title="Nothing stored yet"
                text="Download candles from an exchange or import a file: both are below."
            >
                <a class="button primary" href="#download" rel="external">"Download"</a>
                <a class="button" href="#import" rel="external">"Import a file"</a>
            </Empty>
        }
        .into_any();
    }
    let bytes = format::bytes(series.iter().map(|series| series.bytes).sum());
    let problem = move || delete.value().get().and_then(Result::err).map(|error| error.to_string());
    let rows = series.into_iter().map(|series| view! { <Row series may_delete delete/> });
    let rows = rows.collect_view();
    view! {
        <section class="panel" aria-labelledby="stored-title">
            <div class="panel-head"><h2 id="stored-title">"Stored series"</h2><span class="muted">{bytes}" on disk"</span></div>
            <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
            <div class="table-wrap">
                <table class="stacked">
                    <thead>
                        <tr>
                            <th scope="col">"Series"</th>
                            <th scope="col">"First (UTC)"</th>
                            <th scope="col">"Last (UTC)"</th>
                            <th scope="col" class="number">"Candles"</th>
                            <th scope="col" class="number">"Gaps"</th>
                            <th scope="col">"Source"</th>
                            <th scope="col" class="number">"Size"</th>
                            <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Row(series: SeriesView, may_delete: bool, delete: ServerAction<DeleteSeries>) -> impl IntoView {
    let key = series.key.to_string();
    let deletion = may_delete.then(|| view! { <Deletion key=key.clone() delete/> });
    let gaps_link = format!("/data?gaps={}#gaps", key.replace(' ', "+"));
    let gaps = if series.gaps == 0 {
        view! { <span class="muted">"none"</span> }.into_any()
    } else {
        let text = format::count(series.gaps);
        let title = format!("{} missing", format::counted(series.missing, "candle", "candles"));
        view! { <a class="warn" href=gaps_link title=title>{text}</a> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" data-label="Series">
                <a href=series.link()>{series.key.symbol.to_string()}</a>
                <span class="chip">{series.key.interval.to_string()}</span>
                <span class="muted">{series.key.exchange.to_string()}</span>
            </th>
            <td data-label="First (UTC)">{format::minute(series.first_ms)}</td>
            <td data-label="Last (UTC)">{format::minute(series.last_ms)}</td>
            <td data-label="Candles" class="number">{format::count(series.rows)}</td>
            <td data-label="Gaps" class="number">{gaps}</td>
            <td data-label="Source"><ProvenanceBadges provenance=series.provenance/></td>
            <td data-label="Size" class="number">{format::bytes(series.bytes)}</td>
            <td class="row-actions">{deletion}</td>
        </tr>
    }
}

#[component]
fn Deletion(key: String, delete: ServerAction<DeleteSeries>) -> impl IntoView {
    view! {
        <details class="confirm">
            <summary class="button small quiet" aria-label=format!("Delete {key}")>"Delete"</summary>
            <ActionForm action=delete>
                <input type="hidden" name="series" value=key.clone()/>
                <p>"Delete all candles of "<strong>{key}</strong>"? This cannot be undone."</p>
                <button type="submit" class="button small danger">"Delete them"</button>
            </ActionForm>
        </details>
    }
}
