//! Six hundred guesses of a password at once.

use std::time::{Duration, Instant};

use futures::future::join_all;

use super::bystander::{assert_undisturbed, meanwhile, memory, quiet, raise_file_limit};
use crate::web::browser::Browser;
use crate::web::installation::{Installation, PASSWORD};

const GUESSES: usize = 600;
/// What six hundred guesses may take of memory beyond what the server takes at rest, in bytes.
const MEMORY: u64 = 200_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_six_hundred_guesses_at_once_five_are_evaluated_and_nobody_else_notices() {
    raise_file_limit();
    let installation = Installation::with_users(&["alice", "bob", "carol"]);
    let server = installation.serve();
    let bob = Browser::signed_in(&server, "bob").await;
    let quiet = quiet(&bob).await;
    let (rest, _) = memory(&server);

    let attacker = Browser::new(&server);
    let attack = async {
        let began = Instant::now();
        let guesses = (0..GUESSES).map(|guess| {
            let password = format!("a wrong guess, number {guess}");
            let attacker = &attacker;
            async move { attacker.sign_in("alice", &password).await }
        });
        // Signing in works meanwhile, at another name and from the same address.
        let carol = Browser::new(&server);
        let (answers, carols) = tokio::join!(join_all(guesses), carol.sign_in("carol", PASSWORD));
        (answers, carols, began.elapsed())
    };
    let ((answers, carols, took), reading) = meanwhile(&bob, 100, attack).await;

    let evaluated = answers.iter().filter(|answer| answer.status == 422).count();
    let (_, peak) = memory(&server);
    eprintln!(
        "{evaluated} of {GUESSES} guesses were evaluated in {took:?}; memory at rest {rest}, at most {peak}"
    );
    // Five at once; when they come slowly, one more after each wait of 1, 2, 4 … seconds is due.
    let later = (1..20).take_while(|doublings| took >= Duration::from_secs((1 << doublings) - 1)).count();
    let due = 5 + later;
    assert!((5..=due).contains(&evaluated), "{evaluated} guesses were evaluated, {due} were due in {took:?}");
    for answer in answers.iter().filter(|answer| answer.status != 422) {
        assert!(matches!(answer.status, 429 | 503), "{}: {}", answer.status, answer.body);
        assert!(!answer.header("retry-after").is_empty(), "{}", answer.body);
    }
    assert_eq!(carols.status, 200, "{}", carols.body);
    let grown = peak.saturating_sub(rest);
    assert!(grown < MEMORY, "the server grew by {grown} bytes");
    assert_undisturbed("guesses of a password", &bob, &quiet, &reading).await;
}
