//! Files on their way in: who may send them, what is refused, and that nothing is left lying about.

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE};

use super::browser::Browser;
use super::fixture::House;
use super::queue::{jobs, newest, wait_for_end, wait_until_done};
use super::upload::Upload;

const ROWS: &[u8] = b"1704067200000,100,110,90,105,5\n1704070800000,105,112,101,108,6\n";

/// Returns everything under the uploads' folder.
fn left_over(house: &House) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(house.installation.uploads());
    entries.map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

#[tokio::test]
async fn files_are_imported_for_the_one_who_sent_them() {
    let house = House::new().await;
    let upload = Upload::into_series("binance", "ETHUSDT", "1h").file("a.csv", ROWS).file("b.csv", ROWS);
    let answer = house.bob.send(upload.request(&house.bob)).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/data/activity"));
    let job = wait_until_done(&house.bob, &newest(&house.bob).await).await;
    assert!(job["outcome"].as_str().is_some_and(|text| text.contains("2 candles added")), "{job:#}");
    assert_eq!(jobs(&house.alice).await.len(), 1, "alice has her own job only");
    let series = house.alice.call("series_list", &[]).await.json();
    assert!(series.to_string().contains("ETHUSDT"), "candles are the house's");
    // The files go once the job is recorded as done, a moment later.
    super::queue::until("the uploads are gone", || left_over(&house).is_empty()).await;
}

#[tokio::test]
async fn strangers_may_not_upload() {
    let house = House::new().await;
    let stranger = Browser::new(&house.server);
    let upload = Upload::into_series("binance", "ETHUSDT", "1h").file("a.csv", ROWS);
    let answer = stranger.send(upload.request(&stranger)).await;
    assert_eq!((answer.status, answer.body.as_str()), (401, "Sign in first."));
    assert!(left_over(&house).is_empty());
}

#[tokio::test]
async fn names_of_files_lead_nowhere_else() {
    let house = House::new().await;
    let outside = house.installation.data().join("crypto.db");
    let size = std::fs::metadata(&outside).unwrap().len();
    for name in [
        "../../../crypto.db",
        "..\\..\\crypto.db",
        "/etc/passwd",
        "....//....//crypto.db",
        ".",
        "..",
        "a/../../b.csv",
        "%2e%2e%2fcrypto.db",
        "\u{1f4a9}.csv",
        &"long".repeat(200),
        &"\u{9577}".repeat(200),
    ] {
        let upload = Upload::into_series("binance", "ETHUSDT", "1h").file(name, ROWS);
        let answer = house.alice.send(upload.request(&house.alice)).await;
        assert_eq!(answer.status, 303, "{name}: {}", answer.body);
        wait_for_end(&house.alice, &newest(&house.alice).await).await;
    }
    for path in ["crypto.db", "b.csv"] {
        let parent = house.installation.uploads();
        assert!(!parent.join(path).exists(), "{path} escaped into the folder of uploads");
    }
    assert!(std::fs::metadata(&outside).unwrap().len() >= size, "the database was not written over");
    assert_eq!(house.alice.call("dashboard", &[]).await.status, 200);
}

#[tokio::test]
async fn a_form_that_lacks_something_says_what_and_leaves_nothing() {
    let house = House::new().await;
    let series = || Upload::into_series("binance", "ETHUSDT", "1h");
    for (what, upload, status, part) in [
        ("no file", series(), 422, "at least one file"),
        ("an empty choice", series().file("", b""), 422, "at least one file"),
        ("no series", Upload::default().file("a.csv", ROWS), 422, "interval: Enter a value."),
        (
            "a bad exchange",
            Upload::into_series("../x", "ETHUSDT", "1h").file("a.csv", ROWS),
            422,
            "no exchange name",
        ),
        (
            "a bad symbol",
            Upload::into_series("binance", "../a symbol", "1h").file("a.csv", ROWS),
            422,
            "no symbol",
        ),
        (
            "a bad interval",
            Upload::into_series("binance", "ETHUSDT", "7m").file("a.csv", ROWS),
            422,
            "no interval",
        ),
        ("a name twice", series().file("a.csv", ROWS).file("a.csv", ROWS), 422, "named 'a.csv'"),
        (
            "a long field",
            series().field("symbol", &"A".repeat(100_000)).file("a.csv", ROWS),
            422,
            "symbol: Enter at most",
        ),
    ] {
        let answer = house.alice.send(upload.request(&house.alice)).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert!(answer.body.contains(part), "{what}: {}", answer.body);
        assert!(answer.body.len() < 1000, "{what}: the answer repeats the question");
    }
    assert!(left_over(&house).is_empty(), "{:?}", left_over(&house));
    assert_eq!(jobs(&house.alice).await.len(), 1, "nothing was queued");
}

#[tokio::test]
async fn a_plain_form_is_led_back_to_its_page_with_all_that_is_wrong_and_what_was_typed() {
    let house = House::new().await;
    let upload =
        Upload::into_series("binance", "a symbol", "7m").request(&house.alice).header(ACCEPT, "text/html");
    let answer = house.alice.send(upload).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = answer.header("location");
    assert!(
        page.starts_with("/data/get?__path=%2Fdata%2Fimport&__err=") && page.ends_with("#import"),
        "{page}"
    );
    let shown = house.alice.open(page.trim_end_matches("#import")).await;
    for part in ["Choose at least one file", "value=\"a symbol\"", "value=\"binance\""] {
        assert!(shown.body.contains(part), "{part} is missing");
    }
    assert_eq!(shown.body.matches("class=\"field wrong\"").count(), 3, "symbol, interval and files");
    assert!(left_over(&house).is_empty(), "{:?}", left_over(&house));
}

#[tokio::test]
async fn a_broken_form_is_refused_and_leaves_nothing() {
    let house = House::new().await;
    let browser = &house.alice;
    let whole = || Upload::into_series("binance", "ETHUSDT", "1h").file("a.csv", ROWS);
    let breaks_off = browser.send(whole().unfinished(browser, b"")).await;
    assert_eq!(breaks_off.status, 400, "{}", breaks_off.body);
    let garbage = browser.send(whole().unfinished(browser, b"--garbage")).await;
    assert_eq!(garbage.status, 400, "{}", garbage.body);
    for kind in ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"] {
        let request = browser.request(Method::POST, "/data/import");
        let answer = browser.send(request.header(CONTENT_TYPE, kind).body("exchange=binance")).await;
        assert!((400..500).contains(&answer.status), "{kind}: {} {}", answer.status, answer.body);
    }
    assert!(left_over(&house).is_empty(), "{:?}", left_over(&house));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_fails_with_its_place_and_goes_with_its_job() {
    let house = House::new().await;
    let upload =
        Upload::into_series("binance", "ETHUSDT", "1h").file("broken.zip", b"PK\x03\x04 and no more");
    assert_eq!(house.alice.send(upload.request(&house.alice)).await.status, 303);
    let id = newest(&house.alice).await;
    let job = wait_for_end(&house.alice, &id).await;
    assert_eq!(job["state"], "failed", "{job:#}");
    assert!(job["reason"].as_str().is_some_and(|reason| reason.contains("broken.zip")), "{job:#}");
    assert_eq!(left_over(&house).len(), 1, "kept for a retry");
    assert_eq!(house.alice.call("retry_job", &[("id", &id)]).await.status, 200);
    assert_eq!(wait_for_end(&house.alice, &id).await["state"], "failed");
    assert_eq!(house.alice.call("delete_job", &[("id", &id)]).await.status, 200);
    assert!(left_over(&house).is_empty(), "{:?}", left_over(&house));
}

#[tokio::test]
async fn a_browser_that_goes_away_in_the_middle_leaves_nothing() {
    use std::io::Write as _;

    let house = House::new().await;
    let request = Upload::into_series("binance", "ETHUSDT", "1h").file("a.csv", ROWS);
    let request = request.unfinished(&house.alice, b"").build().unwrap();
    let body = request.body().and_then(|body| body.as_bytes()).unwrap();
    let address = house.server.origin().strip_prefix("http://").unwrap();
    let mut connection = std::net::TcpStream::connect(address).unwrap();
    write!(connection, "POST /data/import HTTP/1.1\r\nhost: {address}\r\ncontent-length: 1000000\r\n")
        .unwrap();
    for (name, value) in request.headers() {
        write!(connection, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    connection.write_all(b"\r\n").unwrap();
    connection.write_all(body).unwrap();
    super::queue::until("the upload has begun", || !left_over(&house).is_empty()).await;
    drop(connection);
    super::queue::until("the upload is gone", || left_over(&house).is_empty()).await;
    assert_eq!(jobs(&house.alice).await.len(), 1, "nothing was queued");
}

#[tokio::test]
async fn what_replaces_everything_needs_the_box_and_no_text_names_a_folder_of_the_server() {
    let house = House::new().await;
    let rows = |price: u32| -> String {
        let row = |hour: u32| {
            let (open, price) = (1_704_067_200_000_u64 + u64::from(hour) * 3_600_000, price + hour);
            format!("{open},{price},{},{},{price},5\n", price + 1, price - 1)
        };
        (0..20).map(row).collect()
    };
    let form =
        |text: &str| Upload::into_series("binance", "ETHUSDT", "1h").file("candles.csv", text.as_bytes());
    let finished = async |upload: Upload| {
        assert_eq!(house.bob.send(upload.request(&house.bob)).await.status, 303);
        wait_for_end(&house.bob, &newest(&house.bob).await).await
    };
    assert_eq!(finished(form(&rows(1000))).await["state"], "done");
    let refused = finished(form(&rows(1001))).await;
    let reason = refused["reason"].as_str().unwrap_or_default();
    assert!(
        reason.contains("another market") && reason.contains("tick 'Replace stored candles'"),
        "{refused:#}"
    );
    let other = finished(form(&rows(1000).lines().step_by(3).collect::<Vec<_>>().join("\n"))).await;
    assert!(
        other["reason"].as_str().is_some_and(|reason| reason.starts_with("candles.csv holds 3h candles")),
        "{other:#}"
    );
    let replaced = finished(form(&rows(1001)).field("replace", "yes")).await;
    assert!(replaced["outcome"].as_str().is_some_and(|text| text.contains("20 revised")), "{replaced:#}");
    let folder = house.installation.data().display().to_string();
    for job in [&refused, &other, &replaced] {
        assert!(!job.to_string().contains(&folder), "{job:#}");
    }
}
