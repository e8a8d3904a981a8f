//! What stands in for data that is on its way or did not come.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Icon, PageHead, Symbol};
use crate::account::sign_in_link;
use crate::error::AppError;

/// Renders what came, or why nothing did.
pub(crate) fn shown<T, V: IntoView + 'static>(
    answer: Result<T, AppError>,
    render: impl FnOnce(T) -> V,
) -> AnyView {
    match answer {
        Ok(value) => render(value).into_any(),
        Err(error) => view! { <Problem error/> }.into_any(),
    }
}

/// Says why something cannot be shown and what to do.
#[component]
pub(crate) fn Problem(error: AppError) -> impl IntoView {
    if let AppError::NotFound { what } = &error {
        return view! { <NotFound text=error.to_string() what=what.clone()/> }.into_any();
    }
    let (text, href) = match &error {
        AppError::Unauthenticated => {
            let location = use_location();
            let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
            ("Sign in", sign_in_link(&if query.is_empty() { path } else { format!("{path}?{query}") }))
        }
        AppError::Forbidden => ("Go to the dashboard", "/".to_owned()),
        _ => ("Try again", String::new()),
    };
    view! {
        <div class="notice bad" role="alert">
            <Icon symbol=Symbol::Warning/>
            <p>{error.to_string()}" "<a href=href rel="external">{text}</a></p>
        </div>
    }
    .into_any()
}

/// A page whose subject is not there has no head of its own; it leads to the others of its kind.
#[component]
fn NotFound(text: String, what: String) -> impl IntoView {
    let others = match what.as_str() {
        "backtest" | "result" => Some(("All backtests", "/backtests")),
        "strategy" => Some(("All strategies", "/strategies")),
        "series" => Some(("All series", "/data")),
        _ => None,
    };
    view! {
        <PageHead title="Not found" lead=text/>
        <div class="actions">
            {others.map(|(text, href)| view! { <a class="button primary" href=href>{text}</a> })}
            <a class="button" href="/">"Dashboard"</a>
        </div>
    }
}

/// Holds the place of data on its way.
#[component]
pub(crate) fn Loading() -> impl IntoView {
    view! { <div class="loading" role="status"><span class="visually-hidden">"Loading"</span></div> }
}
