//! Leads on to another page as soon as it is rendered.

use leptos::prelude::*;

/// A redirect: with its status on the server, through the router in the browser.
#[component]
pub(crate) fn GoTo(
    /// A path of ours with its query.
    #[prop(into)]
    path: String,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::respond::redirect_page(&path);
    #[cfg(not(feature = "ssr"))]
    leptos_router::hooks::use_navigate()(
        &path,
        leptos_router::NavigateOptions { replace: true, ..leptos_router::NavigateOptions::default() },
    );
}
