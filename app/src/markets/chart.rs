//! The chart's frame: its toolbar and the custom element that `public/chart.js` brings to life.
//!
//! The element draws into a shadow root, so that nothing it does touches what the server rendered. It reads its attributes and asks
//! the server for candles by itself.

use leptos::prelude::*;
use types::SeriesKey;

use super::indicators::IndicatorMenu;
use super::model::series_link;
use crate::browser;
use crate::ui::{Icon, Symbol};

/// Said to screen readers, shown on the buttons.
const KEYS: &str =
    "Arrow keys move the crosshair, plus and minus zoom, L switches the scale, R resets, F fills the window.";

/// The toolbar and the chart; its children show where scripts do not run.
#[component]
pub(super) fn Chart(key: SeriesKey, list: Signal<Vec<String>>, children: Children) -> impl IntoView {
    let is_log = RwSignal::new(false);
    let is_large = RwSignal::new(false);
    let resets = RwSignal::new(0_u32);
    let path = series_link(&key);
    let label = format!("Candlestick chart of {key}. {KEYS}");
    view! {
        <section class="chart-box" class:large=move || is_large.get() aria-label="Chart"
            on:keydown=move |event| match browser::plain_key(&event).as_deref() {
                Some("Escape") => is_large.set(false),
                Some("f") => is_large.update(|on| *on = !*on),
                Some("l") => is_log.update(|on| *on = !*on),
                Some("r") => resets.update(|count| *count += 1),
                _ => {}
            }
        >
            <div class="chart-bar">
                <IndicatorMenu path=Signal::stored(path) list/>
                <div class="chart-tools needs-script">
                    <button type="button" class="button small" title="Logarithmic scale (L)"
                        aria-pressed=move || is_log.get().to_string()
                        on:click=move |_| is_log.update(|on| *on = !*on)>"Log"</button>
                    <button type="button" class="button small" title="Back to the latest candles (R)"
                        on:click=move |_| resets.update(|count| *count += 1)>
                        <Icon symbol=Symbol::Again/>"Reset"
                    </button>
                    <button type="button" class="button small" aria-pressed=move || is_large.get().to_string()
                        aria-label="Full window" title="Full window (F, Esc leaves it)"
                        on:click=move |_| is_large.update(|on| *on = !*on)>
                        <Icon symbol=Symbol::Expand/>
                    </button>
                </div>
            </div>
            <candle-chart
                exchange=key.exchange.to_string() symbol=key.symbol.to_string() interval=key.interval.to_string()
                indicators=move || list.get().join(";") scale=move || if is_log.get() { "log" } else { "linear" }
                resets=move || resets.get().to_string() tabindex="0" role="application" aria-label=label
            >
                {children()}
            </candle-chart>
        </section>
    }
}
