//! What a failed answer means: the one table of HTTP statuses and Binance error codes.
//!
//! Codes are stable, messages are not, so only codes decide, with one exception that is written at its row.

use serde::Deserialize;
use types::{ExchangeId, Timestamp};

use crate::protocol::ExchangeError;
use crate::rest::{Call, Fault, Reply, excerpt};

const MINUTE_MS: i64 = 60_000;
/// The shortest ban that Binance gives.
const SHORTEST_BAN_MS: i64 = 2 * MINUTE_MS;

/// A failed answer as it came.
#[derive(Debug)]
pub(crate) struct FailedReply<'a> {
    pub(crate) status: u16,
    pub(crate) retry_after_secs: Option<u32>,
    pub(crate) body: &'a [u8],
}

/// `{"code":-1121,"msg":"Invalid symbol."}`
#[derive(Debug, Deserialize)]
struct ErrorBody {
    code: i64,
    #[serde(default)]
    msg: String,
}

/// Lets good answers pass and says what the others mean.
pub(crate) fn judge(
    exchange: &ExchangeId,
    call: &Call<'_>,
    reply: &Reply,
    now: Timestamp,
) -> Result<(), Fault> {
    let Reply { status, retry_after_secs, .. } = *reply;
    if status == 200 {
        return Ok(());
    }
    Err(classify(exchange, call, &FailedReply { status, retry_after_secs, body: &reply.body }, now))
}

/// Says what a failed answer means. `now` is the exchange's time.
pub(crate) fn classify(
    exchange: &ExchangeId,
    call: &Call<'_>,
    reply: &FailedReply<'_>,
    now: Timestamp,
) -> Fault {
    let status = reply.status;
    let parsed = serde_json::from_slice::<ErrorBody>(reply.body).ok();
    let code = parsed.as_ref().map_or(0, |body| body.code);
    let message = parsed.map_or_else(|| excerpt(reply.body), |body| body.msg);
    let exchange = || exchange.clone();
    let limited = |is_ban: bool| Fault::Limited { until: pause_end(reply, &message, now, is_ban), is_ban };
    match (status, code) {
        (418, _) => limited(true),
        // -1003 too much weight, -1015 too many orders.
        (429, _) | (_, -1003 | -1015) => limited(false),
        (403 | 451, _) => Fault::Fatal(ExchangeError::Forbidden { exchange: exchange(), status, message }),
        // Unknown, disconnected, unexpected, time-out, overloaded. We only read, so asking again is safe.
        (408 | 500..=599, _) | (_, -1000 | -1001 | -1006 | -1007 | -1008) => {
            Fault::Transient(format!("the exchange answered {}", describe(status, code, &message)))
        }
        // The message is read because -1100 (illegal characters) is about any parameter.
        (_, code) if code == -1121 || code == -1100 && message.contains("'symbol'") => match call.symbol {
            Some(symbol) => {
                Fault::Fatal(ExchangeError::UnknownSymbol { exchange: exchange(), symbol: symbol.clone() })
            }
            None => Fault::Fatal(ExchangeError::Rejected { exchange: exchange(), status, code, message }),
        },
        (_, -1120) if call.interval.is_some() => match call.interval {
            Some(interval) => Fault::Fatal(ExchangeError::BadInterval { exchange: exchange(), interval }),
            None => Fault::Fatal(ExchangeError::Rejected { exchange: exchange(), status, code, message }),
        },
        _ => Fault::Fatal(ExchangeError::Rejected { exchange: exchange(), status, code, message }),
    }
}

/// When we may ask again: as Retry-After says; else as the ban's message says; else after the shortest ban or this minute.
fn pause_end(reply: &FailedReply<'_>, message: &str, now: Timestamp, is_ban: bool) -> Timestamp {
    if let Some(secs) = reply.retry_after_secs {
        // "Retry after 0 seconds" is no leave to ask at once, six times over.
        return now.plus_ms(i64::from(secs.max(1)) * 1000);
    }
    if !is_ban {
        return Timestamp::from_ms((now.as_ms().div_euclid(MINUTE_MS) + 1) * MINUTE_MS);
    }
    // "... IP banned until 1659146400000. Please use WebSocket Streams ..."
    message
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 13)
        .find_map(|digits| digits.parse().ok())
        .map(Timestamp::from_ms)
        .filter(|&until| until > now)
        .unwrap_or(now.plus_ms(SHORTEST_BAN_MS))
}

fn describe(status: u16, code: i64, message: &str) -> String {
    match (code, message.is_empty()) {
        (0, true) => format!("HTTP {status}"),
        (0, false) => format!("HTTP {status}: {message}"),
        _ => format!("HTTP {status}, code {code}: {message}"),
    }
}

#[cfg(test)]
mod tests;
