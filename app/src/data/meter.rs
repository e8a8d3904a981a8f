//! How much of each exchange's request budget is used in the current minute.

use std::time::Duration;

use leptos::prelude::*;

use super::api::exchanges;
use super::model::{BudgetView, ExchangeView};
use crate::format;
use crate::live::{Live, Rows};

/// How often to ask.
const ASK: Duration = Duration::from_secs(3);

/// Shows a meter for each exchange, kept up to date.
#[component]
pub(super) fn Budgets(first: Vec<ExchangeView>) -> impl IntoView {
    let exchanges = Live::new(first, exchanges).every(|_| Some(ASK)).latest();
    view! { <Meters exchanges/> }
}

#[component]
fn Meters(exchanges: Signal<Vec<ExchangeView>>) -> impl IntoView {
    let with_budget = Signal::derive(move || {
        let mut all = exchanges.get();
        all.retain(|exchange| exchange.budget.is_some());
        all
    });
    let row = |exchange: Signal<ExchangeView>| {
        move || {
            let ExchangeView { id, budget, .. } = exchange.get();
            budget.map(|budget| view! { <Meter name=id.to_string() budget/> })
        }
    };
    view! {
        <section class="panel" aria-labelledby="budget-title">
            <div class="panel-head">
                <h2 id="budget-title">"Request budget"</h2>
                <span class="muted">"Request weight used this minute"</span>
            </div>
            <ul class="meters"><Rows items=with_budget key=|exchange: &ExchangeView| exchange.id.clone() row/></ul>
        </section>
    }
}

#[component]
fn Meter(name: String, budget: BudgetView) -> impl IntoView {
    let BudgetView { used, used_by_others, limit, paused_until_ms, is_banned, is_shared } = budget;
    let text = match paused_until_ms {
        Some(until) if is_banned => format!("banned by the exchange until {} UTC", format::date_time(until)),
        Some(until) => format!("paused by the exchange until {} UTC", format::date_time(until)),
        None => {
            let others = match used_by_others {
                0 => String::new(),
                others => format!(", {} of it by other programs", format::count(others.into())),
            };
            let shared = if is_shared { " (all processes)" } else { "" };
            format!("{} of {}{others}{shared}", format::count(used.into()), format::count(limit.into()))
        }
    };
    let class = if paused_until_ms.is_some() { "bad" } else { "muted" };
    view! {
        <li class="meter">
            <span>{name.clone()}</span>
            <meter min="0" max=limit high=limit / 4 * 3 value=used aria-label=format!("Request budget of {name}")></meter>
            <span class=class>{text}</span>
        </li>
    }
}
