//! Signing in, and going on to where the reader wanted to.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{SignIn, session};
use crate::answer::ask;
use crate::ui::{
    Field, FormProblem, FormState, GoTo, Heading, Loading, Logo, PostForm, Submit, shown, suspend,
};

const FIELDS: &[&str] = &["name", "password"];

/// Returns the sign-in page that leads back to `here` (a path with its query).
pub(crate) fn sign_in_link(here: &str) -> String {
    let target = without_refusal(safe_target(here));
    let target = target.as_str();
    if target == "/" { "/signin".to_owned() } else { format!("/signin?next={}", encode(target)) }
}

/// Takes out what a refused form left in an address: after the sign-in it is no longer true. What was typed stays.
fn without_refusal(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let is_kept = |pair: &&str| !pair.starts_with("__err=") && !pair.starts_with("__path=");
    let query = query.split('&').filter(is_kept).collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Returns the target if it is a path of ours, or the dashboard: a link must not lead off to another site.
pub(crate) fn safe_target(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/\\");
    let is_plain = next.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    if is_path && is_plain { next } else { "/" }
}

/// Escapes what would end a value in a query; the rest of a safe target may stand there as it is.
fn encode(target: &str) -> String {
    target.replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B")
}

/// Asks for name and password.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let session = ask(|| (), |()| session());
    view! {
        <Title text="Sign in"/>
        <main class="door" id="content">
            <div class="door-card">
                <span class="brand"><Logo/>"Crypto"</span>
                <Suspense fallback=Loading>
                    {suspend(move || async move {
                        shown(session.await, |session| {
                            if session.is_set_up {
                                view! { <SignInForm/> }.into_any()
                            } else {
                                view! { <GoTo path="/setup"/> }.into_any()
                            }
                        })
                    })}
                </Suspense>
            </div>
        </main>
    }
}

#[component]
fn SignInForm() -> impl IntoView {
    let action = FormState::of::<SignIn>();
    let refusal = action.refusal();
    let next = use_query_map().read_untracked().get("next").unwrap_or_default();
    let next = safe_target(&next).to_owned();
    view! {
        <Heading title="Sign in"/>
        <PostForm to=action>
            <FormProblem fields=FIELDS refusal/>
            <input type="hidden" name="next" value=next/>
            <Field name="name" label="Name" autocomplete="username" required=true refusal/>
            <Field
                name="password" label="Password" kind="password" autocomplete="current-password" required=true refusal
            />
            <Submit pending=action.pending() class="button primary wide">"Sign in"</Submit>
        </PostForm>
        <p class="muted small">
            "Forgot it? An administrator can set a new one on the server: "<code>"crypto user passwd NAME"</code>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_targets() {
        assert_eq!(safe_target("/data?gaps=1#x"), "/data?gaps=1#x");
        for next in
            ["", "//evil.example", "/\\evil.example", "https://evil.example", "data", "/a\r\nX: y", "/é"]
        {
            assert_eq!(safe_target(next), "/", "{next:?}");
        }
    }

    #[test]
    fn the_way_back_survives_in_a_query() {
        assert_eq!(sign_in_link("/"), "/signin");
        assert_eq!(sign_in_link("/data?__path=%2Fapi&__err=x"), "/signin?next=/data");
        assert_eq!(
            sign_in_link("/data?__err=x&typed%5Bsymbol%5D=ETH"),
            "/signin?next=/data?typed%255Bsymbol%255D=ETH"
        );
        assert_eq!(sign_in_link("/backtests/new?a=1&b=2"), "/signin?next=/backtests/new?a=1%26b=2");
    }
}
