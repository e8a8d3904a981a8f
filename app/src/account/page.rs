//! The reader's own account: password and login sessions.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{ChangePassword, EndLoginSession, EndOtherLoginSessions, account};
use super::model::{AccountView, LoginSessionView};
use crate::answer::ask;
use crate::format;
use crate::ui::{Field, FormProblem, FormState, Loading, PageHead, PostForm, Submit, shown, suspend};

const FIELDS: &[&str] = &["current_password", "new_password", "new_password_again"];

/// Changes the password; shows and ends login sessions.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    let change = FormState::of::<ChangePassword>();
    let sessions = SessionActions {
        end: FormState::of::<EndLoginSession>(),
        end_others: FormState::of::<EndOtherLoginSessions>(),
    };
    let answers = move || change.answers() + sessions.end.answers() + sessions.end_others.answers();
    let view = ask(answers, |_| account());
    let changed = change.successes();
    let query = use_query_map();
    let done = move || query.with(|query| query.get("done").and_then(|done| said(&done)));
    view! {
        <PageHead title="Account" lead="Your password, and the browsers in which you are signed in."/>
        <div class="stack">
            <div role="status">{move || done().map(|text| view! { <p class="notice">{text}</p> })}</div>
            {move || { changed.track(); view! { <PasswordForm action=change/> } }}
            <Transition fallback=Loading>
                {suspend(move || async move {
                    shown(view.await, |account| view! { <Sessions account actions=sessions/> })
                })}
            </Transition>
        </div>
    }
}

/// What was just done, in a sentence.
fn said(done: &str) -> Option<&'static str> {
    Some(match done {
        "password" => "Your password was changed. Your other login sessions have ended.",
        "ended" => "The login session was ended.",
        "others" => "Your other login sessions were ended.",
        _ => return None,
    })
}

#[component]
fn PasswordForm(action: FormState) -> impl IntoView {
    let refusal = action.refusal();
    view! {
        <section class="panel form-panel" aria-labelledby="password-title">
            <h2 id="password-title">"Change password"</h2>
            <PostForm to=action>
                <FormProblem fields=FIELDS refusal/>
                <Field
                    name="current_password" label="Current password" kind="password" autocomplete="current-password"
                    required=true refusal
                />
                <Field
                    name="new_password" label="New password" kind="password" autocomplete="new-password" required=true refusal
                    hint="At least 10 characters. A few unrelated words make a good one."
                />
                <Field
                    name="new_password_again" label="New password again" kind="password" autocomplete="new-password"
                    required=true refusal
                />
                <div class="actions end">
                    <span class="muted small">"Ends your login sessions in other browsers."</span>
                    <Submit pending=action.pending()>"Change password"</Submit>
                </div>
            </PostForm>
        </section>
    }
}

/// What can be done about login sessions.
#[derive(Clone, Copy)]
struct SessionActions {
    end: FormState,
    end_others: FormState,
}

#[component]
fn Sessions(account: AccountView, actions: SessionActions) -> impl IntoView {
    let has_others = account.sessions.len() > 1;
    let problem = move || actions.end.problem().or_else(|| actions.end_others.problem());
    let end_others = has_others.then(|| {
        view! {
            <PostForm to=actions.end_others>
                <button type="submit" class="button small">"End all others"</button>
            </PostForm>
        }
    });
    let rows = account.sessions.into_iter().map(|session| view! { <Row session actions/> }.into_any());
    view! {
        <section class="panel" aria-labelledby="sessions-title">
            <div class="panel-head"><h2 id="sessions-title">"Login sessions"</h2>{end_others}</div>
            <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
            <div class="table-wrap">
                <table class="stacked">
                    <thead>
                        <tr>
                            <th scope="col">"Browser"</th>
                            <th scope="col">"Address"</th>
                            <th scope="col">"Signed in (UTC)"</th>
                            <th scope="col">"Last seen (UTC)"</th>
                            <th scope="col">"Ends without a visit (UTC)"</th>
                            <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Row(session: LoginSessionView, actions: SessionActions) -> impl IntoView {
    let unknown = || "Not recorded".to_owned();
    let browser = session.browser.clone().unwrap_or_else(unknown);
    let label = format!("End session: {browser}");
    let id = session.id.clone();
    let end = (!session.is_current).then(|| {
        view! {
            <PostForm to=actions.end>
                <input type="hidden" name="id" value=id/>
                <button type="submit" class="button small" aria-label=label>"End"</button>
            </PostForm>
        }
    });
    let current = session.is_current.then(|| view! { <span class="chip">"This one"</span> });
    view! {
        <tr>
            <th scope="row" data-label="Browser">{browser.clone()}" "{current}</th>
            <td data-label="Address">{session.address.unwrap_or_else(unknown)}</td>
            <td data-label="Signed in (UTC)">{session.signed_in_ms.map_or_else(unknown, format::minute)}</td>
            <td data-label="Last seen (UTC)">{session.seen_ms.map_or_else(unknown, format::date)}</td>
            <td data-label="Ends without a visit (UTC)">{format::date(session.expires_ms)}</td>
            <td class="row-actions">{end}</td>
        </tr>
    }
}
