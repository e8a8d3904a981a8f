//! Live subscriptions: series that are backfilled, then updated live, with how each stands; and the form of a new one.

use std::time::Duration;

use leptos::prelude::*;

use super::api::{Subscribe, Unsubscribe, exchanges, subscriptions};
use super::head::DataHead;
use super::meter::Budgets;
use super::model::{ExchangeView, SubscriptionView};
use super::series_fields::SeriesFields;
use crate::answer::ask;
use crate::format;
use crate::live::{Live, Outdated, Rows};
use crate::markets::model::series_link;
use crate::news::use_news;
use crate::ui::{Field, FormProblem, FormState, Loading, PostForm, Submit, shown, suspend};

const FIELDS: &[&str] = &["exchange", "symbol", "interval", "days"];
/// How often to ask while something is subscribed to: a candle closes every minute, a state changes at any time.
const ASK: Duration = Duration::from_secs(2);

/// Shows the user's subscriptions and the form for more. The form is no part of what is asked for again.
#[component]
pub(crate) fn SubscriptionsPage() -> impl IntoView {
    let known = ask(|| (), |()| subscriptions());
    let offered = ask(|| (), |()| exchanges());
    let news = use_news();
    view! {
        <DataHead title="Live subscriptions" lead="Backfilled, then updated live while the server runs."/>
        <div class="stack">
            <Suspense fallback=Loading>
                {suspend(move || async move {
                    let offered = offered.await.unwrap_or_default();
                    shown(known.await, |first| {
                        let live = Live::new(first, subscriptions)
                            .on(news.subscriptions())
                            .every(|subscriptions| (!subscriptions.is_empty()).then_some(ASK));
                        view! {
                            <Outdated live/>
                            <Subscriptions live/>
                            <NewSubscription exchanges=offered.clone() on_change=live.refresher()/>
                            <Budgets first=offered/>
                        }
                    })
                })}
            </Suspense>
        </div>
    }
}

#[component]
fn Subscriptions(live: Live<Vec<SubscriptionView>>) -> impl IntoView {
    let end = FormState::of::<Unsubscribe>().on_success(move || live.refresh());
    let rows = live.latest();
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let problem = move || end.problem();
    view! {
        <section class="panel" aria-labelledby="subscriptions-title">
            <h2 id="subscriptions-title">"Your subscriptions"</h2>
            <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
            {move || {
                if is_empty.get() {
                    view! { <p class="muted">"None yet. Subscribe to a series below."</p> }.into_any()
                } else {
                    view! { <Table rows end/> }.into_any()
                }
            }}
        </section>
    }
}

#[component]
fn Table(rows: Signal<Vec<SubscriptionView>>, end: FormState) -> impl IntoView {
    view! {
        <div class="table-wrap">
            <table class="stacked">
                <thead>
                    <tr>
                        <th scope="col">"Series"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Last candle (UTC)"</th>
                        <th scope="col">"Next candle"</th>
                        <th scope="col" class="number">"Reconnects"</th>
                        <th scope="col" class="number">"Fetched later"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        items=rows key=|row: &SubscriptionView| row.key.clone()
                        row=move |row| view! { <Row row end/> }
                    />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(row: Signal<SubscriptionView>, end: FormState) -> impl IntoView {
    let key = row.with_untracked(|row| row.key.clone());
    let name = key.to_string();
    let state = Memo::new(move |_| row.with(|row| row.state.clone()));
    let problem = Memo::new(move |_| state.with(super::model::FollowState::problem));
    let last = move || row.with(|row| row.last_ms).map_or_else(|| "n/a".to_owned(), format::minute);
    view! {
        <tr>
            <th scope="row" data-label="Series">
                <a href=series_link(&key)>{key.symbol.to_string()}</a>
                <span class="chip">{key.interval.to_string()}</span>
                <span class="muted">{key.exchange.to_string()}</span>
                // As high without a problem as with one: what stands below must not move while somebody types there.
                {move || match problem.get() {
                    Some(text) => view! { <details class="reason"><summary>{text}</summary></details> }.into_any(),
                    None => view! { <p class="reason"></p> }.into_any(),
                }}
            </th>
            <td data-label="State">
                <span
                    class=move || state.with(|state| format!("badge state {}", state.class()))
                    title=move || state.with(super::model::FollowState::meaning)
                >
                    {move || state.with(super::model::FollowState::title)}
                </span>
            </td>
            <td data-label="Last candle (UTC)">{last}</td>
            <td data-label="Next candle" class:warn=move || row.with(SubscriptionView::is_behind)>
                {move || row.with(SubscriptionView::freshness)}
            </td>
            <td data-label="Reconnects" class="number">{move || format::count(row.with(|row| row.reconnects).into())}</td>
            <td data-label="Fetched later" class="number" title="Candles that the live stream did not deliver">
                {move || format::count(row.with(|row| row.fetched))}
            </td>
            <td class="row-actions">
                <PostForm to=end>
                    <input type="hidden" name="series" value=name.clone()/>
                    <button type="submit" class="button small quiet" aria-label=format!("Unsubscribe from {name}")>
                        "Unsubscribe"
                    </button>
                </PostForm>
            </td>
        </tr>
    }
}

#[component]
fn NewSubscription(exchanges: Vec<ExchangeView>, on_change: Callback<()>) -> impl IntoView {
    let action = FormState::of::<Subscribe>().on_success(move || {
        on_change.try_run(());
    });
    let refusal = action.refusal();
    (!exchanges.is_empty()).then(|| view! {
        <section class="panel form-panel" id="subscribe" aria-labelledby="subscribe-title">
            <h2 id="subscribe-title">"New subscription"</h2>
            <PostForm to=action>
                <FormProblem fields=FIELDS refusal/>
                <div class="fields four">
                    <SeriesFields exchanges interval="1m" refusal/>
                    <Field name="days" label="Backfill" value="365" unit="days" required=true refusal/>
                </div>
                <div class="actions end">
                    <span class="muted small" role="status">{move || action.is_accepted().then_some("Subscribed")}</span>
                    <Submit pending=action.pending()>"Subscribe"</Submit>
                </div>
            </PostForm>
        </section>
    })
}
