//! The open connections: how many there may be, and which one goes when there is no room for the next.
//!
//! Invariants: there are never more than the limits say, in all and from one address, but for those whose request came while their place
//! was being taken: they are answered first. A connection on which the server is at work is never cut to make room, one that has been
//! waiting for its client the longest is; a client that says or takes nothing for too long is cut anyway.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a client may take to its first complete request.
pub(super) const FIRST_REQUEST: Duration = Duration::from_secs(15);
/// How long a connection may do nothing between two requests.
const IDLE: Duration = Duration::from_secs(75);
/// How long a client may take nothing of what is sent to it.
const UNREAD: Duration = Duration::from_mins(1);

/// How often a connection is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// How many connections there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// In all.
    pub(crate) all: usize,
    /// From one address. Everybody behind a proxy comes from one, so it is a large part.
    pub(crate) each: usize,
}

/// The open connections.
#[derive(Debug)]
pub(super) struct Connections {
    limits: Limits,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    /// Counts connections that ever were: a key is never used twice.
    next: u64,
    connections: BTreeMap<u64, Arc<Connection>>,
    by_address: BTreeMap<IpAddr, usize>,
}

/// One connection, as far as its limits go.
#[derive(Debug)]
pub(super) struct Connection {
    address: IpAddr,
    /// Requests whose answers are not complete.
    answering: AtomicUsize,
    has_asked: AtomicBool,
    waiting: Mutex<Waiting>,
    cut: CancellationToken,
}

/// Since when the server waits for the client, and for what.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    /// For a request.
    request: Instant,
    /// For more of a body.
    body: Option<Instant>,
    /// For room in what is sent.
    room: Option<Instant>,
}

/// A connection's place; it is given up when this is dropped.
#[derive(Debug)]
pub(super) struct Admitted {
    connections: Arc<Connections>,
    key: u64,
    pub(super) connection: Arc<Connection>,
}

impl Limits {
    /// Returns what a process that may open so many files can bear: its databases and candles need some of them.
    pub(crate) fn of_files(files: u64) -> Self {
        const FOR_OTHER_FILES: u64 = 256;
        const MOST: u64 = 4096;
        let all = files.saturating_sub(FOR_OTHER_FILES).max(files / 2).clamp(16, MOST);
        let all = usize::try_from(all).unwrap_or(16);
        Self { all, each: all / 2 }
    }
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, open: Mutex::default() })
    }

    /// Takes a connection in, if need be in place of another one; `None` when the server is at work on all of them.
    pub(super) fn admit(self: &Arc<Self>, from: IpAddr) -> Option<Admitted> {
        let address = household(from);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = open.by_address.get(&address).copied().unwrap_or(0);
        if of_address >= self.limits.each {
            open.cut_one(Some(address))?;
        }
        if open.connections.len() >= self.limits.all {
            let busiest =
                open.by_address.iter().max_by_key(|(_, count)| **count).map(|(address, _)| *address);
            open.cut_one(busiest).or_else(|| open.cut_one(None))?;
        }
        let key = open.next;
        open.next += 1;
        let connection = Arc::new(Connection::new(address));
        open.connections.insert(key, connection.clone());
        *open.by_address.entry(address).or_default() += 1;
        drop(open);
        Some(Admitted { connections: self.clone(), key, connection })
    }

    /// Cuts the connection that waits the longest, to get a file back.
    pub(super) fn make_room(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).cut_one(None);
    }
}

impl Open {
    /// Cuts the connection that has been waiting for its client the longest, of this address if one is named; first among those that
    /// never asked for anything.
    fn cut_one(&mut self, address: Option<IpAddr>) -> Option<()> {
        let candidates = self
            .connections
            .iter()
            .filter(|(_, connection)| address.is_none_or(|address| connection.address == address));
        let waiting = candidates.filter_map(|(key, connection)| {
            let since = connection.waits_since()?;
            Some((connection.has_asked.load(Ordering::Relaxed), since, *key))
        });
        let (.., key) = waiting.min()?;
        self.remove(key)?.cut.cancel();
        Some(())
    }

    fn remove(&mut self, key: u64) -> Option<Arc<Connection>> {
        let connection = self.connections.remove(&key)?;
        if let Some(count) = self.by_address.get_mut(&connection.address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&connection.address);
            }
        }
        Some(connection)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.connections.open.lock().unwrap_or_else(PoisonError::into_inner).remove(self.key);
    }
}

impl Connection {
    fn new(address: IpAddr) -> Self {
        Self {
            address,
            answering: AtomicUsize::new(0),
            has_asked: AtomicBool::new(false),
            waiting: Mutex::new(Waiting { request: Instant::now(), body: None, room: None }),
            cut: CancellationToken::new(),
        }
    }

    /// Notes that a request came; its answer is complete when what this returns is dropped.
    pub(super) fn answering(self: &Arc<Self>) -> Answering {
        self.answering.fetch_add(1, Ordering::Relaxed);
        self.has_asked.store(true, Ordering::Relaxed);
        Answering(self.clone())
    }

    /// Notes whether the server waits for more of a body.
    pub(super) fn wait_for_body(&self, waits: bool) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.body = waits.then(|| waiting.body.unwrap_or_else(Instant::now));
    }

    /// Notes whether the client takes what is sent.
    pub(super) fn wait_for_room(&self, waits: bool) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.room = waits.then(|| waiting.room.unwrap_or_else(Instant::now));
    }

    /// Returns whether the server is making an answer, and not waiting for the client in any way.
    pub(super) fn is_at_work(&self) -> bool {
        self.waits_since().is_none()
    }

    /// Returns when the server waits for the client; looks now and then.
    pub(super) async fn waits(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            if !self.is_at_work() {
                return;
            }
        }
    }

    /// Since when the server waits for the client; `None` while it is at work.
    fn waits_since(&self) -> Option<Instant> {
        let waiting = *self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let request = (self.answering.load(Ordering::Relaxed) == 0).then_some(waiting.request);
        [request, waiting.body, waiting.room].into_iter().flatten().min()
    }

    fn is_overdue(&self) -> bool {
        let waiting = *self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.room.is_some_and(|since| since.elapsed() > UNREAD) {
            return true;
        }
        let allowed = if self.has_asked.load(Ordering::Relaxed) { IDLE } else { FIRST_REQUEST };
        self.answering.load(Ordering::Relaxed) == 0 && waiting.request.elapsed() > allowed
    }

    /// Returns when the connection has to go: somebody else needs the place, or its client is silent for too long.
    pub(super) async fn has_to_go(&self) {
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = self.cut.cancelled() => return,
                _ = look.tick() => if self.is_overdue() { return },
            }
        }
    }
}

/// An answer that is being made or sent.
#[derive(Debug)]
pub(super) struct Answering(Arc<Connection>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).request = Instant::now();
        self.0.answering.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns what counts as one address: of IPv6 the half that a household has to itself.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn limits_leave_files_for_the_rest() {
        assert_eq!(Limits::of_files(1024), Limits { all: 768, each: 384 });
        assert_eq!(Limits::of_files(256), Limits { all: 128, each: 64 });
        assert_eq!(Limits::of_files(1_048_576), Limits { all: 4096, each: 2048 });
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_the_longest_for_nothing_goes_first_and_whoever_is_served_stays() {
        let connections = Connections::new(Limits { all: 10, each: 3 });
        let mut held = Vec::new();
        for _ in 0..3 {
            held.push(connections.admit(ip("10.0.0.1")).expect("room"));
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        // The first is answered, the second was and is idle, the third has never asked.
        let answer = held[0].connection.answering();
        drop(held[1].connection.answering());
        let fourth = connections.admit(ip("10.0.0.1")).expect("room was made");
        assert!(held[2].connection.cut.is_cancelled());
        let fifth = fourth.connection.answering();
        let sixth = connections.admit(ip("10.0.0.1")).expect("room was made");
        assert!(held[1].connection.cut.is_cancelled() && !held[0].connection.cut.is_cancelled());
        let last = sixth.connection.answering();
        assert!(connections.admit(ip("10.0.0.1")).is_none(), "all are at work");
        assert!(connections.admit(ip("10.0.0.2")).is_some(), "another address is another matter");
        // A body that does not come makes a connection one that waits.
        held[0].connection.wait_for_body(true);
        assert!(connections.admit(ip("10.0.0.1")).is_some());
        assert!(held[0].connection.cut.is_cancelled());
        drop((answer, fifth, last));
    }

    #[tokio::test(start_paused = true)]
    async fn when_all_places_are_taken_the_address_with_the_most_gives_one() {
        let connections = Connections::new(Limits { all: 4, each: 3 });
        let modest = connections.admit(ip("2001:db8::1")).expect("room");
        let greedy: Vec<_> = (1..=3)
            .map(|host| connections.admit(ip(&format!("2001:db8:0:1::{host}"))).expect("room"))
            .collect();
        let _next = connections.admit(ip("10.0.0.9")).expect("room was made");
        assert!(!modest.connection.cut.is_cancelled());
        assert!(greedy[0].connection.cut.is_cancelled());
        drop(greedy);
        assert_eq!(connections.open.lock().expect("unbroken").connections.len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_client_has_to_go() {
        let connections = Connections::new(Limits { all: 4, each: 4 });
        let admitted = connections.admit(ip("10.0.0.1")).expect("room");
        let began = Instant::now();
        admitted.connection.has_to_go().await;
        assert!(began.elapsed() >= FIRST_REQUEST && began.elapsed() < FIRST_REQUEST * 2);
        // One that is answered may take as long as it likes, unless it takes nothing of the answer.
        let answer = admitted.connection.answering();
        let waited = tokio::time::timeout(Duration::from_hours(1), admitted.connection.has_to_go()).await;
        assert!(waited.is_err());
        let waited = tokio::time::timeout(Duration::from_hours(1), admitted.connection.waits()).await;
        assert!(waited.is_err());
        admitted.connection.wait_for_body(true);
        admitted.connection.waits().await;
        admitted.connection.wait_for_body(false);
        admitted.connection.wait_for_room(true);
        admitted.connection.has_to_go().await;
        admitted.connection.wait_for_room(false);
        drop(answer);
        let began = Instant::now();
        admitted.connection.has_to_go().await;
        assert!(began.elapsed() >= IDLE);
    }
}
