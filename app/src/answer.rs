//! What a page asks the server for when it opens. The server renders the page with the answer and sends it along.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::AppError;

/// The server's answer to a page's question; asked again when the question changes.
pub(crate) type Answer<T> = Resource<Result<T, AppError>, Json>;

/// A question that is under way.
pub(crate) type Asking<T> = Pin<Box<dyn Future<Output = Result<T, AppError>> + Send>>;

/// Asks the server for what `question` says with `fetch`, and again whenever the question changes.
pub(crate) fn ask<Q, T, F>(
    question: impl Fn() -> Q + Send + Sync + 'static,
    fetch: impl Fn(Q) -> F + Send + Sync + 'static,
) -> Answer<T>
where
    Q: Clone + PartialEq + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = Result<T, AppError>> + Send + 'static,
{
    // Erased, so that what leptos compiles for it is there once for each type of answer and not for each call.
    let question: Box<dyn Fn() -> Q + Send + Sync> = Box::new(question);
    let fetch: Box<dyn Fn(Q) -> Asking<T> + Send + Sync> =
        Box::new(move |question| Box::pin(fetch(question)));
    Answer::new_with_options(question, fetch, false)
}

/// Waits for the answer to what stands further up on the page: what showed before it would be pushed down by it.
pub(crate) async fn after<T: Send + Sync>(above: Answer<T>) {
    drop(above.by_ref().await);
}

/// Answers as they stand in a page: JSON, decoded from bytes as those are that are fetched later. leptos' own codec decodes from text,
/// and the decoder of every type would be in the browser's module twice.
#[derive(Debug)]
pub(crate) struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}
