//! A browser's half of the conversation: keeps the cookie, follows nothing, shows status, headers and body as they came.

use std::fmt::Write as _;
use std::sync::{Mutex, Once, PoisonError};

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use super::installation::{PASSWORD, Server};

/// What a browser asks for when it opens a page or sends a plain form.
const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// One visitor.
#[derive(Debug)]
pub(crate) struct Browser {
    client: Client,
    origin: String,
    session: Mutex<Option<String>>,
}

/// What the server said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Browser {
    /// Opens a browser that knows nobody.
    pub(crate) fn new(server: &Server) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .no_gzip()
            .timeout(std::time::Duration::from_mins(2))
            .build()
            .unwrap();
        Self { client, origin: server.origin().to_owned(), session: Mutex::new(None) }
    }

    /// Opens a browser in which `name` is signed in.
    pub(crate) async fn signed_in(server: &Server, name: &str) -> Self {
        let browser = Self::new(server);
        let answer = browser.sign_in(name, PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        browser
    }

    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.call("sign_in", &[("name", name), ("password", password), ("next", "/")]).await
    }

    /// Returns the value of the session cookie.
    pub(crate) fn session(&self) -> Option<String> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes another session cookie, as an attacker who knows or plants one would.
    pub(crate) fn take_session(&self, session: Option<String>) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// Opens a page.
    pub(crate) async fn open(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).header(ACCEPT, HTML)).await
    }

    /// Asks the one server function that is read by its address, as the chart does.
    pub(crate) async fn read(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).header(ACCEPT, "application/json")).await
    }

    /// Calls a server function as our own code in the browser does.
    pub(crate) async fn call(&self, endpoint: &str, arguments: &[(&str, &str)]) -> Answer {
        self.send(self.calling(endpoint, arguments)).await
    }

    /// Returns the call of a server function, to be sent beside other things.
    pub(crate) fn calling(&self, endpoint: &str, arguments: &[(&str, &str)]) -> RequestBuilder {
        let request = self.request(Method::POST, &format!("/api/{endpoint}"));
        with_form(request.header(ACCEPT, "application/json"), arguments)
    }

    /// Calls the one server function that takes JSON.
    pub(crate) async fn call_json(&self, endpoint: &str, arguments: &Value) -> Answer {
        let request = self.request(Method::POST, &format!("/api/{endpoint}"));
        self.send(request.header(ACCEPT, "application/json").json(arguments)).await
    }

    /// Sends a plain form, as a browser without JavaScript does.
    pub(crate) async fn submit(&self, path: &str, arguments: &[(&str, &str)]) -> Answer {
        self.send(with_form(self.request(Method::POST, path).header(ACCEPT, HTML), arguments)).await
    }

    /// Begins any other request, the cookie included.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.origin));
        match self.session() {
            Some(session) => request.header(COOKIE, format!("crypto_session={session}")),
            None => request,
        }
    }

    /// Sends a request and keeps the cookie that comes back.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned();
        for cookie in headers.get_all(SET_COOKIE) {
            if let Some(pair) = cookie.to_str().unwrap().strip_prefix("crypto_session=") {
                let value = pair.split(';').next().unwrap_or_default();
                self.take_session((!value.is_empty()).then(|| value.to_owned()));
            }
        }
        Answer { status, headers, body }
    }
}

impl Answer {
    /// Returns a header, or an empty text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Returns the body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.body))
    }

    /// Returns which kind of error the body says it is.
    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

fn with_form(request: RequestBuilder, arguments: &[(&str, &str)]) -> RequestBuilder {
    let pairs: Vec<String> =
        arguments.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(pairs.join("&"))
}

/// Escapes a value for a form or a query.
pub(crate) fn encode(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
