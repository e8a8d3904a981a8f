//! The table of users, with what can be done about each.

use leptos::prelude::*;

use super::api::{DisableUser, EnableUser, SetUserPassword, SetUserRole};
use super::model::UserRow;
use crate::format;

/// What can be done about a user; shared by all rows.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    role: ServerAction<SetUserRole>,
    disable: ServerAction<DisableUser>,
    enable: ServerAction<EnableUser>,
    password: ServerAction<SetUserPassword>,
}

impl Actions {
    pub(super) fn new() -> Self {
        Self {
            role: ServerAction::new(),
            disable: ServerAction::new(),
            enable: ServerAction::new(),
            password: ServerAction::new(),
        }
    }

    /// Grows with everything that was done.
    pub(super) fn version(self) -> usize {
        let versions =
            [self.role.version(), self.disable.version(), self.enable.version(), self.password.version()];
        versions.into_iter().map(|version| version.get()).sum()
    }

    /// Returns why something was not done.
    pub(super) fn problem(self) -> Option<String> {
        let refused = [
            self.role.value().get(),
            self.disable.value().get(),
            self.enable.value().get(),
            self.password.value().get(),
        ];
        refused.into_iter().flatten().find_map(Result::err).map(|error| match error.of_field("password") {
            Some(message) => format!("Password: {message}."),
            None => error.to_string(),
        })
    }
}

/// Lists the users.
#[component]
pub(super) fn UserTable(users: Vec<UserRow>, actions: Actions) -> impl IntoView {
    let count = format::counted(u64::try_from(users.len()).unwrap_or(0), "user", "users");
    let rows = users.into_iter().map(|user| view! { <Row user actions/> }.into_any()).collect_view();
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
fn Row(user: UserRow, actions: Actions) -> impl IntoView {
    let you = user.is_self.then(|| view! { <span class="chip">"You"</span> });
    let role = if user.is_admin { "Administrator" } else { "Member" };
    let status = match user.disabled_ms {
        None => view! { <span class="badge state done">"Active"</span> }.into_any(),
        Some(since) => {
            let title = format!("Since {} UTC", format::minute(since));
            view! { <span class="badge state failed" title=title>"Disabled"</span> }.into_any()
        }
    };
    view! {
        <tr>
            <th scope="row" data-label="Name">{user.name.clone()}" "{you}</th>
            <td data-label="Role">{role}</td>
            <td data-label="Status">{status}</td>
            <td data-label="Added (UTC)">{format::minute(user.created_ms)}</td>
            <td class="row-actions"><div class="job-actions"><Buttons user actions/></div></td>
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
        <ActionForm action=actions.role>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="role" value=role/>
            <button type="submit" class="button small" aria-label=role_label>{label}</button>
        </ActionForm>
        {password}
        {enable_or_disable}
    }
}

#[component]
fn Enable(id: String, name: String, actions: Actions) -> impl IntoView {
    let label = format!("Enable {name}");
    view! {
        <ActionForm action=actions.enable>
            <input type="hidden" name="id" value=id/>
            <button type="submit" class="button small" aria-label=label>"Enable"</button>
        </ActionForm>
    }
}

#[component]
fn Disable(id: String, name: String, actions: Actions) -> impl IntoView {
    let label = format!("Disable {name}");
    view! {
        <details class="confirm">
            <summary class="button small quiet" aria-label=label>"Disable"</summary>
            <ActionForm action=actions.disable>
                <input type="hidden" name="id" value=id/>
                <p>"Disable "<strong>{name}</strong>"? Their login sessions end at once; their work stays."</p>
                <button type="submit" class="button small danger">"Disable user"</button>
            </ActionForm>
        </details>
    }
}

#[component]
fn PasswordReset(id: String, name: String, actions: Actions) -> impl IntoView {
    let (field, label) = (format!("password-{id}"), format!("Set password of {name}"));
    view! {
        <details class="confirm">
            <summary class="button small quiet" aria-label=label>"Set password"</summary>
            <ActionForm action=actions.password>
                <input type="hidden" name="id" value=id/>
                <label for=field.clone()>"New password for "<strong>{name}</strong></label>
                <div class="input">
                    <input id=field name="password" type="password" autocomplete="new-password" required/>
                </div>
                <button type="submit" class="button small primary">"Set password"</button>
            </ActionForm>
        </details>
    }
}
