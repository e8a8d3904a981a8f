//! The server dies while files are uploaded, checked, read and stored.

use std::time::{Duration, Instant};

use serde_json::Value;
use types::Provenance;

use super::aftermath::{expect_a_part_of, expect_a_sound_database, expect_no_uploads, expect_the_whole_of};
use super::dice::{Dice, rounds};
use super::market::{csv, minutes, series};
use crate::web::browser::Browser;
use crate::web::installation::Installation;
use crate::web::queue::{jobs, newest, wait_until_done};
use crate::web::upload::Upload;

#[tokio::test]
async fn an_import_survives_a_kill_at_any_moment_of_upload_and_work() {
    let truth = minutes();
    let file = csv(&truth).into_bytes();
    let installation = Installation::with_users(&["alice"]);
    let mut dice = Dice::new();
    let (upload, work) = measure(&installation, &file).await;
    for round in 0..rounds() {
        let symbol = format!("ROUND{round}USDT");
        // Every third moment lies in the upload, which is short beside the work.
        let is_upload = round % 3 == 2;
        let moment = if is_upload { dice.moment(upload) } else { upload + dice.moment(work) };
        let at = format!("round {round}, killed after {moment:?} of {upload:?} + {work:?}");
        let key = series(&format!("binance {symbol} 1m"));

        let mut server = installation.serve();
        let browser = Browser::signed_in(&server, "alice").await;
        let before = jobs(&browser).await.len();
        let request =
            Upload::into_series("binance", &symbol, "1m").file("minutes.csv", &file).request(&browser);
        // An upload that the kill breaks off has an error, which is the browser's business.
        let sending = tokio::spawn(request.send());
        tokio::time::sleep(moment).await;
        server.kill();
        let _ = sending.await;
        expect_a_sound_database(&installation).await;
        expect_a_part_of(&installation, &key, &truth).await;

        let server = installation.serve();
        let browser = Browser::signed_in(&server, "alice").await;
        let after = jobs(&browser).await;
        if after.len() == before {
            // The upload was not complete: it is gone without a trace, and sent again.
            expect_no_uploads(&installation);
            send(&browser, &symbol, &file).await;
        }
        let job = wait_until_done(&browser, &newest(&browser).await).await;
        assert_eq!(jobs(&browser).await.len(), before + 1, "{at}: one job");
        assert!(job["outcome"].as_str().is_some_and(|text| text.contains("candles")), "{at}: {job:#}");
        drop(server);
        expect_the_whole_of(&installation, &key, &truth, Provenance::Imported).await;
        restart_and_expect_no_uploads(&installation).await;
    }
}

/// Imports without a kill, and returns how long the upload and the work took.
async fn measure(installation: &Installation, file: &[u8]) -> (Duration, Duration) {
    let server = installation.serve();
    let browser = Browser::signed_in(&server, "alice").await;
    let start = Instant::now();
    send(&browser, "MEASUREUSDT", file).await;
    let upload = start.elapsed();
    let job: Value = wait_until_done(&browser, &newest(&browser).await).await;
    assert_eq!(job["kind"], "import");
    (upload, start.elapsed().saturating_sub(upload))
}

async fn send(browser: &Browser, symbol: &str, file: &[u8]) {
    let request = Upload::into_series("binance", symbol, "1m").file("minutes.csv", file).request(browser);
    let answer = browser.send(request).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
}

/// A kill between the end of a job and the deletion of its files is cleaned up by the next start at the latest.
async fn restart_and_expect_no_uploads(installation: &Installation) {
    let server = installation.serve();
    assert_eq!(Browser::new(&server).open("/health").await.status, 200);
    expect_no_uploads(installation);
}
