//! Dark or light: remembered in a cookie, so that the server renders the right one and nothing flashes.

use leptos::prelude::*;

use crate::browser;
use crate::error::AppError;
use crate::ui::{FormState, Icon, PostForm, Symbol};

/// The name of the cookie; scripts may read and write it.
pub(crate) const COOKIE: &str = "theme";
const YEAR_SECS: u32 = 31_536_000;

/// The two themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// The default.
    Dark,
    /// The other one.
    Light,
}

impl Theme {
    /// Returns the name in the cookie and in the document.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// Returns the theme of that name; anything unknown is the default.
    pub(crate) fn of_name(name: &str) -> Self {
        if name == "light" { Self::Light } else { Self::Dark }
    }

    /// Returns the other one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::Dark,
        }
    }

    /// Reads it from a `Cookie` header.
    #[cfg(any(feature = "ssr", test))]
    pub(crate) fn of_cookies(header: &str) -> Self {
        let named = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        named
            .filter(|(name, _)| *name == COOKIE)
            .map(|(_, value)| Self::of_name(value))
            .next()
            .unwrap_or(Self::Dark)
    }

    /// Returns the cookie that remembers it.
    pub(crate) fn cookie(self) -> String {
        format!("{COOKIE}={}; Path=/; Max-Age={YEAR_SECS}; SameSite=Lax", self.as_str())
    }
}

/// Returns the theme that the request asks for.
#[cfg(feature = "ssr")]
pub(crate) fn requested() -> Theme {
    let parts = use_context::<http::request::Parts>();
    let cookies = parts.as_ref().and_then(|parts| parts.headers.get(http::header::COOKIE)?.to_str().ok());
    cookies.map_or(Theme::Dark, Theme::of_cookies)
}

/// Switches to the other theme, for browsers that run no scripts.
#[server(endpoint = "switch_theme")]
#[allow(clippy::unused_async, reason = "a server function is async even where it waits for nothing")]
pub async fn switch_theme() -> Result<(), AppError> {
    let cookie = http::HeaderValue::from_str(&requested().other().cookie());
    if let (Some(options), Ok(cookie)) = (use_context::<leptos_axum::ResponseOptions>(), cookie) {
        options.append_header(http::header::SET_COOKIE, cookie);
    }
    Ok(())
}

/// A button that switches the theme at once where scripts run, and with a round trip where they do not.
#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let action = FormState::of::<SwitchTheme>();
    let switch = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        browser::switch_theme();
    };
    view! {
        <PostForm to=action>
            <button type="submit" class="menu-item" on:click=switch>
                <Icon symbol=Symbol::Theme/>
                <span class="when-dark">"Light theme"</span>
                <span class="when-light">"Dark theme"</span>
            </button>
        </PostForm>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_cookie_among_others_and_falls_back_to_dark() {
        assert_eq!(Theme::of_cookies("id=1; theme=light; x=y"), Theme::Light);
        assert_eq!(Theme::of_cookies("mytheme=light"), Theme::Dark);
        assert_eq!(Theme::of_cookies("theme=<script>"), Theme::Dark);
        assert_eq!(Theme::of_cookies(""), Theme::Dark);
        assert_eq!(Theme::of_cookies(&Theme::Light.cookie()), Theme::Light);
    }
}
