//! The page of one series: chart, indicators, coverage and the latest candles.

use leptos::prelude::*;
use leptos_meta::{Script, Title};
use leptos_router::hooks::{use_params_map, use_query_map};
use types::{Interval, SeriesKey};

use super::api::{candles, series_list};
use super::chart::{Chart, ChartState};
use super::indicators::split;
use super::latest::LatestCandles;
use super::model::{CandleWindow, LiveNews, LiveState, SeriesView, series_link};
use super::not_stored::NotStored;
use crate::answer::{Answer, ask};
use crate::backtests::model::parse_key;
use crate::error::AppError;
use crate::format;
use crate::ui::{Heading, Loading, Menu, Problem, ProvenanceBadges, SyntheticBadge, shown, suspend};

/// How many candles the page shows as a table.
const LATEST: u32 = 24;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Shared {
    /// Every stored series.
    all: Answer<Vec<SeriesView>>,
    /// The latest closed candles of this one.
    latest: Answer<CandleWindow>,
    /// The indicators that are shown.
    list: Signal<Vec<String>>,
    /// What the chart told last.
    live: RwSignal<LiveNews>,
    on_live: Callback<LiveNews>,
    chart: ChartState,
}

/// Shows one series.
#[component]
pub(crate) fn ChartPage() -> impl IntoView {
    let params = use_params_map();
    // The address as it is written: the server is who says, with a status, that it names no series.
    let address = Memo::new(move |_| {
        let params = params.read();
        ["exchange", "symbol", "interval"].map(|name| params.get(name).unwrap_or_default())
    });
    let query = use_query_map();
    let list = Memo::new(move |_| {
        let query = query.read();
        let text = |name| query.get(name).unwrap_or_default();
        split(&format!("{};{}", text("indicators"), text("add")))
    });
    // How often there was something new: candles that closed, or a series that was not there.
    let closed = RwSignal::new(0_u32);
    let live = RwSignal::new(LiveNews::default());
    let on_live = Callback::new(move |news: LiveNews| {
        live.set(news);
        if news.has_closed {
            closed.update(|count| *count += 1);
        }
    });
    let window = |[exchange, symbol, interval]: [String; 3], limit| {
        candles(exchange, symbol, interval, None, limit, String::new(), false)
    };
    // Asked for once a series, so that the chart stays as it is while the parts around it follow what happens.
    let stored = ask(move || address.get(), move |address| async move { window(address, 1).await.map(drop) });
    let shared = Shared {
        all: ask(move || closed.get(), |_| series_list()),
        latest: ask(move || (address.get(), closed.get()), move |(address, _)| window(address, LATEST)),
        list: list.into(),
        live,
        on_live,
        chart: ChartState::new(),
    };
    view! {
        <Script type_="module" src="/chart.js"/>
        <Transition fallback=Loading>
            {suspend(move || async move {
                let found = stored.await;
                match (found, parse_key(&address.get().join(" "))) {
                    (Ok(()), Some(key)) => view! { <Content key shared/> }.into_any(),
                    (Err(AppError::NotFound { .. }), Some(key)) => {
                        let on_change = Callback::new(move |()| {
                            stored.refetch();
                            closed.update(|count| *count += 1);
                        });
                        view! { <NotStored key all=shared.all on_change/> }.into_any()
                    }
                    (Err(error), _) => view! { <Problem error/> }.into_any(),
                    (Ok(()), None) => view! { <Problem error=AppError::not_found("series")/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Content(key: SeriesKey, shared: Shared) -> impl IntoView {
    let Shared { all, latest, list, live, on_live, chart } = shared;
    let (switched, drawn, covered) = (key.clone(), key.clone(), key.clone());
    view! {
        <Title text=format!("{} {}", key.symbol, key.interval)/>
        <header class="page-head chart-head">
            <div class="chart-title">
                <Heading title=key.symbol.to_string()/>
                <span class="muted">{key.exchange.to_string()}</span>
                <Transition>
                    {suspend(move || {
                        let key = drawn.clone();
                        async move {
                            let series = find(all.await, &key).ok();
                            series
                                .is_some_and(|series| series.provenance.is_synthetic())
                                .then(|| view! { <SyntheticBadge/> })
                        }
                    })}
                </Transition>
                <LiveBadge live/>
            </div>
            <Transition>
                {suspend(move || {
                    let key = switched.clone();
                    async move { all.await.ok().map(|all| view! { <Switcher all key/> }) }
                })}
            </Transition>
        </header>
        <Chart key=key.clone() list state=chart on_live>
            <div class="without-script">
                <Transition>
                    {suspend(move || {
                        let key = key.clone();
                        async move {
                            let trend = find(all.await, &key).ok().and_then(|series| series.trend);
                            trend.map(|trend| view! { <div inner_html=trend.svg></div> })
                        }
                    })}
                </Transition>
                <p class="muted">"The interactive chart needs JavaScript. The latest candles are below."</p>
            </div>
        </Chart>
        <div class="columns chart-foot">
            <Transition fallback=Loading>
                {suspend(move || {
                    let key = covered.clone();
                    async move { shown(find(all.await, &key), |series| view! { <Coverage series/> }) }
                })}
            </Transition>
            <Transition fallback=Loading>
                {suspend(move || async move {
                    shown(latest.await, |window| view! { <LatestCandles window live/> })
                })}
            </Transition>
        </div>
    }
}

fn find(all: Result<Vec<SeriesView>, AppError>, key: &SeriesKey) -> Result<SeriesView, AppError> {
    all?.into_iter().find(|series| series.key == *key).ok_or_else(|| AppError::not_found("series"))
}

/// Says that the chart moves by itself, or that it does not at the moment.
#[component]
fn LiveBadge(live: RwSignal<LiveNews>) -> impl IntoView {
    let badge = move || match live.with(|live| live.state) {
        LiveState::Live => Some(("badge state done", "Live", "The latest candle changes as it is traded")),
        LiveState::Lost => Some(("badge state interrupted", "Reconnecting", "The server does not answer")),
        LiveState::Quiet => None,
    };
    view! {
        <span class="live-badge" role="status">
            {move || badge().map(|(class, text, title)| view! { <span class=class title=title>{text}</span> })}
        </span>
    }
}

/// Leads to the other series: a menu of symbols and the intervals of this one.
#[component]
fn Switcher(all: Vec<SeriesView>, key: SeriesKey) -> impl IntoView {
    let same = |other: &SeriesKey| other.exchange == key.exchange && other.symbol == key.symbol;
    let mut symbols: Vec<SeriesKey> = Vec::new();
    for series in &all {
        if !same(&series.key)
            && !symbols
                .iter()
                .any(|one| one.exchange == series.key.exchange && one.symbol == series.key.symbol)
        {
            symbols.push(series.key.clone());
        }
    }
    let of = |interval| all.iter().find(|series| same(&series.key) && series.key.interval == interval);
    let intervals: Vec<SeriesKey> =
        Interval::ALL.into_iter().filter_map(of).map(|series| series.key.clone()).collect();
    let symbols = (!symbols.is_empty()).then(|| {
        view! {
            <Menu button=|| "Other markets">
                <ul class="menu-list">
                    {symbols.into_iter().map(|other| view! {
                        <li>
                            <a class="menu-item" href=series_link(&other)>
                                {other.symbol.to_string()}<span class="muted">{other.exchange.to_string()}</span>
                            </a>
                        </li>
                    }).collect_view()}
                </ul>
            </Menu>
        }
    });
    let current = key.interval;
    let intervals = intervals.into_iter().map(move |other| {
        let is_here = (other.interval == current).then_some("page");
        view! { <a href=series_link(&other) aria-current=is_here>{other.interval.to_string()}</a> }
    });
    view! {
        <div class="actions">
            {symbols}
            <nav class="segments" aria-label="Interval">{intervals.collect_view()}</nav>
        </div>
    }
}

#[component]
fn Coverage(series: SeriesView) -> impl IntoView {
    let gaps = if series.gaps == 0 {
        "none".to_owned()
    } else {
        format!(
            "{} ({} missing)",
            format::count(series.gaps),
            format::counted(series.missing, "candle", "candles")
        )
    };
    let backtest = format!("/backtests/new?series={}", series.key.to_string().replace(' ', "+"));
    view! {
        <section class="panel">
            <h2>"Coverage"</h2>
            <dl class="facts">
                <div><dt>"First candle"</dt><dd>{format::minute(series.first_ms)}</dd></div>
                <div><dt>"Last candle"</dt><dd>{format::minute(series.last_ms)}</dd></div>
                <div><dt>"Candles"</dt><dd>{format::count(series.rows)}</dd></div>
                <div><dt>"Gaps"</dt><dd>{gaps}</dd></div>
                <div><dt>"Source"</dt><dd><ProvenanceBadges provenance=series.provenance/></dd></div>
            </dl>
            <div class="actions"><a class="button" href=backtest>"Backtest on this series"</a></div>
        </section>
    }
}
