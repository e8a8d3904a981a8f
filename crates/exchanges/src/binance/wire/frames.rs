//! The frames of kline streams, raw or combined, and the answers to our own requests.
//!
//! Fields and events that are added later are ignored; what is a candle is read as strictly as a row of klines.

use rust_decimal::Decimal;
use serde::Deserialize;
use types::{Candle, Interval, Symbol, Timestamp};

use crate::protocol::Channel;
use crate::rest::excerpt;

/// A frame as far as it concerns us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A candle, and whether it is final.
    Kline { channel: Channel, candle: Candle, is_closed: bool },
    /// The request of this number was carried out.
    Done(u64),
    /// A request was refused.
    Refused(String),
    /// The server goes down for maintenance soon.
    Shutdown,
    /// Something we did not ask for.
    Other,
}

/// A combined frame has its event under `data`, a raw one has it at the top.
#[derive(Debug, Deserialize)]
struct Envelope {
    data: Option<Event>,
    #[serde(flatten)]
    bare: Event,
    id: Option<serde_json::Value>,
    code: Option<i64>,
    msg: Option<String>,
    error: Option<Complaint>,
}

#[derive(Debug, Default, Deserialize)]
struct Event {
    e: Option<String>,
    k: Option<Kline>,
}

#[derive(Debug, Deserialize)]
struct Complaint {
    code: i64,
    #[serde(default)]
    msg: String,
}

#[derive(Debug, Deserialize)]
struct Kline {
    t: i64,
    s: String,
    i: String,
    o: String,
    h: String,
    l: String,
    c: String,
    v: String,
    q: String,
    n: u64,
    #[serde(rename = "V")]
    taker_base: String,
    #[serde(rename = "Q")]
    taker_quote: String,
    x: bool,
}

/// Reads one text frame.
pub(crate) fn read_frame(text: &str) -> Result<Frame, String> {
    let unreadable = |what: String| format!("{what}; the frame begins with '{}'", excerpt(text.as_bytes()));
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
    if let Some(Complaint { code, msg }) = envelope.error {
        return Ok(Frame::Refused(format!("code {code}: {msg}")));
    }
    if let Some(code) = envelope.code {
        return Ok(Frame::Refused(format!("code {code}: {}", envelope.msg.unwrap_or_default())));
    }
    let event = envelope.data.unwrap_or(envelope.bare);
    match (event.e.as_deref(), event.k) {
        (Some("kline"), Some(kline)) => read_kline(&kline).map_err(unreadable),
        (Some("kline"), None) => Err(unreadable("a kline event without 'k'".to_owned())),
        (Some("serverShutdown"), _) => Ok(Frame::Shutdown),
        (Some(_), _) => Ok(Frame::Other),
        (None, _) => Ok(envelope.id.and_then(|id| id.as_u64()).map_or(Frame::Other, Frame::Done)),
    }
}

fn read_kline(kline: &Kline) -> Result<Frame, String> {
    let decimal = |name: &str, text: &str| {
        Decimal::from_str_exact(text).map_err(|_| format!("kline field '{name}' is '{text}', not a decimal"))
    };
    let symbol: Symbol = kline.s.parse().map_err(|error| format!("kline field 's': {error}"))?;
    let interval: Interval = kline.i.parse().map_err(|error| format!("kline field 'i': {error}"))?;
    let candle = Candle {
        open_time: Timestamp::from_ms(kline.t),
        open: decimal("o", &kline.o)?,
        high: decimal("h", &kline.h)?,
        low: decimal("l", &kline.l)?,
        close: decimal("c", &kline.c)?,
        volume: decimal("v", &kline.v)?,
        quote_volume: Some(decimal("q", &kline.q)?),
        trades: Some(kline.n),
        taker_buy_base: Some(decimal("V", &kline.taker_base)?),
        taker_buy_quote: Some(decimal("Q", &kline.taker_quote)?),
    };
    Ok(Frame::Kline { channel: Channel { symbol, interval }, candle, is_closed: kline.x })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KLINE: &str = r#"{"e":"kline","E":1723118400066,"s":"BTCUSDT","k":{"t":1723118340000,"T":1723118399999,
        "s":"BTCUSDT","i":"1m","f":3709093880,"L":3709097281,"o":"57110.20000000","c":"57172.01000000","h":"57180.00000000",
        "l":"57099.99000000","v":"41.98251000","n":3402,"x":true,"q":"2399207.10148960","V":"26.93018000","Q":"1539074.9904","B":"0"}}"#;

    #[test]
    fn a_candle_is_read_raw_and_combined_to_the_last_digit() {
        let raw = read_frame(KLINE).unwrap();
        let Frame::Kline { channel, candle, is_closed: true } = &raw else { panic!("{raw:?}") };
        assert_eq!(channel.to_string(), "BTCUSDT 1m");
        assert_eq!(candle.open_time, Timestamp::from_ms(1_723_118_340_000));
        assert_eq!(candle.open.to_string(), "57110.20000000");
        assert_eq!(candle.close.to_string(), "57172.01000000");
        assert_eq!(candle.taker_buy_quote.unwrap().to_string(), "1539074.9904");
        assert_eq!(candle.trades, Some(3402));
        let combined = format!(r#"{{"stream":"btcusdt@kline_1m","data":{KLINE}}}"#);
        assert_eq!(read_frame(&combined).unwrap(), raw);
        let forming = read_frame(&KLINE.replace("\"x\":true", "\"x\":false")).unwrap();
        assert!(matches!(forming, Frame::Kline { is_closed: false, .. }));
    }

    #[test]
    fn answers_and_events_are_told_apart() {
        for (text, expected) in [
            (r#"{"result":null,"id":7}"#, Frame::Done(7)),
            (
                r#"{"code":2,"msg":"Invalid request","id":7}"#,
                Frame::Refused("code 2: Invalid request".into()),
            ),
            (
                r#"{"error":{"code":2,"msg":"Invalid request"},"id":7}"#,
                Frame::Refused("code 2: Invalid request".into()),
            ),
            (r#"{"e":"serverShutdown","E":1770123456789}"#, Frame::Shutdown),
            (
                r#"{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}"#,
                Frame::Shutdown,
            ),
            (r#"{"e":"trade","E":1,"s":"BTCUSDT","p":"0.001"}"#, Frame::Other),
            (r#"{"u":400900217,"s":"BNBUSDT","b":"25.35","B":"31.21"}"#, Frame::Other),
        ] {
            assert_eq!(read_frame(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_quoted() {
        for (bad, part) in [
            ("<html>".to_owned(), "<html>"),
            (KLINE.replace("\"57110.20000000\"", "\"n/a\""), "field 'o' is 'n/a'"),
            (KLINE.replace("\"1m\"", "\"7m\""), "field 'i'"),
            (KLINE.replace("\"x\":true,", ""), "x"),
        ] {
            let error = read_frame(&bad).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
