//! A form that is sent to a server function.
//!
//! Its fields are sent as they stand in the page, with scripts as without: nothing is decoded and encoded again in the browser, and what
//! sends a form and reads the answer is there once, whatever the function takes.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;
use leptos_router::hooks::use_query_map;

use crate::browser;
use crate::error::AppError;

/// Sendings to one server function, and what came of the last one. Forms may share it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormState {
    url: &'static str,
    answer: RwSignal<Option<Result<(), AppError>>>,
    pending: RwSignal<bool>,
    answers: RwSignal<usize>,
}

impl FormState {
    /// Returns what sends forms to the server function `S`. A form that was refused without scripts begins with the refusal.
    pub(crate) fn of<S: ServerFn<Error = AppError>>() -> Self {
        Self::to(S::url())
    }

    fn to(url: &'static str) -> Self {
        Self {
            url,
            answer: RwSignal::new(refused(url).map(Err)),
            pending: RwSignal::new(false),
            answers: RwSignal::new(0),
        }
    }

    /// Whether an answer is on its way.
    pub(crate) fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// Why the last form was refused.
    pub(crate) fn refusal(self) -> Signal<Option<AppError>> {
        Signal::derive(move || self.answer.with(|answer| answer.clone()?.err()))
    }

    /// Why the last form was refused, as a sentence.
    pub(crate) fn problem(self) -> Option<String> {
        self.answer.with(|answer| answer.as_ref()?.as_ref().err().map(AppError::to_string))
    }

    /// Whether the last form was accepted.
    pub(crate) fn is_accepted(self) -> bool {
        self.answer.with(|answer| matches!(answer, Some(Ok(()))))
    }

    /// Counts answers, good or bad.
    pub(crate) fn answers(self) -> usize {
        self.answers.get()
    }

    /// Counts accepted forms.
    pub(crate) fn successes(self) -> Memo<usize> {
        Memo::new(move |before: Option<&usize>| {
            self.answers.track();
            before.copied().unwrap_or(0) + usize::from(self.is_accepted())
        })
    }

    /// Calls `told` whenever a form was accepted.
    pub(crate) fn on_success(self, told: impl Fn() + 'static) -> Self {
        Effect::new(move |before: Option<usize>| {
            let now = self.answers.get();
            if before.is_some_and(|before| before != now)
                && self.answer.with_untracked(|answer| matches!(answer, Some(Ok(()))))
            {
                told();
            }
            now
        });
        self
    }
}

/// Returns why the form that was sent to `url` without scripts was refused, as the server says in the address.
pub(crate) fn refused(url: &str) -> Option<AppError> {
    let query = use_query_map().read_untracked().clone();
    let error = query.get("__err").filter(|_| query.get("__path").as_deref() == Some(url))?;
    Some(ServerFnUrlError::decode_err(&error))
}

/// A form with named fields; its children are what it holds.
#[component]
pub(crate) fn PostForm(
    /// Where it is sent.
    to: FormState,
    children: Children,
) -> impl IntoView {
    let send = move |event: leptos::ev::SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        to.pending.set(true);
        browser::send_form(&event, to.url, move |answer| {
            // The page may be gone by now.
            to.pending.try_set(false);
            to.answer.try_set(Some(answer));
            to.answers.try_update(|count| *count += 1);
        });
    };
    view! { <form action=to.url method="post" on:submit=send>{children()}</form> }
}
