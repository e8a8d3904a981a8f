//! Results as pictures: what the reports crate draws, from what a run left behind.

use backtest::RunResult;
use engine::Trade;
use reports::{ChartSize, EquityChart, MarkerKind, Theme, TradeMarker, equity_and_drawdown_svg};
use types::Symbol;

/// Quote assets, longest first, so that `BTCFDUSD` is not read as dollars.
const QUOTES: [&str; 18] = [
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USDP", "DAI", "EUR", "GBP", "USD", "TRY", "BRL", "JPY", "BTC",
    "ETH", "BNB", "UAH", "IDR",
];

/// Returns the quote asset that a symbol's name ends with, or an empty text.
pub(super) fn quote_asset(symbol: &Symbol) -> &'static str {
    QUOTES.into_iter().find(|quote| symbol.as_str().ends_with(quote)).unwrap_or_default()
}

/// Draws equity, buy and hold, drawdown and trades of a result, to stand alone in a file.
pub(crate) fn equity_chart(result: &RunResult) -> String {
    draw(result, ChartSize::Wide)
}

pub(super) fn draw(result: &RunResult, size: ChartSize) -> String {
    let capital = result.spec.initial_capital.to_f64();
    let held: Vec<f64> =
        result.equity.close.iter().map(|close| capital * close / result.data.first_open).collect();
    let markers: Vec<TradeMarker> = result.trades.iter().flat_map(|row| markers(&row.trade)).collect();
    let title = format!("{} on {}", result.spec.name, result.spec.series);
    let chart = EquityChart {
        title: &title,
        currency: quote_asset(&result.spec.series.symbol),
        start: result.data.first,
        initial_capital: capital,
        times: &result.equity.time,
        equity: &result.equity.value,
        buy_and_hold: Some(&held),
        markers: &markers,
    };
    equity_and_drawdown_svg(&chart, Theme::Dark, size)
}

fn markers(trade: &Trade) -> [TradeMarker; 2] {
    [
        TradeMarker { time: trade.entry_time, kind: MarkerKind::Entry },
        TradeMarker { time: trade.exit_time, kind: MarkerKind::Exit },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_quote_wins() {
        let quote = |symbol: &str| quote_asset(&symbol.parse().expect("a symbol"));
        assert_eq!(
            [quote("BTCUSDT"), quote("BTCFDUSD"), quote("ETHBTC"), quote("ODD")],
            ["USDT", "FDUSD", "BTC", ""]
        );
    }
}
