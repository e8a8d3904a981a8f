//! The Leptos UI: pages, components and thin server functions.
