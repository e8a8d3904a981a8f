//! The chart's frame: its toolbar and the custom element that `public/chart.js` brings to life.
//!
//! The element draws into a shadow root, so that nothing it does touches what the server rendered. It reads its attributes, asks the
//! server for candles by itself and tells the page what happens to the latest one.

use leptos::ev;
use leptos::prelude::*;
use types::SeriesKey;

use super::indicators::IndicatorMenu;
use super::model::LiveNews;
use crate::browser;
use crate::ui::{Icon, Symbol};

/// Said to screen readers, shown on the buttons.
const KEYS: &str =
    "Arrow keys move the crosshair, plus and minus zoom, L switches the scale, R resets, F fills the window.";

/// How the chart is looked at; it stays when another series is chosen.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChartState {
    is_log: RwSignal<bool>,
    is_large: RwSignal<bool>,
    resets: RwSignal<u32>,
}

impl ChartState {
    pub(super) fn new() -> Self {
        Self { is_log: RwSignal::new(false), is_large: RwSignal::new(false), resets: RwSignal::new(0) }
    }

    /// Does what a key stands for.
    fn press(self, key: &str) {
        match key {
            "Escape" => self.is_large.set(false),
            "f" => self.is_large.update(|on| *on = !*on),
            "l" => self.is_log.update(|on| *on = !*on),
            "r" => self.resets.update(|count| *count += 1),
            _ => {}
        }
    }
}

/// The toolbar and the chart; its children show where scripts do not run.
#[component]
pub(super) fn Chart(
    key: SeriesKey,
    list: Signal<Vec<String>>,
    state: ChartState,
    /// Told what the chart learns of the latest candle.
    on_live: Callback<LiveNews>,
    children: Children,
) -> impl IntoView {
    let ChartState { is_log, is_large, resets } = state;
    let label = format!("Candlestick chart of {key}. {KEYS}");
    Effect::new(move |_| {
        let keys = window_event_listener(ev::keydown, move |event| {
            if let Some(key) = browser::plain_key(&event) {
                state.press(&key);
            }
        });
        on_cleanup(move || keys.remove());
    });
    view! {
        <section class="chart-box" class:large=move || is_large.get() aria-label="Chart">
            <div class="chart-bar">
                <IndicatorMenu key=key.clone() list/>
                <div class="chart-tools needs-script">
                    <button type="button" class="button small" title="Logarithmic scale (L)"
                        aria-pressed=move || is_log.get().to_string()
                        on:click=move |_| state.press("l")>"Log"</button>
                    <button type="button" class="button small" title="Back to the latest candles (R)"
                        on:click=move |_| state.press("r")>
                        <Icon symbol=Symbol::Again/>"Reset"
                    </button>
                    <button type="button" class="button small" aria-pressed=move || is_large.get().to_string()
                        aria-label="Full window" title="Full window (F, Esc leaves it)"
                        on:click=move |_| state.press("f")>
                        <Icon symbol=Symbol::Expand/>
                    </button>
                </div>
            </div>
            <candle-chart
                exchange=key.exchange.to_string() symbol=key.symbol.to_string() interval=key.interval.to_string()
                indicators=move || list.get().join(";") scale=move || if is_log.get() { "log" } else { "linear" }
                resets=move || resets.get().to_string() tabindex="0" role="application" aria-label=label
                on:live=move |event: web_sys::CustomEvent| {
                    if let Some(news) = browser::read_detail(&event) {
                        on_live.run(news);
                    }
                }
            >
                {children()}
            </candle-chart>
        </section>
    }
}
