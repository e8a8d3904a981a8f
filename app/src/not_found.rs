//! The page of an address that leads nowhere.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::{Heading, Logo};

/// Where else to go.
const PLACES: [(&str, &str); 4] =
    [("/markets", "Markets"), ("/data", "Data"), ("/strategies", "Strategies"), ("/backtests", "Backtests")];

/// Says so, with the right status, and leads back.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Page not found"/>
        <main class="door" id="content">
            <div class="door-card">
                <a class="brand" href="/"><Logo/>"Crypto"</a>
                <Heading title="Page not found"/>
                <p class="muted">"Check the address. What it showed may have been deleted."</p>
                <a class="button primary" href="/">"Go to the dashboard"</a>
                <nav class="chips" aria-label="Main">
                    {PLACES.map(|(href, title)| view! { <a class="chip" href=href>{title}</a> })}
                </nav>
            </div>
        </main>
    }
}
