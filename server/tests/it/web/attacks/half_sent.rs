//! Eleven hundred requests that never come to an end.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::bystander::{assert_undisturbed, meanwhile, quiet, raise_file_limit};
use crate::web::browser::Browser;
use crate::web::installation::{Installation, Server};

const REQUESTS: usize = 1100;
/// Files that the server may open: what a process usually may, and fewer than there are requests.
const FILES: u32 = 1024;
/// How long a request may stay half sent, with some time for a machine that is busy building.
const PATIENCE: Duration = Duration::from_mins(1);

const HALF_A_HEAD: &str = "GET / HTTP/1.1\r\nhost: localhost\r\nx-more: ";
const HALF_A_BODY: &str = "POST /api/sign_in HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5000\r\n\
                           content-type: application/x-www-form-urlencoded\r\n\r\nname=";

async fn half_sent(server: &Server, text: &str) -> Option<TcpStream> {
    let address = server.origin().strip_prefix("http://").unwrap();
    // A server that cuts it off at once is within its rights.
    let connecting = tokio::time::timeout(Duration::from_secs(5), TcpStream::connect(address));
    let mut stream = connecting.await.ok()?.ok()?;
    stream.write_all(text.as_bytes()).await.ok()?;
    Some(stream)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_sent_requests_keep_nobody_out_and_end() {
    raise_file_limit();
    let installation = Installation::with_users(&["bob"]);
    let server = installation.serve_with_files(FILES);
    let bob = Browser::signed_in(&server, "bob").await;
    let quiet = quiet(&bob).await;

    let attack = async {
        let mut held = Vec::new();
        for at in 0..REQUESTS {
            let text = if at % 3 == 0 { HALF_A_BODY } else { HALF_A_HEAD };
            held.push(half_sent(&server, text).await);
        }
        held
    };
    let (held, reading) = meanwhile(&bob, 100, attack).await;
    let connected = held.iter().flatten().count();
    assert!(connected >= REQUESTS / 2, "the attack had no effect: {connected} connections");

    // While all of them wait, somebody who comes now is served.
    let ((), later) = meanwhile(&bob, 50, async {}).await;
    assert_undisturbed("half-sent requests, while they come", &bob, &quiet, &reading).await;
    assert_undisturbed("half-sent requests, while they wait", &bob, &quiet, &later).await;

    // And none of them waits for ever.
    let began = Instant::now();
    for mut stream in held.into_iter().flatten() {
        let mut rest = Vec::new();
        let left = PATIENCE.saturating_sub(began.elapsed());
        let ended = tokio::time::timeout(left, stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "a half-sent request is still open after {PATIENCE:?}");
    }
    eprintln!("all half-sent requests had ended after {:?}", began.elapsed());
}
