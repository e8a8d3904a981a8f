//! Results as pictures: what the reports crate draws, from what a run left behind.

use reports::{ChartSize, EquityChart, MarkerKind, Theme, TradeMarker, equity_and_drawdown_svg};
use types::Timestamp;

use crate::results::Overview;

use super::strategies_view::described;

/// Draws equity, buy and hold, drawdown and trades of a result, to stand alone in a file.
pub(crate) fn equity_chart(overview: &Overview) -> String {
    draw(overview, ChartSize::Wide)
}

pub(super) fn draw(overview: &Overview, size: ChartSize) -> String {
    let Overview { spec, data, curve, .. } = overview;
    let capital = spec.initial_capital.to_f64();
    let held: Vec<f64> = curve.close.iter().map(|close| capital * close / data.first_open).collect();
    let markers: Vec<TradeMarker> = overview.marks.iter().flat_map(markers).collect();
    let title = format!("{} on {}", described(&spec.strategy, &spec.params), spec.series);
    let chart = EquityChart {
        title: &title,
        currency: spec.series.symbol.quote_asset(),
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
