//! What a page shows, kept current in place: the first answer comes with the page, later ones change a signal. Rows change while forms,
//! open menus and the focus stay.
//!
//! No resource is fetched again for it: a `Suspense` around would take away what it holds until the new answer is there, and what is
//! being typed with it.

use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use leptos::prelude::*;

use crate::answer::Asking;
use crate::browser;
use crate::error::AppError;

/// Tells lists apart.
static LISTS: AtomicU64 = AtomicU64::new(0);

/// How long to wait before a server that does not answer is asked again.
const AGAIN: Duration = Duration::from_secs(5);

/// The latest answer to a question.
#[derive(Debug)]
pub(crate) struct Live<T: 'static> {
    latest: RwSignal<T>,
    problem: RwSignal<Option<AppError>>,
    /// Counts answers, good or bad.
    answers: RwSignal<u64>,
    ask: Callback<()>,
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Live<T> {}

/// Where a question stands: only one is under way, and what changes meanwhile is asked for once more.
#[derive(Debug, Clone, Copy, Default)]
struct Turn {
    is_asking: bool,
    is_due_again: bool,
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Live<T> {
    /// Begins with an answer that is there already; `ask` gets the later ones.
    pub(crate) fn new<F>(first: T, ask: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<T, AppError>> + Send + 'static,
    {
        // Erased, so that the loop below is there once for each type of answer and not for each call.
        let ask: Arc<dyn Fn() -> Asking<T> + Send + Sync> = Arc::new(move || Box::pin(ask()));
        let (latest, problem, answers) = (RwSignal::new(first), RwSignal::new(None), RwSignal::new(0));
        let turn = StoredValue::new(Turn::default());
        let ask = Callback::new(move |()| {
            let was_asking = turn.try_update_value(|turn| {
                let was_asking = std::mem::replace(&mut turn.is_asking, true);
                turn.is_due_again = was_asking;
                was_asking
            });
            if was_asking != Some(false) {
                return;
            }
            let ask = ask.clone();
            leptos::task::spawn_local(async move {
                loop {
                    // The page may be gone by the time an answer comes: then nobody takes it.
                    match ask().await {
                        Ok(value) => {
                            set_if_new(latest, value);
                            set_if_new(problem, None);
                        }
                        Err(error) => set_if_new(problem, Some(error)),
                    }
                    let is_due_again = turn.try_update_value(|turn| {
                        turn.is_asking = turn.is_due_again;
                        std::mem::take(&mut turn.is_due_again)
                    });
                    answers.try_update(|count| *count += 1);
                    if is_due_again != Some(true) {
                        break;
                    }
                }
            });
        });
        Self { latest, problem, answers, ask }
    }

    /// Returns the latest answer.
    pub(crate) fn latest(self) -> Signal<T> {
        self.latest.into()
    }

    /// Asks now.
    pub(crate) fn refresh(self) {
        self.ask.try_run(());
    }

    /// Returns what asks now when something was changed.
    pub(crate) fn refresher(self) -> Callback<()> {
        self.ask
    }

    /// Asks whenever a count changes.
    pub(crate) fn on(self, changes: Signal<u64>) -> Self {
        Effect::new(move |before: Option<u64>| {
            let now = changes.get();
            if before.is_some_and(|before| before != now) {
                self.refresh();
            }
            now
        });
        self
    }

    /// Asks again and again, as long as `wait` says how long until the next time; not while the tab is hidden.
    pub(crate) fn every(self, wait: impl Fn(&T) -> Option<Duration> + 'static) -> Self {
        let Self { latest, problem, answers, .. } = self;
        Effect::new(move |_| {
            answers.track();
            let wait = match problem.get() {
                None => latest.with(&wait),
                Some(AppError::Unavailable { .. }) => Some(AGAIN),
                Some(_) => None,
            };
            let ask = move || {
                if browser::is_hidden() {
                    answers.try_update(|count| *count += 1);
                } else {
                    self.refresh();
                }
            };
            if let Some(Ok(timer)) = wait.map(|wait| set_timeout_with_handle(ask, wait)) {
                on_cleanup(move || timer.clear());
            }
        });
        self
    }
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    signal.try_maybe_update(|old| {
        let is_new = *old != value;
        if is_new {
            *old = value;
        }
        (is_new, ())
    });
}

/// Says that what is shown is no longer current, and why.
#[component]
pub(crate) fn Outdated<T: Clone + PartialEq + Send + Sync + 'static>(live: Live<T>) -> impl IntoView {
    view! {
        <div role="status">
            {move || live.problem.get().map(|error| {
                let way = matches!(error, AppError::Unauthenticated)
                    .then(|| view! { " "<a href="/signin" rel="external">"Sign in"</a> });
                view! { <p class="notice warn">"Not updated: "{error.to_string()}{way}</p> }
            })}
        </div>
    }
}

/// Shows a list whose rows stay where they are while their values change.
#[component]
pub(crate) fn Rows<T, K, V>(
    /// The items, in order.
    #[prop(into)]
    items: Signal<Vec<T>>,
    /// What names an item.
    key: fn(&T) -> K,
    /// Renders an item; its signal keeps the last value of an item that is gone.
    row: impl Fn(Signal<T>) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: IntoView + 'static,
{
    // Rows of another list with the same names are other rows: what they show belongs to that list, which may be gone.
    let list = LISTS.fetch_add(1, Ordering::Relaxed);
    let find = move |items: &Vec<T>, name: &K| items.iter().find(|item| key(item) == *name).cloned();
    view! {
        <For
            each=move || items.with(|items| items.iter().map(|item| ((list, key(item)), item.clone())).collect::<Vec<_>>())
            key=|(name, _)| name.clone()
            children=move |((_, name), first)| {
                let value = Memo::new(move |before: Option<&T>| {
                    let now = items.try_with(|items| find(items, &name)).flatten();
                    now.or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
                });
                row(value.into())
            }
        />
    }
}
