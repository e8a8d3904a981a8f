//! The queue and the list of results.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::api::runs;
use super::model::{RunOrder, RunPage};
use super::table::{OrderLinks, RunTable};
use crate::answer::{Answer, ask};
use crate::format;
use crate::jobs::model::{JobKind, JobState, JobView};
use crate::jobs::{JobList, jobs, keep_current};
use crate::news::{refetch_on, use_news};
use crate::ui::{Empty, Loading, PageHead, Symbol, shown, suspend};

/// How many jobs the page looks at.
const JOBS: u32 = 20;

type Queue = Answer<Vec<JobView>>;

/// Shows what is queued and what came out, in the order that the address asks for; leads on to the result of the backtest that was just started (`?job=`).
#[component]
pub(crate) fn BacktestsPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| {
        let query = query.read();
        let order = RunOrder::from_address(query.get_str("sort"), query.get_str("order"));
        let page = query.get_str("page").and_then(|page| page.parse().ok()).unwrap_or(1_u32);
        (order, query.get("before"), page)
    });
    let queue: Queue = ask(|| (), |()| jobs(vec![JobKind::Backtest], JOBS));
    let results = ask(move || wanted.get(), |(order, before, page)| runs(order, before, page));
    keep_current(queue, Vec::as_slice);
    follow(queue, results);
    refetch_on(results, [use_news().results()]);
    let on_change = Callback::new(move |()| queue.refetch());
    view! {
        <PageHead title="Backtests">
            <a class="button primary" href="/backtests/new">"New backtest"</a>
        </PageHead>
        <div class="stack">
            <Transition fallback=Loading>
                {suspend(move || async move { shown(queue.await, |jobs| view! { <Waiting jobs on_change/> }) })}
                {suspend(move || async move {
                    let order = wanted.try_get_untracked().unwrap_or_default().0;
                    shown(results.await, |page| view! { <Results page order/> })
                })}
            </Transition>
        </div>
    }
}

/// The list of results changes when a job ends; the one that was started from this browser is opened then.
fn follow(queue: Queue, results: Answer<RunPage>) {
    let started = use_query_map().read_untracked().get("job");
    let navigate = use_navigate();
    Effect::new(move |before: Option<usize>| {
        let jobs = queue.get().and_then(Result::ok).unwrap_or_default();
        let ended = jobs.iter().filter(|job| !job.state.is_active()).count();
        let result = jobs
            .iter()
            .find(|job| Some(job.id.to_string()) == started)
            .filter(|job| job.state == JobState::Done)
            .and_then(|job| job.link.clone());
        if let Some(link) = result {
            navigate(&link, NavigateOptions { replace: true, ..NavigateOptions::default() });
        } else if before.is_some_and(|before| before != ended) {
            results.refetch();
        }
        ended
    });
}

/// Jobs that are not done: done ones are in the list of results.
#[component]
fn Waiting(jobs: Vec<JobView>, on_change: Callback<()>) -> impl IntoView {
    let jobs: Vec<JobView> = jobs.into_iter().filter(|job| job.state != JobState::Done).collect();
    (!jobs.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="jobs-title">
                <h2 id="jobs-title">"Jobs"</h2>
                <JobList jobs on_change/>
            </section>
        }
    })
}

#[component]
fn Results(page: RunPage, order: RunOrder) -> impl IntoView {
    if page.runs.is_empty() {
        return view! {
            <Empty
                symbol=Symbol::Backtests title="No results yet"
                text="Choose a strategy and a series. The result is here in seconds."
            >
                <a class="button primary" href="/backtests/new">"New backtest"</a>
            </Empty>
        }
        .into_any();
    }
    let next = page.next.map(|words| {
        let start = order.link();
        let href = format!("{start}{}{words}", if start.contains('?') { '&' } else { '?' });
        let text = if order.is_default() { "Older results" } else { "More results" };
        view! { <nav class="pager" aria-label="Pages"><a class="button small" href=href>{text}</a></nav> }
    });
    view! {
        <section class="panel" aria-labelledby="results-title">
            <div class="panel-head">
                <h2 id="results-title">"Results"</h2>
                <span class="muted">{format::counted(page.total, "result", "results")}</span>
            </div>
            <OrderLinks order/>
            <RunTable runs=page.runs order/>
            {next}
        </section>
    }
    .into_any()
}
