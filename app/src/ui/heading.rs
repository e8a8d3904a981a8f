//! The heading of a page. After a client-side navigation it takes the focus and its title is announced, as a browser does when it loads
//! a page; on the first load, and while only the query changes, the focus stays where it is.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::browser;

/// Which page was announced last. One for the whole tab.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Announcer {
    path: StoredValue<Option<String>>,
    said: RwSignal<String>,
}

/// Provides the announcer of this tab.
pub(crate) fn provide_announcer() {
    provide_context(Announcer { path: StoredValue::new(None), said: RwSignal::default() });
}

/// Says the title of a page that was navigated to. Silent on the first load.
#[component]
pub(crate) fn Announcements() -> impl IntoView {
    let announcer = use_context::<Announcer>();
    let said = move || announcer.map(|announcer| announcer.said.get()).unwrap_or_default();
    view! { <p class="visually-hidden" role="status" aria-live="polite">{said}</p> }
}

/// The page's heading.
#[component]
pub(crate) fn Heading(
    /// The page's title.
    #[prop(into)]
    title: String,
    /// The id of what the page is about, beside its title.
    #[prop(optional, into)]
    id: String,
) -> impl IntoView {
    let id = (!id.is_empty()).then(|| view! { " "<code class="id">{id}</code> });
    let heading = NodeRef::<leptos::html::H1>::new();
    let path = use_location().pathname;
    let announcer = use_context::<Announcer>();
    let said = title.clone();
    Effect::new(move |_| {
        let (Some(heading), Some(announcer)) = (heading.get(), announcer) else { return };
        let here = path.get_untracked();
        let before = announcer.path.try_update_value(|path| path.replace(here.clone())).flatten();
        if before.is_some_and(|before| before != here) {
            // In a view that waited for data it is made before it stands in the page.
            request_animation_frame(move || browser::focus_heading(&heading));
            announcer.said.set(said.clone());
        }
    });
    view! { <h1 tabindex="-1" node_ref=heading>{title}{id}</h1> }
}
