//! Stored series as cards: price, trend, coverage.

use leptos::prelude::*;

use super::model::{SeriesView, TrendView};
use crate::format;
use crate::ui::SyntheticBadge;

/// Shows each series with a link to its chart.
#[component]
pub(crate) fn SeriesCards(series: Vec<SeriesView>) -> impl IntoView {
    let cards = series.into_iter().map(|series| view! { <li><SeriesCard series/></li> });
    view! { <ul class="cards">{cards.collect_view()}</ul> }
}

#[component]
fn SeriesCard(series: SeriesView) -> impl IntoView {
    let badge = series.provenance.is_synthetic().then(|| view! { <SyntheticBadge/> });
    let gaps = (series.gaps > 0).then(|| {
        view! {
            <span class="warn">{format::counted(series.gaps, "gap", "gaps")}</span>
        }
    });
    view! {
        <a class="card" href=series.link()>
            <span class="card-head">
                <strong>{series.key.symbol.to_string()}</strong>
                <span class="chip">{series.key.interval.to_string()}</span>
                {badge}
                <span class="muted card-exchange">{series.key.exchange.to_string()}</span>
            </span>
            {series.trend.clone().map(|trend| view! { <Trend trend/> })}
            <span class="card-foot muted">
                <span>{format::date(series.first_ms)}" to "{format::date(series.last_ms)}</span>
                <span>{format::counted(series.rows, "candle", "candles")}</span>
                {gaps}
            </span>
        </a>
    }
}

#[component]
fn Trend(trend: TrendView) -> impl IntoView {
    view! {
        <span class="card-trend">
            <span>
                <span class="card-price">{format::price(trend.last_price, None)}</span>
                <span class=format!("figure {}", format::tone(trend.change))>
                    {format::change(trend.change)}<small class="muted">" in "{trend.span}</small>
                </span>
            </span>
            <span class="card-spark" inner_html=trend.svg></span>
        </span>
    }
}
