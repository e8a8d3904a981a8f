//! How much of each exchange's request budget is used in the current minute.

use std::time::Duration;

use leptos::prelude::*;

use super::api::exchanges;
use super::model::{BudgetView, ExchangeView};
use crate::browser;
use crate::error::AppError;
use crate::format;
use crate::ui::{shown, suspend};

/// Shows a meter for each exchange, kept up to date.
#[component]
pub(super) fn Budgets() -> impl IntoView {
    let known = Resource::new(|| (), |()| exchanges());
    browser::refetch_after(known, |answer| match answer {
        Ok(_) => Some(Duration::from_secs(3)),
        Err(AppError::Unavailable { .. }) => Some(Duration::from_secs(10)),
        Err(_) => None,
    });
    view! {
        <Transition>
            {suspend(move || async move { shown(known.await, |exchanges| view! { <Meters exchanges/> }) })}
        </Transition>
    }
}

#[component]
fn Meters(exchanges: Vec<ExchangeView>) -> impl IntoView {
    let rows: Vec<_> = exchanges
        .into_iter()
        .filter_map(|exchange| exchange.budget.map(|budget| (exchange.id.to_string(), budget)))
        .map(|(name, budget)| view! { <Meter name budget/> })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="budget-title">
                <div class="panel-head">
                    <h2 id="budget-title">"Request budget"</h2>
                    <span class="muted">"Weight used in this minute"</span>
                </div>
                <ul class="meters">{rows}</ul>
            </section>
        }
    })
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
