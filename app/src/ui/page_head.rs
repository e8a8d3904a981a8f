//! The top of every page: its title in the tab and on the page, and what can be done here.

use leptos::prelude::*;
use leptos_meta::Title;

use super::Heading;

/// Renders the head of a page.
#[component]
pub(crate) fn PageHead(
    /// The title.
    #[prop(into)]
    title: String,
    /// What the browser's tab says, where the title alone would not tell it from its neighbours.
    #[prop(optional, into)]
    tab: String,
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
    let tab = if tab.is_empty() { title.clone() } else { tab };
    view! {
        <Title text=tab/>
        <header class="page-head">
            <div>
                <Heading title id/>
                {lead}
            </div>
            <div class="actions">{children.map(|children| children())}</div>
        </header>
    }
}
