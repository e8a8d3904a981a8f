//! The frame around every page of a signed-in user: navigation, account menu, and the way to the door for everyone else.

use leptos::prelude::*;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_location;

use crate::account::model::UserView;
use crate::account::{SignOut, session};
use crate::answer::ask;
use crate::news::{provide_news, use_news};
use crate::theme::ThemeSwitch;
use crate::ui::{FormState, GoTo, Icon, Logo, Menu, PostForm, Symbol, suspend};

const PLACES: [(&str, &str, Symbol); 5] = [
    ("/", "Dashboard", Symbol::Dashboard),
    ("/markets", "Markets", Symbol::Markets),
    ("/data", "Data", Symbol::Data),
    ("/strategies", "Strategies", Symbol::Strategies),
    ("/backtests", "Backtests", Symbol::Backtests),
];

/// Renders the frame with the page in it.
#[component]
pub(crate) fn Frame() -> impl IntoView {
    provide_news();
    view! {
        <a class="skip" href="#content" rel="external">"Skip to content"</a>
        <div class="frame">
            <header class="bar">
                <a class="brand" href="/"><Logo/>"Crypto"</a>
            </header>
            <nav class="places" aria-label="Main">
                {PLACES.map(|(href, title, symbol)| view! {
                    <A href=href exact={href == "/"}><Icon symbol/><span>{title}</span></A>
                })}
            </nav>
            <Account/>
            <main id="content" tabindex="-1">
                <Outlet/>
            </main>
        </div>
    }
}

/// Shows who is signed in, or leads to the set-up or the sign-in.
#[component]
fn Account() -> impl IntoView {
    let session = ask(|| (), |()| session());
    let location = use_location();
    let here =
        move || format!("{}{}", location.pathname.get_untracked(), query(&location.search.get_untracked()));
    view! {
        <div class="account">
            <Suspense>
                {suspend(move || {
                    let here = here();
                    async move {
                        match session.await {
                            Ok(session) if !session.is_set_up => view! { <GoTo path="/setup"/> }.into_any(),
                            Ok(session) => match session.user {
                                Some(user) => view! { <AccountMenu user version=session.version/> }.into_any(),
                                None => view! { <GoTo path=crate::account::sign_in_link(&here)/> }.into_any(),
                            },
                            // The page itself says that the server does not answer.
                            Err(_) => ().into_any(),
                        }
                    }
                })}
            </Suspense>
        </div>
    }
}

fn query(search: &str) -> String {
    if search.is_empty() { String::new() } else { format!("?{}", search.trim_start_matches('?')) }
}

#[component]
fn AccountMenu(user: UserView, version: String) -> impl IntoView {
    use_news().listen();
    let sign_out = FormState::of::<SignOut>();
    let role = if user.is_admin { "Administrator" } else { "Member" };
    let name = user.name.clone();
    view! {
        <Menu
            label="Account" button_class=""
            button=move || view! { <Icon symbol=Symbol::Account/><span class="menu-name">{name}</span> }
        >
            <p class="menu-head"><strong>{user.name}</strong><span class="muted">{role}</span></p>
            <a class="menu-item" href="/account"><Icon symbol=Symbol::Account/>"Account"</a>
            {user.is_admin.then(|| view! { <a class="menu-item" href="/users"><Icon symbol=Symbol::Users/>"Users"</a> })}
            <ThemeSwitch/>
            <PostForm to=sign_out>
                <button type="submit" class="menu-item"><Icon symbol=Symbol::SignOut/>"Sign out"</button>
            </PostForm>
            <p class="menu-foot muted">"Crypto "{version}</p>
        </Menu>
    }
}
