//! Results as pictures: what the reports crate draws, from what a run left behind.

use reports::{ChartSize, EquityChart, MarkerKind, Theme, TradeMarker, equity_and_drawdown_svg};
use types::{Symbol, Timestamp};

use crate::results::Overview;

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
pub(crate) fn equity_chart(overview: &Overview) -> String {
    draw(overview, ChartSize::Wide)
}

pub(super) fn draw(overview: &Overview, size: ChartSize) -> String {
    let Overview { spec, data, curve, .. } = overview;
    let capital = spec.initial_capital.to_f64();
    let held: Vec<f64> = curve.close.iter().map(|close| capital * close / data.first_open).collect();
    let markers: Vec<TradeMarker> = overview.marks.iter().flat_map(markers).collect();
    let title = format!("{} on {}", spec.name, spec.series);
    let chart = EquityChart {
        title: &title,
        currency: quote_asset(&spec.series.symbol),
        start: data.first,
        initial_capital: capital,
        times: &curve.times(),
        equity: &curve.equity,
        buy_and_hold: Some(&held),
        markers: &markers,
    };
    equity_and_drawdown_svg(&chart, Theme::Dark, size)
}

fn markers(trade: &[i64; 2]) -> [TradeMarker; 2] {
    let [entry, exit] = trade.map(Timestamp::from_ms);
    [TradeMarker { time: entry, kind: MarkerKind::Entry }, TradeMarker { time: exit, kind: MarkerKind::Exit }]
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
