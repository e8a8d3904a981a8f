//! The offline demo market in one click.

use leptos::prelude::*;

use super::api::StartIngest;
use super::model::ExchangeView;
use crate::ui::{FormState, Icon, PostForm, Submit, Symbol};

/// Returns the exchange that generates its candles, if one is configured and offers something.
pub(crate) fn demo_exchange(exchanges: &[ExchangeView]) -> Option<&ExchangeView> {
    exchanges.iter().find(|exchange| exchange.is_synthetic && !exchange.suggested_symbols.is_empty())
}

/// A button that downloads a year of hourly candles from the demo market.
#[component]
pub(crate) fn DemoButton(
    /// The demo market.
    exchange: ExchangeView,
    /// Told when the download was queued.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
    /// The page to go to then; empty to stay.
    #[prop(optional)]
    next: &'static str,
) -> impl IntoView {
    let action = FormState::of::<StartIngest>().on_success(move || {
        if let Some(told) = on_change {
            told.try_run(());
        }
    });
    let symbol = exchange.suggested_symbols.first().map(ToString::to_string).unwrap_or_default();
    let note = format!("A year of hourly {symbol} candles, synthetic.");
    let problem = move || action.problem();
    view! {
        <PostForm to=action>
            <input type="hidden" name="exchange" value=exchange.id.to_string()/>
            <input type="hidden" name="symbol" value=symbol/>
            <input type="hidden" name="interval" value="1h"/>
            <input type="hidden" name="range" value="365"/>
            <input type="hidden" name="next" value=next/>
            <Submit pending=action.pending() class="button">
                <Icon symbol=Symbol::Synthetic/>"Get the offline demo market"
            </Submit>
        </PostForm>
        <p class="small muted">{note}</p>
        <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
    }
}
