//! What was typed into a form, kept so that Back, a reload and a sign-in in between bring it back.
//!
//! The texts lie in the browser's session storage under an id that the entry of the history carries: another visit of the same page
//! begins afresh, and closing the tab forgets everything. Passwords are never kept. Without JavaScript the server hands a refused form's
//! texts back in the address (`typed[NAME]`, see the server's `kept_input`). Only effects and event handlers call the storage.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wasm_bindgen::{JsCast as _, JsValue};

/// Where the entry's id lies in the state of the history.
const ENTRY: &str = "typed";
/// Where texts wait that a sign-in interrupted.
const INTERRUPTED: &str = "typed after sign-in";

/// The texts of one page by the ids of their fields.
type Texts = BTreeMap<String, String>;

/// Returns what the address says was typed into a field, when the server has refused the form that came without JavaScript.
pub(crate) fn from_address(name: &str) -> Option<String> {
    use_query_map().read_untracked().get(&format!("typed[{name}]"))
}

/// Keeps the text of a field.
pub(crate) fn keep(id: &str, text: String) {
    let key = entry().unwrap_or_else(new_entry);
    let mut texts = read(&key).unwrap_or_default();
    texts.insert(id.to_owned(), text);
    write(&key, &texts);
}

/// Returns the text that was kept for a field of this entry of the history.
pub(crate) fn kept(id: &str) -> Option<String> {
    adopt();
    read(&entry()?)?.remove(id)
}

/// Lets the next visit of this page have the texts, because a sign-in comes in between.
pub(crate) fn hand_over() {
    let (Some(storage), Some(texts)) = (storage(), entry().and_then(|key| read(&key))) else { return };
    let parcel = serde_json::to_string(&(here(), texts)).unwrap_or_default();
    // A browser that keeps nothing loses what was typed; the page works all the same.
    let _ = storage.set_item(INTERRUPTED, &parcel);
}

/// Takes over what a sign-in interrupted on this page.
fn adopt() {
    let Some(storage) = storage() else { return };
    let Some(parcel) = storage.get_item(INTERRUPTED).ok().flatten() else { return };
    let Ok((path, texts)) = serde_json::from_slice::<(String, Texts)>(parcel.as_bytes()) else { return };
    if path == here() && entry().is_none() {
        let _ = storage.remove_item(INTERRUPTED);
        write(&new_entry(), &texts);
    }
}

/// Returns the path with its query.
fn here() -> String {
    let location = window().location();
    let (path, query) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    path + &query
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

fn read(key: &str) -> Option<Texts> {
    serde_json::from_slice(storage()?.get_item(key).ok()??.as_bytes()).ok()
}

fn write(key: &str, texts: &Texts) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(texts)) {
        let _ = storage.set_item(key, &text);
    }
}

/// Returns the id of this entry of the history, if it has one.
fn entry() -> Option<String> {
    let state = window().history().ok()?.state().ok()?;
    js_sys::Reflect::get(&state, &JsValue::from_str(ENTRY)).ok()?.as_string()
}

/// Gives this entry of the history an id and keeps what else its state holds.
fn new_entry() -> String {
    let id = format!("typed {} {}", js_sys::Date::now(), js_sys::Math::random());
    let Ok(history) = window().history() else { return id };
    let state = js_sys::Object::new();
    if let Ok(before) = history.state()
        && before.is_object()
    {
        js_sys::Object::assign(&state, before.unchecked_ref());
    }
    let _ = js_sys::Reflect::set(&state, &JsValue::from_str(ENTRY), &JsValue::from_str(&id));
    let _ = history.replace_state(&state, "");
    id
}
