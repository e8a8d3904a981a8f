//! Filling the holes of a series in which its exchange has nothing, and taking out again what was filled.

use leptos::prelude::*;

use super::api::FillSeries;
use super::model::QualityView;
use crate::format;
use crate::ui::{FormState, PostForm, Submit};

/// Offers administrators what makes sense: to fill where candles are missing at the exchange, to take out where some were filled.
#[component]
pub(super) fn Fill(series: String, quality: Signal<QualityView>, on_change: Callback<()>) -> impl IntoView {
    let action = FormState::of::<FillSeries>().on_success(move || {
        on_change.try_run(());
    });
    let problem = move || action.problem();
    let missing = Memo::new(move |_| quality.with(|quality| quality.missing_at_exchange));
    let filled = Memo::new(move |_| quality.with(|quality| quality.filled));
    let filled_series = series.clone();
    let fill = move || {
        let series = series.clone();
        let candles = format::counted(missing.get(), "candle", "candles");
        (missing.get() > 0).then(|| view! {
            <details class="confirm left">
                <summary class="button small">"Fill outages…"</summary>
                <PostForm to=action>
                    <input type="hidden" name="series" value=series/>
                    <p>
                        "Fill the "{candles}" that the exchange does not have with flat ones, at the last price and without volume? "
                        "They are marked as synthetic everywhere, backtests name them, and they can be removed again."
                    </p>
                    <Submit pending=action.pending() class="button small primary">"Fill them"</Submit>
                </PostForm>
            </details>
        })
    };
    let undo = move || {
        let series = filled_series.clone();
        let text = format!("Remove {}", format::counted(filled.get(), "filled candle", "filled candles"));
        (filled.get() > 0).then(|| {
            view! {
                <PostForm to=action>
                    <input type="hidden" name="series" value=series/>
                    <input type="hidden" name="undo" value="true"/>
                    <Submit pending=action.pending() class="button small">{text}</Submit>
                </PostForm>
            }
        })
    };
    view! {
        <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
        {fill}
        {undo}
    }
}
