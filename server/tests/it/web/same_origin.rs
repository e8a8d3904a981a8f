//! Writes that another site's page sends with our cookie.

use reqwest::Method;

use super::browser::Browser;
use super::fixture::House;
use super::queue::jobs;
use super::upload::Upload;

const FOREIGN: [(&str, &str); 4] = [
    ("origin", "https://evil.example"),
    ("origin", "null"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
];

#[tokio::test]
async fn writes_from_another_site_are_refused_before_they_are_read() {
    let house = House::new().await;
    for (name, value) in FOREIGN {
        for endpoint in ["delete_run", "delete_job", "start_ingest", "sign_in", "sign_out", "set_up", "jobs"]
        {
            let request = house.alice.request(Method::POST, &format!("/api/{endpoint}")).header(name, value);
            let answer = house.alice.send(request.body(format!("id={}", house.run))).await;
            assert_eq!(answer.status, 403, "{endpoint} with {name}: {value}: {}", answer.body);
            assert_eq!(answer.header("set-cookie"), "", "{endpoint}");
        }
        let upload = Upload::into_series("binance", "EVILUSDT", "1m").file("a.csv", b"1,1,1,1,1,1\n");
        let answer = house.alice.send(upload.request(&house.alice).header(name, value)).await;
        assert_eq!(answer.status, 403, "an upload with {name}: {value}");
    }
    assert_eq!(house.alice.call("run", &[("id", &house.run)]).await.status, 200);
    assert_eq!(jobs(&house.alice).await.len(), 1);
}

#[tokio::test]
async fn our_own_pages_and_plain_clients_may_write() {
    let house = House::new().await;
    let own = house.server.origin().to_owned();
    for (name, value) in
        [("origin", own.as_str()), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none")]
    {
        let request = house.alice.request(Method::POST, "/api/dashboard").header(name, value);
        assert_eq!(house.alice.send(request).await.status, 200, "{name}: {value}");
    }
    assert_eq!(house.alice.call("dashboard", &[]).await.status, 200);
    // Reading pages by a link from elsewhere is what the web is for.
    let request = house.alice.request(Method::GET, "/backtests").header("sec-fetch-site", "cross-site");
    assert_eq!(house.alice.send(request).await.status, 200);
}

#[tokio::test]
async fn no_answer_allows_another_site_to_read_it() {
    let house = House::new().await;
    for browser in [&house.alice, &Browser::new(&house.server)] {
        for (method, path) in
            [(Method::GET, "/"), (Method::POST, "/api/session"), (Method::OPTIONS, "/api/session")]
        {
            let request = browser.request(method, path).header("sec-fetch-site", "same-origin");
            let answer = browser.send(request).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        }
    }
}
