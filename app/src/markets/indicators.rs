//! Which indicators a chart shows: a list in the page's address, so that a view can be shared and kept.

use leptos::prelude::*;

use crate::ui::{Icon, Symbol};

/// More than a screen has room for.
const MOST: usize = 8;

/// What the menu offers: the text of the address and what it stands for.
const OFFERED: [(&str, &str); 11] = [
    ("sma(20)", "Simple average, 20"),
    ("sma(50)", "Simple average, 50"),
    ("sma(200)", "Simple average, 200"),
    ("ema(12)", "Exponential average, 12"),
    ("ema(26)", "Exponential average, 26"),
    ("bollinger(20, 2)", "Bollinger bands, 20 and 2"),
    ("rsi(14)", "RSI, 14"),
    ("macd(12, 26, 9)", "MACD, 12, 26 and 9"),
    ("stochastic(14, 3, 3)", "Stochastic, 14, 3 and 3"),
    ("atr(14)", "Average true range, 14"),
    ("obv", "On-balance volume"),
];

/// Reads a list: `sma(20);rsi(14)`. Empty and repeated entries are dropped, and so is what there is no room for.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for entry in text.split(';') {
        let entry: String = entry.trim().to_lowercase().chars().take(64).collect();
        if !entry.is_empty() && !list.contains(&entry) && list.len() < MOST {
            list.push(entry);
        }
    }
    list
}

/// Returns the address that shows a list.
fn link(path: &str, list: &[String]) -> String {
    if list.is_empty() {
        return path.to_owned();
    }
    let text = list.join(";").replace('%', "%25").replace('&', "%26").replace('#', "%23").replace('+', "%2B");
    format!("{path}?indicators={}", text.replace(' ', "+"))
}

/// Returns the list with an entry switched on or off.
fn toggled(list: &[String], entry: &str) -> Vec<String> {
    if list.iter().any(|one| one == entry) {
        list.iter().filter(|one| *one != entry).cloned().collect()
    } else {
        let mut longer = list.to_vec();
        longer.push(entry.to_owned());
        longer
    }
}

/// The menu of indicators and a chip for each that is shown; all plain links, so that they work without scripts too.
#[component]
pub(super) fn IndicatorMenu(
    /// The path of the page.
    path: Signal<String>,
    /// The list as it is.
    list: Signal<Vec<String>>,
) -> impl IntoView {
    let offers = move || {
        let (path, list) = (path.get(), list.get());
        OFFERED.map(|(entry, title)| {
            let is_on = list.iter().any(|one| one == entry);
            let href = link(&path, &toggled(&list, entry));
            view! {
                <li>
                    <a class="menu-item" class:on=is_on href=href data-noscroll="">
                        <span class="tick" aria-hidden="true">{if is_on { "✓" } else { "" }}</span>{title}
                        <span class="visually-hidden">{if is_on { "(shown)" } else { "" }}</span>
                    </a>
                </li>
            }
        })
    };
    view! {
        <details class="menu indicators">
            <summary class="button small"><Icon symbol=Symbol::Indicator/>"Indicators"</summary>
            <div class="menu-body">
                <ul class="menu-list">{offers}</ul>
                <OwnIndicator list/>
            </div>
        </details>
        <Chips path list/>
    }
}

/// A line to type any indicator with any parameters.
#[component]
fn OwnIndicator(list: Signal<Vec<String>>) -> impl IntoView {
    view! {
        <leptos_router::components::Form method="GET" action="">
            <input type="hidden" name="indicators" value=move || list.get().join(";")/>
            <label class="small muted" for="add">"Or write one"</label>
            <div class="inline">
                <input id="add" name="add" placeholder="ema(34)" autocomplete="off" autocapitalize="off" spellcheck="false"/>
                <button type="submit" class="button small">"Add"</button>
            </div>
        </leptos_router::components::Form>
    }
}

#[component]
fn Chips(path: Signal<String>, list: Signal<Vec<String>>) -> impl IntoView {
    let chips = move || {
        let (path, list) = (path.get(), list.get());
        let links: Vec<_> =
            list.iter().map(|entry| (entry.clone(), link(&path, &toggled(&list, entry)))).collect();
        let chips = links.into_iter().map(|(entry, href)| {
            view! {
                <li>
                    <a class="chip removable" href=href aria-label=format!("Remove {entry}")>
                        {entry.clone()}<Icon symbol=Symbol::Close/>
                    </a>
                </li>
            }
        });
        chips.collect_view()
    };
    view! { <ul class="chips">{chips}</ul> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_survives_in_the_address() {
        let list = split("SMA(20); rsi(14);;sma(20)");
        assert_eq!(list, ["sma(20)", "rsi(14)"]);
        assert_eq!(link("/x", &list), "/x?indicators=sma(20);rsi(14)");
        assert_eq!(link("/x", &[]), "/x");
        assert_eq!(link("/x", &["bollinger(20, 2)".into()]), "/x?indicators=bollinger(20,+2)");
        assert_eq!(split("a;b;c;d;e;f;g;h;i").len(), MOST);
    }

    #[test]
    fn an_entry_is_switched_on_and_off() {
        let one = toggled(&[], "rsi(14)");
        assert_eq!(one, ["rsi(14)"]);
        assert!(toggled(&one, "rsi(14)").is_empty());
    }

    #[test]
    fn every_offer_is_written_as_the_list_keeps_it() {
        for (entry, _) in OFFERED {
            assert_eq!(split(entry), [entry]);
        }
    }
}
