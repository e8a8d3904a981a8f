//! What is kept current: the user's subscriptions with their live status, and the form of a new one.

use std::time::Duration;

use leptos::prelude::*;

use super::api::{Subscribe, Unsubscribe, subscriptions};
use super::download::{intervals, name, symbols};
use super::model::{ExchangeView, FollowState, SubscriptionView};
use crate::browser;
use crate::error::AppError;
use crate::format;
use crate::markets::model::series_link;
use crate::ui::{Field, FormProblem, Loading, SelectField, Submit, shown, suspend};

const FIELDS: &[&str] = &["exchange", "symbol", "interval", "days"];

/// Shows subscriptions and follows them; with a form for more.
#[component]
pub(super) fn Following(exchanges: Vec<ExchangeView>) -> impl IntoView {
    let known = Resource::new(|| (), |()| subscriptions());
    browser::refetch_after(known, |answer| match answer {
        Ok(subscriptions) => (!subscriptions.is_empty()).then_some(Duration::from_secs(2)),
        Err(AppError::Unavailable { .. }) => Some(Duration::from_secs(5)),
        Err(_) => None,
    });
    let on_change = Callback::new(move |()| known.refetch());
    view! {
        <section class="panel" id="following" aria-labelledby="following-title">
            <div class="panel-head">
                <h2 id="following-title">"Kept current"</h2>
                <span class="muted">"Completed from the exchange, then followed live"</span>
            </div>
            <Transition fallback=Loading>
                {suspend(move || async move {
                    shown(known.await, |subscriptions| view! { <Subscriptions subscriptions on_change/> })
                })}
            </Transition>
            <NewSubscription exchanges on_change/>
        </section>
    }
}

#[component]
fn Subscriptions(subscriptions: Vec<SubscriptionView>, on_change: Callback<()>) -> impl IntoView {
    let end = ServerAction::<Unsubscribe>::new();
    Effect::new(move |_| {
        if matches!(end.value().get(), Some(Ok(()))) {
            on_change.run(());
        }
    });
    let problem = move || end.value().get().and_then(Result::err).map(|error| error.to_string());
    if subscriptions.is_empty() {
        return view! {
            <p class="muted">"Nothing yet. Subscribe to a series, and it is completed and kept up to date while the server runs."</p>
        }
        .into_any();
    }
    let rows: Vec<_> = subscriptions.into_iter().map(|row| view! { <Row row end/> }.into_any()).collect();
    view! {
        <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
        <div class="table-wrap">
            <table class="stacked">
                <thead>
                    <tr>
                        <th scope="col">"Series"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Last candle (UTC)"</th>
                        <th scope="col" class="number">"Behind"</th>
                        <th scope="col" class="number">"Reconnects"</th>
                        <th scope="col" class="number">"Asked for"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(row: SubscriptionView, end: ServerAction<Unsubscribe>) -> impl IntoView {
    let key = row.key.to_string();
    let reason = match &row.state {
        FollowState::Waiting(reason) => Some(view! { <p class="job-reason">{reason.clone()}</p> }),
        _ => None,
    };
    let last = row.last_ms.map_or_else(|| "n/a".to_owned(), format::minute);
    let behind = row.lag_ms.map_or_else(|| "n/a".to_owned(), |lag| format::duration(lag.max(1000)));
    view! {
        <tr>
            <th scope="row" data-label="Series">
                <a href=series_link(&row.key)>{row.key.symbol.to_string()}</a>
                <span class="chip">{row.key.interval.to_string()}</span>
                <span class="muted">{row.key.exchange.to_string()}</span>
                {reason}
            </th>
            <td data-label="State">
                <span class=format!("badge state {}", row.state.class()) title=row.state.meaning()>{row.state.title()}</span>
            </td>
            <td data-label="Last candle (UTC)">{last}</td>
            <td data-label="Behind" class="number">{behind}</td>
            <td data-label="Reconnects" class="number">{format::count(row.reconnects.into())}</td>
            <td data-label="Asked for" class="number" title="Candles that the stream did not tell and were fetched">
                {format::count(row.fetched)}
            </td>
            <td class="row-actions">
                <ActionForm action=end>
                    <input type="hidden" name="series" value=key.clone()/>
                    <button type="submit" class="button small quiet" aria-label=format!("Stop keeping {key} current")>"Stop"</button>
                </ActionForm>
            </td>
        </tr>
    }
}

#[component]
fn NewSubscription(exchanges: Vec<ExchangeView>, on_change: Callback<()>) -> impl IntoView {
    let action = ServerAction::<Subscribe>::new();
    let refusal: Signal<Option<AppError>> =
        Signal::derive(move || action.value().get().and_then(Result::err));
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            on_change.run(());
        }
    });
    let offered: Vec<(String, String)> =
        exchanges.iter().map(|exchange| (exchange.id.to_string(), name(exchange))).collect();
    let suggested = symbols(&exchanges);
    let first = exchanges.first().and_then(|exchange| exchange.suggested_symbols.first());
    let symbol = first.map(ToString::to_string).unwrap_or_default();
    (!offered.is_empty()).then(|| view! {
        <details class="fold">
            <summary>"Keep a series current"</summary>
            <ActionForm action=action>
                <FormProblem fields=FIELDS refusal/>
                <div class="fields four">
                    <SelectField name="exchange" id="follow-exchange" label="Exchange" options=offered refusal/>
                    <Field name="symbol" id="follow-symbol" label="Symbol" value=symbol list="follow-symbols" required=true refusal/>
                    <SelectField name="interval" id="follow-interval" label="Interval" options=intervals() value="1m" refusal/>
                    <Field name="days" id="follow-days" label="Complete for" value="365" unit="days" required=true refusal/>
                </div>
                <datalist id="follow-symbols">{suggested.into_iter().map(|symbol| view! { <option value=symbol></option> }).collect_view()}</datalist>
                <div class="actions end">
                    <Submit pending=action.pending()>"Keep current"</Submit>
                </div>
            </ActionForm>
        </details>
    })
}
