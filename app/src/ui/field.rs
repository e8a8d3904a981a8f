//! Fields of a form: a label, an input, a hint and what is wrong with it, tied together for screen readers.
//!
//! A field keeps what is typed into it through Back, a reload and an expired sign-in (`typed`). Faults are the server's to find, all at
//! once: the browser's own check would stop at the first one and show it in a bubble of its own.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::account::sign_in_link;
use crate::browser;
use crate::error::AppError;
use crate::typed;

/// What a form's last submission said, if anything was wrong.
pub(crate) type Refusal = Signal<Option<AppError>>;

/// Returns what is wrong with a field.
fn fault(refusal: Refusal, name: &str) -> Signal<Option<String>> {
    let name = name.to_owned();
    Signal::derive(move || refusal.with(|error| error.as_ref()?.of_field(&name).map(str::to_owned)))
}

/// A text, date, number or password.
#[component]
pub(crate) fn Field(
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// The id in the page, where it differs from the name.
    #[prop(optional, into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// The type of input. A `date` is typed as it is written everywhere else, `2024-01-31`, whatever the browser's language is.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it begins with.
    #[prop(optional, into)]
    value: String,
    /// A line under it.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// What to ask about a text that is allowed and most often a mistake; shown in place of the hint.
    #[prop(optional, into)]
    question: Option<Callback<String, Option<String>>>,
    /// What stands behind the value: `%`.
    #[prop(optional, into)]
    unit: Signal<String>,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether it must not be empty.
    #[prop(optional)]
    required: bool,
    /// Whether it takes a number.
    #[prop(optional)]
    number: bool,
    /// The names of a list of suggestions.
    #[prop(optional)]
    list: Option<&'static str>,
    /// What the last submission said.
    refusal: Refusal,
) -> impl IntoView {
    let fault = fault(refusal, &name);
    let id = if id.is_empty() { name.clone() } else { id };
    let note = format!("{id}-note");
    let is_date = kind == "date";
    let input_type = if is_date { "text" } else { kind };
    let mode = (number || !unit.with_untracked(String::is_empty)).then_some("decimal");
    let is_secret = kind == "password";
    let value = if is_secret { value } else { typed::from_address(&name).unwrap_or(value) };
    let now = RwSignal::new(value.clone());
    // Asked again when the text changes, or something else that the question looks at.
    let asked = Signal::derive(move || question.and_then(|question| question.run(now.get())));
    let input = NodeRef::<html::Input>::new();
    if !is_secret {
        let id = id.clone();
        Effect::new(move |_| {
            let Some(input) = input.get() else { return };
            // What was typed before the page had woken up is newer than what was kept.
            if input.value() != input.default_value() {
                typed::keep(&id, input.value());
            } else if let Some(text) = typed::kept(&id) {
                input.set_value(&text);
            }
            now.set(input.value());
        });
    }
    let kept_id = id.clone();
    let keep = move |event: web_sys::Event| {
        if !is_secret {
            let text = event_target_value(&event);
            now.set(text.clone());
            typed::keep(&kept_id, text);
        }
    };
    view! {
        <div class="field" class:wrong=move || fault.with(Option::is_some)>
            <label for=id.clone()>{label}</label>
            <div class="input">
                <input
                    node_ref=input id=id name=name type=input_type value=value autocomplete=autocomplete
                    aria-required=required.then_some("true") list=list inputmode=mode placeholder=is_date.then_some("YYYY-MM-DD")
                    autocapitalize="off" spellcheck="false" aria-describedby=note.clone()
                    aria-invalid=move || fault.with(Option::is_some).then_some("true") on:input=keep
                />
                {move || unit.with(|unit| (!unit.is_empty()).then(|| view! { <span class="unit">{unit.clone()}</span> }))}
            </div>
            <p class="hint" class:warn=move || asked.with(Option::is_some) id=note>
                {move || fault.get().or_else(|| asked.get()).unwrap_or_else(|| hint.get())}
            </p>
        </div>
    }
}

/// A choice.
#[component]
pub(crate) fn SelectField(
    /// The name in the form.
    #[prop(into)]
    name: String,
    /// The id in the page, where it differs from the name.
    #[prop(optional, into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: String,
    /// Values with their texts.
    options: Vec<(String, String)>,
    /// The value that is chosen at first.
    #[prop(optional, into)]
    value: String,
    /// A line under it.
    #[prop(optional, into)]
    hint: Signal<String>,
    /// Told what was chosen.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
    /// What the last submission said.
    refusal: Refusal,
) -> impl IntoView {
    let fault = fault(refusal, &name);
    let id = if id.is_empty() { name.clone() } else { id };
    let note = format!("{id}-note");
    let value =
        typed::from_address(&name).filter(|typed| options.iter().any(|(id, _)| id == typed)).unwrap_or(value);
    let choices = options.into_iter().map(|(id, text)| {
        let is_chosen = id == value;
        view! { <option value=id selected=is_chosen>{text}</option> }
    });
    let choices = choices.collect_view();
    let select = NodeRef::<html::Select>::new();
    let kept_id = id.clone();
    Effect::new(move |_| {
        let Some(select) = select.get() else { return };
        let Some(text) = typed::kept(&kept_id).filter(|text| *text != select.value()) else { return };
        let before = select.value();
        select.set_value(&text);
        // A choice that is no longer offered leaves the select empty.
        if select.value() != text {
            select.set_value(&before);
        } else if let Some(told) = on_change {
            told.run(text);
        }
    });
    let kept_id = id.clone();
    view! {
        <div class="field" class:wrong=move || fault.with(Option::is_some)>
            <label for=id.clone()>{label}</label>
            <div class="input">
                <select
                    node_ref=select id=id name=name aria-describedby=note.clone()
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    on:change=move |event| {
                        let chosen = event_target_value(&event);
                        typed::keep(&kept_id, chosen.clone());
                        if let Some(told) = on_change { told.run(chosen); }
                    }
                >
                    {choices}
                </select>
            </div>
            <p class="hint" id=note>{move || fault.get().unwrap_or_else(|| hint.get())}</p>
        </div>
    }
}

/// What is wrong with a form as a whole.
#[component]
pub(crate) fn FormProblem(
    /// The fields that show their faults themselves; one that ends with `[` stands for all that begin so.
    fields: &'static [&'static str],
    /// What the last submission said.
    refusal: Refusal,
) -> impl IntoView {
    let is_signed_out = move || refusal.with(|error| *error == Some(AppError::Unauthenticated));
    Effect::new(move |_| {
        if is_signed_out() {
            typed::hand_over();
        }
    });
    let problem = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<()>| {
        let is_refused = refusal.with(Option::is_some);
        if let Some(problem) = problem.get_untracked().filter(|_| is_refused && before.is_some()) {
            // Once the fields are marked.
            request_animation_frame(move || browser::focus_first_fault(&problem));
        }
    });
    let location = use_location();
    let sign_in = move || {
        let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
        sign_in_link(&if query.is_empty() { path } else { format!("{path}?{query}") })
    };
    let text = move || refusal.with(|error| error.as_ref()?.of_form(fields));
    view! {
        <div class="form-problem" role="alert" node_ref=problem>
            {move || if is_signed_out() {
                let again = view! { <a href=sign_in() rel="external">"Sign in again"</a> };
                view! { <p class="notice bad">"Your session has ended. "{again}" and carry on: what you typed is kept."</p> }.into_any()
            } else {
                text().map(|text| view! { <p class="notice bad">{text}</p> }).into_any()
            }}
        </div>
    }
}
