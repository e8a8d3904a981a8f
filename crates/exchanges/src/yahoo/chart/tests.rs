use super::*;

/// The form of recorded answers: daily, a row of nulls, and the price of the moment as the last row.
const BODY: &str = r#"{"chart":{"result":[{"meta":{"currency":"USD","symbol":"BTC-USD","exchangeName":"CCC",
    "instrumentType":"CRYPTOCURRENCY","firstTradeDate":1410912000,"regularMarketTime":1704283320,"gmtoffset":0,
    "timezone":"UTC","dataGranularity":"1d","validRanges":["1d","max"]},
    "timestamp":[1704067200,1704153600,1704240000,1704283320],
    "indicators":{"quote":[{
        "open":[42280.234375,null,44961.6015625,44957.96875],
        "high":[44175.4375,null,45899.70703125,45503.2421875],
        "low":[42214.9765625,null,44176.94921875,40813.53515625],
        "close":[44167.33203125,null,44957.96875,42848.17578125],
        "volume":[18426978443,null,39335274536,46342323118]}],
    "adjclose":[{"adjclose":[44167.33203125,null,44957.96875,42848.17578125]}]}}],"error":null}}"#;

fn opens(body: &str, interval: Interval) -> Vec<(i64, bool)> {
    let rows = read_candles(body.as_bytes(), interval).unwrap();
    rows.iter().map(|row| (row.candle.open_time.as_ms() / 1000, row.close_time.as_ms() < i64::MAX)).collect()
}

#[test]
fn values_are_the_floats_that_yahoo_sends() {
    let rows = read_candles(BODY.as_bytes(), Interval::D1).unwrap();
    let candle = &rows[0].candle;
    assert_eq!(candle.open.to_string(), "42280.234375");
    assert_eq!(candle.close.to_string(), "44167.33203125");
    assert_eq!(candle.volume.to_string(), "18426978443");
    assert_eq!((candle.quote_volume, candle.trades, candle.taker_buy_base), (None, None, None));
    // Of the digits that are sent, those stay that make the float what it is.
    let small = BODY.replace("42280.234375", "0.000008359999810636509");
    let rows = read_candles(small.as_bytes(), Interval::D1).unwrap();
    assert_eq!(rows[0].candle.open.to_string(), "0.00000835999981063651");
    assert_eq!("0.00000835999981063651".parse::<f64>(), "0.000008359999810636509".parse());
}

#[test]
fn a_row_with_a_null_is_a_hole() {
    assert_eq!(opens(BODY, Interval::D1), [(1_704_067_200, true), (1_704_240_000, true)]);
    let half = BODY.replace("\"close\":[44167.33203125", "\"close\":[null");
    assert_eq!(opens(&half, Interval::D1), [(1_704_240_000, true)]);
}

#[test]
fn the_price_of_the_moment_is_no_candle_of_its_own() {
    // Its bar has a row: that one stands. Without one, it is the bar that has not closed.
    let alone = BODY.replace("44961.6015625", "null");
    assert_eq!(opens(&alone, Interval::D1), [(1_704_067_200, true), (1_704_240_000, false)]);
}

#[test]
fn a_stretch_without_candles_has_no_rows() {
    let empty = r#"{"chart":{"result":[{"meta":{"currency":"USD","symbol":"BTC-USD"},"indicators":{"quote":[{}]}}],"error":null}}"#;
    assert_eq!(opens(empty, Interval::H1), []);
    let before = r#"{"chart":{"result":null,"error":{"code":"Bad Request","description":"Data doesn't exist for startDate = 1, endDate = 2"}}}"#;
    assert_eq!(opens(before, Interval::H1), []);
}

#[test]
fn what_is_wrong_is_named() {
    for (bad, part) in [
        (BODY.replace("\"open\":[42280.234375,", "\"open\":["), "3 values of open for 4 times"),
        (BODY.replace("42280.234375", "1e300"), "chart row 0: open is 1e300"),
        (BODY.replace("42280.234375", "\"a lot\""), "chart: "),
        (BODY.replace("\"quote\":[{", "\"quote\":[{},{"), "2 sets of quotes"),
        ("<html>consent</html>".to_owned(), "<html>consent</html>"),
        (r#"{"chart":{"result":null,"error":null}}"#.to_owned(), "0 results"),
    ] {
        let error = read_candles(bad.as_bytes(), Interval::D1).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_symbol_is_taken_apart_by_its_currency() {
    let symbol: Symbol = "BTC-USD".parse().unwrap();
    let pair = read_instrument(BODY.as_bytes(), &symbol).unwrap();
    assert_eq!((pair.base.as_str(), pair.quote.as_str()), ("BTC", "USD"));
    let other = read_instrument(BODY.as_bytes(), &"ETH-USD".parse().unwrap()).unwrap_err();
    assert!(other.contains("told about BTC-USD"), "{other}");
}
