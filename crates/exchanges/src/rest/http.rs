//! One HTTP request and its whole answer: time-outs, TLS, size limit, and what a broken connection is called.
//!
//! Invariants: nothing waits longer than the transport allows, no answer grows beyond [`BODY_LIMIT`], no redirect is followed.
//! It neither retries nor knows what an answer means.

use std::error::Error;
use std::fmt;

use reqwest::{Client, Response, Url, redirect::Policy};
use types::{ExchangeId, Timestamp};

use super::{Dialect, excerpt};
use crate::protocol::ExchangeError;
use crate::tls::install_crypto_provider;
use crate::transport::Transport;

/// All of exchangeInfo is about 15 MB; anything beyond this is not an answer.
const BODY_LIMIT: usize = 64 << 20;

/// A connection pool and where it leads. A proxy's address may hold a password, so neither is printed whole.
pub(crate) struct Http {
    client: Client,
    base: Url,
    dialect: Dialect,
}

/// A whole answer, whatever its status.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// What the exchange says this minute has cost.
    pub used_weight: Option<u32>,
    /// How long it wants us to wait, whether it says so in seconds or names a time.
    pub retry_after_secs: Option<u32>,
    /// Where it sends us instead; it is not followed. Without what stands behind a question mark, which may be a secret.
    pub location: Option<String>,
    /// What the header `Date` says.
    pub date: Option<Timestamp>,
    /// The whole body.
    pub body: Vec<u8>,
    /// When the request left, by the exchange's clock as it was known then: what is measured while the answer is under way makes
    /// no candle in it older.
    pub sent: Timestamp,
    /// When the whole answer was here, by our clock.
    pub arrived: Timestamp,
}

impl Http {
    /// # Errors
    /// [`ExchangeError::Setup`] when the address is none or TLS cannot work on this machine.
    pub(crate) fn new(
        exchange: &ExchangeId,
        base_url: &str,
        dialect: Dialect,
        transport: &Transport,
    ) -> Result<Self, ExchangeError> {
        let refuse = |what: String| ExchangeError::Setup { exchange: exchange.clone(), what };
        let base = base_of(base_url).map_err(|why| {
            let shown = config::redact_url(base_url);
            refuse(format!(
                "base_url '{shown}' {why}; write it like https://api.example.com in exchanges.yaml"
            ))
        })?;
        install_crypto_provider();
        let mut builder = Client::builder()
            .user_agent(dialect.user_agent)
            .gzip(true)
            .redirect(Policy::none())
            .connect_timeout(transport.connect_timeout)
            .timeout(transport.request_timeout);
        if is_loopback(&base) {
            // A proxy set for the machine cannot reach the simulator on this very machine.
            builder = builder.no_proxy();
        }
        if base.scheme() == "http" {
            // Plain HTTP needs no certificates, and a minimal machine may have none.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|error| {
            refuse(format!(
                "{}; install the system's CA certificates (Debian: ca-certificates)",
                root_cause(&error)
            ))
        })?;
        Ok(Self { client, base, dialect })
    }

    /// Makes one GET request, `sent` by the exchange's clock. The error says in words why there is no whole answer.
    pub(crate) async fn get(
        &self,
        path: &str,
        query: &[(&'static str, String)],
        sent: Timestamp,
        now: &(dyn Fn() -> Timestamp + Sync),
    ) -> Result<Reply, String> {
        let mut url = self.base.clone();
        let base = self.base.path().trim_end_matches('/');
        url.set_path(&format!("{base}{}{path}", self.dialect.prefix));
        let response =
            self.client.get(url).query(query).send().await.map_err(|error| self.describe(&error))?;
        let status = response.status().as_u16();
        let used_weight = self.dialect.used_weight.and_then(|header| number_in(&response, header));
        let date = text_in(&response, "date").and_then(read_date);
        // A time is meant by the clock of whoever answered.
        let retry_after_secs =
            text_in(&response, "retry-after").and_then(|text| read_pause(text, date.unwrap_or(sent)));
        let location = text_in(&response, "location").map(|text| shown_address(response.url(), text));
        let body = self.read(response).await?;
        let arrived = now();
        Ok(Reply { status, used_weight, retry_after_secs, location, date, body, sent, arrived })
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.describe(&error))? {
            if body.len() + chunk.len() > BODY_LIMIT {
                return Err(format!("the answer is larger than {} MB", BODY_LIMIT >> 20));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn describe(&self, error: &reqwest::Error) -> String {
        let host = self.base.host_str().unwrap_or_default();
        let host = &self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let cause = root_cause(error);
        if error.is_connect() && error.is_timeout() {
            format!("{host} did not accept a connection in time")
        } else if error.is_timeout() {
            format!("{host} did not answer in time")
        } else if error.is_connect() {
            format!("no connection to {host} ({cause})")
        } else if error.is_body() || error.is_decode() {
            format!("the connection was cut in the middle of the answer ({cause})")
        } else {
            format!("the connection to {host} broke ({cause})")
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("host", &self.base.host_str()).finish_non_exhaustive()
    }
}

fn base_of(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|error| format!("is no URL ({error})"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("does not begin with http:// or https://".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a '?' or '#' in it".to_owned());
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

fn number_in(response: &Response, header: &str) -> Option<u32> {
    text_in(response, header)?.parse().ok()
}

fn text_in<'a>(response: &'a Response, header: &str) -> Option<&'a str> {
    response.headers().get(header)?.to_str().ok().map(str::trim)
}

/// Reads a date in any of the forms that HTTP allows: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn read_date(text: &str) -> Option<Timestamp> {
    let since_epoch = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_millis()).ok().map(Timestamp::from_ms)
}

/// Reads how many seconds to wait: `120`, or the time until which to, given what time it is.
fn read_pause(text: &str, now: Timestamp) -> Option<u32> {
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let wait_ms = read_date(text)?.ms_since(now).max(0);
    u32::try_from(wait_ms.unsigned_abs().div_ceil(1000)).ok()
}

/// Returns the address that an answer names, as far as it may be shown.
fn shown_address(asked: &Url, location: &str) -> String {
    match asked.join(location) {
        Ok(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
        }
        Err(_) => excerpt(location.as_bytes()),
    }
}

/// The innermost error is the one that says what happened: "connection refused", "unexpected end of file".
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(base_url: &str) -> Result<Http, ExchangeError> {
        let dialect = Dialect {
            adapter: "test",
            prefix: "/",
            user_agent: "crypto",
            used_weight: None,
            judge: |_, _, _, _| Ok(()),
        };
        Http::new(&"binance".parse().unwrap(), base_url, dialect, &Transport::default())
    }

    #[test]
    fn a_date_is_read_to_the_second() {
        let read = |text| read_date(text).map(Timestamp::as_ms);
        for text in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(read(text), Some(784_111_777_000), "{text}");
        }
        for text in ["", "yesterday", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 31 Feb 1994 08:49:37 GMT"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_pause_is_read_in_seconds_and_as_a_time() {
        let now = Timestamp::from_ms(784_111_700_500);
        for (text, seconds) in [
            ("120", Some(120)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(77)),
            ("Sun, 06 Nov 1994 08:48:20 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            assert_eq!(read_pause(text, now), seconds, "{text}");
        }
    }

    #[test]
    fn an_address_is_shown_without_what_may_be_secret() {
        let asked = Url::parse("https://me:hunter2@api.example.com/api/v3/klines").unwrap();
        for (location, shown) in [
            (
                "https://portal.example.org:8443/login?token=hunter2#x",
                "https://portal.example.org:8443/login",
            ),
            ("/blocked?id=hunter2", "https://api.example.com/blocked"),
        ] {
            assert_eq!(shown_address(&asked, location), shown);
        }
    }

    #[test]
    fn a_base_url_that_is_none_is_refused_with_the_remedy() {
        for text in ["", "api.binance.com", "ftp://x", "http://", "https://x/?a=1", "file:///etc/passwd"] {
            let error = http(text).unwrap_err().to_string();
            assert!(error.contains("base_url") && error.contains("exchanges.yaml"), "{text}: {error}");
        }
    }

    #[test]
    fn a_password_in_the_address_is_not_shown() {
        let refused = http("https://me:hunter2@example.com/?a=1").unwrap_err().to_string();
        let accepted = format!("{:?}", http("http://me:hunter2@127.0.0.1:1").unwrap());
        assert!(!refused.contains("hunter2") && !accepted.contains("hunter2"), "{refused} {accepted}");
    }

    #[test]
    fn plain_http_needs_no_certificates() {
        assert!(http("http://127.0.0.1:1").is_ok());
        assert!(http("http://[::1]:1/prefix/").is_ok());
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (url, expected) in [
            ("http://127.0.0.1:9", true),
            ("http://localhost", true),
            ("http://[::1]:9", true),
            ("http://10.0.0.1", false),
            ("https://localhost.example.com", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
