//! The dashboard: what came out and what goes on now; what is stored comes last.

use leptos::prelude::*;

use super::api::dashboard;
use super::model::DashboardView;
use super::welcome::Welcome;
use crate::answer::ask;
use crate::backtests::model::{RunView, verdict};
use crate::backtests::{RunTable, Sparkline};
use crate::data::model::SubscriptionView;
use crate::format;
use crate::jobs::model::JobView;
use crate::jobs::{JobList, keep_current};
use crate::markets::SeriesCards;
use crate::markets::model::{series_link, series_text};
use crate::news::{refetch_on, use_news};
use crate::ui::{Empty, Loading, PageHead, Symbol, shown, suspend};

/// Shows results and live state; follows running jobs by itself.
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let view = ask(|| (), |()| dashboard());
    keep_current(view, |view| view.jobs.as_slice());
    let news = use_news();
    refetch_on(view, [news.series(), news.results()]);
    let on_change = Callback::new(move |()| view.refetch());
    view! {
        <PageHead title="Dashboard">
            <a class="button primary" href="/backtests/new">"New backtest"</a>
        </PageHead>
        <Transition fallback=Loading>
            {suspend(move || async move {
                shown(view.await, |view| view! { <Content view on_change/> })
            })}
        </Transition>
    }
}

#[component]
fn Content(view: DashboardView, on_change: Callback<()>) -> impl IntoView {
    let is_new = view.series.is_empty() && view.runs == 0;
    let DashboardView { series, exchanges, jobs, subscriptions, recent, runs, best, worst, benchmarks } =
        view;
    let welcome = is_new.then(|| view! { <Welcome exchanges on_change/> });
    let latest = recent.first().cloned().map(|run| view! { <Latest run/> });
    let has_news = !is_new || !jobs.is_empty() || !subscriptions.is_empty();
    let now = has_news.then(|| view! { <Now jobs subscriptions on_change/> });
    let results = (!is_new).then(|| view! { <Results recent runs best worst benchmarks/> });
    let coverage = (!series.is_empty()).then(|| {
        let candles = format::counted(series.iter().map(|series| series.rows).sum(), "candle", "candles");
        let count = u64::try_from(series.len()).unwrap_or(0);
        let stored = format!("{candles} in {}", format::counted(count, "series", "series"));
        view! {
            <section class="panel" aria-labelledby="coverage-title">
                <div class="panel-head">
                    <h2 id="coverage-title">"Data coverage"</h2>
                    <span class="muted">{stored}" · "<a href="/data">"All data"</a></span>
                </div>
                <SeriesCards series/>
            </section>
        }
    });
    view! { <div class="stack">{welcome}{latest}{now}{results}{coverage}</div> }
}

/// The latest result in a sentence.
#[component]
fn Latest(run: RunView) -> impl IntoView {
    let tone = run.total_return.tone();
    let place = series_text(&run.key);
    view! {
        <section class="verdict" aria-labelledby="latest-title">
            <h2 id="latest-title" class="muted small">"Latest result"</h2>
            <p class=format!("verdict-text {tone}")><a href=run.link()>{verdict(&run)}</a></p>
            <p class="muted">{run.title()}" on "{place}</p>
            <Sparkline path=run.sparkline tone/>
        </section>
    }
}

/// What goes on: jobs and live subscriptions. Always there, so that nothing jumps when a job ends.
#[component]
fn Now(jobs: Vec<JobView>, subscriptions: Vec<SubscriptionView>, on_change: Callback<()>) -> impl IntoView {
    let is_idle = jobs.is_empty() && subscriptions.is_empty();
    let idle = is_idle.then(|| {
        view! { <p class="muted">"No job is running, and there are no live subscriptions. "<a href="/data/live">"Subscribe to a series"</a></p> }
    });
    let list = (!jobs.is_empty()).then(|| view! { <JobList jobs on_change/> });
    let rows = subscriptions.into_iter().map(|row| {
        let place = series_text(&row.key);
        let last = row.last_ms.map(|last| format!("Last candle {}", format::minute(last)));
        view! {
            <li>
                <a href=series_link(&row.key)>{place}</a>
                <span class=format!("badge state {}", row.state.class()) title=row.state.meaning()>{row.state.title()}</span>
                <span class="muted">{last}</span>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="panel" aria-labelledby="now-title">
            <h2 id="now-title">"Now"</h2>
            {idle}
            {list}
            {(!rows.is_empty()).then(|| view! { <ul class="now" aria-label="Live subscriptions">{rows}</ul> })}
        </section>
    }
}

#[component]
fn Results(
    recent: Vec<RunView>,
    runs: u64,
    best: Vec<RunView>,
    worst: Vec<RunView>,
    benchmarks: Vec<RunView>,
) -> impl IntoView {
    let (best, worst) = ranked(best, worst);
    let table = if recent.is_empty() {
        view! {
            <Empty
                symbol=Symbol::Backtests title="No results yet"
                text="Choose a strategy and a series. The result is here in seconds."
            >
                <a class="button primary" href="/backtests/new">"Run a backtest"</a>
            </Empty>
        }
        .into_any()
    } else {
        view! { <RunTable runs=recent/> }.into_any()
    };
    let all = (runs > 0).then(
        || view! { <a class="more" href="/backtests">"All "{format::counted(runs, "result", "results")}</a> },
    );
    view! {
        <section class="panel recent" aria-labelledby="recent-title">
            <div class="panel-head">
                <h2 id="recent-title">"Recent backtests"</h2>
                {all}
            </div>
            {table}
        </section>
        {(!best.is_empty()).then(|| view! {
            <div class="columns">
                <Ranking title="Best" runs=best/>
                <Ranking title="Worst" runs=worst/>
            </div>
        })}
        {(!benchmarks.is_empty()).then(|| view! { <Ranking title="Benchmark" runs=benchmarks/> })}
    }
}

/// The most that either ranking shows.
const RANKED: usize = 3;

/// Shares results out to two short rankings: few results all arrive as the best, and the lower half of them is the worst.
fn ranked(mut best: Vec<RunView>, mut worst: Vec<RunView>) -> (Vec<RunView>, Vec<RunView>) {
    if worst.is_empty() {
        worst = best.split_off(best.len().div_ceil(2));
        worst.reverse();
    }
    best.truncate(RANKED);
    worst.truncate(RANKED);
    (best, worst)
}

#[component]
fn Ranking(title: &'static str, runs: Vec<RunView>) -> impl IntoView {
    let rows = runs.into_iter().map(|run| {
        let range = format!("{} to {}", format::date(run.first_ms), format::date(run.last_ms));
        let place = series_text(&run.key);
        let tone = run.total_return.tone();
        view! {
            <li>
                <a href=run.link()>
                    <span class="rank-name">{run.title()}<small class="muted">{place}" · "<span class="nowrap">{range}</span></small></span>
                    <span class="rank-spark"><Sparkline path=run.sparkline.clone() tone/></span>
                    <span class=format!("figure {tone}")>{run.total_return.text.clone()}</span>
                </a>
            </li>
        }
    });
    let rows: Vec<_> = rows.collect();
    let is_empty = rows.is_empty();
    view! {
        <section class="panel">
            <h2>{title}</h2>
            {is_empty.then(|| view! { <p class="muted">"There is only one result so far."</p> })}
            <ol class="ranking">{rows}</ol>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtests::model::tests::run;

    fn names(runs: &[RunView]) -> Vec<&str> {
        runs.iter().map(|run| run.name.as_str()).collect()
    }

    #[test]
    fn few_results_are_halved_and_none_is_shown_twice() {
        let of = |best: &[&str], worst: &[&str]| {
            let read = |names: &[&str]| names.iter().map(|name| run(name)).collect();
            ranked(read(best), read(worst))
        };
        let (best, worst) = of(&["a", "b", "c", "d", "e"], &[]);
        assert_eq!((names(&best), names(&worst)), (vec!["a", "b", "c"], vec!["e", "d"]));
        let (best, worst) = of(&["a"], &[]);
        assert_eq!((names(&best), names(&worst)), (vec!["a"], vec![]));
        let (best, worst) = of(&["a", "b", "c", "d"], &["z", "y", "x", "w"]);
        assert_eq!((names(&best), names(&worst)), (vec!["a", "b", "c"], vec!["z", "y", "x"]));
    }
}
