//! The page of one series: chart, indicators, coverage and the latest candles.

use leptos::prelude::*;
use leptos_meta::{Script, Title};
use leptos_router::hooks::{use_params_map, use_query_map};
use types::SeriesKey;

use super::api::{candles, series_list};
use super::chart::Chart;
use super::indicators::split;
use super::latest::LatestCandles;
use super::model::{CandleWindow, SeriesView, series_link};
use crate::backtests::model::parse_key;
use crate::error::AppError;
use crate::format;
use crate::ui::{Loading, ProvenanceBadges, SyntheticBadge, shown};

/// How many candles the page shows as a table.
const LATEST: u32 = 24;

/// Shows one series.
#[component]
pub(crate) fn ChartPage() -> impl IntoView {
    let params = use_params_map();
    let key = Memo::new(move |_| {
        let params = params.read();
        let part = |name| params.get(name).unwrap_or_default();
        parse_key(&format!("{} {} {}", part("exchange"), part("symbol"), part("interval")))
    });
    let query = use_query_map();
    let list = Memo::new(move |_| {
        let query = query.read();
        let text = |name| query.get(name).unwrap_or_default();
        split(&format!("{};{}", text("indicators"), text("add")))
    });
    let all = Resource::new(|| (), |()| series_list());
    // The address as it is written: the server is who says, with a status, that it names no series.
    let latest = Resource::new(
        move || ["exchange", "symbol", "interval"].map(|name| params.read().get(name).unwrap_or_default()),
        |[exchange, symbol, interval]| async move {
            candles(exchange, symbol, interval, None, LATEST, String::new()).await
        },
    );
    view! {
        <Script type_="module" src="/chart.js"/>
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                shown(found(all.await, latest.await, key.get()), |(all, series, latest)| {
                    view! { <Content all series latest list=list.into()/> }
                })
            })}
        </Transition>
    }
}

type Found = (Vec<SeriesView>, SeriesView, CandleWindow);

/// Brings the answers together: the series must be among those stored.
fn found(
    all: Result<Vec<SeriesView>, AppError>,
    latest: Result<CandleWindow, AppError>,
    key: Option<SeriesKey>,
) -> Result<Found, AppError> {
    let (all, latest) = (all?, latest?);
    let series = all.iter().find(|series| Some(&series.key) == key.as_ref()).cloned();
    series.map(|series| (all, series, latest)).ok_or_else(|| AppError::not_found("series"))
}

#[component]
fn Content(
    all: Vec<SeriesView>,
    series: SeriesView,
    latest: CandleWindow,
    list: Signal<Vec<String>>,
) -> impl IntoView {
    let key = series.key.clone();
    let trend = series.trend.as_ref().map(|trend| trend.svg.clone()).unwrap_or_default();
    let badge = series.provenance.is_synthetic().then(|| view! { <SyntheticBadge/> });
    view! {
        <Title text=format!("{} {}", key.symbol, key.interval)/>
        <header class="page-head chart-head">
            <div class="chart-title">
                <h1>{key.symbol.to_string()}</h1>
                <span class="muted">{key.exchange.to_string()}</span>
                {badge}
            </div>
            <Switcher all key=key.clone()/>
        </header>
        <Chart key=key.clone() list>
            <div class="without-script">
                <div inner_html=trend></div>
                <p class="muted">"The interactive chart needs JavaScript. The latest candles are below."</p>
            </div>
        </Chart>
        <div class="columns chart-foot">
            <Coverage series/>
            <LatestCandles window=latest/>
        </div>
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
    let mut intervals: Vec<SeriesKey> =
        all.iter().filter(|series| same(&series.key)).map(|series| series.key.clone()).collect();
    intervals.sort_by_key(|key| key.interval);
    let symbols = (!symbols.is_empty()).then(|| view! {
        <details class="menu">
            <summary class="button small">"Other markets"</summary>
            <ul class="menu-body menu-list">
                {symbols.into_iter().map(|other| view! {
                    <li>
                        <a class="menu-item" href=series_link(&other)>
                            {other.symbol.to_string()}<span class="muted">{other.exchange.to_string()}</span>
                        </a>
                    </li>
                }).collect_view()}
            </ul>
        </details>
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
