//! Parity with TA-Lib to 1e-9: on generated candles (committed, see `fixtures/make_fixtures.py`) and, where `REAL_DATA_DIR` is set, on
//! 3 029 days of BTCUSDT. Warm-up is compared too: an output must be undefined exactly where TA-Lib's is.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use indicators::{compute, parse};
use types::{Bars, Interval, Timestamp};

const TOLERANCE: f64 = 1e-9;

/// A column of TA-Lib and what we call it. The committed table holds 17 of them: it is too short for 200 bars.
const COLUMNS: [(&str, &str, &str); 21] = [
    ("RSI_2", "rsi(2)", "rsi"),
    ("RSI_14", "rsi(14)", "rsi"),
    ("EMA_9", "ema(9)", "ema"),
    ("EMA_20", "ema(20)", "ema"),
    ("EMA_50", "ema(50)", "ema"),
    ("EMA_200", "ema(200)", "ema"),
    ("SMA_9", "sma(9)", "sma"),
    ("SMA_20", "sma(20)", "sma"),
    ("SMA_50", "sma(50)", "sma"),
    ("SMA_200", "sma(200)", "sma"),
    ("WMA_20", "wma(20)", "wma"),
    ("MACD", "macd(12, 26, 9)", "macd"),
    ("MACD_SIGNAL", "macd(12, 26, 9)", "signal"),
    ("MACD_HIST", "macd(12, 26, 9)", "histogram"),
    ("BB_UPPER", "bollinger(20, 2)", "upper"),
    ("BB_MIDDLE", "bollinger(20, 2)", "middle"),
    ("BB_LOWER", "bollinger(20, 2)", "lower"),
    ("ATR_14", "atr(14)", "atr"),
    ("STOCH_K", "stochastic(14, 3, 3)", "k"),
    ("STOCH_D", "stochastic(14, 3, 3)", "d"),
    ("OBV", "obv", "obv"),
];

#[test]
fn generated_candles_match_talib() {
    let table = Table::read(include_str!("../fixtures/talib.csv"));
    assert_eq!(compare(&table, &table), 17);
}

#[test]
fn daily_bitcoin_matches_talib() {
    let Some(folder) = real_data() else { return };
    let read = |name: &str| {
        let mut text = String::new();
        let file = std::fs::File::open(folder.join(name)).expect("a reference file");
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
        Table::read(&text)
    };
    let (input, reference) = (read("input-BTCUSDT-1d.csv.gz"), read("talib-BTCUSDT-1d.csv.gz"));
    assert_eq!(compare(&input, &reference), 21);
}

/// Returns the folder of the reference, or says that there is none.
#[expect(clippy::print_stderr, reason = "a test run says what it left out")]
fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("REAL_DATA_DIR").map(|folder| PathBuf::from(folder).join("parity"));
    if folder.is_none() {
        eprintln!("REAL_DATA_DIR is unset: parity with TA-Lib was checked on generated candles only");
    }
    folder
}

/// A CSV file by column; empty cells are `None`.
struct Table {
    columns: BTreeMap<String, Vec<Option<f64>>>,
}

impl Table {
    fn read(text: &str) -> Self {
        let mut lines = text.lines();
        let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
        let mut columns: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
        for line in lines {
            for (name, cell) in names.iter().zip(line.split(',')) {
                let value = (!cell.is_empty()).then(|| cell.parse().expect("a number"));
                columns.entry((*name).to_owned()).or_default().push(value);
            }
        }
        Self { columns }
    }

    fn bars(&self) -> Bars {
        let column = |name: &str| -> Vec<f64> { self.columns[name].iter().copied().flatten().collect() };
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds are whole numbers below 2^53")]
        let times = column("open_time").into_iter().map(|ms| Timestamp::from_ms(ms as i64)).collect();
        let columns = ["open", "high", "low", "close", "volume"].map(column);
        Bars::new(Interval::D1, times, columns).expect("a series")
    }
}

/// Compares every column that the reference has and returns how many there were.
fn compare(input: &Table, reference: &Table) -> usize {
    let bars = input.bars();
    let mut compared = 0;
    for (name, spec, output) in COLUMNS {
        let Some(expected) = reference.columns.get(name) else { continue };
        let columns = compute(&parse(spec).expect("a spec"), &bars).expect("columns");
        let found = columns.into_iter().find(|column| column.name == output).expect("an output");
        assert_eq!(found.warm_up + found.values.len(), expected.len(), "{name}");
        for (row, (found, expected)) in found.part(0..expected.len()).zip(expected).enumerate() {
            assert_eq!(
                found.is_some(),
                expected.is_some(),
                "{name} in row {row} is {found:?}, not {expected:?}"
            );
            let (Some(found), Some(expected)) = (found, expected) else { continue };
            let error = (found - expected).abs() / expected.abs().max(1.0);
            assert!(error < TOLERANCE, "{name} in row {row} is {found}, not {expected}");
        }
        compared += 1;
    }
    compared
}
