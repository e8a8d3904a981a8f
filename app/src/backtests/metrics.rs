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
    let is_gain = is_gain(&metrics);
    let find = |id: &str| metrics.iter().find(|metric| metric.id == id).cloned();
    let tiles = HEADLINE.iter().filter_map(|(id, second)| find(id).map(|metric| (metric, find(second))));
    let tiles = tiles.map(|(metric, second)| {
        let note = match second {
            Some(second) => format!("{} {}", second.title, second.text),
            None => format!("Buy and hold {}, before costs", market.text),
        };
        view! { <MetricTile metric note is_gain/> }
    });
    view! { <div class="tiles metrics">{tiles.collect_view()}</div> }
}

#[component]
fn MetricTile(metric: MetricView, note: String, is_gain: bool) -> impl IntoView {
    let (tip, title) = (format!("tip-{}", metric.id), metric.title.clone());
    // A unit stays with its number.
    let note = metric.reason.clone().unwrap_or(note).replace(" %", "\u{a0}%");
    view! {
        <div class="tile metric" tabindex="0" role="group" aria-label=title aria-describedby=tip.clone()>
            <span class="tile-label">{metric.title.clone()}</span>
            <span class=format!("tile-value {}", tone(&metric, is_gain))>{metric.text.clone()}</span>
            <span class="tile-note">{note}</span>
            <Explanation metric id=tip.clone()/>
        </div>
    }
}

/// Every figure in a list.
#[component]
pub(super) fn AllMetrics(metrics: Vec<MetricView>) -> impl IntoView {
    let is_gain = is_gain(&metrics);
    let rows = metrics.into_iter().map(|metric| {
        let (tip, title) = (format!("all-tip-{}", metric.id), metric.title.clone());
        let reason = metric.reason.clone().map(|reason| view! { <small class="muted">" "{reason}</small> });
        view! {
            <div class="metric" tabindex="0" role="group" aria-label=title aria-describedby=tip.clone()>
                <span class="metric-name">{metric.title.clone()}</span>
                <span class=format!("metric-value {}", tone(&metric, is_gain))>{metric.text.clone()}{reason}</span>
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

/// Returns whether the run brought anything.
fn is_gain(metrics: &[MetricView]) -> bool {
    let total = metrics.iter().find(|metric| metric.id == "total_return");
    total.and_then(|metric| metric.value).is_some_and(|value| value > 0.0)
}

/// Colour only where a sign judges: a drawdown is negative by nature, an average win positive, a count neither. What praises a run that
/// lost money has no colour: a Sharpe of 0.23 is no good news beside a loss.
fn tone(metric: &MetricView, is_gain: bool) -> &'static str {
    if metric.better == Better::Neither {
        return "";
    }
    let Some(value) = metric.value else { return "muted" };
    let tone = match metric.id.as_str() {
        "total_return"
        | "cagr"
        | "net_profit"
        | "sharpe"
        | "sortino"
        | "calmar"
        | "expectancy"
        | "average_trade_return" => crate::format::tone(value),
        "profit_factor" => crate::format::tone(value - 1.0),
        _ => "",
    };
    if tone == "up" && !is_gain { "" } else { tone }
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
    fn only_judging_figures_have_a_colour_and_none_praises_a_loss() {
        for (id, value, better, of_gain, of_loss) in [
            ("sharpe", Some(-0.2), Better::Higher, "down", "down"),
            ("sharpe", Some(0.23), Better::Higher, "up", ""),
            ("profit_factor", Some(0.9), Better::Higher, "down", "down"),
            ("profit_factor", Some(1.1), Better::Higher, "up", ""),
            ("average_win", Some(12.0), Better::Higher, "", ""),
            ("max_drawdown", Some(-0.2), Better::Higher, "", ""),
            ("trades", Some(10.0), Better::Neither, "", ""),
            ("win_rate", Some(0.4), Better::Higher, "", ""),
            ("sharpe", None, Better::Higher, "muted", "muted"),
        ] {
            let metric = metric(id, value, better);
            assert_eq!((tone(&metric, true), tone(&metric, false)), (of_gain, of_loss), "{id} {value:?}");
        }
        let of = |value| is_gain(&[metric("total_return", value, Better::Higher)]);
        assert_eq!([of(Some(0.1)), of(Some(-0.1)), of(None)], [true, false, false]);
    }
}
