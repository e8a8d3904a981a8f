//! The library.

use leptos::prelude::*;

use super::api::strategies;
use super::model::StrategyView;
use crate::answer::ask;
use crate::ui::{Empty, Loading, PageHead, Symbol, shown, suspend};

/// Lists the library's strategies.
#[component]
pub(crate) fn StrategiesPage() -> impl IntoView {
    let library = ask(|| (), |()| strategies());
    view! {
        <PageHead
            title="Strategies"
            lead="From config/strategies.yaml. Everyone on this server sees the same list."
        />
        <Suspense fallback=Loading>
            {suspend(move || async move {
                shown(library.await, |library| {
                    if library.is_empty() {
                        view! { <NoStrategies/> }.into_any()
                    } else {
                        let cards = library.into_iter().map(|strategy| view! { <li><StrategyCard strategy/></li> });
                        view! { <ul class="cards wide">{cards.collect_view()}</ul> }.into_any()
                    }
                })
            })}
        </Suspense>
    }
}

#[component]
fn NoStrategies() -> impl IntoView {
    view! {
        <Empty
            symbol=Symbol::Strategies title="No strategies yet"
            text="Add one to config/strategies.yaml, check it with crypto config validate, and restart the server."
        >
            ""
        </Empty>
    }
}

#[component]
fn StrategyCard(strategy: StrategyView) -> impl IntoView {
    let params = strategy.params.iter().map(|param| {
        view! { <span class="chip">{param.title.clone()}" "<strong>{param.value.clone()}</strong></span> }
    });
    let params = params.collect_view();
    let symbols = strategy.symbols.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    view! {
        <article class="card still">
            <div class="card-head">
                <h2><a href=format!("/strategies/{}", strategy.name)>{strategy.title}</a></h2>
                <span class="badge">{strategy.category}</span>
            </div>
            <p class="card-kind"><code>{strategy.name.clone()}</code></p>
            <p class="muted">{strategy.summary}</p>
            <div class="chips">{params}</div>
            <div class="card-foot muted"><span>{symbols}" · "{strategy.interval.to_string()}</span></div>
            <div class="actions">
                <a class="button small primary" href=format!("/backtests/new?strategy={}", strategy.name)>"Backtest"</a>
                <a class="button small" href=format!("/strategies/{}", strategy.name)>"Details"</a>
            </div>
        </article>
    }
}
