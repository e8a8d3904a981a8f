//! The fields that name a series to get: what can be chosen follows the exchange.

use leptos::prelude::*;

use super::model::ExchangeView;
use crate::error::AppError;
use crate::ui::{Field, SelectField};

/// Asks for exchange, symbol and interval.
#[component]
pub(super) fn SeriesFields(
    exchanges: Vec<ExchangeView>,
    /// The exchange to begin with; empty for the first.
    #[prop(optional)]
    exchange: String,
    /// The symbol to begin with; empty for the first that the exchange suggests.
    #[prop(optional)]
    symbol: String,
    /// The interval to begin with.
    #[prop(into)]
    interval: String,
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let names =
        exchanges.iter().map(|exchange| (exchange.id.to_string(), name(exchange))).collect::<Vec<_>>();
    let first = exchanges.first().map(|exchange| exchange.id.to_string()).unwrap_or_default();
    let exchange = if exchange.is_empty() { first } else { exchange };
    let exchanges = StoredValue::new(exchanges);
    let chosen = RwSignal::new(exchange.clone());
    let now = Memo::new(move |_| {
        let id = chosen.get();
        exchanges.with_value(|all| all.iter().find(|exchange| exchange.id.to_string() == id).cloned())
    });
    let symbols = move || {
        let symbols = now.get().map(|exchange| exchange.suggested_symbols).unwrap_or_default();
        symbols.into_iter().map(|symbol| symbol.to_string()).collect::<Vec<_>>()
    };
    let first = symbols().into_iter().next().unwrap_or_default();
    let symbol = if symbol.is_empty() { first } else { symbol };
    let hint = Signal::derive(move || {
        let example = symbols().into_iter().next();
        example
            .map_or_else(String::new, |example| format!("As {} writes it, such as {example}", chosen.get()))
    });
    let intervals = move || {
        let offered = now.get().map(|exchange| exchange.intervals).unwrap_or_default();
        let options = offered.iter().map(|interval| (interval.to_string(), interval.to_string())).collect();
        view! { <SelectField name="interval" label="Interval" options value=interval.clone() refusal/> }
    };
    view! {
        <SelectField
            name="exchange" label="Exchange" options=names value=exchange refusal
            on_change=Callback::new(move |id| chosen.set(id))
        />
        <Field name="symbol" label="Symbol" value=symbol required=true list="symbols" hint refusal/>
        <datalist id="symbols">
            {move || symbols().into_iter().map(|symbol| view! { <option value=symbol></option> }).collect_view()}
        </datalist>
        {intervals}
    }
}

/// An exchange as a choice names it.
fn name(exchange: &ExchangeView) -> String {
    if exchange.is_synthetic {
        format!("{} (offline demo, synthetic)", exchange.id)
    } else if exchange.is_testnet {
        format!("{} (test network)", exchange.id)
    } else {
        exchange.id.to_string()
    }
}
