//! A table of plain cells that is folded away until somebody wants to read it.

use leptos::prelude::*;

/// A column of a folded table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    title: &'static str,
    is_number: bool,
}

impl Column {
    /// A column of text or times.
    pub(super) const fn text(title: &'static str) -> Self {
        Self { title, is_number: false }
    }

    /// A column of numbers, aligned to the right.
    pub(super) const fn number(title: &'static str) -> Self {
        Self { title, is_number: true }
    }

    fn class(self) -> Option<&'static str> {
        self.is_number.then_some("number")
    }
}

/// Shows rows under a line that opens them, or nothing when there are none.
#[component]
pub(super) fn FoldedTable<const COLUMNS: usize>(
    /// The line that opens it.
    summary: &'static str,
    /// Its name for screen readers.
    label: &'static str,
    columns: [Column; COLUMNS],
    rows: Vec<[String; COLUMNS]>,
) -> impl IntoView {
    if rows.is_empty() {
        return ().into_any();
    }
    let head = columns.map(|column| view! { <th scope="col" class=column.class()>{column.title}</th> });
    let body: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let cells: Vec<_> = columns
                .into_iter()
                .zip(row)
                .map(|(column, text)| view! { <td class=column.class() data-label=column.title>{text}</td> })
                .collect();
            view! { <tr>{cells}</tr> }
        })
        .collect();
    view! {
        <details class="fold">
            <summary>{summary}</summary>
            <div class="table-wrap tall" tabindex="0" role="region" aria-label=label>
                <table class="stacked full">
                    <thead><tr>{head.collect_view()}</tr></thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}
