//! The list of markets.

use leptos::prelude::*;

use super::api::series_list;
use super::cards::SeriesCards;
use crate::answer::ask;
use crate::news::{refetch_on, use_news};
use crate::ui::{Empty, Loading, PageHead, Symbol, shown, suspend};

/// Shows every stored series.
#[component]
pub(crate) fn MarketsPage() -> impl IntoView {
    let series = ask(|| (), |()| series_list());
    refetch_on(series, [use_news().series()]);
    view! {
        <PageHead title="Markets" lead="Every stored series. Open one for its chart."/>
        <Transition fallback=Loading>
            {suspend(move || async move {
                shown(series.await, |series| {
                    if series.is_empty() {
                        view! { <NoMarkets/> }.into_any()
                    } else {
                        view! { <SeriesCards series/> }.into_any()
                    }
                })
            })}
        </Transition>
    }
}

#[component]
fn NoMarkets() -> impl IntoView {
    view! {
        <Empty
            symbol=Symbol::Markets title="No markets yet"
            text="Charts appear here as soon as candles are stored."
        >
            <a class="button primary" href="/data/get">"Download candles"</a>
            <a class="button" href="/data/get#import">"Import a file"</a>
        </Empty>
    }
}
