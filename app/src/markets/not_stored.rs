//! What a chart's page offers when its series is not stored: to make it from a finer one, to download it, or to look at another.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use types::SeriesKey;

use super::api::DeriveSeries;
use super::model::{SeriesView, series_link};
use crate::answer::{Answer, ask};
use crate::data::{StartIngest, exchanges};
use crate::ui::{FormState, Icon, PostForm, Submit, Symbol, suspend};

/// How often the page looks whether a download has brought something.
const LOOK: Duration = Duration::from_secs(2);
/// How far back the offered download goes, in days.
const DAYS: &str = "365";

/// Says that a series is not stored and offers ways on.
#[component]
pub(super) fn NotStored(
    key: SeriesKey,
    all: Answer<Vec<SeriesView>>,
    /// Told when the series may be there.
    on_change: Callback<()>,
) -> impl IntoView {
    let known = ask(|| (), |()| exchanges());
    let name = format!("{} {}", key.symbol, key.interval);
    let exchange = key.exchange.to_string();
    view! {
        <Title text="Not found"/>
        <header class="page-head"><h1>{name.clone()}</h1></header>
        <div class="empty" role="alert">
            <span class="empty-icon"><Icon symbol=Symbol::Markets/></span>
            <p class="empty-title">{format!("{name} of {exchange} is not stored")}</p>
            <p class="muted">"Its chart appears here as soon as there are candles."</p>
            <Transition>
                {suspend(move || {
                    let key = key.clone();
                    async move {
                        let (all, known) = (all.await.unwrap_or_default(), known.await.unwrap_or_default());
                        let may_download = known.iter().any(|exchange| exchange.id == key.exchange);
                        view! { <Ways key all may_download on_change/> }
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Ways(key: SeriesKey, all: Vec<SeriesView>, may_download: bool, on_change: Callback<()>) -> impl IntoView {
    let same = |series: &&SeriesView| series.key.exchange == key.exchange && series.key.symbol == key.symbol;
    let others: Vec<SeriesKey> = all.iter().filter(same).map(|series| series.key.clone()).collect();
    // The coarsest of the finer ones is the least to read.
    let finer =
        others.iter().filter(|other| other.interval != key.interval && other.interval.divides(key.interval));
    let finer = finer.max_by_key(|other| other.interval.approximate_ms()).cloned();
    let derive =
        finer.map(|finer| view! { <Derive key=key.clone() from=finer.interval.to_string() on_change/> });
    // The first of the ways is the one that most readers want.
    let class = if derive.is_some() { "button" } else { "button primary" };
    let download = may_download.then(|| view! { <Download key=key.clone() class on_change/> });
    let links = others.into_iter().map(|other| {
        view! { <a class="button" href=series_link(&other)>{format!("{} {}", other.symbol, other.interval)}</a> }
    });
    view! {
        <div class="actions">
            {derive}
            {download}
            {links.collect_view()}
            <a class="button quiet" href="/markets">"All markets"</a>
            <a class="button quiet" href="/">"Go to the dashboard"</a>
        </div>
    }
}

#[component]
fn Series(key: SeriesKey) -> impl IntoView {
    view! {
        <input type="hidden" name="exchange" value=key.exchange.to_string()/>
        <input type="hidden" name="symbol" value=key.symbol.to_string()/>
        <input type="hidden" name="interval" value=key.interval.to_string()/>
    }
}

#[component]
fn Derive(key: SeriesKey, from: String, on_change: Callback<()>) -> impl IntoView {
    // The answer leads to the page that is shown already.
    let action = FormState::of::<DeriveSeries>().on_success(move || {
        on_change.try_run(());
    });
    let problem = move || action.problem();
    let text = format!("Make it from {from}");
    view! {
        <PostForm to=action>
            <Series key/>
            <input type="hidden" name="from" value=from/>
            <Submit pending=action.pending()>{text}</Submit>
            <p class="bad small">{problem}</p>
        </PostForm>
    }
}

#[component]
fn Download(key: SeriesKey, class: &'static str, on_change: Callback<()>) -> impl IntoView {
    let action = FormState::of::<StartIngest>();
    let problem = move || action.problem();
    let is_queued = Signal::derive(move || action.is_accepted());
    Effect::new(move |_| {
        if is_queued.get()
            && let Ok(timer) = set_interval_with_handle(move || on_change.run(()), LOOK)
        {
            on_cleanup(move || timer.clear());
        }
    });
    let text = format!("Download {} {}", key.symbol, key.interval);
    view! {
        <PostForm to=action>
            <Series key/>
            <input type="hidden" name="range" value=DAYS/>
            <Submit pending=action.pending() class=class>{text}</Submit>
            <p class="small" role="status">
                {move || problem().or_else(|| is_queued.get().then(|| "Downloading a year of candles …".to_owned()))}
            </p>
        </PostForm>
    }
}
