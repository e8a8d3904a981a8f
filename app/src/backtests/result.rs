//! The page of one result.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use types::RunId;

use super::api::{DeleteRun, run, trades};
use super::heat_map::HeatMap;
use super::metrics::{AllMetrics, Headline};
use super::model::{RunDetail, RunView};
use super::result_parts::{Books, Charts, Drawdowns, Verdict, Warnings};
use super::trades::Trades;
use crate::answer::ask;
use crate::error::AppError;
use crate::format;
use crate::markets::model::{series_link, series_text};
use crate::ui::{FormState, Loading, PageHead, PostForm, SyntheticBadge, shown, suspend};

/// Shows one result: the verdict and the figures first, then charts, months, trades and what exactly was run.
#[component]
pub(crate) fn ResultPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let query = use_query_map();
    let page =
        Memo::new(move |_| query.read().get("page").and_then(|page| page.parse::<u32>().ok()).unwrap_or(1));
    let found = ask(move || id.get(), run);
    let rows = ask(
        move || (id.get(), page.get()),
        |(id, page)| async move {
            match id.parse() {
                Ok(id) => trades(id, page).await,
                Err(_) => Err(AppError::not_found("backtest")),
            }
        },
    );
    view! {
        <Transition fallback=Loading>
            {suspend(move || async move { shown(found.await, |detail| view! { <Content detail/> }) })}
            {suspend(move || async move {
                // When the result itself is missing, its page says so once.
                let path = format!("/backtests/{}", id.try_get_untracked().unwrap_or_default());
                rows.await.ok().map(|trades| view! { <Trades trades path/> })
            })}
        </Transition>
    }
}

#[component]
fn Content(detail: RunDetail) -> impl IntoView {
    let run = detail.run.clone();
    view! {
        <ResultHead run=run.clone() again=detail.again/>
        <div class="stack">
            <Verdict run=run.clone() open_position=detail.open_position/>
            <Warnings warnings=detail.warnings/>
            <Headline metrics=detail.metrics.clone() market=run.market_return/>
            <Charts wide=detail.chart_wide_svg compact=detail.chart_compact_svg/>
            <HeatMap years=detail.monthly/>
            <div class="columns">
                <AllMetrics metrics=detail.metrics/>
                <div class="stack">
                    <Books title="What was run" facts=detail.spec provenance=Some(detail.provenance)/>
                    <Books title="Account" facts=detail.account provenance=None/>
                </div>
            </div>
            <Drawdowns drawdowns=detail.drawdowns/>
        </div>
    }
}

#[component]
fn ResultHead(run: RunView, again: String) -> impl IntoView {
    let place = series_text(&run.key);
    let range = format!("{} to {}", format::date(run.first_ms), format::date(run.last_ms));
    let title = run.title();
    let tab = format!("{title} on {} {}", run.key.symbol, run.key.interval);
    let id = run.id;
    let badge = run.is_synthetic.then(|| view! { <SyntheticBadge/> });
    view! {
        <PageHead title tab id=run.name.clone()>
            <a class="button" href=again>"Run again"</a>
            <DeleteButton id/>
        </PageHead>
        <p class="result-place">
            <a href=format!("/strategies/{}", run.name)>"Strategy "{run.name.clone()}</a>
            <a href=series_link(&run.key)>{place}</a>
            <span>{range}</span>
            <span class="muted">"Run at "{format::minute(run.created_ms)}" UTC"</span>
            {badge}
        </p>
    }
}

#[component]
fn DeleteButton(id: RunId) -> impl IntoView {
    let action = FormState::of::<DeleteRun>();
    let problem = move || action.problem();
    view! {
        <details class="confirm">
            <summary class="button quiet">"Delete"</summary>
            <PostForm to=action>
                <input type="hidden" name="id" value=id.to_string()/>
                <p>"Delete this result? Candles and strategy are kept."</p>
                <p role="alert">{problem}</p>
                <button type="submit" class="button small danger">"Delete"</button>
            </PostForm>
        </details>
    }
}
