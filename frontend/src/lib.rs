//! The wasm entry point: `hydrate()` and what happens when it panics.
#![recursion_limit = "256"]

use std::panic::PanicHookInfo;

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::CustomEvent;

/// Takes over the page that the server rendered. Called once by the document's script.
#[wasm_bindgen]
pub fn hydrate() {
    std::panic::set_hook(Box::new(on_panic));
    leptos::mount::hydrate_body(app::App);
    // From here on controls respond; browser tests wait for this mark.
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// Writes a panic to the console and tells `public/recover.js`, which offers to reload: nothing else on the page answers any more.
fn on_panic(info: &PanicHookInfo<'_>) {
    console_error_panic_hook::hook(info);
    if let Ok(event) = CustomEvent::new("crypto:panic") {
        let _ = window().dispatch_event(&event);
    }
}
