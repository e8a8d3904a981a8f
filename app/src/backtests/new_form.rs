//! The form of a new backtest.

use leptos::prelude::*;

use super::api::StartBacktest;
use super::model::{BacktestDefaults, SeriesChoice, StrategyChoice, percent_text};
use crate::error::AppError;
use crate::format;
use crate::ui::{Field, FormProblem, SelectField, Submit};

const FIELDS: &[&str] = &["strategy", "series", "start", "end", "initial_capital", "commission", "slippage"];

/// What the fields begin with; empty takes the default.
#[derive(Debug, Clone, Default)]
pub(super) struct Beginning {
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
    strategy: String,
    series: String,
    beginning: Beginning,
) -> impl IntoView {
    let action = ServerAction::<StartBacktest>::new();
    let refusal: Signal<Option<AppError>> =
        Signal::derive(move || action.value().get().and_then(Result::err));
    let or = |text: String, default: String| if text.is_empty() { default } else { text };
    let Beginning { start, end, capital, commission, slippage } = beginning;
    let capital = or(capital, defaults.initial_capital.to_string());
    let commission = or(commission, percent_text(defaults.commission));
    let slippage = or(slippage, percent_text(defaults.slippage));
    view! {
        <section class="panel form-panel">
            <ActionForm action=action>
                <FormProblem fields=FIELDS refusal/>
                <fieldset>
                    <legend>"What"</legend>
                    <Choices strategies=defaults.strategies series=defaults.series strategy chosen=series refusal/>
                </fieldset>
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
                            name="initial_capital" label="Initial capital" value=capital unit="quote"
                            required=true refusal
                        />
                        <Field
                            name="commission" label="Commission" value=commission unit="%"
                            hint="Of each fill's notional" required=true refusal
                        />
                        <Field
                            name="slippage" label="Slippage" value=slippage unit="%"
                            hint="How much worse than the open" required=true refusal
                        />
                    </div>
                </fieldset>
                <div class="actions end">
                    <a class="button" href="/backtests">"Cancel"</a>
                    <Submit pending=action.pending()>"Run backtest"</Submit>
                </div>
            </ActionForm>
        </section>
    }
}

#[component]
fn Choices(
    strategies: Vec<StrategyChoice>,
    series: Vec<SeriesChoice>,
    strategy: String,
    chosen: String,
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let (now, now_series) = (RwSignal::new(strategy.clone()), RwSignal::new(chosen.clone()));
    let names =
        strategies.iter().map(|choice| (choice.name.clone(), strategy_text(choice))).collect::<Vec<_>>();
    let keys = series.iter().map(|choice| (choice.key.to_string(), series_text(choice))).collect::<Vec<_>>();
    let about = Signal::derive(move || {
        let found = now.with(|now| {
            strategies.iter().find(|choice| choice.name == *now).map(|choice| choice.summary.clone())
        });
        found.unwrap_or_default()
    });
    let coverage = Signal::derive(move || {
        let found = now_series
            .with(|now| series.iter().find(|choice| choice.key.to_string() == *now).map(coverage_text));
        found.unwrap_or_default()
    });
    view! {
        <div class="fields">
            <SelectField
                name="strategy" label="Strategy" options=names value=strategy hint=about
                on_change=Callback::new(move |name| now.set(name)) refusal
            />
            <SelectField
                name="series" label="Candles" options=keys value=chosen hint=coverage
                on_change=Callback::new(move |key| now_series.set(key)) refusal
            />
        </div>
    }
}

fn strategy_text(choice: &StrategyChoice) -> String {
    let params = if choice.params.is_empty() { String::new() } else { format!(" {}", choice.params) };
    format!("{} · {}{params}", choice.name, choice.title)
}

fn series_text(choice: &SeriesChoice) -> String {
    let note = if choice.is_synthetic { ", synthetic" } else { "" };
    format!("{} · {} · {}{note}", choice.key.symbol, choice.key.interval, choice.key.exchange)
}

fn coverage_text(choice: &SeriesChoice) -> String {
    let note = if choice.is_synthetic { " Generated by the demo market, not traded anywhere." } else { "" };
    let candles = format::counted(choice.rows, "candle", "candles");
    format!("{candles}, {} to {}.{note}", format::date(choice.first_ms), format::date(choice.last_ms))
}
