//! Users: who may sign in, as what; for administrators.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::add::AddForm;
use super::api::{AddUser, users};
use super::table::{Actions, UserTable};
use crate::account::session;
use crate::answer::ask;
use crate::ui::{FormState, Loading, PageHead, shown, suspend};

/// Lists the users and adds new ones.
#[component]
pub(crate) fn UsersPage() -> impl IntoView {
    let add = FormState::of::<AddUser>();
    let actions = Actions::new();
    let list = ask(move || (add.answers(), actions.answers()), |_| users());
    let reader = ask(|| (), |()| session());
    // A form that was sent with success begins anew; one that was refused keeps what was typed.
    let added = add.successes();
    let query = use_query_map();
    let done = move || {
        let is_refused = actions.problem().is_some();
        query.with(|query| query.get("done").and_then(|done| said(&done))).filter(|_| !is_refused)
    };
    view! {
        <PageHead
            title="Users"
            lead="Everybody sees the stored candles. Backtests, jobs and subscriptions are seen by their owner only."
        />
        <div class="stack">
            <div role="status">{move || done().map(|text| view! { <p class="notice">{text}</p> })}</div>
            <div role="alert">
                {move || actions.problem().map(|text| view! { <p class="notice bad">{text}</p> })}
            </div>
            <Transition fallback=Loading>
                {suspend(move || async move {
                    shown(list.await, |users| view! { <UserTable users actions/> })
                })}
                {suspend(move || async move {
                    let user = reader.await.ok().and_then(|session| session.user);
                    user.filter(|user| user.is_admin).map(|_| view! {
                        {move || { added.track(); view! { <AddForm action=add/> } }}
                    })
                })}
            </Transition>
        </div>
    }
}

/// What was just done, in a sentence.
fn said(done: &str) -> Option<&'static str> {
    Some(match done {
        "added" => "The user was added.",
        "role" => "The role was changed.",
        "disabled" => "The user was disabled. Their login sessions have ended.",
        "enabled" => "The user was enabled.",
        "password" => "The password was changed. Their login sessions have ended.",
        _ => return None,
    })
}
