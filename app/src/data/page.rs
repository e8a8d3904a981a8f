//! What is stored: every series, and how much of each month is there.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::coverage::CoverageMap;
use super::head::DataHead;
use super::model::quality_link;
use super::stored::Stored;
use crate::account::session;
use crate::answer::ask;
use crate::backtests::model::parse_key;
use crate::live::{Live, Outdated};
use crate::markets::series_list;
use crate::news::use_news;
use crate::ui::{GoTo, Loading, shown, suspend};

/// Candles of live subscriptions come in between the news.
const ASK: Duration = Duration::from_secs(15);

/// Shows stored series; those that come or change while it is open show by themselves.
#[component]
pub(crate) fn DataPage() -> impl IntoView {
    let series = ask(|| (), |()| series_list());
    let reader = ask(|| (), |()| session());
    let news = use_news();
    view! {
        <OldAddress/>
        <DataHead title="Data" lead="Stored candles, shared by everybody on this server.">
            <a class="button" href="/data/get#import">"Import"</a>
            <a class="button primary" href="/data/get">"Download"</a>
        </DataHead>
        <div class="stack">
            <Suspense fallback=Loading>
                {suspend(move || async move {
                    let user = reader.await.ok().and_then(|session| session.user);
                    let may_delete = user.is_some_and(|user| user.is_admin);
                    shown(series.await, |first| {
                        let live = Live::new(first, series_list).on(news.series()).every(|_| Some(ASK));
                        view! { <Outdated live/><Stored live may_delete/> }
                    })
                })}
            </Suspense>
            <CoverageMap above=series/>
        </div>
    }
}

/// Links of old led to a series by `?gaps=binance+BTCUSDT+1h`.
#[component]
fn OldAddress() -> impl IntoView {
    let query = use_query_map();
    let wanted = move || query.read().get("gaps").and_then(|series| parse_key(&series));
    move || wanted().map(|key| view! { <GoTo path=quality_link(&key)/> })
}
