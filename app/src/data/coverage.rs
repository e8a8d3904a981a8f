//! A heat map of what is there: a row for each series, a cell for each month.

use leptos::prelude::*;

use super::api::coverage;
use super::model::{CoverageView, MonthCover, quality_link};
use crate::answer::{Answer, after, ask};
use crate::format;
use crate::live::Live;
use crate::markets::model::{SeriesView, series_text};
use crate::news::use_news;
use crate::ui::{shown, suspend};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Shows the coverage of every series.
#[component]
pub(super) fn CoverageMap(above: Answer<Vec<SeriesView>>) -> impl IntoView {
    let found = ask(|| (), |()| coverage());
    let news = use_news();
    view! {
        <Suspense>
            {suspend(move || async move {
                after(above).await;
                shown(found.await, |first| {
                    let rows = Live::new(first, coverage).on(news.series()).latest();
                    move || view! { <Map rows=rows.get()/> }
                })
            })}
        </Suspense>
    }
}

/// A row for each series and a column for each year; a narrow screen lists the years of each series below its name.
#[component]
pub(super) fn Map(rows: Vec<CoverageView>) -> impl IntoView {
    let bounds = rows.iter().flat_map(|row| row.months.iter().map(|month| (month.year, month.month)));
    let (Some(first), Some(last)) = (bounds.clone().min(), bounds.max()) else { return ().into_any() };
    let years: Vec<i32> = (first.0..=last.0).collect();
    let head = years.iter().map(|year| view! { <th scope="col">{*year}</th> }).collect_view();
    let body = rows.into_iter().map(|row| view! { <Row row years=years.clone()/> }).collect_view();
    view! {
        <section class="panel" aria-labelledby="coverage-title">
            <div class="panel-head">
                <h2 id="coverage-title">"Coverage by month"</h2>
                <span class="cover-legend muted small">
                    <i class="cover cover-full"></i>"whole "
                    <i class="cover cover-high"></i>"at least 99 % "
                    <i class="cover cover-some"></i>"at least 90 % "
                    <i class="cover cover-low"></i>"less "
                    <i class="cover"></i>"nothing"
                </span>
            </div>
            <div class="table-wrap newest" tabindex="0" role="region" aria-label="Months of every series">
                <table class="coverage">
                    <thead><tr><th scope="col">"Series"</th>{head}</tr></thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Row(row: CoverageView, years: Vec<i32>) -> impl IntoView {
    let name = series_text(&row.key);
    let link = quality_link(&row.key);
    let cells = years.into_iter().map(|year| {
        let months: Vec<Option<MonthCover>> = (1..=12)
            .map(|month| row.months.iter().find(|cover| (cover.year, cover.month) == (year, month)).copied())
            .collect();
        // A narrow screen leaves out the years without a candle.
        let class = if months.iter().all(Option::is_none) { "none" } else { "" };
        view! { <td class=class data-label=year><Year year months/></td> }
    });
    view! {
        <tr>
            <th scope="row"><a href=link title="Quality of this series">{name}</a></th>
            {cells.collect_view()}
        </tr>
    }
}

/// Twelve cells, and in words how much is missing for those who do not see them.
#[component]
fn Year(year: i32, months: Vec<Option<MonthCover>>) -> impl IntoView {
    let (missing, expected) = months
        .iter()
        .flatten()
        .fold((0, 0), |(missing, expected), month| (missing + month.missing, expected + month.expected));
    let said = match (expected, missing) {
        (0, _) => "nothing stored".to_owned(),
        (_, 0) => "nothing missing".to_owned(),
        _ => format!("{} of {} candles not stored", format::count(missing), format::count(expected)),
    };
    let cells = months.into_iter().zip(MONTHS).map(|(month, name)| match month {
        Some(month) => {
            let title = format!(
                "{name} {year}: {} of {} stored",
                format::count(month.expected - month.missing),
                format::count(month.expected)
            );
            view! { <i class=format!("cover {}", month.class()) title=title></i> }.into_any()
        }
        None => view! { <i class="cover" title=format!("{name} {year}: nothing stored")></i> }.into_any(),
    });
    view! {
        <span class="cover-year" aria-hidden="true">{cells.collect_view()}</span>
        <span class="visually-hidden">{said}</span>
    }
}
