//! Multipart bodies by hand, so that broken ones can be made too.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};

use super::browser::Browser;

const BOUNDARY: &str = "----a-boundary-of-our-own";

/// A multipart form, part by part.
#[derive(Debug, Default)]
pub(crate) struct Upload(Vec<u8>);

impl Upload {
    /// Begins a form for a series.
    pub(crate) fn into_series(exchange: &str, symbol: &str, interval: &str) -> Self {
        Self::default().field("exchange", exchange).field("symbol", symbol).field("interval", interval)
    }

    pub(crate) fn field(self, name: &str, value: &str) -> Self {
        self.part(&format!("name=\"{name}\""), value.as_bytes())
    }

    pub(crate) fn file(self, name: &str, content: &[u8]) -> Self {
        self.part(&format!("name=\"files\"; filename=\"{name}\""), content)
    }

    fn part(mut self, disposition: &str, content: &[u8]) -> Self {
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {disposition}\r\n\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(content);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    /// Returns the request with the whole form.
    pub(crate) fn request(self, browser: &Browser) -> RequestBuilder {
        let end = format!("--{BOUNDARY}--\r\n");
        self.unfinished(browser, end.as_bytes())
    }

    /// Returns the request with something else at its end.
    pub(crate) fn unfinished(mut self, browser: &Browser, end: &[u8]) -> RequestBuilder {
        self.0.extend_from_slice(end);
        browser
            .request(Method::POST, "/data/import")
            .header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(self.0)
    }
}
