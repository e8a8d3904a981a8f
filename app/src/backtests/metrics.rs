//! Figures that explain themselves: on hover, on focus with the keyboard, on a touch; without scripts too.

use leptos::prelude::*;

use super::model::{Better, Figure, MetricView};

/// The figures that stand in large letters.
/// Each with the figure that stands small below it; the market's return stands below the total return.
const HEADLINE: [(&str, &str); 8] = [
    ("total_return", ""),
    ("cagr", "volatility"),
    ("max_drawdown", "longest_drawdown_duration"),
    ("sharpe", "calmar"),
    ("sortino", "exposure"),
    ("profit_factor", "expectancy"),
    ("win_rate", "average_trade_return"),
    ("trades", "fees_paid"),
];

/// The main figures in tiles.
#[component]
pub(super) fn Headline(metrics: Vec<MetricView>, market: Figure) -> impl IntoView {
    let find = |id: &str| metrics.iter().find(|metric| metric.id == id).cloned();
    let tiles = HEADLINE.iter().filter_map(|(id, second)| find(id).map(|metric| (metric, find(second))));
    let tiles = tiles.map(|(metric, second)| {
        let note = match second {
            Some(second) => format!("{} {}", second.title, second.text),
            None => format!("Market {}", market.text),
        };
        view! { <MetricTile metric note/> }
    });
    view! { <div class="tiles metrics">{tiles.collect_view()}</div> }
}

#[component]
fn MetricTile(metric: MetricView, note: String) -> impl IntoView {
    let (tip, title) = (format!("tip-{}", metric.id), metric.title.clone());
    let note = metric.reason.clone().unwrap_or(note);
    view! {
        <div class="tile metric" tabindex="0" role="group" aria-label=title aria-describedby=tip.clone()>
            <span class="tile-label">{metric.title.clone()}</span>
            <span class=format!("tile-value {}", tone(&metric))>{metric.text.clone()}</span>
            <span class="tile-note">{note}</span>
            <Explanation metric id=tip.clone()/>
        </div>
    }
}

/// Every figure in a list.
#[component]
pub(super) fn AllMetrics(metrics: Vec<MetricView>) -> impl IntoView {
    let rows = metrics.into_iter().map(|metric| {
        let (tip, title) = (format!("all-tip-{}", metric.id), metric.title.clone());
        let reason = metric.reason.clone().map(|reason| view! { <small class="muted">" "{reason}</small> });
        view! {
            <div class="metric" tabindex="0" role="group" aria-label=title aria-describedby=tip.clone()>
                <span class="metric-name">{metric.title.clone()}</span>
                <span class=format!("metric-value {}", tone(&metric))>{metric.text.clone()}{reason}</span>
                <Explanation metric id=tip.clone()/>
            </div>
        }
    });
    view! {
        <section class="panel">
            <h2>"All figures"</h2>
            <div class="metric-list">{rows.collect_view()}</div>
        </section>
    }
}

#[component]
fn Explanation(metric: MetricView, id: String) -> impl IntoView {
    let reason = metric.reason.map(|reason| view! { <span class="tip-reason">"Not shown: "{reason}</span> });
    view! {
        <span class="tip" id=id role="tooltip">
            <strong>{metric.title}</strong>
            <span>{metric.explanation}</span>
            <code>{metric.formula}</code>
            {reason}
        </span>
    }
}

/// Colour only where a sign judges: a deep drawdown is bad by nature and a count is neither.
fn tone(metric: &MetricView) -> &'static str {
    if metric.better == Better::Neither {
        return "";
    }
    let Some(value) = metric.value else { return "muted" };
    match metric.id.as_str() {
        "total_return"
        | "cagr"
        | "net_profit"
        | "sharpe"
        | "sortino"
        | "calmar"
        | "expectancy"
        | "average_trade_return"
        | "average_win"
        | "average_loss"
        | "max_drawdown" => crate::format::tone(value),
        "profit_factor" => crate::format::tone(value - 1.0),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(id: &str, value: Option<f64>, better: Better) -> MetricView {
        MetricView {
            id: id.into(),
            title: String::new(),
            text: String::new(),
            value,
            formula: String::new(),
            explanation: String::new(),
            reason: None,
            better,
        }
    }

    #[test]
    fn only_judging_figures_have_a_colour() {
        assert_eq!(tone(&metric("sharpe", Some(-0.2), Better::Higher)), "down");
        assert_eq!(tone(&metric("profit_factor", Some(0.9), Better::Higher)), "down");
        assert_eq!(tone(&metric("trades", Some(10.0), Better::Neither)), "");
        assert_eq!(tone(&metric("win_rate", Some(0.4), Better::Higher)), "");
        assert_eq!(tone(&metric("sharpe", None, Better::Higher)), "muted");
    }
}
