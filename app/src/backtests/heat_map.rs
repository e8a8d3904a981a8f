//! Monthly returns as a table whose cells have the colour of their strength.

use leptos::prelude::*;

use super::model::{MonthView, YearView};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Shows the months, the latest year first.
#[component]
pub(super) fn HeatMap(years: Vec<YearView>) -> impl IntoView {
    let head = MONTHS.map(|month| view! { <th scope="col" class="number">{month}</th> });
    let rows = years.into_iter().rev().map(|year| {
        let cells = year.months.into_iter().zip(MONTHS).map(|(month, name)| view! { <Cell month name/> });
        view! {
            <tr>
                <th scope="row">{year.year}</th>
                {cells.collect_view()}
                <td data-label="Total" class=format!("number strong {}", year.total.tone())>{year.total.text.clone()}</td>
            </tr>
        }
    });
    view! {
        <section class="panel" aria-labelledby="months-title">
            <h2 id="months-title">"Monthly returns"</h2>
            <div class="table-wrap" tabindex="0" role="group" aria-label="Returns of each month">
                <table class="heat">
                    <thead>
                        <tr><th scope="col">"Year"</th>{head}<th scope="col" class="number">"Total"</th></tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Cell(month: Option<MonthView>, name: &'static str) -> impl IntoView {
    let (text, class) = match month {
        Some(month) => (month.figure.text, format!("number {}", heat_class(month.heat))),
        None => (String::new(), "number".to_owned()),
    };
    view! { <td class=class data-label=name>{text}</td> }
}

const fn heat_class(heat: i8) -> &'static str {
    match heat {
        i8::MIN..=-4 => "heat-down-4",
        -3 => "heat-down-3",
        -2 => "heat-down-2",
        -1 => "heat-down-1",
        0 => "heat-0",
        1 => "heat-up-1",
        2 => "heat-up-2",
        3 => "heat-up-3",
        4..=i8::MAX => "heat-up-4",
    }
}
