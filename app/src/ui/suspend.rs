//! Views that wait for data.
//!
//! A [`Suspend`] inside a closure is made again whenever its data is asked for again. Until the new view is there, the old one stays
//! on the page, yet leptos has already disposed of what the closure made: its signals, memos, actions and callbacks. An effect, a
//! click or a timer that reads one of them then ends the whole program ('a reactive value that has already been disposed').
//!
//! Invariant: what a view made lives exactly as long as the view. `clippy.toml` keeps `Suspend::new` out of the rest of the crate.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::tachys::reactive_graph::OwnedView;

/// A view that is made again whenever something that it read changes. One type for all, so that what leptos compiles for it is in the
/// browser's module once.
pub(crate) type Suspended = Box<dyn FnMut() -> Suspend<OwnedView<AnyView>> + Send>;

/// Returns a child of a `Suspense` or `Transition` that shows what `load` makes, again whenever something that `load` read changes.
pub(crate) fn suspend<V, F>(load: impl Fn() -> F + Send + Sync + 'static) -> Suspended
where
    V: IntoView + 'static,
    F: Future<Output = V> + Send + 'static,
{
    // That of the `Suspense` around: it stays when the closure below runs again, and has the contexts of the page.
    let page = Owner::current().unwrap_or_default();
    let load: Load = Arc::new(move || {
        let view = load();
        Box::pin(async move { view.await.into_any() })
    });
    Box::new(move || make(page.child(), load.clone()))
}

type Load = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = AnyView> + Send>> + Send + Sync>;

#[expect(clippy::disallowed_methods, reason = "the one place that gives the view an owner of its own")]
fn make(owner: Owner, load: Load) -> Suspend<OwnedView<AnyView>> {
    Suspend::new(async move {
        let view = owner.with(|| ScopedFuture::new(load())).await;
        OwnedView::new_with_owner(view, owner)
    })
}
