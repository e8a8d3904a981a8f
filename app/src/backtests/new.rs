//! The page of a new backtest; `?strategy=`, `?series=` and the rest of its fields fill it in.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::new_backtest;
use super::model::{BacktestDefaults, SeriesChoice, StrategyChoice};
use super::new_form::{BacktestFormView, Beginning};
use crate::ui::{Empty, Loading, PageHead, Symbol, shown, suspend};

/// Asks what to run.
#[component]
pub(crate) fn NewBacktestPage() -> impl IntoView {
    let defaults = Resource::new(|| (), |()| new_backtest());
    let query = use_query_map();
    let wanted = move |name| query.read_untracked().get(name).unwrap_or_default();
    view! {
        <PageHead
            title="New backtest"
            lead="Signals at a bar's close fill at the next open. Fees and slippage are on every fill."
        />
        <Suspense fallback=Loading>
            {suspend(move || {
                let (strategy, series) = (wanted("strategy"), wanted("series"));
                let beginning = Beginning {
                    start: wanted("start"),
                    end: wanted("end"),
                    capital: wanted("capital"),
                    commission: wanted("commission"),
                    slippage: wanted("slippage"),
                };
                async move {
                    shown(defaults.await, |defaults| match begin(&defaults, &strategy, &series) {
                        Some((strategy, series)) => {
                            view! { <BacktestFormView defaults strategy series beginning/> }.into_any()
                        }
                        None => view! { <NothingToRun defaults/> }.into_any(),
                    })
                }
            })}
        </Suspense>
    }
}

/// Chooses what the form begins with: what the address asks for, else a strategy and a series that fit together.
fn begin(defaults: &BacktestDefaults, strategy: &str, series: &str) -> Option<(String, String)> {
    let by_name = defaults.strategies.iter().find(|choice| choice.name == strategy);
    let by_key = defaults.series.iter().find(|choice| choice.key.to_string() == series);
    let strategy = by_name.or_else(|| defaults.strategies.first())?;
    let series = by_key
        .or_else(|| defaults.series.iter().max_by_key(|series| (fit(strategy, series), series.rows)))?;
    Some((strategy.name.clone(), series.key.to_string()))
}

/// How well a series suits what a strategy was written for.
fn fit(strategy: &StrategyChoice, series: &SeriesChoice) -> u8 {
    u8::from(series.key.exchange == strategy.exchange)
        + 2 * u8::from(series.key.interval == strategy.interval)
        + 4 * u8::from(strategy.symbols.contains(&series.key.symbol))
}

#[component]
fn NothingToRun(defaults: BacktestDefaults) -> impl IntoView {
    if defaults.series.is_empty() {
        view! {
            <Empty
                symbol=Symbol::Data title="No candles to trade on"
                text="A backtest needs a stored series first."
            >
                <a class="button primary" href="/data">"Get market data"</a>
            </Empty>
        }
    } else {
        view! {
            <Empty
                symbol=Symbol::Strategies title="The library is empty"
                text="Add a strategy to config/strategies.yaml first."
            >
                <a class="button" href="/strategies">"Strategies"</a>
            </Empty>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtests::model::parse_key;

    fn series(text: &str, rows: u64) -> SeriesChoice {
        let key = parse_key(text).expect("a literal series");
        SeriesChoice { key, rows, first_ms: 0, last_ms: 0, is_synthetic: false }
    }

    fn defaults() -> BacktestDefaults {
        let strategy = |name: &str, symbol: &str| StrategyChoice {
            name: name.into(),
            title: String::new(),
            params: String::new(),
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
