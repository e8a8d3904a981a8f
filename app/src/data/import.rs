//! The form that uploads files. A plain multipart form that the server answers with a redirect, or with a text when it refuses;
//! `public/upload.js` adds a progress bar and shows that text in place.

use leptos::prelude::*;
use leptos_meta::Script;

use super::download::intervals;
use super::model::ExchangeView;
use crate::error::AppError;
use crate::ui::{Field, FormProblem, SelectField, refused};

const FIELDS: &[&str] = &["exchange", "symbol", "interval", "files"];
/// Where the form is sent.
const ACTION: &str = "/data/import";

/// Asks for files and what they hold.
#[component]
pub(super) fn ImportForm(exchanges: Vec<ExchangeView>) -> impl IntoView {
    let real = exchanges.iter().find(|exchange| !exchange.is_synthetic);
    let exchange = real.map_or_else(|| "binance".to_owned(), |exchange| exchange.id.to_string());
    // A form that was sent without scripts comes back with what was wrong in its address.
    let refusal: Signal<Option<AppError>> = Signal::stored(refused(ACTION));
    let fault_of =
        move |name: &str| refusal.with(|refusal| refusal.as_ref()?.of_field(name).map(str::to_owned));
    view! {
        <Script type_="module" src="/upload.js"/>
        <section class="panel" id="import" aria-labelledby="import-title">
            <h2 id="import-title">"Import a file"</h2>
            <p class="muted">
                "CSV, .zip or .gz in the format of Binance's archives: 6 or 12 columns, with or without a header, times in "
                "milliseconds or microseconds."
            </p>
            <file-upload>
                <FormProblem fields=FIELDS refusal/>
                <form action=ACTION method="post" enctype="multipart/form-data">
                    <div class="fields">
                        <Field
                            id="import-exchange" name="exchange" label="Exchange" value=exchange
                            required=true refusal
                        />
                        <Field
                            id="import-symbol" name="symbol" label="Symbol" required=true
                            hint="As the exchange writes it, such as BTCUSDT" refusal
                        />
                        <SelectField
                            id="import-interval" name="interval" label="Interval" options=intervals()
                            value="1h" refusal
                        />
                    </div>
                    <div class="field" class:wrong=move || fault_of("files").is_some()>
                        <label for="files">"Files"</label>
                        <input
                            id="files" name="files" type="file" multiple=true accept=".csv,.zip,.gz" aria-required="true"
                            aria-describedby="files-note" aria-invalid=move || fault_of("files").map(|_| "true")
                        />
                        <p class="hint" id="files-note">{move || fault_of("files").unwrap_or_default()}</p>
                    </div>
                    <label class="check">
                        <input type="checkbox" name="replace" value="yes"/>
                        "Replace what is stored, even if every value differs"
                    </label>
                    <div class="progress" data-role="progress" hidden=true>
                        <progress max="100" aria-label="Upload"></progress>
                    </div>
                    <p class="notice bad" role="alert" data-role="problem" hidden=true></p>
                    <div class="actions end"><button type="submit" class="button primary">"Import"</button></div>
                </form>
            </file-upload>
        </section>
    }
}
