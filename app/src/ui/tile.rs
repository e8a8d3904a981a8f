//! Figures in a text, with the colour of their sign.

use leptos::prelude::*;

use crate::backtests::model::Figure;

/// A figure in the colour of its sign.
#[component]
pub(crate) fn FigureText(figure: Figure) -> impl IntoView {
    view! { <span class=format!("figure {}", figure.tone())>{figure.text.clone()}</span> }
}
