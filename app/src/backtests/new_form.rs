//! The form of a new backtest.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::api::StartBacktest;
use super::choice::{best_series, coverage_text, in_order, mismatch, series_text, strategy_text};
use super::model::{
    BacktestDefaults, ParamField, SeriesChoice, StrategyChoice, percent_text, question_capital,
    question_percent,
};
use crate::error::AppError;
use crate::ui::{Field, FormProblem, FormState, PostForm, SelectField, Submit};

const FIELDS: &[&str] =
    &["strategy", "params[", "series", "start", "end", "initial_capital", "commission", "slippage"];

type Refusal = Signal<Option<AppError>>;

/// What the fields begin with; empty takes the default.
#[derive(Debug, Clone, Default)]
pub(super) struct Beginning {
    pub(super) params: BTreeMap<String, String>,
    pub(super) start: String,
    pub(super) end: String,
    pub(super) capital: String,
    pub(super) commission: String,
    pub(super) slippage: String,
}

/// Asks what to run, beginning with a strategy and a series.
#[component]
pub(super) fn BacktestFormView(
    defaults: BacktestDefaults,
    /// Every series that is stored; those that come meanwhile too.
    offered: Signal<Vec<SeriesChoice>>,
    strategy: String,
    series: String,
    beginning: Beginning,
) -> impl IntoView {
    let action = FormState::of::<StartBacktest>();
    let refusal = action.refusal();
    let or = |text: String, default: String| if text.is_empty() { default } else { text };
    let Beginning { params, start, end, capital, commission, slippage } = beginning;
    let capital = or(capital, defaults.initial_capital.to_string());
    let commission = or(commission, percent_text(defaults.commission));
    let slippage = or(slippage, percent_text(defaults.slippage));
    let chosen = RwSignal::new(series);
    let currency = Signal::derive(move || {
        let quote = chosen.with(|key| super::model::parse_key(key).map(|key| key.symbol.quote_asset()));
        quote.unwrap_or_default().to_owned()
    });
    let costs_question = Callback::new(|text: String| question_percent(&text));
    let capital_question = Callback::new(move |text: String| currency.with(|of| question_capital(&text, of)));
    view! {
        <section class="panel form-panel">
            <PostForm to=action>
                <FormProblem fields=FIELDS refusal/>
                <What strategies=defaults.strategies series=offered strategy params chosen refusal/>
                <fieldset>
                    <legend>"When"</legend>
                    <div class="fields">
                        <Field
                            name="start" label="First day" kind="date" value=start hint="Empty: from the first candle"
                            refusal
                        />
                        <Field
                            name="end" label="Last day" kind="date" value=end hint="Empty: to the last candle"
                            refusal
                        />
                    </div>
                </fieldset>
                <fieldset>
                    <legend>"Account and costs"</legend>
                    <div class="fields three">
                        <Field
                            name="initial_capital" label="Initial capital" value=capital unit=currency number=true
                            hint="Cash at the start" question=capital_question required=true refusal
                        />
                        <Field
                            name="commission" label="Commission" value=commission unit="%"
                            hint="Of the value of each fill" question=costs_question required=true refusal
                        />
                        <Field
                            name="slippage" label="Slippage" value=slippage unit="%"
                            hint="How much worse than the open each fill is" question=costs_question required=true
                            refusal
                        />
                    </div>
                </fieldset>
                <div class="actions end">
                    <a class="button" href="/backtests">"Cancel"</a>
                    <Submit pending=action.pending()>"Run backtest"</Submit>
                </div>
            </PostForm>
        </section>
    }
}

/// The strategy with its parameters, and the candles: those that it was written for come first.
#[component]
fn What(
    strategies: Vec<StrategyChoice>,
    series: Signal<Vec<SeriesChoice>>,
    strategy: String,
    params: BTreeMap<String, String>,
    chosen: RwSignal<String>,
    refusal: Refusal,
) -> impl IntoView {
    let now = RwSignal::new(strategy.clone());
    let strategies = StoredValue::new(strategies);
    // The series follows the strategy until somebody has chosen one.
    let is_own_choice = RwSignal::new(false);
    let names = strategies.with_value(|all| {
        all.iter().map(|choice| (choice.name.clone(), strategy_text(choice))).collect::<Vec<_>>()
    });
    let current = Memo::new(move |_| {
        now.with(|now| strategies.with_value(|all| all.iter().find(|choice| choice.name == *now).cloned()))
    });
    let about = Signal::derive(move || current.get().map(|choice| choice.summary).unwrap_or_default());
    let choose = Callback::new(move |name: String| {
        now.set(name);
        let best = current.get_untracked().and_then(|strategy| {
            series.with_untracked(|all| best_series(&strategy, all).map(|series| series.key.to_string()))
        });
        if let Some(best) = best.filter(|_| !is_own_choice.get_untracked()) {
            chosen.set(best);
        }
    });
    let choose_series = Callback::new(move |key: String| {
        is_own_choice.set(true);
        chosen.set(key);
    });
    let coverage = Signal::derive(move || {
        let found = chosen
            .with(|now| series.with(|all| all.iter().find(|choice| choice.key.to_string() == *now).cloned()));
        let Some(found) = found else { return String::new() };
        let note = current.get().and_then(|strategy| mismatch(&strategy, &found)).unwrap_or_default();
        format!("{} {note}", coverage_text(&found)).trim_end().to_owned()
    });
    // Another strategy wants another order; a re-drawn list keeps what is chosen.
    let candles = move || {
        let options = current.get().map_or_else(Vec::new, |strategy| {
            series.with(|all| {
                in_order(&strategy, all)
                    .into_iter()
                    .map(|choice| (choice.key.to_string(), series_text(choice)))
                    .collect()
            })
        });
        view! {
            <SelectField
                name="series" label="Candles" options value=chosen.get_untracked() hint=coverage on_change=choose_series
                refusal
            />
        }
    };
    let first = strategy.clone();
    let fields = move || {
        let strategy = current.get()?;
        // What the address asks for is meant for the strategy that it names.
        let given = if strategy.name == first { params.clone() } else { BTreeMap::new() };
        Some(view! { <Params params=strategy.params given refusal/> })
    };
    view! {
        <fieldset>
            <legend>"What"</legend>
            <input type="hidden" name="params_of" value=move || now.get()/>
            <div class="fields">
                <SelectField
                    name="strategy" label="Strategy" options=names value=strategy hint=about on_change=choose refusal
                />
                {candles}
            </div>
        </fieldset>
        {fields}
    }
}

/// The parameters of the strategy, drawn from the catalogue.
#[component]
fn Params(params: Vec<ParamField>, given: BTreeMap<String, String>, refusal: Refusal) -> impl IntoView {
    if params.is_empty() {
        return ().into_any();
    }
    let fields = params.into_iter().map(|param| {
        let value = given.get(&param.name).cloned().unwrap_or_else(|| param.value.clone());
        let name = format!("params[{}]", param.name);
        let hint = format!("{} {}", param.doc, param.range).trim().to_owned();
        if param.options.is_empty() {
            view! {
                <Field
                    name label=param.title value unit=param.unit hint number=true required=true refusal
                />
            }
            .into_any()
        } else {
            let options =
                param.options.into_iter().map(|option| (option.clone(), option)).collect::<Vec<_>>();
            view! { <SelectField name label=param.title options value hint=Signal::stored(hint) refusal/> }
                .into_any()
        }
    });
    let fields = fields.collect_view();
    view! {
        <fieldset>
            <legend>"Parameters"</legend>
            <div class="fields three">{fields}</div>
            <noscript>
                <p class="hint">"These belong to the strategy above. Another one runs with its own values from the library."</p>
            </noscript>
        </fieldset>
    }
    .into_any()
}
