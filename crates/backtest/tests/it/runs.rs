//! What a run promises: the same bytes again, every strategy of the registry, and words for what cannot be run.

use backtest::{Flow, LoadError, RunError, RunSpec, load, run};
use config::catalogue::{ParamValue, Params};
use market_data::{CandleStore as _, Lake, LoadedBars, ProvenanceCounts};
use testkit::RandomWalk;
use types::{FilterSchedule, Interval, Provenance, SeriesKey, Timestamp};

pub(crate) fn spec(strategy: &str, params: &[(&str, i64)]) -> RunSpec {
    RunSpec {
        name: "a_strategy".into(),
        strategy: strategy.into(),
        params: params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), ParamValue::Integer(*value)))
            .collect::<Params>(),
        series: SeriesKey {
            exchange: "binance".parse().expect("a name"),
            symbol: "BTCUSDT".parse().expect("a symbol"),
            interval: Interval::H1,
        },
        start: None,
        end: None,
        initial_capital: "10000".parse().expect("an amount"),
        commission: "0.001".parse().expect("a rate"),
        slippage: "0.0005".parse().expect("a rate"),
        filters: FilterSchedule::default(),
    }
}

fn bars(count: usize) -> LoadedBars {
    let bars = RandomWalk::new(5).bars(count);
    LoadedBars { provenance: ProvenanceCounts { imported: bars.len() as u64, ..Default::default() }, bars }
}

#[test]
fn every_strategy_of_the_catalogue_runs_and_repeats_every_byte() {
    for kind in config::catalogue::strategies() {
        let defaults: Params =
            kind.params.iter().map(|param| (param.name.to_owned(), param.default.into())).collect();
        let spec = RunSpec { params: defaults, ..spec(kind.name, &[]) };
        let once = run(&spec, &bars(3_000), &mut |_| Flow::Continue).expect("a run");
        let again = run(&spec, &bars(3_000), &mut |_| Flow::Continue).expect("a run");
        let text = serde_json::to_string(&once).expect("JSON");
        assert_eq!(text, serde_json::to_string(&again).expect("JSON"));
        assert_eq!(serde_json::from_str::<backtest::RunResult>(&text).expect("a result"), once);
        assert!(once.metrics.trades > 0 || once.open_position.is_some(), "{} never traded", kind.name);
    }
}

#[test]
fn too_few_bars_and_a_cancellation_are_named() {
    let spec = spec("sma_crossover", &[("fast_period", 10), ("slow_period", 30)]);
    let error = run(&spec, &bars(29), &mut |_| Flow::Continue).expect_err("29 bars");
    assert!(error.to_string().contains("needs 30 bars"), "{error}");
    assert!(matches!(run(&spec, &bars(100), &mut |_| Flow::Cancel), Err(RunError::Cancelled)));
}

#[test]
fn capital_and_costs_outside_their_bounds_are_refused_and_large_costs_questioned() {
    let spec = spec("buy_and_hold", &[]);
    let refused =
        |spec: RunSpec| run(&spec, &bars(10), &mut |_| Flow::Continue).expect_err("a limit").to_string();
    let rich = RunSpec { initial_capital: "1000000000000000.01".parse().expect("an amount"), ..spec.clone() };
    assert_eq!(refused(rich), "the initial capital must be more than 0 and at most 1000000000000000");
    let dear = RunSpec { commission: "1.5".parse().expect("a rate"), ..spec.clone() };
    assert_eq!(refused(dear), "the commission must be from 0 to 1, which is 100 %");
    assert!(spec.questions().is_empty());
    let percent = RunSpec { slippage: "0.1".parse().expect("a rate"), ..spec };
    assert_eq!(percent.questions(), ["Slippage 0.1 is 10 %; did you mean 0.001 (0.1 %)?"]);
}

#[tokio::test]
async fn a_series_or_range_without_candles_says_what_there_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path()).expect("a lake");
    let mut spec = spec("buy_and_hold", &[]);
    let error = load(&lake, &spec).await.expect_err("nothing stored");
    assert!(
        error.to_string().contains("crypto ingest --exchange binance --symbol BTCUSDT --interval 1h"),
        "{error}"
    );
    lake.append(&spec.series, RandomWalk::new(1).candles(48), Provenance::Imported).await.expect("stored");
    spec.start = Timestamp::from_ymd(2030, 1, 1);
    let error = load(&lake, &spec).await.expect_err("nothing there");
    assert!(error.to_string().contains("2024-01-01 00:00:00"), "{error}");
    spec.end = spec.start;
    assert!(matches!(load(&lake, &spec).await, Err(LoadError::EmptyRange { .. })));
}

#[tokio::test]
async fn a_series_that_is_not_stored_is_made_of_a_finer_one_for_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path()).expect("a lake");
    let stored = spec("buy_and_hold", &[]);
    lake.append(&stored.series, RandomWalk::new(1).candles(50), Provenance::Imported).await.expect("stored");
    let mut coarse = stored.clone();
    coarse.series.interval = Interval::H4;
    let data = load(&lake, &coarse).await.expect("bars");
    // Twelve whole bars; of the thirteenth two hours are there.
    assert_eq!((data.bars.interval(), data.bars.len(), data.provenance.resampled), (Interval::H4, 12, 12));
    assert_eq!(lake.series().await.expect("series").len(), 1, "nothing is stored");
    let result = run(&coarse, &data, &mut |_| Flow::Continue).expect("a run");
    assert_eq!(result.spec.series.interval, Interval::H4);
    coarse.start = Timestamp::from_ymd(2030, 1, 1);
    let error = load(&lake, &coarse).await.expect_err("nothing there");
    assert!(error.to_string().contains("BTCUSDT 1h"), "{error}");
    coarse.series.interval = Interval::M15;
    assert!(matches!(load(&lake, &coarse).await, Err(LoadError::NoSeries { .. })));
}
