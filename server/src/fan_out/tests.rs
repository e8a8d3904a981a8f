//! One process, several processes, and a Redis that goes away or falls silent.

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;

use super::*;

/// Runs an end until the test is over.
fn carried(fan_out: &FanOut<u64>, url: &str, shutdown: &CancellationToken) {
    tokio::spawn(fan_out.clone().carry(url.to_owned(), shutdown.clone()));
}

/// Tells `news` again and again until it is heard: whoever is not connected yet hears nothing.
async fn told_until_heard(by: &FanOut<u64>, listener: &mut broadcast::Receiver<u64>, news: u64) {
    let mut again = tokio::time::interval(Duration::from_millis(20));
    loop {
        tokio::select! {
            heard = listener.recv() => if heard.expect("news") == news { return },
            _ = again.tick() => drop(by.told.send(news)),
        }
    }
}

#[tokio::test]
async fn without_redis_pages_hear_their_own_process() {
    let fan_out = FanOut::new("test:alone");
    let (mut page, shutdown) = (fan_out.published.subscribe(), CancellationToken::new());
    carried(&fan_out, "memory", &shutdown);
    told_until_heard(&fan_out, &mut page, 1).await;
    shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_redis_every_process_hears_it_once() {
    let url = testkit::redis_url();
    let (worker, web, shutdown) =
        (FanOut::new("test:two"), FanOut::new("test:two"), CancellationToken::new());
    let (mut own_page, mut other_page) = (worker.published.subscribe(), web.published.subscribe());
    carried(&worker, url, &shutdown);
    carried(&web, url, &shutdown);
    told_until_heard(&worker, &mut other_page, 7).await;
    // Both ends are connected now. What comes after the marks has been heard by both, and by each once.
    for news in [8, 9] {
        worker.told.send(news).expect("a listener");
    }
    for page in [&mut own_page, &mut other_page] {
        let mut heard = Vec::new();
        while heard.last() != Some(&9) {
            heard.push(page.recv().await.expect("news"));
        }
        heard.retain(|news| *news != 7);
        assert_eq!(heard, [8, 9]);
    }
    shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_is_not_there_keeps_nothing_from_the_own_pages() {
    let fan_out = FanOut::new("test:away");
    let (mut page, shutdown) = (fan_out.published.subscribe(), CancellationToken::new());
    let closed =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    carried(&fan_out, &format!("redis://{closed}"), &shutdown);
    told_until_heard(&fan_out, &mut page, 3).await;
    shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_are_opened_again() {
    let redis = testkit::RedisServer::start();
    let url = redis.url();
    let (worker, web, shutdown) =
        (FanOut::new("test:cut"), FanOut::new("test:cut"), CancellationToken::new());
    let mut page = web.published.subscribe();
    carried(&worker, url, &shutdown);
    carried(&web, url, &shutdown);
    told_until_heard(&worker, &mut page, 1).await;
    redis.halt();
    redis.start_again();
    told_until_heard(&worker, &mut page, 2).await;
    shutdown.cancel();
}

/// Forwards to Redis; connections taken before `silenced` changes are kept open from then on, and nothing more passes through.
async fn between(socket: String, silenced: watch::Receiver<bool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("redis://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut near, _)) = listener.accept().await {
            let (socket, mut silenced) = (socket.clone(), silenced.clone());
            kept.push(tokio::spawn(async move {
                silenced.mark_unchanged();
                let mut far = UnixStream::connect(socket).await.expect("Redis");
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => drop(far.shutdown().await),
                    _ = silenced.changed() => {}
                }
                // Held until the test is over: neither end is told anything.
                (near, far)
            }));
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_fall_silent_are_opened_again() {
    let redis = testkit::RedisServer::start();
    let socket = redis.url().strip_prefix("unix://").expect("a socket").to_owned();
    let (silence, silenced) = watch::channel(false);
    let through = between(socket, silenced).await;
    let (worker, mut web) = (FanOut::new("test:silent"), FanOut::new("test:silent"));
    web.beat = Duration::from_millis(200);
    let shutdown = CancellationToken::new();
    let mut page = web.published.subscribe();
    carried(&worker, redis.url(), &shutdown);
    carried(&web, &through, &shutdown);
    told_until_heard(&worker, &mut page, 1).await;
    silence.send(true).expect("connections");
    told_until_heard(&worker, &mut page, 2).await;
    shutdown.cancel();
}
