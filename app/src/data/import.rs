//! The form that uploads files. A plain multipart form that the server answers with a redirect, or with a text when it refuses;
//! `public/upload.js` adds a progress bar and shows that text in place.

use leptos::prelude::*;
use leptos_meta::Script;

use super::download::intervals;
use super::model::ExchangeView;
use crate::error::AppError;
use crate::ui::{Field, SelectField};

/// Asks for files and what it holds.
#[component]
pub(super) fn ImportForm(exchanges: Vec<ExchangeView>) -> impl IntoView {
    let real = exchanges.iter().find(|exchange| !exchange.is_synthetic);
    let exchange = real.map_or_else(|| "binance".to_owned(), |exchange| exchange.id.to_string());
    let refusal: Signal<Option<AppError>> = Signal::stored(None);
    view! {
        <Script type_="module" src="/upload.js"/>
        <section class="panel" id="import" aria-labelledby="import-title">
            <h2 id="import-title">"Import a file"</h2>
            <p class="muted">
                "CSV, .zip or .gz as Binance publishes its archives: with or without a header, 6 or 12 columns, "
                "milli- or microseconds."
            </p>
            <file-upload>
                <form action="/data/import" method="post" enctype="multipart/form-data">
                    <div class="fields">
                        <Field
                            id="import-exchange" name="exchange" label="Exchange" value=exchange
                            required=true refusal
                        />
                        <Field
                            id="import-symbol" name="symbol" label="Symbol" required=true
                            hint="As the exchange writes it: BTCUSDT" refusal
                        />
                        <SelectField
                            id="import-interval" name="interval" label="Interval" options=intervals()
                            value="1h" refusal
                        />
                    </div>
                    <div class="field">
                        <label for="files">"Files"</label>
                        <input id="files" name="files" type="file" multiple=true required=true accept=".csv,.zip,.gz"/>
                    </div>
                    <div class="progress" data-role="progress" hidden=true>
                        <progress max="100" aria-label="Upload"></progress>
                    </div>
                    <p class="notice bad" role="alert" data-role="problem" hidden=true></p>
                    <label class="muted">
                        <input type="checkbox" name="replace" value="yes"/>
                        " Replace stored candles, even where nearly all of them say something else"
                    </label>
                    <div class="actions end"><button type="submit" class="button primary">"Import"</button></div>
                </form>
            </file-upload>
        </section>
    }
}
