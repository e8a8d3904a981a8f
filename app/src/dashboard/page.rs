//! The dashboard.

use leptos::prelude::*;

use super::api::dashboard;
use super::model::DashboardView;
use super::welcome::Welcome;
use crate::backtests::RunTable;
use crate::backtests::model::RunView;
use crate::format;
use crate::jobs::{JobList, keep_current};
use crate::markets::SeriesCards;
use crate::ui::{Empty, Loading, PageHead, Symbol, Tile, shown, suspend};

/// Shows what is there and what goes on; follows running jobs by itself.
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let view = Resource::new(|| (), |()| dashboard());
    keep_current(view, |view| view.jobs.as_slice());
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
    let welcome = is_new.then(|| view! { <Welcome exchanges=view.exchanges.clone() on_change/> });
    let jobs = (!view.jobs.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="jobs-title">
                <h2 id="jobs-title">"Jobs"</h2>
                <JobList jobs=view.jobs.clone() on_change/>
            </section>
        }
    });
    let tiles = (!is_new).then(|| view! { <Tiles view=view.clone()/> });
    let results = (!is_new).then(|| view! { <Results runs=view.recent best=view.best worst=view.worst/> });
    let has_series = !view.series.is_empty();
    let coverage = has_series.then(|| {
        view! {
            <section class="panel" aria-labelledby="coverage-title">
                <div class="panel-head">
                    <h2 id="coverage-title">"Data coverage"</h2>
                    <a class="more" href="/data">"All data"</a>
                </div>
                <SeriesCards series=view.series/>
            </section>
        }
    });
    view! { <div class="stack">{welcome}{tiles}{jobs}{results}{coverage}</div> }
}

#[component]
fn Tiles(view: DashboardView) -> impl IntoView {
    let candles: u64 = view.series.iter().map(|series| series.rows).sum();
    let active = view.jobs.iter().filter(|job| job.state.is_active()).count();
    let best = view.best.first();
    let best_text = best.map_or_else(|| "n/a".to_owned(), |run| run.total_return.text.clone());
    let best_note = best.map(|run| run.name.clone()).unwrap_or_default();
    let series = u64::try_from(view.series.len()).unwrap_or(0);
    view! {
        <div class="tiles">
            <Tile
                label="Candles" value=format::count(candles) note=format!("in {}", format::counted(series, "series", "series"))
                href="/data"
            />
            <Tile label="Backtests" value=format::count(view.runs) note="results kept" href="/backtests"/>
            <Tile label="Best return" value=best_text note=best_note href="/backtests"/>
            <Tile
                label="Strategies" value=format::count(view.strategies)
                note={if active == 0 { "in the library".to_owned() } else { format!("{active} jobs running") }}
                href="/strategies"
            />
        </div>
    }
}

#[component]
fn Results(runs: Vec<RunView>, best: Vec<RunView>, worst: Vec<RunView>) -> impl IntoView {
    let (best, worst) = ranked(best, worst);
    let recent = if runs.is_empty() {
        view! {
            <Empty
                symbol=Symbol::Backtests title="No results yet"
                text="A backtest takes seconds and costs nothing."
            >
                <a class="button primary" href="/backtests/new">"Run the first backtest"</a>
            </Empty>
        }
        .into_any()
    } else {
        view! { <RunTable runs/> }.into_any()
    };
    view! {
        <section class="panel recent" aria-labelledby="recent-title">
            <div class="panel-head">
                <h2 id="recent-title">"Recent backtests"</h2>
                <a class="more" href="/backtests">"All results"</a>
            </div>
            {recent}
        </section>
        {(!best.is_empty()).then(|| view! {
            <div class="columns">
                <Ranking title="Best" runs=best/>
                <Ranking title="Worst" runs=worst/>
            </div>
        })}
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
        let place = format!("{} {} · {range}", run.key.symbol, run.key.interval);
        view! {
            <li>
                <a href=run.link()>
                    <span class="rank-name">{run.name.clone()}<small class="muted">{place}</small></span>
                    <span class="rank-spark" inner_html=run.sparkline_svg.clone()></span>
                    <span class=format!("figure {}", run.total_return.tone())>{run.total_return.text.clone()}</span>
                </a>
            </li>
        }
    });
    let rows: Vec<_> = rows.collect();
    let is_empty = rows.is_empty();
    view! {
        <section class="panel">
            <h2>{title}</h2>
            {is_empty.then(|| view! { <p class="muted">"Another result or two and there is something to compare."</p> })}
            <ol class="ranking">{rows}</ol>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtests::model::{Figure, OrderRules, parse_key};

    fn run(name: &str) -> RunView {
        let none = Figure { text: String::new(), value: None };
        RunView {
            id: "01900000-0000-7000-8000-000000000000".parse().unwrap(),
            job: None,
            name: name.into(),
            strategy: String::new(),
            strategy_title: String::new(),
            params: String::new(),
            key: parse_key("demo BTCUSDT 1h").unwrap(),
            first_ms: 0,
            last_ms: 0,
            expected_bars: 0,
            missing_bars: 0,
            order_rules: OrderRules::None,
            created_ms: 0,
            is_synthetic: true,
            final_equity: none.clone(),
            total_return: none.clone(),
            market_return: none.clone(),
            max_drawdown: none.clone(),
            sharpe: none.clone(),
            profit_factor: none.clone(),
            win_rate: none,
            trades: 0,
            sparkline_svg: String::new(),
        }
    }

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
