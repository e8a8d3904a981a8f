//! Parts of a result's page: warnings, charts, books and drawdowns.

use leptos::prelude::*;

use super::model::{DrawdownView, Fact, RunView, verdict};
use crate::format;
use crate::markets::model::ProvenanceView;
use crate::ui::{FigureText, Icon, ProvenanceBadges, Symbol};

/// The result in a sentence, and what is still open.
#[component]
pub(super) fn Verdict(run: RunView, open_position: Option<String>) -> impl IntoView {
    let open = open_position.map(|text| view! { <p class="open-position">{text}</p> });
    view! {
        <section class="verdict" aria-label="Verdict">
            <p class=format!("verdict-text {}", run.total_return.tone())>{verdict(&run)}</p>
            {open}
        </section>
    }
}

/// What a reader must know before believing the figures.
#[component]
pub(super) fn Warnings(warnings: Vec<String>) -> impl IntoView {
    let notes = warnings.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    let has_notes = !notes.is_empty();
    view! {
        {has_notes.then(|| view! {
            <div class="notice warn"><Icon symbol=Symbol::Warning/><ul>{notes}</ul></div>
        })}
    }
}

/// Equity and drawdown as the server drew them; the width decides which of the two drawings shows.
#[component]
pub(super) fn Charts(wide: String, compact: String) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="equity-title">
            <h2 id="equity-title">"Equity and drawdown"</h2>
            <div class="drawing" inner_html=format!("{wide}{compact}")></div>
        </section>
    }
}

/// A list of facts.
#[component]
pub(super) fn Books(
    title: &'static str,
    facts: Vec<Fact>,
    provenance: Option<ProvenanceView>,
) -> impl IntoView {
    let rows = facts.into_iter().map(|fact| view! { <div><dt>{fact.label}</dt><dd>{fact.value}</dd></div> });
    let source = provenance.map(|provenance| {
        view! { <div><dt>"Source of the candles"</dt><dd><ProvenanceBadges provenance/></dd></div> }
    });
    view! {
        <section class="panel">
            <h2>{title}</h2>
            <dl class="facts">{rows.collect_view()}{source}</dl>
        </section>
    }
}

/// The deepest falls.
#[component]
pub(super) fn Drawdowns(drawdowns: Vec<DrawdownView>) -> impl IntoView {
    let rows = drawdowns.into_iter().map(|fall| {
        let recovery = fall.recovery_ms.map_or_else(|| "Not recovered".to_owned(), format::minute);
        view! {
            <tr>
                <td data-label="Depth" class="number strong"><FigureText figure=fall.depth/></td>
                <td data-label="Peak (UTC)">{format::minute(fall.peak_ms)}</td>
                <td data-label="Lowest (UTC)">{format::minute(fall.trough_ms)}</td>
                <td data-label="Recovered (UTC)">{recovery}</td>
                <td data-label="Duration" class="number">{fall.duration}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="falls-title">
                <h2 id="falls-title">"Deepest drawdowns"</h2>
                <div class="table-wrap">
                    <table class="stacked full">
                        <thead>
                            <tr>
                                <th scope="col" class="number">"Depth"</th>
                                <th scope="col">"Peak (UTC)"</th>
                                <th scope="col">"Lowest (UTC)"</th>
                                <th scope="col">"Recovered (UTC)"</th>
                                <th scope="col" class="number">"Duration"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
    })
}
