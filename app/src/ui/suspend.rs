//! Views that wait for data.
//!
//! A [`Suspend`] inside a closure is made again whenever its data is asked for again. Until the new view is there, the old one stays
//! on the page, yet leptos has already disposed of what the closure made: its signals, memos, actions and callbacks. An effect, a
//! click or a timer that reads one of them then ends the whole program ('a reactive value that has already been disposed').
//!
//! Invariant: what a view made lives exactly as long as the view. `clippy.toml` keeps `Suspend::new` out of the rest of the crate.

use std::future::Future;

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::tachys::reactive_graph::OwnedView;

/// Returns a child of a `Suspense` or `Transition` that shows what `load` makes, again whenever something that `load` read changes.
pub(crate) fn suspend<V, F>(
    load: impl Fn() -> F + Clone + Send + Sync + 'static,
) -> impl FnMut() -> Suspend<OwnedView<V>> + Send + 'static
where
    V: RenderHtml + Send + 'static,
    F: Future<Output = V> + Send + 'static,
{
    // That of the `Suspense` around: it stays when the closure below runs again, and has the contexts of the page.
    let page = Owner::current().unwrap_or_default();
    move || make(page.child(), load.clone())
}

#[expect(clippy::disallowed_methods, reason = "the one place that gives the view an owner of its own")]
fn make<V, F>(owner: Owner, load: impl Fn() -> F + Send + 'static) -> Suspend<OwnedView<V>>
where
    V: RenderHtml + Send + 'static,
    F: Future<Output = V> + Send + 'static,
{
    Suspend::new(async move {
        let view = owner.with(|| ScopedFuture::new(load())).await;
        OwnedView::new_with_owner(view, owner)
    })
}
