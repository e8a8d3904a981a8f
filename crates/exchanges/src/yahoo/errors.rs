//! What an answer of Yahoo means: the one table of HTTP statuses and of the errors in its chart service.

use serde::Deserialize;
use types::{ExchangeId, Timestamp};

use crate::protocol::ExchangeError;
use crate::rest::{Call, Fault, Reply, excerpt};

/// Yahoo publishes no limits and names no pause; a refusal usually holds for a while.
const PAUSE_MS: i64 = 60_000;
/// How Yahoo says that a stretch lies before the first candle: with HTTP 400.
const NO_DATA: &str = "Data doesn't exist for startDate";

/// `{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}`
#[derive(Debug, Deserialize)]
struct Body {
    chart: Chart,
}

#[derive(Debug, Deserialize)]
struct Chart {
    error: Option<Complaint>,
}

#[derive(Debug, Deserialize)]
struct Complaint {
    #[serde(default)]
    description: String,
}

/// Returns whether an answer says that there is nothing in the stretch.
pub(crate) fn is_no_data(description: &str) -> bool {
    description.starts_with(NO_DATA)
}

/// Lets good answers pass, "nothing there" among them, and says what the others mean. `now` is Yahoo's time.
pub(crate) fn judge(
    exchange: &ExchangeId,
    call: &Call<'_>,
    reply: &Reply,
    now: Timestamp,
) -> Result<(), Fault> {
    let status = reply.status;
    if status == 200 {
        return Ok(());
    }
    let described = serde_json::from_slice::<Body>(&reply.body).ok().and_then(|body| body.chart.error);
    // "Edge: Too Many Requests" and other pages are no JSON.
    let message = described.map_or_else(|| excerpt(&reply.body), |complaint| complaint.description);
    let exchange = exchange.clone();
    Err(match status {
        400 if is_no_data(&message) => return Ok(()),
        429 | 999 => {
            let pause_ms = reply.retry_after_secs.map_or(PAUSE_MS, |secs| i64::from(secs.max(1)) * 1000);
            Fault::Limited { until: now.plus_ms(pause_ms), is_ban: false }
        }
        408 | 500..=599 => Fault::Transient(format!("the exchange answered HTTP {status}: {message}")),
        403 | 451 => Fault::Fatal(ExchangeError::Forbidden { exchange, status, message }),
        404 if call.symbol().is_some() => Fault::Fatal(match call.symbol() {
            Some(symbol) => ExchangeError::UnknownSymbol { exchange, symbol: symbol.clone() },
            None => ExchangeError::Rejected { exchange, status, code: 0, message },
        }),
        _ => Fault::Fatal(ExchangeError::Rejected { exchange, status, code: 0, message }),
    })
}

#[cfg(test)]
mod tests {
    use types::Symbol;

    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);

    fn verdict(status: u16, body: &str) -> Result<(), Fault> {
        let symbol: Symbol = "BTC-USD".parse().unwrap();
        let call = Call::new("chart/BTC-USD", 1).about(&symbol);
        let body = body.as_bytes().to_vec();
        let reply = Reply {
            status,
            used_weight: None,
            retry_after_secs: None,
            location: None,
            date: None,
            body,
            sent: NOW,
            arrived: NOW,
        };
        judge(&"yahoo".parse().unwrap(), &call, &reply, NOW)
    }

    fn complaint(code: &str, description: &str) -> String {
        format!(r#"{{"chart":{{"result":null,"error":{{"code":"{code}","description":"{description}"}}}}}}"#)
    }

    #[test]
    fn a_stretch_without_candles_is_no_error() {
        let before =
            complaint("Bad Request", "Data doesn't exist for startDate = 1565740800, endDate = 1596067200");
        assert_eq!(verdict(400, &before), Ok(()));
    }

    #[test]
    fn refusals_are_told_apart() {
        let range = "1h data not available for startTime=692634600 and endTime=1616250522. The requested range must be \
                     within the last 730 days.";
        for (status, body, code, part) in [
            (
                404,
                complaint("Not Found", "No data found, symbol may be delisted"),
                "unknown_symbol",
                "BTC-USD",
            ),
            (422, complaint("Unprocessable Entity", range), "rejected", "730 days"),
            (401, complaint("Unauthorized", "Invalid Crumb"), "rejected", "Invalid Crumb"),
            (403, "<html>Forbidden</html>".to_owned(), "forbidden", "<html>"),
        ] {
            let Err(Fault::Fatal(error)) = verdict(status, &body) else { panic!("{status} {body}") };
            assert_eq!(error.code(), code);
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn too_many_requests_pause_a_minute_whatever_page_says_so() {
        let limited = Err(Fault::Limited { until: NOW.plus_ms(60_000), is_ban: false });
        assert_eq!(verdict(429, "<html>Edge: Too Many Requests</html>"), limited);
        assert_eq!(verdict(999, "Request denied"), limited);
        assert!(
            matches!(verdict(502, "<html>oops</html>"), Err(Fault::Transient(cause)) if cause.contains("oops"))
        );
    }
}
