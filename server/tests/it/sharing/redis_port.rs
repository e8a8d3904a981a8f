//! A Redis of the test's own, reached over TCP as settings name it: the throw-away server listens on a socket in its folder only.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;

use testkit::RedisServer;

/// A Redis that ends with this.
pub(crate) struct RedisPort {
    /// Ends it when dropped.
    _server: RedisServer,
    url: String,
}

impl RedisPort {
    pub(crate) fn open() -> Self {
        let server = RedisServer::start();
        let socket = server.url().strip_prefix("unix://").expect("it listens on a socket").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("redis://{}", listener.local_addr().unwrap());
        // Threads of their own, which end with the test's process: what else it does must not slow Redis down.
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let far = UnixStream::connect(&socket).expect("Redis runs");
                near.set_nodelay(true).expect("a socket");
                join(&near, &far);
            }
        });
        Self { _server: server, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Carries bytes both ways until either end is cut.
fn join(near: &TcpStream, far: &UnixStream) {
    let clone = || (near.try_clone().expect("a socket"), far.try_clone().expect("a socket"));
    let (from, to) = clone();
    std::thread::spawn(move || {
        carry(&from, &to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let (to, from) = clone();
    std::thread::spawn(move || {
        carry(&from, &to);
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// A process that is killed cuts its connection in the middle, which is as good an end as any.
fn carry(mut from: impl Read, mut to: impl Write) {
    let _ = std::io::copy(&mut from, &mut to);
}
