//! `crypto exchange-sim` as a child on a free port, a configuration that points to it, and its controls under `/sim`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::Value;
use types::{Candle, Timestamp};

use super::house::House;
use super::running::Server;

/// What the simulated exchange's clock shows at the start: in the middle of an hour and of a minute.
pub(crate) const CLOCK: &str = "2024-03-01 12:20:40";

/// A simulated exchange that ends with the test.
#[derive(Debug)]
pub(crate) struct Sim {
    pub(crate) address: String,
    pub(crate) server: Server,
}

impl Sim {
    /// Starts one and points the house's exchange `demo`, which is synthetic, to it.
    pub(crate) fn start(house: &House) -> Self {
        Self::start_with(house, &["--start-clock-at", CLOCK])
    }

    /// Starts one with these options.
    pub(crate) fn start_with(house: &House, options: &[&str]) -> Self {
        let command = house.command(&[&["exchange-sim", "--listen", "127.0.0.1:0"], options].concat());
        let mut server = Server::start(command);
        let address = server.address();
        house.configure(
            "exchanges.yaml",
            &format!(
                "version: 1\nexchanges:\n  binance:\n    adapter: binance\n  demo:\n    adapter: binance\n    \
                 base_url: http://{address}\n    stream_url: ws://{address}\n    rate_limit: 6000\n    synthetic: true\n"
            ),
        );
        Self { address, server }
    }

    /// Queues faults: a JSON list.
    pub(crate) fn inject(&self, faults: &str) {
        let (status, answer) = request(&self.address, "POST", "/sim/faults", faults);
        assert_eq!(status, 200, "{answer}");
    }

    /// Returns the faults that nothing has suffered yet.
    pub(crate) fn pending(&self) -> usize {
        let (_, answer) = request(&self.address, "GET", "/sim/faults", "");
        answer.as_array().unwrap().len()
    }

    /// Returns what was counted.
    pub(crate) fn stats(&self) -> Value {
        request(&self.address, "GET", "/sim/stats", "").1
    }

    /// Returns the closed candles as they truly are.
    pub(crate) fn truth(&self, symbol: &str, interval: &str, start: &str, end: &str) -> Vec<Candle> {
        let path = format!("/sim/truth?symbol={symbol}&interval={interval}&start={start}&end={end}");
        let (status, answer) = request(&self.address, "GET", &path, "");
        assert_eq!(status, 200, "{answer}");
        answer.as_array().unwrap().iter().map(candle).collect()
    }
}

/// Reads a klines row.
fn candle(row: &Value) -> Candle {
    let decimal = |column: usize| row[column].as_str().unwrap().parse::<Decimal>().unwrap();
    Candle {
        open_time: Timestamp::from_ms(row[0].as_i64().unwrap()),
        open: decimal(1),
        high: decimal(2),
        low: decimal(3),
        close: decimal(4),
        volume: decimal(5),
        quote_volume: Some(decimal(7)),
        trades: Some(row[8].as_u64().unwrap()),
        taker_buy_base: Some(decimal(9)),
        taker_buy_quote: Some(decimal(10)),
    }
}

/// One request. HTTP/1.0, so that the answer is its body up to the end of the connection.
pub(crate) fn request(address: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
    let (status, text) = request_text(address, method, path, body);
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// One request whose answer is a text.
pub(crate) fn request_text(address: &str, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n{body}")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
