//! The table of users, with what can be done about each.

use leptos::prelude::*;

use super::api::{DisableUser, EnableUser, SetUserPassword, SetUserRole};
use super::model::UserRow;
use crate::format;
use crate::ui::{FormState, PostForm};

/// What can be done about a user; shared by all rows.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    role: FormState,
    disable: FormState,
    enable: FormState,
    password: FormState,
}

impl Actions {
    pub(super) fn new() -> Self {
        Self {
            role: FormState::of::<SetUserRole>(),
            disable: FormState::of::<DisableUser>(),
            enable: FormState::of::<EnableUser>(),
            password: FormState::of::<SetUserPassword>(),
        }
    }

    fn all(self) -> [FormState; 4] {
        [self.role, self.disable, self.enable, self.password]
    }

    /// Grows with everything that was done.
    pub(super) fn answers(self) -> usize {
        self.all().into_iter().map(FormState::answers).sum()
    }

    /// Returns why something was not done.
    pub(super) fn problem(self) -> Option<String> {
        let others = [self.role, self.disable, self.enable];
        let password = self.password.problem().map(|message| format!("The password was not set. {message}"));
        password.or_else(|| others.into_iter().find_map(FormState::problem))
    }
}

/// Lists the users.
#[component]
pub(super) fn UserTable(users: Vec<UserRow>, actions: Actions) -> impl IntoView {
    let count = format::counted(u64::try_from(users.len()).unwrap_or(0), "user", "users");
    let administrators = users.iter().filter(|user| user.is_admin && user.disabled_ms.is_none()).count();
    let rows = users.into_iter().map(|user| {
        let is_last = administrators == 1 && user.is_admin && user.disabled_ms.is_none();
        view! { <Row user is_last actions/> }.into_any()
    });
    let rows = rows.collect_view();
    view! {
        <section class="panel" aria-labelledby="users-title">
            <div class="panel-head"><h2 id="users-title">"Users"</h2><span class="muted">{count}</span></div>
            <div class="table-wrap">
                <table class="stacked">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Status"</th>
                            <th scope="col">"Added (UTC)"</th>
                            <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Row(user: UserRow, is_last: bool, actions: Actions) -> impl IntoView {
    let you = user.is_self.then(|| view! { <span class="chip">"You"</span> });
    let role = if user.is_admin { "Administrator" } else { "Member" };
    let status = match user.disabled_ms {
        None => view! { <span class="badge state done">"Active"</span> }.into_any(),
        Some(since) => {
            let title = format!("Since {} UTC", format::minute(since));
            view! { <span class="badge state failed" title=title>"Disabled"</span> }.into_any()
        }
    };
    let (name, created) = (user.name.clone(), format::minute(user.created_ms));
    // Somebody has to administer the installation.
    let buttons = if is_last {
        view! { <span class="muted small">"The only administrator"</span> }.into_any()
    } else {
        view! { <Buttons user actions/> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" data-label="Name">{name}" "{you}</th>
            <td data-label="Role">{role}</td>
            <td data-label="Status">{status}</td>
            <td data-label="Added (UTC)">{created}</td>
            <td class="row-actions"><div class="job-actions">{buttons}</div></td>
        </tr>
    }
}

#[component]
fn Buttons(user: UserRow, actions: Actions) -> impl IntoView {
    let id = user.id.to_string();
    let (role, label) =
        if user.is_admin { ("member", "Make member") } else { ("admin", "Make administrator") };
    let role_label = format!("{label}: {}", user.name);
    let enable_or_disable = if user.disabled_ms.is_some() {
        view! { <Enable id=id.clone() name=user.name.clone() actions/> }.into_any()
    } else {
        view! { <Disable id=id.clone() name=user.name.clone() actions/> }.into_any()
    };
    let password = if user.is_self {
        None
    } else {
        Some(view! { <PasswordReset id=id.clone() name=user.name.clone() actions/> })
    };
    view! {
        <PostForm to=actions.role>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="role" value=role/>
            <button type="submit" class="button small" aria-label=role_label>{label}</button>
        </PostForm>
        {password}
        {enable_or_disable}
    }
}

#[component]
fn Enable(id: String, name: String, actions: Actions) -> impl IntoView {
    let label = format!("Enable {name}");
    view! {
        <PostForm to=actions.enable>
            <input type="hidden" name="id" value=id/>
            <button type="submit" class="button small" aria-label=label>"Enable"</button>
        </PostForm>
    }
}

#[component]
fn Disable(id: String, name: String, actions: Actions) -> impl IntoView {
    let label = format!("Disable {name}");
    view! {
        <details class="confirm">
            <summary class="button small quiet" aria-label=label>"Disable"</summary>
            <PostForm to=actions.disable>
                <input type="hidden" name="id" value=id/>
                <p>"Disable "<strong>{name}</strong>"? Their login sessions end at once; their work stays."</p>
                <button type="submit" class="button small danger">"Disable user"</button>
            </PostForm>
        </details>
    }
}

#[component]
fn PasswordReset(id: String, name: String, actions: Actions) -> impl IntoView {
    let (field, label) = (format!("password-{id}"), format!("Set password of {name}"));
    view! {
        <details class="confirm">
            <summary class="button small quiet" aria-label=label>"Set password"</summary>
            <PostForm to=actions.password>
                <input type="hidden" name="id" value=id/>
                <div class="field">
                    <label for=field.clone()>"New password for "<strong>{name}</strong></label>
                    <div class="input">
                        <input id=field.clone() name="password" type="password" autocomplete="new-password" required aria-describedby=format!("{field}-note")/>
                    </div>
                    <p class="hint" id=format!("{field}-note")>"At least 10 characters. Ends their login sessions."</p>
                </div>
                <button type="submit" class="button small primary">"Set password"</button>
            </PostForm>
        </details>
    }
}
