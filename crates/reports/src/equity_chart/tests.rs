//! The drawing as bytes, at the edges of sense, and what it must contain.

use testkit::{RandomWalk, at};
use types::Interval;

use super::*;
use crate::canvas::escape;
use crate::labels;

/// A made-up run over hourly bars: equity follows a walk, holding another one.
pub(crate) struct Run {
    times: Vec<Timestamp>,
    equity: Vec<f64>,
    hold: Vec<f64>,
}

impl Run {
    pub(crate) fn new(bars: usize) -> Self {
        let walk = |seed| {
            let scale = |close: &f64| close * 100.0;
            RandomWalk::new(seed).bars(bars).close().iter().map(scale).collect()
        };
        let times = RandomWalk::new(1)
            .bars(bars)
            .open_time()
            .iter()
            .map(|open| Interval::H1.next_open(*open))
            .collect();
        Self { times, equity: walk(12), hold: walk(5) }
    }

    pub(crate) fn chart<'a>(&'a self, markers: &'a [TradeMarker]) -> EquityChart<'a> {
        EquityChart {
            title: "Equity and drawdown",
            currency: "USDT",
            start: at("2024-01-01"),
            initial_capital: 10_000.0,
            times: &self.times,
            equity: &self.equity,
            buy_and_hold: Some(&self.hold),
            markers,
        }
    }
}

#[test]
fn a_small_chart_is_these_bytes() {
    let run = Run::new(48);
    let markers = [
        TradeMarker { time: at("2024-01-01 10:00"), kind: MarkerKind::Entry },
        TradeMarker { time: at("2024-01-02 02:30"), kind: MarkerKind::Exit },
    ];
    insta::assert_snapshot!(equity_and_drawdown_svg(&run.chart(&markers), Theme::Dark, ChartSize::Wide));
}

#[test]
fn a_large_run_stays_a_small_file_with_its_extremes() {
    let run = Run::new(100_000);
    let chart = run.chart(&[]);
    let svg = equity_and_drawdown_svg(&chart, Theme::Light, ChartSize::Wide);
    assert!(svg.len() < 120_000, "{} bytes", svg.len());
    let depth = drawdown_series(10_000.0, &run.equity).fold(0.0, f64::min);
    assert!(svg.contains(&format::change(depth)));
    assert_eq!(svg, equity_and_drawdown_svg(&chart, Theme::Light, ChartSize::Wide));
}

#[test]
fn both_sizes_name_themselves_and_have_no_fixed_width() {
    let run = Run::new(500);
    for (size, class) in [(ChartSize::Wide, "chart-wide"), (ChartSize::Compact, "chart-compact")] {
        let svg = equity_and_drawdown_svg(&run.chart(&[]), Theme::Dark, size);
        let head = &svg[..svg.find("</desc>").expect("a description")];
        assert!(
            head.contains(class)
                && head.contains("role=\"img\"")
                && head.contains("<title>Equity and drawdown</title>")
        );
        assert!(head.contains("Deepest drawdown") && head.contains("Buy and hold: "));
        assert!(!svg[..svg.find('>').expect("a tag")].contains(" width="));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        assert!(
            !svg.contains("<style") && !svg.contains("style="),
            "a strict content policy would refuse it"
        );
    }
}

#[test]
fn a_title_from_a_user_is_text() {
    let run = Run::new(3);
    let title = "<script>alert(1)</script>";
    let svg = equity_and_drawdown_svg(&EquityChart { title, ..run.chart(&[]) }, Theme::Dark, ChartSize::Wide);
    assert!(!svg.contains("<script>") && svg.contains(&escape(title)));
}

#[test]
fn odd_input_is_drawn_or_said() {
    let run = Run::new(40);
    let chart = run.chart(&[]);
    let nothing = equity_and_drawdown_svg(
        &EquityChart { times: &[], equity: &[], ..chart },
        Theme::Dark,
        ChartSize::Wide,
    );
    assert!(nothing.contains("No equity to show yet"));
    let flat = [10_000.0; 40];
    let ruined = [0.0; 40];
    let broken = [f64::NAN; 40];
    let huge: Vec<f64> = (0..40).map(|bar| f64::from(bar) * 1e300).collect();
    for equity in [&flat[..], &ruined, &broken, &huge, &flat[..1]] {
        for size in [ChartSize::Wide, ChartSize::Compact] {
            let odd = EquityChart { equity, buy_and_hold: None, ..chart };
            let svg = equity_and_drawdown_svg(&odd, Theme::Dark, size);
            assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{svg}");
        }
    }
}

#[test]
fn small_amounts_keep_their_digits_on_axes_and_in_the_legend() {
    let run = Run::new(48);
    let small = |values: &[f64]| values.iter().map(|value| value * 4e-7).collect::<Vec<_>>();
    let (equity, hold) = (small(&run.equity), small(&run.hold));
    let chart = EquityChart {
        currency: "BTC",
        initial_capital: 0.004,
        equity: &equity,
        buy_and_hold: Some(&hold),
        ..run.chart(&[])
    };
    for size in [ChartSize::Wide, ChartSize::Compact] {
        let svg = equity_and_drawdown_svg(&chart, Theme::Light, size);
        assert!(svg.contains(">0.0041032 BTC</tspan>"), "{svg}");
        assert!(svg.contains("Equity from 0.004 BTC"), "{svg}");
        assert!(!svg.contains(">0.00<") && !svg.contains("0.00 BTC"), "{svg}");
        assert!(svg.contains(">0.0041</text>") || svg.contains(">0.0040</text>"), "{svg}");
    }
    // Labels as long as these are not cut off at the edge.
    let tiny: Vec<f64> = run.equity.iter().map(|value| value * 1e-12).collect();
    let tiny = EquityChart { initial_capital: 1e-8, equity: &tiny, buy_and_hold: None, ..chart };
    let svg = equity_and_drawdown_svg(&tiny, Theme::Dark, ChartSize::Compact);
    let widest = svg
        .split("<text x=\"")
        .skip(1)
        .filter(|text| text.contains("anchor=\"start\"") && text.contains(">0.000000"));
    for text in widest {
        let (x, rest) = text.split_once('"').expect("a place");
        let label =
            rest.split_once('>').and_then(|(_, rest)| rest.split_once('<')).map_or("", |(label, _)| label);
        let right = x.parse::<f64>().expect("a number") + labels::width(label, 12.0);
        assert!(right <= 391.0, "{label} ends at {right}");
    }
}

#[test]
fn too_many_markers_are_left_out() {
    let run = Run::new(40);
    let marker = TradeMarker { time: run.times[3], kind: MarkerKind::Entry };
    let few = vec![marker; EquityChart::MOST_MARKERS];
    let many = vec![marker; EquityChart::MOST_MARKERS + 1];
    let length = |markers: &[TradeMarker]| {
        equity_and_drawdown_svg(&run.chart(markers), Theme::Dark, ChartSize::Wide).len()
    };
    assert!(length(&few) > length(&many));
    assert_eq!(length(&many), length(&[]));
}
