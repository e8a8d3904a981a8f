//! The form that adds a user.

use leptos::prelude::*;

use crate::ui::{Field, FormProblem, FormState, PostForm, SelectField, Submit};

const FIELDS: &[&str] = &["name", "role", "password", "password_again"];

/// Asks for name, role and first password.
#[component]
pub(super) fn AddForm(action: FormState) -> impl IntoView {
    let refusal = action.refusal();
    let roles =
        vec![("member".to_owned(), "Member".to_owned()), ("admin".to_owned(), "Administrator".to_owned())];
    view! {
        <section class="panel form-panel" aria-labelledby="add-title">
            <h2 id="add-title">"Add a user"</h2>
            <PostForm to=action>
                <FormProblem fields=FIELDS refusal/>
                <div class="fields">
                    <Field
                        name="name" label="Name" required=true refusal
                        hint="2 to 40 letters, digits, '.', '-', '_' or '@'"
                    />
                    <SelectField
                        name="role" label="Role" options=roles value="member" refusal
                        hint="Administrators manage users and stored series."
                    />
                    <Field
                        name="password" label="Password" kind="password" autocomplete="new-password" required=true refusal
                        hint="At least 10 characters. They can change it on their account page."
                    />
                    <Field
                        name="password_again" label="Password again" kind="password" autocomplete="new-password"
                        required=true refusal
                    />
                </div>
                <div class="actions end">
                    <Submit pending=action.pending()>"Add user"</Submit>
                </div>
            </PostForm>
        </section>
    }
}
