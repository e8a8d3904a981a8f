//! The parts of a series' page: what is missing in it and why, candles without a trade, what was revised or refused; and a repair.

use leptos::prelude::*;

use super::api::RepairSeries;
use super::folded::{Column, FoldedTable};
use super::model::{FlatView, RefusalView, RevisionView};
use crate::format;
use crate::markets::model::{GapCauseView, GapView};
use crate::ui::{FormState, PostForm, Submit};

/// Asks the exchange for what is missing.
#[component]
pub(super) fn Repair(series: String, missing_here: Memo<u64>) -> impl IntoView {
    let action = FormState::of::<RepairSeries>();
    let problem = move || action.problem();
    // Where everything is known to be missing at the exchange, only asking for that again makes sense.
    let recheck = move || missing_here.get() == 0;
    let text = move || if recheck() { "Ask the exchange again" } else { "Repair" };
    view! {
        <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
        <PostForm to=action>
            <input type="hidden" name="series" value=series/>
            <input type="hidden" name="recheck" value=move || recheck().to_string()/>
            <Submit pending=action.pending() class="button primary small">{text}</Submit>
        </PostForm>
    }
}

#[component]
pub(super) fn Gaps(gaps: Vec<GapView>) -> impl IntoView {
    if gaps.is_empty() {
        return view! { <p class="muted">"No candle is missing between the first and the last."</p> }
            .into_any();
    }
    let rows = gaps.into_iter().rev().map(|gap| {
        view! {
            <tr>
                <td data-label="First missing (UTC)">{format::minute(gap.start_ms)}</td>
                <td data-label="Next stored (UTC)">{format::minute(gap.end_ms)}</td>
                <td data-label="Candles" class="number">{format::count(gap.missing)}</td>
                <td data-label="Length" class="number">{format::duration(gap.end_ms - gap.start_ms)}</td>
                <td data-label="Cause"><Cause cause=gap.cause/></td>
            </tr>
        }
    });
    view! {
        <h3>"Gaps"</h3>
        <div class="table-wrap tall" tabindex="0" role="region" aria-label="Gaps">
            <table class="stacked full">
                <thead>
                    <tr>
                        <th scope="col">"First missing (UTC)"</th>
                        <th scope="col">"Next stored (UTC)"</th>
                        <th scope="col" class="number">"Candles"</th>
                        <th scope="col" class="number">"Length"</th>
                        <th scope="col">"Cause"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Cause(cause: GapCauseView) -> impl IntoView {
    let (text, title) = match cause {
        GapCauseView::Outage(at) => (
            "Missing at the exchange",
            format!("Asked again at {} UTC: still nothing there", format::minute(at)),
        ),
        GapCauseView::Rejected(reason) => ("Rows refused", reason),
        GapCauseView::NotFetched => ("Missing locally", "Not fetched yet: repair the series".to_owned()),
    };
    view! { <span class="badge" title=title>{text}</span> }
}

#[component]
pub(super) fn Flat(runs: Vec<FlatView>) -> impl IntoView {
    let row = |run: FlatView| {
        [format::minute(run.start_ms), format::minute(run.end_ms), format::count(run.candles)]
    };
    let rows = runs.into_iter().map(row).collect::<Vec<_>>();
    view! {
        <FoldedTable
            summary="Longest stretches without a trade" label="Stretches without a trade"
            columns=[Column::text("From (UTC)"), Column::text("To (UTC)"), Column::number("Candles")]
            rows
        />
    }
}

#[component]
pub(super) fn Revisions(revisions: Vec<RevisionView>) -> impl IntoView {
    let row = |revision: RevisionView| {
        [format::minute(revision.open_ms), format::minute(revision.seen_ms), revision.changes]
    };
    let rows = revisions.into_iter().map(row).collect::<Vec<_>>();
    view! {
        <FoldedTable
            summary="Latest revisions by the exchange" label="Revisions"
            columns=[Column::text("Candle (UTC)"), Column::text("Seen (UTC)"), Column::text("Changes")]
            rows
        />
    }
}

#[component]
pub(super) fn Refusals(refusals: Vec<RefusalView>) -> impl IntoView {
    let row = |refusal: RefusalView| [format::minute(refusal.open_ms), refusal.reason];
    let rows = refusals.into_iter().map(row).collect::<Vec<_>>();
    view! {
        <FoldedTable
            summary="Latest rows refused" label="Rows refused"
            columns=[Column::text("Candle (UTC)"), Column::text("Reason")]
            rows
        />
    }
}
