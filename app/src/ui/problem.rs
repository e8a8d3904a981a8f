//! What stands in for data that is on its way or did not come.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::{Icon, Symbol};
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
    // A page whose subject is not there has no title of its own.
    let title = matches!(error, AppError::NotFound { .. }).then(|| view! { <Title text="Not found"/> });
    let (text, href) = match &error {
        AppError::Unauthenticated => {
            let location = use_location();
            let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
            ("Sign in", sign_in_link(&if query.is_empty() { path } else { format!("{path}?{query}") }))
        }
        AppError::NotFound { what } => match what.as_str() {
            "backtest" => ("See all results", "/backtests".to_owned()),
            "strategy" => ("See all strategies", "/strategies".to_owned()),
            "series" => ("See all market data", "/data".to_owned()),
            _ => ("Go to the dashboard", "/".to_owned()),
        },
        _ => ("Try again", String::new()),
    };
    let heading = title.is_some().then(|| view! { <h1 class="problem-title">"Not found"</h1> });
    view! {
        {title}
        {heading}
        <div class="notice bad" role="alert">
            <Icon symbol=Symbol::Warning/>
            <p>{error.to_string()}" "<a href=href rel="external">{text}</a></p>
        </div>
    }
}

/// Holds the place of data on its way.
#[component]
pub(crate) fn Loading() -> impl IntoView {
    view! { <div class="loading" role="status"><span class="visually-hidden">"Loading"</span></div> }
}
