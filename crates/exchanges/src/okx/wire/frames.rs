//! The frames of candle channels and the answers to our own requests.

use serde::Deserialize;
use types::Candle;

use super::super::bars::interval_of;
use super::candles::read_row;
use crate::protocol::Channel;
use crate::rest::excerpt;

/// A frame as far as it concerns us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    /// Candles, and whether each is final.
    Candles(Channel, Vec<(Candle, bool)>),
    /// This is sent from now on.
    Subscribed(Channel),
    /// A channel that does not exist was asked for; the connection and its other channels stand.
    NoSuchChannel(String),
    /// A request was refused.
    Refused(String),
    /// The connection ends in a minute.
    Notice(String),
    /// Something we did not ask for.
    Other,
}

#[derive(Debug, Deserialize)]
struct Message {
    event: Option<String>,
    arg: Option<Arg>,
    data: Option<Vec<Vec<String>>>,
    #[serde(default)]
    code: String,
    #[serde(default)]
    msg: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Arg {
    channel: String,
    inst_id: Option<String>,
}

/// Reads one text frame.
pub(crate) fn read_frame(text: &str) -> Result<Frame, String> {
    if text == "pong" {
        return Ok(Frame::Other);
    }
    let unreadable = |what: String| format!("{what}; the frame begins with '{}'", excerpt(text.as_bytes()));
    let message: Message = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
    let complaint = || format!("code {}: {}", message.code, message.msg);
    match (message.event.as_deref(), message.arg, message.data) {
        (Some("subscribe"), Some(arg), _) => channel_of(&arg).map(Frame::Subscribed).map_err(unreadable),
        // "Wrong URL or channel:…,instId:… doesn't exist."
        (Some("error"), ..) if message.code == "60018" => Ok(Frame::NoSuchChannel(complaint())),
        (Some("error"), ..) => Ok(Frame::Refused(complaint())),
        (Some("notice"), ..) => Ok(Frame::Notice(complaint())),
        (None, Some(arg), Some(rows)) if arg.channel.starts_with("candle") => {
            let channel = channel_of(&arg).map_err(unreadable)?;
            let read = |(index, row): (usize, &Vec<String>)| {
                read_row(row).map_err(|what| unreadable(format!("candle row {index}: {what}")))
            };
            let candles = rows.iter().enumerate().map(read).collect::<Result<_, _>>()?;
            Ok(Frame::Candles(channel, candles))
        }
        _ => Ok(Frame::Other),
    }
}

fn channel_of(arg: &Arg) -> Result<Channel, String> {
    let interval = arg.channel.strip_prefix("candle").and_then(interval_of);
    let interval =
        interval.ok_or_else(|| format!("'{}' is no channel of candles that we know", arg.channel))?;
    let name = arg.inst_id.as_deref().unwrap_or_default();
    let symbol = name.parse().map_err(|error| format!("instId: {error}"))?;
    Ok(Channel { symbol, interval })
}

#[cfg(test)]
mod tests {
    use types::{Interval, Timestamp};

    use super::*;

    const PUSH: &str = r#"{"arg":{"channel":"candle1Dutc","instId":"BTC-USDT"},"data":[["1696636800000","27491.5",
        "27495","27483","27489.5","95.359","2621407.651","2621407.651","0"]]}"#;

    fn channel() -> Channel {
        Channel { symbol: "BTC-USDT".parse().unwrap(), interval: Interval::D1 }
    }

    #[test]
    fn candles_are_read_to_the_last_digit_with_their_flag() {
        let Frame::Candles(told, candles) = read_frame(PUSH).unwrap() else { panic!() };
        assert_eq!(told, channel());
        let (candle, is_final) = &candles[0];
        assert_eq!(candle.open_time, Timestamp::from_ms(1_696_636_800_000));
        assert_eq!((candle.close.to_string().as_str(), is_final), ("27489.5", &false));
        let closed = read_frame(&PUSH.replace(r#""0"]"#, r#""1"]"#)).unwrap();
        assert!(matches!(closed, Frame::Candles(_, candles) if candles[0].1));
    }

    #[test]
    fn answers_and_events_are_told_apart() {
        let ack = |event: &str| {
            format!(
                r#"{{"event":"{event}","arg":{{"channel":"candle1Dutc","instId":"BTC-USDT"}},"connId":"a4"}}"#
            )
        };
        let upgrade = "The connection will soon be closed for a service upgrade. Please reconnect.";
        for (text, expected) in [
            ("pong".to_owned(), Frame::Other),
            (ack("subscribe"), Frame::Subscribed(channel())),
            (ack("unsubscribe"), Frame::Other),
            (
                r#"{"event":"error","code":"60018","msg":"Wrong URL or channel","connId":"a4"}"#.to_owned(),
                Frame::NoSuchChannel("code 60018: Wrong URL or channel".to_owned()),
            ),
            (
                r#"{"event":"error","code":"60012","msg":"Invalid request","connId":"a4"}"#.to_owned(),
                Frame::Refused("code 60012: Invalid request".to_owned()),
            ),
            (
                format!(r#"{{"event":"notice","code":"64008","msg":"{upgrade}","connId":"a4"}}"#),
                Frame::Notice(format!("code 64008: {upgrade}")),
            ),
            (r#"{"event":"channel-conn-count","channel":"orders","connCount":"2"}"#.to_owned(), Frame::Other),
            (r#"{"arg":{"channel":"trades","instId":"A-B"},"data":[]}"#.to_owned(), Frame::Other),
        ] {
            assert_eq!(read_frame(&text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_quoted() {
        for (bad, part) in [
            ("<html>".to_owned(), "<html>"),
            (PUSH.replace("27483", "n/a"), "row 0: cell 3 (low) is 'n/a'"),
            (PUSH.replace("candle1Dutc", "candle1D"), "'candle1D' is no channel"),
            (PUSH.replace("BTC-USDT", "../x"), "instId"),
        ] {
            let error = read_frame(&bad).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
