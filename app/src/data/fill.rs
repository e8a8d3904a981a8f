//! Filling the holes of a series in which its exchange has nothing, and taking out again what was filled.

use leptos::prelude::*;

use super::api::FillSeries;
use crate::format;
use crate::ui::Submit;

/// Offers administrators what makes sense: to fill where candles are missing at the exchange, to take out where some were filled.
#[component]
pub(super) fn Fill(
    series: String,
    missing_at_exchange: u64,
    filled: u64,
    on_change: Callback<()>,
) -> impl IntoView {
    let action = ServerAction::<FillSeries>::new();
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(_))) {
            on_change.run(());
        }
    });
    let problem = move || action.value().get().and_then(Result::err).map(|error| error.to_string());
    let filled_series = series.clone();
    let fill = (missing_at_exchange > 0).then(|| {
        let candles = format::counted(missing_at_exchange, "candle", "candles");
        view! {
            <details class="confirm left">
                <summary class="button small">"Fill outages…"</summary>
                <ActionForm action=action>
                    <input type="hidden" name="series" value=series/>
                    <p>
                        "Make flat candles, at the last price before and without a trade, for the "{candles}
                        " that the exchange does not have? They are marked as synthetic wherever they show, results of backtests"
                        " name them, and they can be taken out again."
                    </p>
                    <Submit pending=action.pending() class="button small primary">"Fill them"</Submit>
                </ActionForm>
            </details>
        }
    });
    let undo = (filled > 0).then(|| {
        let text = format!("Take out {}", format::counted(filled, "filled candle", "filled candles"));
        view! {
            <ActionForm action=action>
                <input type="hidden" name="series" value=filled_series/>
                <input type="hidden" name="undo" value="true"/>
                <Submit pending=action.pending() class="button small">{text}</Submit>
            </ActionForm>
        }
    });
    view! {
        <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
        {fill}
        {undo}
    }
}
