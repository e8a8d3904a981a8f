//! A configuration folder and a data folder of the test's own, and calls of the binary with a cleaned environment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use market_data::{CandleStore as _, Lake, StoredCandle, Take};
use tempfile::TempDir;
use types::{SeriesKey, TimeRange};

use super::market::{csv, hourly};
use super::outcome::Outcome;
use super::running;

/// The series most tests are about, as options.
pub(crate) const BTC: [&str; 6] = ["--exchange", "binance", "--symbol", "BTCUSDT", "--interval", "1h"];

const STRATEGIES: &str = "\
version: 1
strategies:
  sma:
    type: sma_crossover
    params: { fast_period: 10, slow_period: 30 }
    symbols: [BTCUSDT]
    interval: 1h
  hold:
    type: buy_and_hold
    symbols: [BTCUSDT]
    interval: 1h
";

const BACKTESTS: &str = "\
version: 1
backtests:
  crossing:
    strategies: [sma]
    symbol: BTCUSDT
  both:
    name: \"Crossing and holding\"
    strategies: [sma, hold]
    symbol: BTCUSDT
    start: \"2024-01-10\"
    end: \"2024-03-01\"
";

/// An installation of one test.
#[derive(Debug)]
pub(crate) struct House {
    folder: TempDir,
}

impl House {
    /// Makes one with two strategies, two backtests, and defaults for the rest.
    pub(crate) fn new() -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(house.config_dir()).unwrap();
        house.configure("settings.yaml", "version: 1\n");
        house.configure("exchanges.yaml", "version: 1\nexchanges:\n  binance:\n    adapter: binance\n");
        house.configure("strategies.yaml", STRATEGIES);
        house.configure("backtests.yaml", BACKTESTS);
        house
    }

    /// Makes one that holds `hours` generated candles of binance BTCUSDT 1h from 2024-01-01 on.
    pub(crate) fn with_candles(hours: usize) -> Self {
        let house = Self::new();
        let file = house.file("generated.csv", csv(&hourly(hours)));
        house.import(&[&file]).ok();
        house
    }

    pub(crate) fn config_dir(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Returns the folder around both.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a configuration file.
    pub(crate) fn configure(&self, name: &str, text: &str) {
        fs::write(self.config_dir().join(name), text).unwrap();
    }

    /// Writes a file beside the folders and returns its path.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// Returns the call of a verb on these folders.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crypto"));
        command.env_clear().current_dir(self.folder.path());
        command.arg("--config-dir").arg(self.config_dir()).arg("--data-dir").arg(self.data_dir());
        command.args(arguments);
        command
    }

    /// Runs a verb.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        running::run(self.command(arguments), "")
    }

    /// Runs a verb with variables in its environment.
    pub(crate) fn run_in(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        running::run(command, "")
    }

    /// Runs a verb that reads standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Outcome {
        running::run(self.command(arguments), input)
    }

    /// Runs a verb on binance BTCUSDT 1h.
    pub(crate) fn run_btc(&self, arguments: &[&str]) -> Outcome {
        self.run(&[arguments, &BTC].concat())
    }

    /// Imports files as binance BTCUSDT 1h.
    pub(crate) fn import(&self, files: &[&str]) -> Outcome {
        self.run_btc(&[&["import"], files].concat())
    }

    /// Reads what the lake holds of a series, with the library, not the binary.
    pub(crate) fn stored(&self, key: &SeriesKey) -> Vec<StoredCandle> {
        let lake = Lake::open(self.data_dir().join("lake")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(lake.candles(key, TimeRange::ALL, Take::All)).unwrap()
    }

    /// Reads every file of the data folder.
    pub(crate) fn data_files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.data_dir()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    files.insert(entry.path(), fs::read(entry.path()).unwrap());
                }
            }
        }
        files
    }
}

/// The key of a series.
pub(crate) fn key(exchange: &str, symbol: &str, interval: &str) -> SeriesKey {
    SeriesKey {
        exchange: exchange.parse().unwrap(),
        symbol: symbol.parse().unwrap(),
        interval: interval.parse().unwrap(),
    }
}

/// Returns a file of the folder with real data, or says that the test runs without it.
#[expect(clippy::print_stderr, reason = "the test run says whether it ran with real data")]
pub(crate) fn real_data(file: &str) -> Option<String> {
    let Ok(folder) = std::env::var("REAL_DATA_DIR") else {
        eprintln!("REAL_DATA_DIR is not set: {file} was not tried");
        return None;
    };
    Some(Path::new(&folder).join(file).display().to_string())
}
