//! The dashboard's ranking: distinct results, and the benchmark apart from what is measured against it.

use app::backtests::model::{BENCHMARK, RunView};

/// Takes the highest and the lowest returns, each in its order, and returns them without repetitions and without benchmarks, and the
/// benchmarks. Results of the same strategy, parameters, series, range and return are one.
pub(super) fn ranking(best: Vec<RunView>, worst: Vec<RunView>) -> (Vec<RunView>, Vec<RunView>, Vec<RunView>) {
    let mut seen = Vec::new();
    let mut benchmarks = Vec::new();
    let mut distinct = |runs: Vec<RunView>| {
        let mut kept = Vec::new();
        for run in runs {
            if seen.iter().any(|other| is_same(other, &run)) {
                continue;
            }
            seen.push(run.clone());
            if run.strategy == BENCHMARK { benchmarks.push(run) } else { kept.push(run) }
        }
        kept
    };
    let (best, worst) = (distinct(best), distinct(worst));
    (best, worst, benchmarks)
}

fn is_same(a: &RunView, b: &RunView) -> bool {
    let what = |run: &RunView| (run.first_ms, run.last_ms, run.total_return.value.map(f64::to_bits));
    a.strategy == b.strategy && a.params == b.params && a.key == b.key && what(a) == what(b)
}

#[cfg(test)]
mod tests {
    use app::backtests::model::{Figure, OrderRules};

    use super::*;

    fn run(strategy: &str, params: &str, total: f64) -> RunView {
        let figure = |value| Figure { text: String::new(), value };
        RunView {
            id: "01900000-0000-7000-8000-000000000000".parse().unwrap(),
            name: params.into(),
            strategy: strategy.into(),
            strategy_title: String::new(),
            params: params.into(),
            key: app::backtests::model::parse_key("demo BTCUSDT 1h").unwrap(),
            first_ms: 0,
            last_ms: 0,
            expected_bars: 0,
            missing_bars: 0,
            order_rules: OrderRules::None,
            created_ms: 0,
            is_synthetic: false,
            total_return: figure(Some(total)),
            market_return: figure(None),
            max_drawdown: figure(None),
            sharpe: figure(None),
            profit_factor: figure(None),
            win_rate: figure(None),
            trades: 0,
            sparkline: String::new(),
        }
    }

    #[test]
    fn what_was_run_twice_stands_once_and_the_benchmark_apart() {
        let best = vec![
            run("sma_crossover", "fast 5", 0.3),
            run("sma_crossover", "fast 5", 0.3),
            run("buy_and_hold", "", 0.2),
            run("sma_crossover", "fast 9", 0.1),
        ];
        let worst = vec![run("sma_crossover", "fast 2", -0.5), run("sma_crossover", "fast 9", 0.1)];
        let (best, worst, benchmarks) = ranking(best, worst);
        let names = |runs: &[RunView]| runs.iter().map(|run| run.params.clone()).collect::<Vec<_>>();
        assert_eq!(
            (names(&best), names(&worst)),
            (vec!["fast 5".into(), "fast 9".into()], vec!["fast 2".to_owned()])
        );
        assert_eq!(benchmarks.len(), 1);
    }
}
