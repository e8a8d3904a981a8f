//! How far one series can be trusted, chosen by the page's address (`?gaps=binance+BTCUSDT+1h`): holes with their causes, candles
//! without a trade, what the exchange revised, and a repair.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{RepairSeries, series_quality};
use super::fill::Fill;
use super::folded::{Column, FoldedTable};
use super::model::{FlatView, QualityView, RefusalView, RevisionView};
use crate::format;
use crate::markets::model::{GapCauseView, GapView};
use crate::ui::{Loading, Submit, shown, suspend};

/// Shows the quality of the chosen series, asked for anew when `changes` does, or nothing when none is chosen.
#[component]
pub(super) fn QualityPanel(
    changes: Signal<usize>,
    /// Told when a repair was queued.
    on_change: Callback<()>,
    /// Told when candles were filled in or taken out.
    on_stored: Callback<()>,
) -> impl IntoView {
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.read().get("gaps").filter(|series| !series.is_empty()));
    let found = Resource::new(
        move || (chosen.get(), changes.get()),
        |(chosen, _)| async move {
            match chosen {
                Some(series) => series_quality(series).await.map(Some),
                None => Ok(None),
            }
        },
    );
    view! {
        <div id="gaps">
            <Transition fallback=Loading>
                {suspend(move || async move {
                    shown(found.await, |found| found.map(|quality| view! { <Quality quality on_change on_stored/> }))
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Quality(quality: QualityView, on_change: Callback<()>, on_stored: Callback<()>) -> impl IntoView {
    let series = quality.key.to_string();
    let fill_series = series.clone();
    let flat =
        format!("{} ({})", format::count(quality.flat), format::percent(share(quality.flat, quality.rows)));
    let facts = [
        ("Candles", format::count(quality.rows)),
        ("Missing at the exchange", format::count(quality.missing_at_exchange)),
        ("Missing here only", format::count(quality.missing_here)),
        ("Filled on request", format::count(quality.filled)),
        ("Without a trade", flat),
        ("Revised by the exchange", format::count(quality.revised)),
        ("Rows refused", format::count(quality.refused)),
    ];
    let facts = facts.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    let is_whole = quality.gaps.is_empty();
    view! {
        <section class="panel" aria-labelledby="gaps-title">
            <div class="panel-head">
                <h2 id="gaps-title">"Quality of "{series.clone()}</h2>
                <span class="actions"><a class="button small" href="/data">"Close"</a></span>
            </div>
            <dl class="facts wide">{facts.collect_view()}</dl>
            <div class="side-by-side">
                {(!is_whole || quality.filled > 0).then(|| view! { <Repair series missing_here=quality.missing_here on_change/> })}
                {(quality.may_fill && quality.missing_at_exchange + quality.filled > 0).then(|| view! {
                    <Fill
                        series=fill_series missing_at_exchange=quality.missing_at_exchange filled=quality.filled
                        on_change=on_stored
                    />
                })}
            </div>
            <Gaps gaps=quality.gaps/>
            <Flat runs=quality.flat_runs/>
            <Revisions revisions=quality.revisions/>
            <Refusals refusals=quality.refusals/>
        </section>
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[component]
fn Repair(series: String, missing_here: u64, on_change: Callback<()>) -> impl IntoView {
    let action = ServerAction::<RepairSeries>::new();
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            on_change.run(());
        }
    });
    let problem = move || action.value().get().and_then(Result::err).map(|error| error.to_string());
    let is_queued = move || matches!(action.value().get(), Some(Ok(())));
    // Where everything is known to be missing at the exchange, only asking for that again makes sense.
    let recheck = missing_here == 0;
    let text = if recheck { "Ask the exchange again" } else { "Repair" };
    view! {
        <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
        <ActionForm action=action>
            <input type="hidden" name="series" value=series/>
            <input type="hidden" name="recheck" value=recheck.to_string()/>
            <div class="actions">
                <Submit pending=action.pending() class="button primary small">{text}</Submit>
                <span class="muted small" role="status">
                    {move || is_queued().then_some("Queued: see the top of this page")}
                </span>
            </div>
        </ActionForm>
    }
}

#[component]
fn Gaps(gaps: Vec<GapView>) -> impl IntoView {
    if gaps.is_empty() {
        return view! { <p class="muted">"No candle is missing between the first and the last."</p> }
            .into_any();
    }
    let rows = gaps.into_iter().rev().map(|gap| {
        view! {
            <tr>
                <td>{format::minute(gap.start_ms)}</td>
                <td>{format::minute(gap.end_ms)}</td>
                <td class="number">{format::count(gap.missing)}</td>
                <td class="number">{format::duration(gap.end_ms - gap.start_ms)}</td>
                <td><Cause cause=gap.cause/></td>
            </tr>
        }
    });
    view! {
        <h3>"Gaps"</h3>
        <div class="table-wrap tall" tabindex="0" role="region" aria-label="Gaps">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"First missing (UTC)"</th>
                        <th scope="col">"Goes on at (UTC)"</th>
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
        GapCauseView::Outage(at) => {
            ("Outage of the exchange", format!("Asked again {} UTC: still nothing there", format::minute(at)))
        }
        GapCauseView::Rejected(reason) => ("Rows refused", reason),
        GapCauseView::NotFetched => {
            ("Not fetched", "Nobody has asked the exchange for it: repair it".to_owned())
        }
    };
    view! { <span class="badge" title=title>{text}</span> }
}

#[component]
fn Flat(runs: Vec<FlatView>) -> impl IntoView {
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
fn Revisions(revisions: Vec<RevisionView>) -> impl IntoView {
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
fn Refusals(refusals: Vec<RefusalView>) -> impl IntoView {
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
