//! A button that opens a list or a few controls.
//!
//! It is a `<details>`, so it opens and closes without scripts. `public/menus.js` adds what readers expect of a menu: it closes on
//! Escape, on a click elsewhere and when one of its links is followed, the arrow keys walk through it, and it stays inside the window.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

/// Shows a button; its children are what it opens.
#[component]
pub(crate) fn Menu(
    /// What the button shows.
    #[prop(into)]
    button: ViewFnOnce,
    /// The classes of the button.
    #[prop(default = "button small")]
    button_class: &'static str,
    /// The name of the button for screen readers, where it shows no text.
    #[prop(optional)]
    label: Option<&'static str>,
    /// Classes of the menu in addition to its own.
    #[prop(optional)]
    class: &'static str,
    /// Whether it stays open when one of its links is followed: for lists in which several things are switched.
    #[prop(optional)]
    stays: bool,
    /// Whether it is open at first.
    #[prop(optional)]
    open: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <details class=format!("menu {class}") data-stays=stays.then_some("") open=open>
            <summary class=button_class aria-label=label>{button.run()}</summary>
            <div class="menu-body">{children()}</div>
        </details>
    }
}
