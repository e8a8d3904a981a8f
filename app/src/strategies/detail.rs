//! One strategy, explained.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::strategy;
use super::model::{ParamView, StrategyView};
use crate::answer::ask;
use crate::browser;
use crate::ui::{Icon, Loading, PageHead, Symbol, shown, suspend};

/// Shows what a strategy does, its parameters and its YAML.
#[component]
pub(crate) fn StrategyPage() -> impl IntoView {
    let params = use_params_map();
    let found = ask(move || params.read().get("name").unwrap_or_default(), strategy);
    view! {
        <Suspense fallback=Loading>
            {suspend(move || async move { shown(found.await, |strategy| view! { <Content strategy/> }) })}
        </Suspense>
    }
}

#[component]
fn Content(strategy: StrategyView) -> impl IntoView {
    let symbols = strategy.symbols.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let written_for = format!("{symbols} · {} · {}", strategy.interval, strategy.exchange);
    let paragraphs: Vec<String> = strategy.description.split("\n\n").map(str::to_owned).collect();
    view! {
        <PageHead title=strategy.described id=strategy.name.clone() lead=strategy.summary>
            <a class="button primary" href=format!("/backtests/new?strategy={}", strategy.name)>"Backtest"</a>
        </PageHead>
        <div class="stack">
            <section class="panel">
                <h2>{strategy.title}</h2>
                <div class="prose">{paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}</div>
                <dl class="facts">
                    <div><dt>"Kind"</dt><dd><code>{strategy.kind}</code></dd></div>
                    <div><dt>"Category"</dt><dd>{strategy.category}</dd></div>
                    <div><dt>"Written for"</dt><dd>{written_for}</dd></div>
                </dl>
            </section>
            <Params params=strategy.params/>
            <Yaml yaml=strategy.yaml source=strategy.source/>
        </div>
    }
}

#[component]
fn Params(params: Vec<ParamView>) -> impl IntoView {
    if params.is_empty() {
        return view! { <section class="panel"><h2>"Parameters"</h2><p class="muted">"This strategy has no parameters."</p></section> }
            .into_any();
    }
    let rows = params.into_iter().map(|param| {
        let unit = param.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
        view! {
            <tr>
                <th scope="row" data-label="Parameter">{param.title}<code class="muted block">{param.name}</code></th>
                <td data-label="Value" class="number"><span><strong>{param.value}</strong><span class="muted">{unit}</span></span></td>
                <td data-label="Default" class="number">{param.default}</td>
                <td data-label="Range" class="number">{param.range}</td>
                <td data-label="Meaning" class="wrap">{param.doc}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="panel">
            <h2>"Parameters"</h2>
            <div class="table-wrap">
                <table class="stacked">
                    <thead>
                        <tr>
                            <th scope="col">"Parameter"</th>
                            <th scope="col" class="number">"Value"</th>
                            <th scope="col" class="number">"Default"</th>
                            <th scope="col" class="number">"Range"</th>
                            <th scope="col">"Meaning"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Yaml(yaml: String, source: String) -> impl IntoView {
    let outcome = RwSignal::new("");
    let text = yaml.clone();
    let copy = move |_| {
        // A second click is answered too.
        outcome.set("");
        browser::copy(text.clone(), move |is_done| {
            outcome.set(if is_done { "Copied" } else { "Not copied: select the text instead" });
        });
    };
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2>"YAML"</h2>
                <span class="actions needs-script">
                    <span class="muted small" role="status">{move || outcome.get()}</span>
                    <button type="button" class="button small" on:click=copy><Icon symbol=Symbol::Copy/>"Copy"</button>
                </span>
            </div>
            <pre class="code" tabindex="0"><code>{yaml}</code></pre>
            <p class="muted small">
                "From "<code>{source}</code>" in the server's configuration. An administrator changes it there and restarts the server; "
                "you can change the parameters of a single run when you start a backtest."
            </p>
        </section>
    }
}
