//! Icons and the logo, drawn by hand on a grid of 24.

use leptos::prelude::*;

/// What an icon stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// Tiles.
    Dashboard,
    /// Candles.
    Markets,
    /// A stack of discs.
    Data,
    /// Sliders.
    Strategies,
    /// A rising line in axes.
    Backtests,
    /// A person.
    Account,
    /// Two persons.
    Users,
    /// Half a disc.
    Theme,
    /// A door with an arrow.
    SignOut,
    /// A warning triangle.
    Warning,
    /// An arrow into a tray.
    Download,
    /// A cross.
    Close,
    /// Two sheets.
    Copy,
    /// A circling arrow.
    Again,
    /// Corners.
    Expand,
    /// A flask: generated data.
    Synthetic,
    /// A wave.
    Indicator,
}

impl Symbol {
    const fn paths(self) -> &'static str {
        match self {
            Self::Dashboard => {
                r#"<rect x="3.5" y="3.5" width="7" height="8" rx="1.5"/><rect x="13.5" y="3.5" width="7" height="5" rx="1.5"/><rect x="13.5" y="11.5" width="7" height="9" rx="1.5"/><rect x="3.5" y="14.5" width="7" height="6" rx="1.5"/>"#
            }
            Self::Markets => {
                r#"<path d="M7 3v3M7 15v4M17 5v4M17 17v4"/><rect x="4.5" y="6" width="5" height="9" rx="1"/><rect x="14.5" y="9" width="5" height="8" rx="1"/>"#
            }
            Self::Data => {
                r#"<ellipse cx="12" cy="5.5" rx="7.5" ry="2.8"/><path d="M4.5 5.5v13c0 1.6 3.4 2.8 7.5 2.8s7.5-1.2 7.5-2.8v-13M4.5 12c0 1.6 3.4 2.8 7.5 2.8s7.5-1.2 7.5-2.8"/>"#
            }
            Self::Strategies => {
                r#"<path d="M4 7h8M18 7h2M4 17h2M12 17h8"/><circle cx="15" cy="7" r="2.6"/><circle cx="9" cy="17" r="2.6"/>"#
            }
            Self::Backtests => r#"<path d="M3.5 3.5v15a2 2 0 0 0 2 2h15"/><path d="m7 15 4-5 3 3 5.5-7"/>"#,
            Self::Account => {
                r#"<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6"/>"#
            }
            Self::Users => {
                r#"<circle cx="9" cy="8.5" r="3.6"/><path d="M2.5 20c.7-3.6 3.3-5.4 6.5-5.4s5.8 1.8 6.5 5.4M15.5 5.2a3.6 3.6 0 0 1 0 6.6M17.5 14.9c2.2.7 3.6 2.4 4 5.1"/>"#
            }
            Self::Theme => {
                r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor"/>"#
            }
            Self::SignOut => {
                r#"<path d="M14 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h8M10 12h10.5M17 8l4 4-4 4"/>"#
            }
            Self::Warning => r#"<path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 17.2v.1"/>"#,
            Self::Download => {
                r#"<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4 17v1.5a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V17"/>"#
            }
            Self::Close => r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
            Self::Copy => {
                r#"<rect x="8.5" y="8.5" width="12" height="12" rx="2"/><path d="M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"/>"#
            }
            Self::Again => r#"<path d="M20 12a8 8 0 1 1-2.5-5.8L20 8.5M20 4v4.5h-4.5"/>"#,
            Self::Expand => r#"<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>"#,
            Self::Synthetic => {
                r#"<path d="M9.5 3.5h5M10.5 3.5v6L4.8 18.3a1.5 1.5 0 0 0 1.3 2.2h11.8a1.5 1.5 0 0 0 1.3-2.2L13.5 9.5v-6M7.5 15h9"/>"#
            }
            Self::Indicator => r#"<path d="M3 14c2.5 0 3-7 5.5-7s3.5 10 6 10 3-6 6.5-6"/>"#,
        }
    }
}

/// An icon beside a text; silent for screen readers.
#[component]
pub(crate) fn Icon(symbol: Symbol) -> impl IntoView {
    view! {
        <svg
            class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.7"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" inner_html=symbol.paths()
        ></svg>
    }
}

/// The product's mark: three candles, the last one breaking out.
#[component]
pub(crate) fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" inner_html=LOGO></svg>
    }
}

const LOGO: &str = r##"<rect width="32" height="32" rx="8" fill="#4f7cff"/><g fill="#fff"><rect x="6.5" y="14" width="4.5" height="9" rx="1.2"/><rect x="8.25" y="11.5" width="1" height="14"/><rect x="13.75" y="11" width="4.5" height="8" rx="1.2" opacity=".75"/><rect x="15.5" y="8.5" width="1" height="13"/><rect x="21" y="6.5" width="4.5" height="11" rx="1.2"/><rect x="22.75" y="4" width="1" height="16"/></g>"##;
