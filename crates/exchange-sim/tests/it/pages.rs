//! Klines pages, their parameters and errors, and the other REST endpoints.

use types::{Interval, TimeRange};

use crate::harness::{Served, at};

#[tokio::test]
async fn windows_follow_binance() {
    let served = Served::at("2024-03-01 12:30").await;
    let now = at("2024-03-01 12:00").as_ms() / 3_600_000;
    let ms = |hours: i64| hours * 3_600_000;
    assert_eq!(served.hours("limit=3").await, [now - 2, now - 1, now], "newest, the unfinished one included");
    assert_eq!(served.hours(&format!("startTime={}&limit=2", ms(now - 9))).await, [now - 9, now - 8]);
    assert_eq!(served.hours(&format!("endTime={}&limit=2", ms(now - 9))).await, [now - 10, now - 9]);
    let both = format!("startTime={}&endTime={}", ms(now - 5), ms(now - 3));
    assert_eq!(served.hours(&both).await, [now - 5, now - 4, now - 3], "both ends belong to it");
    let next = format!("startTime={}&endTime={}", ms(now - 5) + 1, ms(now - 3) - 1);
    assert_eq!(served.hours(&next).await, [now - 4], "a page begins after the last open time plus one");
    assert_eq!(served.hours(&format!("startTime={}", ms(now + 1))).await, [0; 0]);
    assert_eq!(served.hours(&format!("startTime={}&endTime={}", ms(now), ms(now - 5))).await, [0; 0]);
    assert_eq!(served.hours("").await.len(), 500);
    assert_eq!(served.hours("limit=5000").await.len(), 1000, "clamped, not refused");
    let micros = format!("startTime={}000&limit=1", ms(now - 9));
    assert_eq!(served.hours(&micros).await, [now - 9], "microseconds are understood");
    assert_eq!(served.hours("startTime=0&limit=1").await, [at("2020-01-01").as_ms() / 3_600_000]);
    served.stop().await;
}

#[tokio::test]
async fn a_row_has_binances_twelve_cells() {
    let served = Served::at("2024-03-01 12:30").await;
    let answer = served.get("/api/v3/klines?symbol=ETHUSDT&interval=1M&limit=2").await;
    let rows = answer.json();
    assert_eq!(
        (rows[0][0].as_i64(), rows[0][6].as_i64()),
        (Some(1_706_745_600_000), Some(1_709_251_199_999))
    );
    for cell in [1, 2, 3, 4, 5, 7, 9, 10] {
        let text = rows[0][cell].as_str().expect("a string");
        assert_eq!(text.split_once('.').map(|(_, decimals)| decimals.len()), Some(8), "{text}");
    }
    assert!(rows[0][8].is_i64());
    assert_eq!((rows[0][11].as_str(), rows[0].as_array().map(Vec::len)), (Some("0"), Some(12)));
    let unit = "x-mbx-time-unit: microsecond\r\n";
    let micros =
        served.send("GET", "/api/v3/uiKlines?symbol=ETHUSDT&interval=1M&limit=2", unit, "").await.json();
    assert_eq!(micros[0][0].as_i64(), Some(1_706_745_600_000_000));
    assert_eq!(micros[0][6].as_i64(), Some(1_709_251_199_999_999));
    served.stop().await;
}

#[tokio::test]
async fn the_unfinished_candle_grows_into_the_finished_one() {
    let served = Served::at("2024-03-01 12:00").await;
    let path = "/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=1";
    let mut volume = -1.0_f64;
    for _ in 0..4 {
        let row = served.get(path).await.json()[0].clone();
        let grown: f64 = row[5].as_str().expect("a string").parse().expect("a number");
        assert!(grown > volume, "{row}");
        volume = grown;
        served.sim.clock().advance_ms(14 * 60_000 + 30_000);
    }
    served.sim.clock().set(at("2024-03-01 13:00"));
    let window = TimeRange { start: at("2024-03-01 12:00"), end: at("2024-03-01 13:00") };
    let truth = served.sim.candles(&"BTCUSDT".parse().unwrap(), Interval::H1, window).unwrap();
    let path = format!("{path}&endTime={}", window.end.as_ms() - 1);
    let row = served.get(&path).await.json()[0].clone();
    assert_eq!(row[5].as_str().map(str::parse), Some(Ok(truth[0].volume)));
    assert_eq!(row[4].as_str().map(str::parse), Some(Ok(truth[0].close)));
    served.stop().await;
}

#[tokio::test]
async fn bad_requests_get_binances_codes() {
    let served = Served::at("2024-03-01").await;
    for (path, code) in [
        ("klines?symbol=FOOBAR&interval=1h", -1121),
        ("klines?symbol=BTCUSDT&interval=7m", -1120),
        ("klines?symbol=BTCUSDT&interval=1D", -1120),
        ("klines?symbol=BTCUSDT&interval=1s", -1120),
        ("klines?symbol=BTCUSDT", -1102),
        ("klines?interval=1h", -1102),
        ("klines?symbol=&interval=1h", -1105),
        ("klines?symbol=btcusdt&interval=1h", -1100),
        ("klines?symbol=BTCUSDT&interval=1h&limit=ten", -1100),
        ("klines?symbol=BTCUSDT&interval=1h&startTime=-5", -1100),
        ("klines?symbol=BTCUSDT&interval=1h&limit=0", -1130),
        ("klines?symbol=BTCUSDT&interval=1h&timeZone=8", -1130),
        ("klines?symbol=BTCUSDT&interval=1h&colour=red", -1104),
        ("klines?symbol=BTCUSDT&symbol=ETHUSDT&interval=1h", -1101),
        ("time?now=1", -1101),
        ("exchangeInfo?symbol=FOOBAR", -1121),
        ("exchangeInfo?symbols=BTCUSDT", -1100),
        ("exchangeInfo?symbol=BTCUSDT&symbolStatus=TRADING", -1128),
        ("ticker/price?symbol=FOOBAR", -1121),
    ] {
        let answer = served.get(&format!("/api/v3/{path}")).await;
        assert_eq!((answer.status, answer.code()), (400, code), "{path}: {}", answer.body);
        assert!(answer.json()["msg"].is_string());
    }
    assert_eq!(served.get("/api/v3/order").await.status, 404);
    served.stop().await;
}

#[tokio::test]
async fn exchange_info_describes_what_is_asked_for() {
    let served = Served::at("2024-03-01").await;
    let all = served.get("/api/v3/exchangeInfo").await.json();
    assert_eq!(all["symbols"].as_array().map(Vec::len), Some(4));
    assert_eq!(all["serverTime"].as_i64(), Some(at("2024-03-01").as_ms()));
    assert_eq!(all["rateLimits"][0]["limit"], 6000);
    let some = served.get("/api/v3/exchangeInfo?symbols=%5B%22ETHUSDT%22,%22SOLUSDT%22%5D").await.json();
    assert_eq!(some["symbols"].as_array().map(Vec::len), Some(2));
    let one = served.get("/api/v3/exchangeInfo?symbol=ETHUSDT").await.json();
    let symbol = &one["symbols"][0];
    assert_eq!((symbol["baseAsset"].as_str(), symbol["status"].as_str()), (Some("ETH"), Some("TRADING")));
    let filter = |name: &str| {
        let filters = symbol["filters"].as_array().expect("filters");
        filters.iter().find(|filter| filter["filterType"] == name).cloned().expect("the filter")
    };
    assert_eq!(filter("PRICE_FILTER")["tickSize"], "0.01000000");
    assert_eq!(filter("LOT_SIZE")["stepSize"], "0.00001000");
    assert_eq!(filter("NOTIONAL")["minNotional"], "5.00000000");
    let halted = served.get("/api/v3/exchangeInfo?symbolStatus=HALT").await.json();
    assert_eq!(halted["symbols"].as_array().map(Vec::len), Some(0));
    served.stop().await;
}

#[tokio::test]
async fn the_last_price_is_the_close_of_the_unfinished_candle() {
    let served = Served::at("2024-03-01 12:30:20").await;
    let price = served.get("/api/v3/ticker/price?symbol=BTCUSDT").await.json();
    let row = served.get("/api/v3/klines?symbol=BTCUSDT&interval=4h&limit=1").await.json();
    assert_eq!(price["price"], row[0][4]);
    assert_eq!(served.get("/api/v3/ticker/price").await.json().as_array().map(Vec::len), Some(4));
    served.stop().await;
}

#[tokio::test]
async fn the_truth_is_one_piece_of_closed_candles() {
    let served = Served::at("2024-03-01 12:30").await;
    let path = "/sim/truth?symbol=BTCUSDT&interval=1h&start=2024-01-01&end=2025-01-01";
    let truth = served.get(path).await.json();
    let rows = truth.as_array().expect("rows");
    assert!(rows.len() > 1000);
    assert_eq!(rows.last().map(|row| row[0].as_i64()), Some(Some(at("2024-03-01 11:00").as_ms())));
    let refused = served.get("/sim/truth?symbol=BTCUSDT&interval=1h&start=soon&end=2025-01-01").await;
    assert!(refused.status == 400 && refused.body.contains("soon"), "{}", refused.body);
    served.stop().await;
}

#[tokio::test]
async fn times_beyond_the_calendar_are_answered_with_nothing_new() {
    let served = Served::at("2024-03-01 12:30").await;
    for interval in Interval::ALL.into_iter().skip(1) {
        let path = format!("/api/v3/klines?symbol=BTCUSDT&interval={interval}&limit=2");
        let end = served.get(&format!("{path}&endTime=99999999999999999999")).await;
        assert_eq!(end.json().as_array().map(Vec::len), Some(2), "{interval}");
        let start = served.get(&format!("{path}&startTime=99999999999999999999")).await;
        assert_eq!(start.json().as_array().map(Vec::len), Some(0), "{interval}");
        let first = served.get(&format!("{path}&startTime=0&endTime=1")).await;
        assert_eq!(first.json().as_array().map(Vec::len), Some(0), "{interval}");
    }
    let all = "start=-9000000000000000000&end=9000000000000000000";
    let truth = served.get(&format!("/sim/truth?symbol=BTCUSDT&interval=1M&{all}")).await;
    assert_eq!(truth.json().as_array().map(Vec::len), Some(50));
    served.stop().await;
}

#[tokio::test]
async fn the_front_page_says_that_nothing_here_is_real() {
    let served = Served::at("2024-03-01").await;
    let about = served.get("/").await;
    assert!(about.body.contains("simulator") && about.body.contains("synthetic"), "{}", about.body);
    served.stop().await;
}

#[tokio::test]
async fn a_page_draws_only_the_days_it_shows_and_only_once() {
    let served = Served::at("2026-01-01").await;
    let query = format!("startTime={}&limit=1000", at("2021-06-01").as_ms());
    assert_eq!(served.hours(&query).await.len(), 1000);
    let drawn = served.sim.stats().days_drawn;
    assert!((42..=44).contains(&drawn), "{drawn} days for a thousand hours, deep in history");
    served.hours(&query).await;
    assert_eq!(served.sim.stats().days_drawn, drawn, "a warm page draws nothing");
    served.get("/api/v3/klines?symbol=SOLUSDT&interval=1m&limit=1000").await;
    assert!(served.sim.stats().days_drawn <= drawn + 2);
    served.stop().await;
}
