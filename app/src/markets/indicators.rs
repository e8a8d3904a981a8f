//! Which indicators a chart shows: a list in the page's address, so that a view can be shared and kept.

use leptos::html;
use leptos::prelude::*;
use types::SeriesKey;

use super::api::AddIndicator;
use super::model::series_link;
#[cfg(any(feature = "ssr", test))]
use crate::error::AppError;
use crate::ui::{FormState, Icon, Menu, PostForm, Submit, Symbol};

/// More than a screen has room for.
const MOST: usize = 8;

/// What the menu offers: the text of the address and what it stands for.
const OFFERED: [(&str, &str); 11] = [
    ("sma(20)", "SMA 20"),
    ("sma(50)", "SMA 50"),
    ("sma(200)", "SMA 200"),
    ("ema(12)", "EMA 12"),
    ("ema(26)", "EMA 26"),
    ("bollinger(20, 2)", "Bollinger Bands 20, 2"),
    ("rsi(14)", "RSI 14"),
    ("macd(12, 26, 9)", "MACD 12, 26, 9"),
    ("stochastic(14, 3, 3)", "Stochastic 14, 3, 3"),
    ("atr(14)", "ATR 14"),
    ("obv", "OBV"),
];

/// Reads a list: `sma(20);rsi(14)`. Empty and repeated entries are dropped, and so is what there is no room for.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for entry in text.split(';') {
        let entry = as_written(entry);
        if !entry.is_empty() && !list.contains(&entry) && list.len() < MOST {
            list.push(entry);
        }
    }
    list
}

/// How the list writes what somebody typed.
fn as_written(text: &str) -> String {
    text.trim().to_lowercase().chars().take(64).collect()
}

/// Returns what somebody typed as the list would write it.
///
/// # Errors
/// [`AppError::Invalid`] with the field `add` when the list is full.
#[cfg(any(feature = "ssr", test))]
pub(super) fn room_for(list: &[String], typed: &str) -> Result<String, AppError> {
    let text = as_written(typed);
    if list.len() >= MOST && !list.contains(&text) {
        return Err(AppError::invalid(
            "add",
            format!("A chart shows {MOST} indicators at most. Remove one first."),
        ));
    }
    Ok(text)
}

/// Returns the address that shows a list.
pub(super) fn link(path: &str, list: &[String]) -> String {
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
    /// The series of the chart.
    key: SeriesKey,
    /// The list as it is.
    list: Signal<Vec<String>>,
) -> impl IntoView {
    let path = series_link(&key);
    let chips_path = path.clone();
    let action = FormState::of::<AddIndicator>();
    // Without scripts the message comes with the page, and the menu that it stands in has to be open.
    let is_refused = action.refusal().get_untracked().is_some();
    let offers = move || {
        let list = list.get();
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
        <Menu class="indicators" stays=true open=is_refused button=|| view! { <Icon symbol=Symbol::Indicator/>"Indicators" }>
            <ul class="menu-list">{offers}</ul>
            <OwnIndicator key list action/>
        </Menu>
        <Chips path=chips_path list/>
    }
}

/// A line to type any indicator with any parameters.
#[component]
fn OwnIndicator(key: SeriesKey, list: Signal<Vec<String>>, action: FormState) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let fault = Signal::derive(move || {
        let refusal = action.refusal().get()?;
        Some(refusal.of_field("add").map_or_else(|| refusal.to_string(), str::to_owned))
    });
    // What was added is in the list; what was not is there to be mended.
    action.on_success(move || {
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
    });
    view! {
        <PostForm to=action>
            <input type="hidden" name="exchange" value=key.exchange.to_string()/>
            <input type="hidden" name="symbol" value=key.symbol.to_string()/>
            <input type="hidden" name="interval" value=key.interval.to_string()/>
            <input type="hidden" name="indicators" value=move || list.get().join(";")/>
            <label class="small muted" for="add">"Or write one"</label>
            <div class="inline">
                <input
                    id="add" name="add" placeholder="ema(34)" autocomplete="off" autocapitalize="off" spellcheck="false"
                    aria-describedby="add-note" aria-invalid=move || fault.get().is_some().then_some("true") node_ref=field
                />
                <Submit pending=action.pending() class="button small">"Add"</Submit>
            </div>
            <p class="note small" id="add-note" role="alert">{move || fault.get()}</p>
        </PostForm>
    }
}

#[component]
fn Chips(path: String, list: Signal<Vec<String>>) -> impl IntoView {
    let chips = move || {
        let list = list.get();
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
    fn what_is_typed_needs_room() {
        assert_eq!(room_for(&[], " EMA(34) "), Ok("ema(34)".into()));
        let full = split("a;b;c;d;e;f;g;h");
        assert!(room_for(&full, "i").unwrap_err().of_field("add").is_some());
        assert_eq!(room_for(&full, "a"), Ok("a".into()));
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
