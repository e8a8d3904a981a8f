//! Everything that needs a browser. Called from effects and event handlers only; on the server these do nothing.

use std::time::Duration;

use leptos::prelude::*;
use leptos::server_fn::error::ServerFnErrorErr;
use leptos::server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;

use crate::answer::Answer;
use crate::error::AppError;
use crate::theme::{COOKIE, Theme};

/// Fetches a resource again and again, as long as its value says how long to wait until the next time.
pub(crate) fn refetch_after<T>(
    resource: Answer<T>,
    wait: impl Fn(&Result<T, AppError>) -> Option<Duration> + 'static,
) where
    T: Send + Sync + Clone + Serialize + DeserializeOwned + 'static,
{
    Effect::new(move |_| {
        let wait = resource.with(|value| value.as_ref().and_then(&wait));
        if let Some(wait) = wait
            && let Ok(timer) = set_timeout_with_handle(move || resource.refetch(), wait)
        {
            on_cleanup(move || timer.clear());
        }
    });
}

/// A stream of the server's events. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct EventStream {
    source: web_sys::EventSource,
    /// Called by the browser, so they live as long as the stream.
    _listeners: [Closure<dyn FnMut(web_sys::MessageEvent)>; 3],
}

impl EventStream {
    /// Opens a stream; `is_open` says from then on whether it is connected. `None` where a browser has no such thing.
    pub(crate) fn open<T: DeserializeOwned>(
        path: &str,
        on_event: impl Fn(T) + 'static,
        is_open: RwSignal<bool>,
    ) -> Option<Self> {
        let source = web_sys::EventSource::new(path).ok()?;
        let take = Closure::new(move |event: web_sys::MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            match serde_json::from_slice(text.as_bytes()) {
                Ok(event) => on_event(event),
                Err(error) => leptos::logging::warn!("an event that is none of ours: {error}"),
            }
        });
        // The browser connects again by itself.
        let opened = Closure::new(move |_| is_open.set(true));
        let lost = Closure::new(move |_| is_open.set(false));
        source.set_onmessage(Some(take.as_ref().unchecked_ref()));
        source.set_onopen(Some(opened.as_ref().unchecked_ref()));
        source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        Some(Self { source, _listeners: [take, opened, lost] })
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Returns whether the tab is not looked at.
pub(crate) fn is_hidden() -> bool {
    document().hidden()
}

/// Returns whether the tab is looked at, from now on.
pub(crate) fn visibility() -> Signal<bool> {
    let is_visible = RwSignal::new(true);
    Effect::new(move |_| {
        is_visible.set(!is_hidden());
        let listener = window_event_listener(leptos::ev::visibilitychange, move |_| {
            is_visible.try_set(!is_hidden());
        });
        on_cleanup(move || listener.remove());
    });
    is_visible.into()
}

/// Moves the focus to a heading, unless somebody types meanwhile.
pub(crate) fn focus_heading(heading: &web_sys::HtmlElement) {
    let typing = document()
        .active_element()
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"));
    if !typing {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // A heading that takes no focus is still read where it stands.
        let _ = heading.focus_with_options(&options);
    }
}

/// Moves the focus to the first field that is marked as wrong in the form around an element: it may be out of sight.
pub(crate) fn focus_first_fault(inside: &web_sys::Element) {
    let field = inside.closest("form").ok().flatten().and_then(|form| {
        let found = form.query_selector("[aria-invalid=true]").ok().flatten()?;
        found.dyn_into::<web_sys::HtmlElement>().ok()
    });
    if let Some(field) = field {
        // A field that takes no focus is still marked.
        let _ = field.focus();
    }
}

/// Sends the fields of a form to a server function, as a browser without scripts would, follows the way on that the answer names, and
/// tells whether it was accepted.
pub(crate) fn send_form(
    event: &leptos::ev::SubmitEvent,
    url: &'static str,
    done: impl FnOnce(Result<(), AppError>) + 'static,
) {
    let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
    let fields = form.and_then(|form| web_sys::FormData::new_with_form(&form).ok());
    let fields =
        fields.and_then(|fields| web_sys::UrlSearchParams::new_with_str_sequence_sequence(&fields).ok());
    leptos::task::spawn_local(async move {
        let answer = match fields {
            Some(fields) => post(url, &fields).await,
            None => Err("the form could not be read".to_owned()),
        };
        done(answer.unwrap_or_else(|problem| {
            Err(AppError::from_server_fn_error(ServerFnErrorErr::Request(problem)))
        }));
    });
}

/// Posts fields; the outer error is one of the way there or back.
async fn post(url: &str, fields: &web_sys::UrlSearchParams) -> Result<Result<(), AppError>, String> {
    let text = |error: wasm_bindgen::JsValue| format!("{error:?}");
    let init = web_sys::RequestInit::new();
    let headers = web_sys::Headers::new().map_err(text)?;
    headers.set("Accept", "application/json").map_err(text)?;
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(fields);
    let answer = JsFuture::from(window().fetch_with_str_and_init(url, &init)).await.map_err(text)?;
    let answer: web_sys::Response = answer.dyn_into().map_err(text)?;
    let body = JsFuture::from(answer.text().map_err(text)?).await.map_err(text)?;
    let headers = answer.headers();
    if headers.has(REDIRECT_HEADER).map_err(text)?
        && let Some(target) = headers.get("Location").map_err(text)?
    {
        call_redirect_hook(&target);
    }
    if answer.ok() {
        return Ok(Ok(()));
    }
    let body = body.as_string().unwrap_or_default();
    serde_json::from_slice(body.as_bytes()).map(Err).map_err(|error| error.to_string())
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
        done(JsFuture::from(promise).await.is_ok());
    });
}

/// Reads what one of our own scripts tells in an event, as JSON.
pub(crate) fn read_detail<T: DeserializeOwned>(event: &web_sys::CustomEvent) -> Option<T> {
    let read = serde_json::from_slice(event.detail().as_string()?.as_bytes());
    read.inspect_err(|error| leptos::logging::warn!("an event that is none of ours: {error}")).ok()
}

/// Returns the key of an event that is meant for the page: pressed alone, not while typing, and not taken by anything else.
pub(crate) fn plain_key(event: &leptos::ev::KeyboardEvent) -> Option<String> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok();
    let is_typing = target.is_some_and(|target| {
        target.closest("input, select, textarea, [contenteditable]").is_ok_and(|field| field.is_some())
    });
    let is_chord = event.ctrl_key() || event.meta_key() || event.alt_key();
    (!is_typing && !is_chord && !event.default_prevented()).then(|| event.key())
}
