//! How far one series can be trusted: what is missing in it and why, month by month and gap by gap, and what can be done about it.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use types::SeriesKey;

use super::api::{DeleteSeries, series_quality};
use super::coverage::Map;
use super::fill::Fill;
use super::head::DataHead;
use super::model::{CoverageView, QualityView};
use super::series_parts::{Flat, Gaps, Refusals, Repair, Revisions};
use super::stored::Deletion;
use crate::AppError;
use crate::answer::ask;
use crate::backtests::model::parse_key;
use crate::format;
use crate::live::{Live, Outdated};
use crate::markets::model::series_link;
use crate::news::use_news;
use crate::ui::{Empty, FormState, Loading, Symbol, shown, suspend};

/// Candles of live subscriptions come in between the news.
const ASK: Duration = Duration::from_secs(15);

/// Asks for a series; `None` when it is not stored, which is no problem of the server.
async fn load(series: String) -> Result<Option<QualityView>, AppError> {
    match series_quality(series).await {
        Err(AppError::NotFound { .. }) => Ok(None),
        quality => quality.map(Some),
    }
}

/// Shows the series that the address names (`/data/series/binance/BTCUSDT/1h`).
#[component]
pub(crate) fn SeriesPage() -> impl IntoView {
    let params = use_params_map();
    let part = move |name| params.read().get(name).unwrap_or_default();
    let series = Memo::new(move |_| format!("{} {} {}", part("exchange"), part("symbol"), part("interval")));
    let found = ask(move || series.get(), load);
    let news = use_news();
    view! {
        <Suspense fallback=Loading>
            {suspend(move || async move {
                let answer = found.await;
                let name = series.get_untracked();
                shown(answer, |found| match (found, parse_key(&name)) {
                    (Some(first), Some(key)) => {
                        let ask = move || {
                            let name = name.clone();
                            async move { load(name).await?.ok_or_else(|| AppError::not_found("series")) }
                        };
                        let live = Live::new(first, ask).on(news.series()).every(|_| Some(ASK));
                        view! { <Content key live/> }.into_any()
                    }
                    (_, key) => view! { <Missing name key/> }.into_any(),
                })
            })}
        </Suspense>
    }
}

/// What is not stored can be got.
#[component]
fn Missing(name: String, key: Option<SeriesKey>) -> impl IntoView {
    let get = key.map(|key| {
        let href = format!("/data/get?exchange={}&symbol={}&interval={}", key.exchange, key.symbol, key.interval);
        view! { <a class="button primary" href=href>{format!("Download {} {}", key.symbol, key.interval)}</a> }
    });
    view! {
        <DataHead title=name lead="This series is not stored."/>
        <Empty symbol=Symbol::Data title="No candles" text="It may have been deleted, or was never downloaded.">
            {get}
            <a class="button" href="/data">"All series"</a>
        </Empty>
    }
}

#[component]
fn Content(key: SeriesKey, live: Live<QualityView>) -> impl IntoView {
    let name = key.to_string();
    let quality = live.latest();
    let months = Memo::new(move |_| quality.with(|quality| quality.months.clone()));
    let navigate = use_navigate();
    let delete = FormState::of::<DeleteSeries>()
        .on_success(move || navigate("/data", leptos_router::NavigateOptions::default()));
    let problem = move || delete.problem();
    let missing_here = Memo::new(move |_| quality.with(|quality| quality.missing_here));
    let may_repair =
        Memo::new(move |_| quality.with(|quality| !quality.gaps.is_empty() || quality.filled > 0));
    let may_change = quality.with_untracked(|quality| quality.may_fill);
    let more = format!("/data/get?exchange={}&symbol={}&interval={}", key.exchange, key.symbol, key.interval);
    let chart = series_link(&key);
    let (repair, fill, deletion) = (name.clone(), name.clone(), name.clone());
    let months = move |key: SeriesKey| vec![CoverageView { key, months: months.get() }];
    let mapped = key.clone();
    view! {
        <DataHead title=format!("{} {}", key.symbol, key.interval) tab=format!("Quality of {} {}", key.symbol, key.interval) lead=key.exchange.to_string()>
            <a class="button" href=more>"Download more"</a>
            <a class="button primary" href=chart>"Chart"</a>
        </DataHead>
        <div class="stack">
            <Outdated live/>
            <section class="panel" aria-labelledby="gaps-title">
                <div class="panel-head">
                    <h2 id="gaps-title">"Quality"</h2>
                    {may_change.then(|| view! { <Deletion key=deletion delete/> })}
                </div>
                <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
                {move || quality.with(|quality| view! { <Facts quality=quality.clone()/> })}
                <div class="side-by-side">
                    {move || may_repair.get().then(|| view! { <Repair series=repair.clone() missing_here/> })}
                    {may_change.then(|| view! { <Fill series=fill quality on_change=live.refresher()/> })}
                </div>
                {parts(quality)}
            </section>
            {move || view! { <Map rows=months(mapped.clone())/> }}
        </div>
    }
}

/// Each part is made anew only when it changed itself, so that what was unfolded stays so.
fn parts(quality: Signal<QualityView>) -> impl IntoView {
    let gaps = Memo::new(move |_| quality.with(|quality| quality.gaps.clone()));
    let runs = Memo::new(move |_| quality.with(|quality| quality.flat_runs.clone()));
    let revisions = Memo::new(move |_| quality.with(|quality| quality.revisions.clone()));
    let refusals = Memo::new(move |_| quality.with(|quality| quality.refusals.clone()));
    view! {
        {move || view! { <Gaps gaps=gaps.get()/> }}
        {move || view! { <Flat runs=runs.get()/> }}
        {move || view! { <Revisions revisions=revisions.get()/> }}
        {move || view! { <Refusals refusals=refusals.get()/> }}
    }
}

#[component]
fn Facts(quality: QualityView) -> impl IntoView {
    let flat = format!("{} ({:.2} %)", format::count(quality.flat), percent(quality.flat, quality.rows));
    let facts = [
        ("Candles", format::count(quality.rows), false),
        ("Missing at the exchange", format::count(quality.missing_at_exchange), false),
        ("Missing locally", format::count(quality.missing_here), quality.missing_here > 0),
        ("Filled on request", format::count(quality.filled), false),
        ("Without a trade", flat, false),
        ("Revised by the exchange", format::count(quality.revised), false),
        ("Rows refused", format::count(quality.refused), quality.refused > 0),
    ];
    let facts = facts.map(|(name, value, is_warning)| {
        view! { <div><dt>{name}</dt><dd class:warn=is_warning>{value}</dd></div> }
    });
    view! { <dl class="facts wide">{facts.collect_view()}</dl> }
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}
