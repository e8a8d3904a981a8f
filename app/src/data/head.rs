//! The head of every page about data: its title and the way to the others.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use crate::ui::PageHead;

/// Renders the title of one of the data pages and the links to all of them.
#[component]
pub(super) fn DataHead(
    /// The title of this page.
    #[prop(into)]
    title: String,
    /// What the browser's tab says, if not the title.
    #[prop(optional, into)]
    tab: String,
    /// One sentence under it.
    #[prop(into)]
    lead: String,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let path = use_location().pathname;
    // The page of one series belongs to the list of all.
    let is_series =
        move || path.with(|path| path == "/data" || path.starts_with("/data/series/")).then_some("page");
    view! {
        <PageHead title tab lead>{children.map(|children| children())}</PageHead>
        <nav class="tabs" aria-label="Data">
            <a href="/data" aria-current=is_series>"Series"</a>
            <A href="/data/live">"Live"<span class="desktop">" subscriptions"</span></A>
            <A href="/data/get">"Get data"</A>
            <A href="/data/activity">"Activity"</A>
        </nav>
    }
}
