//! The page of a new backtest; `?strategy=`, `?series=`, `?p.fast_period=` and the rest of its fields fill it in.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::new_backtest;
use super::choice::best_series;
use super::model::{BacktestDefaults, SeriesChoice};
use super::new_form::{BacktestFormView, Beginning};
use crate::answer::ask;
use crate::news::use_news;
use crate::ui::{Empty, Loading, PageHead, Symbol, shown, suspend};

/// Asks what to run.
#[component]
pub(crate) fn NewBacktestPage() -> impl IntoView {
    let defaults = ask(|| (), |()| new_backtest());
    let news = use_news();
    let query = use_query_map();
    let wanted = move |name| query.read_untracked().get(name).unwrap_or_default();
    let given_params = move || {
        let all = query.read_untracked().clone();
        all.into_iter().filter_map(|(key, value)| Some((key.strip_prefix("p.")?.to_owned(), value))).collect()
    };
    view! {
        <PageHead
            title="New backtest"
            lead="A signal at a candle's close fills at the next open. Every fill pays commission and slippage."
        />
        <Suspense fallback=Loading>
            {suspend(move || {
                let (strategy, series) = (wanted("strategy"), wanted("series"));
                let beginning = Beginning {
                    params: given_params(),
                    start: wanted("start"),
                    end: wanted("end"),
                    capital: wanted("capital"),
                    commission: wanted("commission"),
                    slippage: wanted("slippage"),
                };
                async move {
                    shown(defaults.await, |first| {
                        let offered = RwSignal::new(first.series.clone());
                        renew(offered, news.series());
                        // Once the form is there it stays: only what it offers changes.
                        let has_some = Memo::new(move |before| before == Some(&true) || !offered.with(Vec::is_empty));
                        move || {
                            has_some.track();
                            let defaults = BacktestDefaults { series: offered.get_untracked(), ..first.clone() };
                            let Some((strategy, series)) = begin(&defaults, &strategy, &series) else {
                                return view! { <NothingToRun defaults/> }.into_any();
                            };
                            let (offered, beginning) = (offered.into(), beginning.clone());
                            view! { <BacktestFormView defaults offered strategy series beginning/> }.into_any()
                        }
                    })
                }
            })}
        </Suspense>
    }
}

/// Asks for the series again whenever `changes` does; without an answer what is offered stays.
fn renew(offered: RwSignal<Vec<SeriesChoice>>, changes: Signal<u64>) {
    Effect::new(move |before: Option<u64>| {
        let now = changes.get();
        if before.is_some_and(|before| before != now) {
            leptos::task::spawn_local(async move {
                if let Ok(defaults) = new_backtest().await {
                    offered.try_set(defaults.series);
                }
            });
        }
        now
    });
}

/// Chooses what the form begins with: what the address asks for, else a strategy and a series that fit together.
fn begin(defaults: &BacktestDefaults, strategy: &str, series: &str) -> Option<(String, String)> {
    let by_name = defaults.strategies.iter().find(|choice| choice.name == strategy);
    let by_key = defaults.series.iter().find(|choice| choice.key.to_string() == series);
    let strategy = by_name.or_else(|| defaults.strategies.first())?;
    let series = by_key.or_else(|| best_series(strategy, &defaults.series))?;
    Some((strategy.name.clone(), series.key.to_string()))
}

#[component]
fn NothingToRun(defaults: BacktestDefaults) -> impl IntoView {
    if defaults.series.is_empty() {
        view! {
            <Empty
                symbol=Symbol::Data title="No market data yet"
                text="A backtest needs candles: download a series, or import a file."
            >
                <a class="button primary" href="/data/get">"Get market data"</a>
            </Empty>
        }
    } else {
        view! {
            <Empty
                symbol=Symbol::Strategies title="No strategies yet"
                text="Add one to config/strategies.yaml and restart the server."
            >
                <a class="button" href="/strategies">"Strategies"</a>
            </Empty>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtests::model::{StrategyChoice, parse_key};

    fn series(text: &str, rows: u64) -> SeriesChoice {
        let key = parse_key(text).expect("a literal series");
        SeriesChoice { key, from: None, rows, first_ms: 0, last_ms: 0, is_synthetic: false }
    }

    fn defaults() -> BacktestDefaults {
        let strategy = |name: &str, symbol: &str| StrategyChoice {
            name: name.into(),
            title: String::new(),
            params: Vec::new(),
            summary: String::new(),
            exchange: "binance".parse().unwrap(),
            symbols: vec![symbol.parse().unwrap()],
            interval: "1h".parse().unwrap(),
        };
        BacktestDefaults {
            strategies: vec![strategy("one", "BTCUSDT"), strategy("two", "ETHUSDT")],
            series: vec![
                series("demo BTCUSDT 1m", 9000),
                series("binance ETHUSDT 1h", 10),
                series("binance BTCUSDT 1h", 5),
            ],
            initial_capital: "10000".parse().unwrap(),
            commission: "0.001".parse().unwrap(),
            slippage: "0.0005".parse().unwrap(),
        }
    }

    #[test]
    fn the_address_decides_then_what_fits_best() {
        let of = |strategy, series| begin(&defaults(), strategy, series).unwrap();
        assert_eq!(of("", ""), ("one".into(), "binance BTCUSDT 1h".into()));
        assert_eq!(of("two", ""), ("two".into(), "binance ETHUSDT 1h".into()));
        assert_eq!(of("two", "demo BTCUSDT 1m"), ("two".into(), "demo BTCUSDT 1m".into()));
        assert_eq!(of("gone", "gone"), ("one".into(), "binance BTCUSDT 1h".into()));
    }

    #[test]
    fn without_candles_or_strategies_there_is_no_form() {
        assert_eq!(begin(&BacktestDefaults { series: Vec::new(), ..defaults() }, "", ""), None);
        assert_eq!(begin(&BacktestDefaults { strategies: Vec::new(), ..defaults() }, "", ""), None);
    }
}
