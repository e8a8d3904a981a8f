//! The head of every page about data: its title and the way to the others.

use leptos::prelude::*;
use leptos_router::components::A;

use crate::ui::PageHead;

/// Renders the title of one of the data pages and the links to all of them.
#[component]
pub(super) fn DataHead(
    /// The title of this page.
    #[prop(into)]
    title: String,
    /// One sentence under it.
    #[prop(into)]
    lead: String,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <PageHead title lead>{children.map(|children| children())}</PageHead>
        <nav class="tabs" aria-label="Data">
            <A href="/data" exact=true>"Series"</A>
            <A href="/data/live">"Live"<span class="desktop">" subscriptions"</span></A>
            <A href="/data/get">"Get data"</A>
            <A href="/data/activity">"Activity"</A>
        </nav>
    }
}
