//! Figures: alone in a tile, or in a text with the colour of their sign.

use leptos::prelude::*;

use crate::backtests::model::Figure;

/// A number with its name.
#[component]
pub(crate) fn Tile(
    /// What it is.
    label: &'static str,
    /// Its value.
    #[prop(into)]
    value: String,
    /// A line under it.
    #[prop(optional, into)]
    note: String,
    /// Where it leads.
    href: &'static str,
) -> impl IntoView {
    view! {
        <a class="tile" href=href>
            <span class="tile-label">{label}</span>
            <span class="tile-value">{value}</span>
            <span class="tile-note">{note}</span>
        </a>
    }
}

/// A figure in the colour of its sign.
#[component]
pub(crate) fn FigureText(figure: Figure) -> impl IntoView {
    view! { <span class=format!("figure {}", figure.tone())>{figure.text.clone()}</span> }
}
