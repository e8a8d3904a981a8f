//! Another user, who goes on reading pages while somebody attacks.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::web::browser::Browser;
use crate::web::installation::Server;

/// What a reader of pages may wait for 99 of 100 of them while somebody attacks.
const ALLOWED: Duration = Duration::from_millis(100);
/// On a machine that is busy with other things, or with a build for debugging: so many times what it was without the attack.
const ALLOWED_OF_QUIET: u32 = 10;
/// Pages that a quiet reading takes.
const QUIET_PAGES: usize = 100;

/// How pages were read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    times: Vec<Duration>,
    failures: Vec<String>,
}

impl Reading {
    /// Returns the time that 99 of 100 pages took at most.
    pub(super) fn p99(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort();
        times.get((times.len() * 99).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
    }

    async fn page(&mut self, browser: &Browser, client: &Client, at: usize) {
        const PAGES: [&str; 4] = ["/", "/backtests", "/strategies", "/data"];
        let path = PAGES[at % PAGES.len()];
        let began = Instant::now();
        // A connection of its own, as somebody who has just come has.
        let request = browser.request(Method::GET, path).header("accept", "text/html").build().unwrap();
        let answered = async {
            let response = client.execute(request).await?.error_for_status()?;
            response.bytes().await
        };
        match answered.await {
            Ok(body) if !body.is_empty() => self.times.push(began.elapsed()),
            Ok(_) => self.failures.push(format!("{path} was empty")),
            Err(error) => self.failures.push(format!("{path}: {error:?}")),
        }
    }
}

fn client() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

/// Reads pages while nothing else happens.
pub(super) async fn quiet(browser: &Browser) -> Reading {
    let (client, mut reading) = (client(), Reading::default());
    for at in 0..QUIET_PAGES {
        reading.page(browser, &client, at).await;
    }
    reading
}

/// Reads pages until the attack is over, at least `least` of them; returns what came of both.
pub(super) async fn meanwhile<T>(
    browser: &Browser,
    least: usize,
    attack: impl Future<Output = T>,
) -> (T, Reading) {
    let over = AtomicBool::new(false);
    let attack = async {
        let result = attack.await;
        over.store(true, Ordering::Relaxed);
        result
    };
    let reading = async {
        let (client, mut reading) = (client(), Reading::default());
        let mut at = 0;
        while at < least || !over.load(Ordering::Relaxed) {
            reading.page(browser, &client, at).await;
            at += 1;
        }
        reading
    };
    tokio::join!(attack, reading)
}

/// Fails unless the bystander was served as if nothing happened. They read once more when it is over: other tests may have begun since.
pub(super) async fn assert_undisturbed(what: &str, browser: &Browser, before: &Reading, meanwhile: &Reading) {
    let after = quiet(browser).await;
    let (before, after, during) = (before.p99(), after.p99(), meanwhile.p99());
    let pages = meanwhile.times.len();
    eprintln!(
        "{what}: another user's pages, p99 {before:?} before, {during:?} meanwhile ({pages} pages), {after:?} after"
    );
    assert_eq!(meanwhile.failures, Vec::<String>::new(), "{what}: pages failed");
    let allowed = ALLOWED.max(before.max(after) * ALLOWED_OF_QUIET);
    assert!(during <= allowed, "{what}: p99 {during:?}, allowed are {allowed:?}");
}

/// What a process takes of memory now, and the most that it ever took; in bytes.
pub(super) fn memory(server: &Server) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let kilobytes = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of the kernel's");
        line.split_whitespace().next().and_then(|text| text.parse().ok()).expect("a number")
    };
    (kilobytes("VmRSS:") * 1024, kilobytes("VmHWM:") * 1024)
}

/// Lets this process open as many sockets as an attack needs.
pub(super) fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
}
