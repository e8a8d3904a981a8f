//! The ways to get candles: from an exchange, from files, from the offline demo market.

use leptos::prelude::*;

use super::api::exchanges;
use super::demo::{DemoButton, demo_exchange};
use super::download::DownloadForm;
use super::head::DataHead;
use super::import::ImportForm;
use super::model::ExchangeView;
use crate::answer::ask;
use crate::ui::{Loading, shown, suspend};

/// Shows the forms that get candles. What they start shows under Activity.
#[component]
pub(crate) fn GetDataPage() -> impl IntoView {
    let known = ask(|| (), |()| exchanges());
    view! {
        <DataHead title="Get data" lead="Closed candles only. What is stored already is not fetched again."/>
        <Suspense fallback=Loading>
            {suspend(move || async move { shown(known.await, |exchanges| view! { <Forms exchanges/> }) })}
        </Suspense>
    }
}

#[component]
fn Forms(exchanges: Vec<ExchangeView>) -> impl IntoView {
    let demo = demo_exchange(&exchanges).cloned();
    view! {
        <div class="columns">
            <DownloadForm exchanges=exchanges.clone()/>
            <div class="stack">
                <ImportForm exchanges/>
                {demo.map(|exchange| view! {
                    <section class="panel" aria-labelledby="demo-title">
                        <h2 id="demo-title">"Offline demo market"</h2>
                        <p class="muted">"Generated on this machine, marked as synthetic everywhere. Needs no internet."</p>
                        <DemoButton exchange next="/data/activity"/>
                    </section>
                })}
            </div>
        </div>
    }
}
