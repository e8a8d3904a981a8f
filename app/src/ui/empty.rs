//! What stands where there is nothing yet: why, and what to do next.

use leptos::prelude::*;

use super::{Icon, Symbol};

/// Says what is missing; its children lead on.
#[component]
pub(crate) fn Empty(
    symbol: Symbol,
    title: &'static str,
    text: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-icon"><Icon symbol/></span>
            <p class="empty-title">{title}</p>
            <p class="muted">{text}</p>
            <div class="actions">{children()}</div>
        </div>
    }
}
