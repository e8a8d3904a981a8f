//! The upload of candle files: written to disk as they arrive, then imported by a job.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::{AppError, Faults, FieldError};
use axum::extract::State;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::server_fn::error::ServerFnUrlError;
use serde_json::json;
use store::{JobKind, NewJob};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use tower_sessions::Session;
use types::SeriesKey;
use uuid::Uuid;

use crate::jobs::{ImportJob, Upload};
use crate::services::{RequestServices, Shared};
use crate::wiring::now;

/// Where the form is sent.
const PATH: &str = "/data/import";
/// The fields of text.
const TEXTS: [&str; 3] = ["exchange", "symbol", "interval"];
/// A year of one-minute candles is about 80 MB as plain text; this is room for decades.
pub(super) const UPLOAD_BYTES: usize = 2 * 1024 * 1024 * 1024;
/// How long a refused upload may go on arriving.
const PATIENCE: Duration = Duration::from_secs(10);
/// When whoever has too many uploads under way should come back.
const BUSY_SECS: u64 = 30;
/// A day per file is how Binance publishes its archives: this is ten years of them.
const MAX_FILES: usize = 4000;
/// More bytes than any exchange, symbol or interval has.
const MOST_TEXT: usize = 200;
/// Bytes of a file's name; file systems allow 255.
const MOST_NAME: usize = 200;

/// `POST /data/import`: fields `exchange`, `symbol`, `interval` and one or more `files`. Works as a plain form.
pub(super) async fn import_upload(
    State(shared): State<Arc<Shared>>,
    session: Session,
    headers: HeaderMap,
    multipart: Multipart,
) -> Response {
    match receive(&shared, session, multipart).await {
        Ok(()) => Redirect::to("/data/activity").into_response(),
        Err(refusal) => refusal.answer(&headers),
    }
}

/// An upload that was not taken.
struct Refusal {
    status: StatusCode,
    /// All that is wrong; a fault without a field is the upload's as a whole.
    faults: Vec<FieldError>,
    /// What was typed into the form, for those who are sent back to it.
    typed: Vec<(&'static str, String)>,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let fault = FieldError { field: String::new(), message: message.into() };
        Self { status, faults: vec![fault], typed: Vec::new() }
    }

    fn of_field(field: &str, message: impl Into<String>) -> Self {
        AppError::invalid(field, message).into()
    }

    /// Answers in the way that whoever sent the form understands: our own script with a document, a plain form with its page, which
    /// shows what is wrong, and anybody else with a text.
    fn answer(self, headers: &HeaderMap) -> Response {
        let accepts = |kind: &str| {
            headers
                .get(header::ACCEPT)
                .and_then(|value| value.to_str().ok())
                .is_some_and(|text| text.contains(kind))
        };
        let line = |FieldError { field, message }: &FieldError| {
            if field.is_empty() { message.clone() } else { format!("{field}: {message}") }
        };
        let mut response = if accepts("text/html") {
            Redirect::to(&self.page()).into_response()
        } else if accepts("application/json") {
            (self.status, axum::Json(json!({ "fields": self.faults }))).into_response()
        } else {
            let text = self.faults.iter().map(line).collect::<Vec<_>>().join("\n");
            (self.status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        };
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(BUSY_SECS));
        }
        response
    }

    /// Returns the address of the form with what is wrong and what was typed, as refused forms of leptos have it.
    fn page(&self) -> String {
        let error = AppError::Invalid { fields: self.faults.clone() };
        // Only the path and the query are used.
        let Ok(mut url) = ServerFnUrlError::new(PATH, error).to_url("http://server/data/get") else {
            return "/data/get#import".to_owned();
        };
        for (name, text) in &self.typed {
            url.query_pairs_mut().append_pair(&format!("typed[{name}]"), text);
        }
        format!("{}?{}#import", url.path(), url.query().unwrap_or_default())
    }

    /// Logs what went wrong here and tells the sender no more of it than where the log has it.
    fn internal(error: impl std::fmt::Display) -> Self {
        let id = Uuid::now_v7();
        tracing::error!(error.id = %id, %error, "an upload failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, logged(&id.to_string()))
    }

    /// Says what a write to disk that failed means for the sender.
    fn disk(error: std::io::Error) -> Self {
        let is_full =
            matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded);
        if !is_full {
            return Self::internal(error);
        }
        tracing::error!(%error, "an upload found no room");
        let message =
            "The server's disk is full: nothing of this upload was kept. Ask an administrator to make room.";
        Self::new(StatusCode::INSUFFICIENT_STORAGE, message)
    }
}

fn logged(id: &str) -> String {
    format!("The upload failed on the server. Its log has the details under {id}.")
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match error {
            AppError::Unauthenticated => Self::new(status, "Sign in first."),
            // It is in the log already, under this id.
            AppError::Internal { id } => Self::new(status, logged(&id)),
            AppError::Invalid { fields } => Self { status, faults: fields, typed: Vec::new() },
            other => Self::new(status, other.to_string()),
        }
    }
}

impl From<MultipartError> for Refusal {
    fn from(error: MultipartError) -> Self {
        Self::new(error.status(), format!("The upload broke off or is no form: {}.", error.body_text()))
    }
}

async fn receive(shared: &Arc<Shared>, session: Session, mut multipart: Multipart) -> Result<(), Refusal> {
    let services = RequestServices::new(shared.clone(), session, None);
    let user = services.signed_in().await?;
    let _place = shared.uploading.try_take(user.id).ok_or_else(|| {
        let message = "Several of your uploads are under way already; send this one when they are done.";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })?;
    // Whatever breaks this off, a refusal or a browser that goes away, deletes what has arrived.
    let upload = Upload::begin(&shared.uploads).await.map_err(Refusal::disk)?;
    let (series, files, replace) = match store_parts(&mut multipart, upload.folder()).await {
        Ok(received) => received,
        Err(refusal) => {
            read_to_the_end(multipart).await;
            return Err(refusal);
        }
    };
    let names: Vec<_> =
        files.iter().filter_map(|file| file.file_name()).map(|name| name.to_string_lossy()).collect();
    let title: String = format!("Import {} into {series}", names.join(", ")).chars().take(200).collect();
    let work = ImportJob { series, files, folder: upload.folder().to_owned(), replace };
    let spec = serde_json::to_value(work).map_err(Refusal::internal)?;
    let new = NewJob { kind: JobKind::Import, title, spec };
    let store = shared.store.clone();
    // On a task of its own: a browser that goes away now must not leave a queued import without its files.
    let queued = tokio::spawn(async move {
        let queued = store.enqueue_job(user.id, new, now()).await;
        if queued.is_ok() {
            upload.taken_over();
        }
        queued
    });
    let job = queued.await.map_err(Refusal::internal)?.map_err(Refusal::internal)?;
    shared.queued(&job);
    Ok(())
}

/// Takes what is left of a refused form, for a while: a browser that is still sending would see a broken connection instead of the
/// refusal.
async fn read_to_the_end(mut multipart: Multipart) {
    let rest = async { while let Ok(Some(_)) = multipart.next_field().await {} };
    if tokio::time::timeout(PATIENCE, rest).await.is_err() {
        tracing::debug!("a refused upload was still arriving and was cut off");
    }
}

/// Writes the files and reads the series they belong to.
async fn store_parts(
    multipart: &mut Multipart,
    folder: &Path,
) -> Result<(SeriesKey, Vec<PathBuf>, bool), Refusal> {
    let mut texts: BTreeMap<&'static str, String> = BTreeMap::new();
    let (mut replace, mut files) = (false, Vec::new());
    while let Some(field) = multipart.next_field().await? {
        let name = field.name().unwrap_or_default();
        if let Some(name) = TEXTS.into_iter().find(|text| *text == name) {
            texts.insert(name, read(field, name).await?);
            continue;
        }
        match name {
            // A box that is not ticked is not sent.
            "replace" => replace = true,
            "files" => {
                if files.len() == MAX_FILES {
                    let message = format!("Too many files: at most {MAX_FILES} at once.");
                    return Err(Refusal::of_field("files", message));
                }
                // A form without a chosen file sends one without a name.
                if field.file_name().is_some_and(|name| !name.is_empty()) {
                    files.push(write_file(field, folder).await?);
                }
            }
            // Whatever else a form carries is not ours to judge.
            _ => {}
        }
    }
    let text = |name| texts.get(name).map_or("", String::as_str);
    let mut faults = Faults::default();
    let exchange = faults.read("exchange", text("exchange"));
    let symbol = faults.read("symbol", text("symbol"));
    let interval = faults.read("interval", text("interval"));
    if files.is_empty() {
        faults.add("files", "Choose at least one file: .csv, .csv.gz or .zip, as Binance publishes them.");
    }
    let refused = faults.finish().err();
    if let (Some(exchange), Some(symbol), Some(interval), None) = (exchange, symbol, interval, &refused) {
        return Ok((SeriesKey { exchange, symbol, interval }, files, replace));
    }
    let refused = refused.unwrap_or_else(|| AppError::invalid("", "Check the form."));
    Err(Refusal { typed: texts.into_iter().collect(), ..refused.into() })
}

/// Reads a field of text.
async fn read(mut field: Field<'_>, name: &str) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        bytes.extend_from_slice(&chunk);
        // The limit of the whole form is made for files.
        if bytes.len() > MOST_TEXT {
            return Err(Refusal::of_field(name, format!("Enter at most {MOST_TEXT} bytes.")));
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes one file under its own name, or a harmless form of it.
async fn write_file(mut field: Field<'_>, folder: &Path) -> Result<PathBuf, Refusal> {
    let given = field.file_name().unwrap_or_default();
    let name: String =
        given.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')).collect();
    // The end is kept: it says what kind of file it is.
    let excess = name.len().saturating_sub(MOST_NAME);
    let start = (excess..name.len()).find(|at| name.is_char_boundary(*at)).unwrap_or_default();
    let name = name[start..].trim_start_matches('.');
    let name = if name.is_empty() { "upload.csv" } else { name };
    let path = folder.join(name);
    let mut file = File::create_new(&path).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Refusal::of_field("files", format!("Two files are named '{name}'."))
        }
        _ => Refusal::disk(error),
    })?;
    while let Some(chunk) = field.chunk().await? {
        file.write_all(&chunk).await.map_err(Refusal::disk)?;
    }
    file.flush().await.map_err(Refusal::disk)?;
    Ok(path)
}
