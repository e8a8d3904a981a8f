//! `backtests.yaml`: what must agree across keys and files, and from its table to backtests.

use indexmap::IndexMap;
use types::{Symbol, Timestamp};

use crate::check::names::{Known, Reference};
use crate::check::strategies::check_exchange;
use crate::check::value::{NamedTable, Table, Value};
use crate::codes;
use crate::diagnostic::Sink;
use crate::model::{BacktestSpec, TradingSettings};
use crate::source::ConfigFile;

/// Returns the backtests; `None` when a value was refused or there are no trading defaults to fall back on.
pub(super) fn build(
    file: &Table,
    trading: Option<TradingSettings>,
    exchanges: &Known,
    strategies: &Known,
    sink: &mut Sink<'_>,
) -> Option<IndexMap<String, BacktestSpec>> {
    // Collected before it is judged: every backtest is to be checked, not only those before the first fault.
    let backtests: Vec<Option<BacktestSpec>> = file
        .named("backtests")
        .iter()
        .map(|entry| {
            check_exchange(&entry.table, exchanges, sink);
            check_strategies(&entry.table, strategies, sink);
            check_dates(&entry.table, sink);
            check_symbols(entry, sink);
            backtest(entry, trading?)
        })
        .collect();
    backtests.into_iter().map(|backtest| backtest.map(|backtest| (backtest.name.clone(), backtest))).collect()
}

fn backtest(entry: &NamedTable, trading: TradingSettings) -> Option<BacktestSpec> {
    let table = &entry.table;
    let symbols = match table.get::<Symbol>("symbol") {
        Some(symbol) => vec![symbol],
        None => table.get("symbols")?,
    };
    Some(BacktestSpec {
        name: entry.name.clone(),
        title: table.get("name"),
        exchange: table.get("exchange"),
        strategies: table.get("strategies")?,
        symbols,
        interval: table.get("interval"),
        start: table.get("start"),
        end: table.get("end"),
        initial_capital: table.get("initial_capital").unwrap_or(trading.default_initial_capital),
        commission: table.get("commission").unwrap_or(trading.default_commission),
        slippage: table.get("slippage").unwrap_or(trading.default_slippage),
    })
}

fn check_strategies(table: &Table, strategies: &Known, sink: &mut Sink<'_>) {
    for item in table.list("strategies") {
        let Value::Text(name) = &item.value else { continue };
        let reference = Reference {
            code: codes::UNKNOWN_STRATEGY,
            what: "strategy",
            file: ConfigFile::Strategies,
            written: &item.written,
        };
        strategies.require(name, reference, item.span, sink);
    }
}

fn check_dates(table: &Table, sink: &mut Sink<'_>) {
    let (Some(start), Some(end)) = (table.get::<Timestamp>("start"), table.get::<Timestamp>("end")) else {
        return;
    };
    let (Some(start_item), Some(end_item)) = (table.item("start"), table.item("end")) else { return };
    if start >= end {
        let message = format!("end {} must be after start {}", end_item.written, start_item.written);
        let help = if start == end {
            "the end is the first moment after the run: name a later day".to_owned()
        } else {
            "exchange the two dates".to_owned()
        };
        sink.error(codes::DATE_ORDER, end_item.span, message, help);
    }
}

fn check_symbols(entry: &NamedTable, sink: &mut Sink<'_>) {
    let (table, name) = (&entry.table, crate::render::shown(&entry.name));
    match (table.has("symbol"), table.has("symbols")) {
        (true, true) => {
            let span = table.item("symbols").map_or(table.span, |item| item.span);
            let message = format!("backtest '{name}' has both 'symbol' and 'symbols'");
            sink.error(codes::EXCLUSIVE_KEYS, span, message, "keep one of them".to_owned());
        }
        (false, false) if !sink.is_cut_short() => {
            let message = format!("backtest '{name}' has neither 'symbol' nor 'symbols'");
            let help = "add `symbol: BTCUSDT`, or `symbols: [BTCUSDT, ETHUSDT]`".to_owned();
            sink.error(codes::MISSING_KEY, table.span, message, help);
        }
        _ => {}
    }
}
