//! What an answer of OKX means: the one table of HTTP statuses and error codes.
//!
//! OKX puts every answer into an envelope with a code of its own, and some refusals come with HTTP 200: the code decides.

use serde::Deserialize;
use types::{ExchangeId, Timestamp};

use crate::protocol::ExchangeError;
use crate::rest::{Call, Fault, Reply, excerpt};

/// OKX counts requests in stretches of two seconds and names no pause.
const PAUSE_MS: i64 = 2_000;

/// `{"code":"51001","msg":"Instrument ID does not exist","data":[]}`
#[derive(Debug, Deserialize)]
struct Verdict {
    code: String,
    #[serde(default)]
    msg: String,
}

/// Lets good answers pass and says what the others mean. `now` is the exchange's time.
pub(crate) fn judge(
    exchange: &ExchangeId,
    call: &Call<'_>,
    reply: &Reply,
    now: Timestamp,
) -> Result<(), Fault> {
    let status = reply.status;
    let verdict = serde_json::from_slice::<Verdict>(&reply.body).ok();
    let (code, message) = match verdict {
        Some(Verdict { code, msg }) => (code.parse().unwrap_or(-1), msg),
        // What is no envelope with HTTP 200 is told by whoever reads it.
        None => (0, excerpt(&reply.body)),
    };
    let exchange = || exchange.clone();
    Err(match (status, code) {
        (200, 0) => return Ok(()),
        // 50001 maintenance, 50004 time-out, 50013 busy (with HTTP 429), 50026 system error. We only read: asking again is safe.
        (_, 50001 | 50004 | 50013 | 50026) | (408 | 500..=599, _) => {
            Fault::Transient(format!("the exchange answered {}", describe(status, code, &message)))
        }
        (429, _) | (_, 50011 | 50061) => {
            let pause_ms = reply.retry_after_secs.map_or(PAUSE_MS, |secs| i64::from(secs.max(1)) * 1000);
            Fault::Limited { until: now.plus_ms(pause_ms), is_ban: false }
        }
        (403 | 451, _) => Fault::Fatal(ExchangeError::Forbidden { exchange: exchange(), status, message }),
        (_, code) => Fault::Fatal(match (code, call.symbol(), call.interval()) {
            (51001, Some(symbol), _) => {
                ExchangeError::UnknownSymbol { exchange: exchange(), symbol: symbol.clone() }
            }
            // "Parameter instId error": one code for every parameter, so its name is read.
            (51000, Some(symbol), _) if message.contains("instId") => {
                ExchangeError::UnknownSymbol { exchange: exchange(), symbol: symbol.clone() }
            }
            (51000, _, Some(interval)) if message.contains("bar") => {
                ExchangeError::BadInterval { exchange: exchange(), interval }
            }
            _ => ExchangeError::Rejected { exchange: exchange(), status, code, message },
        }),
    })
}

fn describe(status: u16, code: i64, message: &str) -> String {
    match (code, message.is_empty()) {
        (0, true) => format!("HTTP {status}"),
        (0, false) => format!("HTTP {status}: {message}"),
        _ => format!("HTTP {status}, code {code}: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use types::{Interval, Symbol};

    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);

    fn verdict(status: u16, retry_after_secs: Option<u32>, body: &str) -> Result<(), Fault> {
        let symbol: Symbol = "BTC-USDT".parse().unwrap();
        let call = Call::new("market/candles", 1).about(&symbol).of_interval(Interval::H1);
        let body = body.as_bytes().to_vec();
        let reply = Reply {
            status,
            used_weight: None,
            retry_after_secs,
            location: None,
            date: None,
            body,
            sent: NOW,
            arrived: NOW,
        };
        judge(&"okx".parse().unwrap(), &call, &reply, NOW)
    }

    fn envelope(code: u32, msg: &str) -> String {
        format!(r#"{{"code":"{code}","msg":"{msg}","data":[]}}"#)
    }

    #[test]
    fn a_refusal_with_http_200_is_a_refusal() {
        assert_eq!(verdict(200, None, &envelope(0, "")), Ok(()));
        let unknown = verdict(200, None, &envelope(51001, "Instrument ID does not exist"));
        assert!(matches!(unknown, Err(Fault::Fatal(ExchangeError::UnknownSymbol { .. }))), "{unknown:?}");
    }

    #[test]
    fn the_parameter_that_is_wrong_is_named() {
        for (body, code) in [
            (envelope(51001, "Instrument ID does not exist"), "unknown_symbol"),
            (envelope(51000, "Parameter instId error"), "unknown_symbol"),
            (envelope(51000, "Parameter bar error"), "bad_interval"),
            (envelope(51000, "Parameter after error"), "rejected"),
            (envelope(50014, "Parameter instId can not be empty."), "rejected"),
            (r#"{"code":"n/a","msg":"?"}"#.to_owned(), "rejected"),
        ] {
            let Err(Fault::Fatal(error)) = verdict(400, None, &body) else { panic!("{body}") };
            assert_eq!(error.code(), code, "{body}");
        }
        let Err(Fault::Fatal(error)) = verdict(403, None, "<html>blocked</html>") else { panic!() };
        assert_eq!(error.code(), "forbidden");
    }

    #[test]
    fn too_many_requests_pause_and_a_busy_system_is_tried_again() {
        let until = |fault| match fault {
            Err(Fault::Limited { until, is_ban: false }) => until.ms_since(NOW),
            other => panic!("{other:?}"),
        };
        assert_eq!(until(verdict(429, None, &envelope(50011, "Too Many Requests"))), 2_000);
        assert_eq!(until(verdict(200, None, &envelope(50011, "Rate limit reached"))), 2_000);
        assert_eq!(until(verdict(429, Some(9), "<html>")), 9_000);
        for (status, code) in [(503, 50001), (400, 50004), (429, 50013), (500, 50026), (502, 0)] {
            let fault = verdict(status, None, &envelope(code, "later"));
            assert!(matches!(&fault, Err(Fault::Transient(cause)) if cause.contains("later")), "{fault:?}");
        }
    }
}
