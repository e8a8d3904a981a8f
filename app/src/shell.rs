//! The HTML document around the application; rendered on the server only.

use leptos::config::LeptosOptions;
use leptos::hydration::{AutoReload, HydrationScripts};
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::app::App;
use crate::theme;

/// Renders the document. It loads nothing from elsewhere; its only inline script starts hydration and has a nonce.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme::requested().as_str()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="dark light"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href="/pkg/crypto.css"/>
                // A table that is shown before its last row has come changes its columns with every row: show whole pages.
                <link rel="expect" href="#whole" blocking="render"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                // None needs the program: two are there before it, the last when it has stopped.
                <script type="module" src="/menus.js"></script>
                <script type="module" src="/focus.js"></script>
                <script type="module" src="/recover.js"></script>
                <MetaTags/>
            </head>
            <body>
                <App/>
                <div id="whole" hidden></div>
            </body>
        </html>
    }
}
