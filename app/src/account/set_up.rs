//! The first visit: making the first account.

use leptos::prelude::*;
use leptos_meta::Title;

use super::api::{SetUp, session};
use crate::answer::ask;
use crate::ui::{
    Field, FormProblem, FormState, GoTo, Heading, Loading, Logo, PostForm, Submit, shown, suspend,
};

const FIELDS: &[&str] = &["name", "password", "password_again"];

/// Lets the first visitor make an account; everyone after is led to the sign-in.
#[component]
pub(crate) fn SetUpPage() -> impl IntoView {
    let session = ask(|| (), |()| session());
    view! {
        <Title text="Set up"/>
        <main class="door" id="content">
            <div class="door-card">
                <span class="brand"><Logo/>"Crypto"</span>
                <Suspense fallback=Loading>
                    {suspend(move || async move {
                        shown(session.await, |session| {
                            if session.is_set_up {
                                view! { <GoTo path="/signin"/> }.into_any()
                            } else {
                                view! { <SetUpForm/> }.into_any()
                            }
                        })
                    })}
                </Suspense>
            </div>
        </main>
    }
}

#[component]
fn SetUpForm() -> impl IntoView {
    let action = FormState::of::<SetUp>();
    let refusal = action.refusal();
    view! {
        <Heading title="Create your account"/>
        <p class="muted">"The first account administers this installation. Everything stays on this machine."</p>
        <PostForm to=action>
            <FormProblem fields=FIELDS refusal/>
            <Field
                name="name" label="Name" autocomplete="username" required=true refusal
                hint="2 to 40 letters, digits, '.', '-', '_' or '@'"
            />
            <Field
                name="password" label="Password" kind="password" autocomplete="new-password" required=true refusal
                hint="At least 10 characters. A few unrelated words make a good one."
            />
            <Field
                name="password_again" label="Password again" kind="password" autocomplete="new-password" required=true refusal
            />
            <Submit pending=action.pending() class="button primary wide">"Create account"</Submit>
        </PostForm>
    }
}
