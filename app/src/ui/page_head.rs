//! The top of every page: its title in the tab and on the page, and what can be done here.

use leptos::prelude::*;
use leptos_meta::Title;

use super::Heading;

/// Renders the head of a page.
#[component]
pub(crate) fn PageHead(
    /// The title, in the browser's tab too.
    #[prop(into)]
    title: String,
    /// The id of what it is about, beside its title.
    #[prop(optional, into)]
    id: String,
    /// One sentence under it.
    #[prop(optional, into)]
    lead: String,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let lead = (!lead.is_empty()).then(|| view! { <p class="muted">{lead}</p> });
    view! {
        <Title text=title.clone()/>
        <header class="page-head">
            <div>
                <Heading title id/>
                {lead}
            </div>
            <div class="actions">{children.map(|children| children())}</div>
        </header>
    }
}
