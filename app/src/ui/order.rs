//! The order of a list: said in the page's address (`?sort=last`, `?sort=-last` for the largest first) and on the head of its column.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_location, use_query_map};

/// The order that the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Order {
    /// The column's name in the address; empty where none is asked for.
    pub(crate) column: String,
    /// Whether the largest comes first.
    pub(crate) is_descending: bool,
}

impl Order {
    /// Reads `last` or `-last`.
    pub(crate) fn of(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(column) => Self { column: column.to_owned(), is_descending: true },
            None => Self { column: text.to_owned(), is_descending: false },
        }
    }

    /// Turns a comparison of ascending order into the one asked for.
    pub(crate) const fn apply(&self, ascending: std::cmp::Ordering) -> std::cmp::Ordering {
        if self.is_descending { ascending.reverse() } else { ascending }
    }

    /// What `aria-sort` says on a column's head.
    fn state_of(&self, column: &str) -> Option<&'static str> {
        let direction = if self.is_descending { "descending" } else { "ascending" };
        (self.column == column).then_some(direction)
    }

    /// What a click on a column's head asks for: figures begin with the largest, names with the first.
    fn after_click(&self, column: &str, is_number: bool) -> String {
        let is_descending = if self.column == column { !self.is_descending } else { is_number };
        if is_descending { format!("-{column}") } else { column.to_owned() }
    }
}

/// Returns the order that the page's address asks for.
pub(crate) fn use_order() -> Memo<Order> {
    let query = use_query_map();
    Memo::new(move |_| Order::of(&query.read().get("sort").unwrap_or_default()))
}

/// The head of a column that a list can be sorted by: a link, so that it works without scripts and can be passed on.
#[component]
pub(crate) fn SortHead(
    /// The column's name in the address.
    column: &'static str,
    /// Its title on the page.
    title: &'static str,
    /// The present order.
    order: Memo<Order>,
    /// Whether it holds figures.
    #[prop(optional)]
    is_number: bool,
) -> impl IntoView {
    let path = use_location().pathname;
    let href = move || {
        let sort = order.with(|order| order.after_click(column, is_number));
        format!("{}?sort={sort}", path.get())
    };
    view! {
        <th scope="col" class:number=is_number aria-sort=move || order.with(|order| order.state_of(column))>
            <A href=href scroll=false attr:class="sort">{title}</A>
        </th>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_turns_the_order_around_and_figures_begin_with_the_largest() {
        let order = Order::of("");
        assert_eq!(
            (order.after_click("last", true), order.after_click("series", false)),
            ("-last".into(), "series".into())
        );
        let order = Order::of("-last");
        assert_eq!((order.state_of("last"), order.state_of("first")), (Some("descending"), None));
        assert_eq!(order.after_click("last", true), "last");
        assert_eq!(Order::of("last").state_of("last"), Some("ascending"));
        assert_eq!(order.apply(1.cmp(&2)), std::cmp::Ordering::Greater);
    }
}
