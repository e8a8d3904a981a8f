//! The first look at an empty installation: three steps to a result.

use leptos::prelude::*;

use crate::data::model::ExchangeView;
use crate::data::{DemoButton, demo_exchange};
use crate::ui::{Icon, Symbol};

/// Leads from nothing to the first backtest.
#[component]
pub(crate) fn Welcome(exchanges: Vec<ExchangeView>, on_change: Callback<()>) -> impl IntoView {
    let demo = demo_exchange(&exchanges).cloned();
    view! {
        <section class="welcome" aria-labelledby="welcome-title">
            <h2 id="welcome-title">"Three steps to your first result"</h2>
            <ol class="steps">
                <li>
                    <h3><Icon symbol=Symbol::Data/>"Get market data"</h3>
                    <p class="muted">"Download candles from an exchange, or import a file."</p>
                    <div class="actions">
                        <a class="button primary" href="/data/get">"Download"</a>
                        <a class="button" href="/data/get#import">"Import a file"</a>
                    </div>
                    {demo.map(|exchange| view! { <DemoOffer exchange on_change/> })}
                </li>
                <li>
                    <h3><Icon symbol=Symbol::Strategies/>"Choose a strategy"</h3>
                    <p class="muted">"Read what each one does and which parameters it has."</p>
                    <div class="actions"><a class="button" href="/strategies">"See strategies"</a></div>
                </li>
                <li>
                    <h3><Icon symbol=Symbol::Backtests/>"Run a backtest"</h3>
                    <p class="muted">"See its equity, drawdown and every trade in seconds."</p>
                    <div class="actions"><a class="button" href="/backtests/new">"New backtest"</a></div>
                </li>
            </ol>
        </section>
    }
}

#[component]
fn DemoOffer(exchange: ExchangeView, on_change: Callback<()>) -> impl IntoView {
    view! {
        <div class="demo-offer">
            <p class="small">
                <strong>"No internet? "</strong>
                "The offline demo market generates candles on this machine. They are marked as synthetic everywhere."
            </p>
            <DemoButton exchange on_change/>
        </div>
    }
}
