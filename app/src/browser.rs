//! Everything that needs a browser. Called from effects and event handlers only; on the server these do nothing.

use std::time::Duration;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::theme::{COOKIE, Theme};

/// Fetches a resource again and again, as long as its value says how long to wait until the next time.
pub(crate) fn refetch_after<T>(resource: Resource<T>, wait: fn(&T) -> Option<Duration>)
where
    T: Send + Sync + Clone + Serialize + DeserializeOwned + 'static,
{
    Effect::new(move |_| {
        let wait = resource.with(|value| value.as_ref().and_then(wait));
        if let Some(wait) = wait
            && let Ok(timer) = set_timeout_with_handle(move || resource.refetch(), wait)
        {
            on_cleanup(move || timer.clear());
        }
    });
}

/// Switches the document to the other theme and remembers it.
pub(crate) fn switch_theme() {
    let Some(root) = document().document_element() else { return };
    let theme = Theme::of_name(&root.get_attribute("data-theme").unwrap_or_default()).other();
    // A document that takes no attribute or cookie keeps its theme; there is nothing better to do about it.
    let _ = root.set_attribute("data-theme", theme.as_str());
    debug_assert!(theme.cookie().starts_with(COOKIE));
    set_cookie(&theme.cookie());
}

fn set_cookie(cookie: &str) {
    let name = wasm_bindgen::JsValue::from_str("cookie");
    let _ = js_sys::Reflect::set(document().as_ref(), &name, &wasm_bindgen::JsValue::from_str(cookie));
}

/// Puts a text on the clipboard; whether that worked is told to `done`.
pub(crate) fn copy(text: String, done: impl Fn(bool) + 'static) {
    leptos::task::spawn_local(async move {
        let promise = window().navigator().clipboard().write_text(&text);
        done(wasm_bindgen_futures::JsFuture::from(promise).await.is_ok());
    });
}

/// Returns the key of an event that is meant for the page: pressed alone and not while typing.
pub(crate) fn plain_key(event: &leptos::ev::KeyboardEvent) -> Option<String> {
    let tag = event_target::<web_sys::Element>(event).tag_name();
    let is_typing = matches!(tag.as_str(), "INPUT" | "SELECT" | "TEXTAREA");
    let is_chord = event.ctrl_key() || event.meta_key() || event.alt_key();
    (!is_typing && !is_chord).then(|| event.key())
}
