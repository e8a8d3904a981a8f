//! The button that sends a form.

use leptos::prelude::*;

/// Sends a form once at a time. A button that is disabled meanwhile would lose the focus, and a reader without a mouse the place.
#[component]
pub(crate) fn Submit(
    /// Whether an answer is on its way.
    #[prop(into)]
    pending: Signal<bool>,
    /// Its classes.
    #[prop(default = "button primary")]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="submit" class=class aria-disabled=move || pending.get().then_some("true")
            on:click=move |event| {
                if pending.get_untracked() {
                    event.prevent_default();
                }
            }
        >
            {children()}
        </button>
    }
}
