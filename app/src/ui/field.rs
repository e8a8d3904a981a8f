//! Fields of a form: a label, an input, a hint and what is wrong with it, tied together for screen readers.

use leptos::prelude::*;

use crate::error::AppError;

/// What a form's last submission said, if anything was wrong.
pub(crate) type Refusal = Signal<Option<AppError>>;

/// Returns what is wrong with a field.
fn fault(refusal: Refusal, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || refusal.with(|error| error.as_ref()?.of_field(name).map(str::to_owned)))
}

/// A text, date or password.
#[component]
pub(crate) fn Field(
    /// The name in the form.
    name: &'static str,
    /// The id in the page, where it differs from the name.
    #[prop(optional)]
    id: Option<&'static str>,
    /// The label.
    label: &'static str,
    /// The type of input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What it begins with.
    #[prop(optional, into)]
    value: String,
    /// A line under it.
    #[prop(optional, into)]
    hint: String,
    /// What stands behind the value: `%`.
    #[prop(optional)]
    unit: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Whether it must not be empty.
    #[prop(optional)]
    required: bool,
    /// The names of a list of suggestions.
    #[prop(optional)]
    list: Option<&'static str>,
    /// What the last submission said.
    refusal: Refusal,
) -> impl IntoView {
    let fault = fault(refusal, name);
    let id = id.unwrap_or(name);
    let note = format!("{id}-note");
    let mode = if unit.is_empty() { None } else { Some("decimal") };
    view! {
        <div class="field" class:wrong=move || fault.with(Option::is_some)>
            <label for=id>{label}</label>
            <div class="input">
                <input
                    id=id name=name type=kind value=value autocomplete=autocomplete required=required list=list inputmode=mode
                    autocapitalize="off" spellcheck="false" aria-describedby=note.clone()
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                />
                {(!unit.is_empty()).then(|| view! { <span class="unit">{unit}</span> })}
            </div>
            <p class="hint" id=note>{move || fault.get().unwrap_or_else(|| hint.clone())}</p>
        </div>
    }
}

/// A choice.
#[component]
pub(crate) fn SelectField(
    /// The name in the form.
    name: &'static str,
    /// The id in the page, where it differs from the name.
    #[prop(optional)]
    id: Option<&'static str>,
    /// The label.
    label: &'static str,
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
    let fault = fault(refusal, name);
    let id = id.unwrap_or(name);
    let note = format!("{id}-note");
    let choices = options.into_iter().map(|(id, text)| {
        let is_chosen = id == value;
        view! { <option value=id selected=is_chosen>{text}</option> }
    });
    let choices = choices.collect_view();
    view! {
        <div class="field" class:wrong=move || fault.with(Option::is_some)>
            <label for=id>{label}</label>
            <div class="input">
                <select
                    id=id name=name aria-describedby=note.clone()
                    aria-invalid=move || fault.with(Option::is_some).then_some("true")
                    on:change=move |event| {
                        if let Some(told) = on_change { told.run(event_target_value(&event)); }
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
    /// The fields that show their faults themselves.
    fields: &'static [&'static str],
    /// What the last submission said.
    refusal: Refusal,
) -> impl IntoView {
    let text = move || refusal.with(|error| error.as_ref()?.of_form(fields));
    view! {
        <div class="form-problem" role="alert">
            {move || text().map(|text| view! { <p class="notice bad">{text}</p> })}
        </div>
    }
}
