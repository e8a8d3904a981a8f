//! The form that downloads candles from an exchange.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::Interval;

use super::api::{ACTIVITY, StartIngest};
use super::model::ExchangeView;
use super::series_fields::SeriesFields;
use crate::error::AppError;
use crate::ui::{Empty, Field, FormProblem, FormState, PostForm, SelectField, Submit, Symbol};

const FIELDS: &[&str] = &["exchange", "symbol", "interval", "range", "start", "end"];

const RANGES: [(&str, &str); 7] = [
    ("30", "Last 30 days"),
    ("90", "Last 90 days"),
    ("365", "Last year"),
    ("1095", "Last 3 years"),
    ("1825", "Last 5 years"),
    ("all", "All history"),
    ("custom", "Custom range"),
];

/// Asks what to download.
#[component]
pub(super) fn DownloadForm(exchanges: Vec<ExchangeView>) -> impl IntoView {
    let action = FormState::of::<StartIngest>();
    let refusal = action.refusal();
    let form = if exchanges.is_empty() {
        view! {
            <Empty
                symbol=Symbol::Download title="No exchange configured"
                text="Add one to config/exchanges.yaml and restart the server."
            >
                ""
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <PostForm to=action>
                <FormProblem fields=FIELDS refusal/>
                <Fields exchanges refusal/>
                <input type="hidden" name="next" value=ACTIVITY/>
                <div class="actions end">
                    <Submit pending=action.pending()>"Download"</Submit>
                </div>
            </PostForm>
        }
        .into_any()
    };
    view! {
        <section class="panel" id="download" aria-labelledby="download-title">
            <h2 id="download-title">"Download from an exchange"</h2>
            {form}
        </section>
    }
}

#[component]
fn Fields(exchanges: Vec<ExchangeView>, refusal: Signal<Option<AppError>>) -> impl IntoView {
    let query = use_query_map();
    let asked = move |name| query.read_untracked().get(name).filter(|text| !text.is_empty());
    let (exchange, symbol) = (asked("exchange").unwrap_or_default(), asked("symbol").unwrap_or_default());
    let interval = asked("interval").unwrap_or_else(|| "1h".to_owned());
    let ranges = RANGES.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
    let range = RwSignal::new("365".to_owned());
    view! {
        <div class="fields">
            <SeriesFields exchanges exchange symbol interval refusal/>
            <SelectField
                name="range" label="Range" options=ranges value="365"
                on_change=Callback::new(move |text| range.set(text)) refusal
            />
        </div>
        // Scripts fold the two dates away until they are asked for; without scripts they are simply there.
        <div class="fields dates" class:asked=move || range.with(|range| range == "custom")>
            <Field name="start" label="First day" kind="date" refusal/>
            <Field name="end" label="Last day" kind="date" hint="Empty: up to now" refusal/>
        </div>
    }
}

/// Every interval, as a choice.
pub(super) fn intervals() -> Vec<(String, String)> {
    Interval::ALL.iter().map(|interval| (interval.to_string(), interval.to_string())).collect()
}
