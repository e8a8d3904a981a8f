//! Headers of every kind of answer: policy, caching, compression, health.

use std::collections::BTreeSet;

use super::browser::Browser;
use super::fixture::House;
use super::installation::Installation;

const EVERYWHERE: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
];

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let house = House::new().await;
    std::fs::write(house.installation.site().join("pkg/crypto.js"), "export {};").unwrap();
    for path in ["/", "/signin", "/health", "/pkg/crypto.js", "/nothing", "/api/session", "/data/import"] {
        let answer = house.alice.open(path).await;
        for (name, value) in EVERYWHERE {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn scripts_of_a_page_run_by_its_nonce_only_and_it_is_new_each_time() {
    let house = House::new().await;
    let mut nonces = BTreeSet::new();
    for path in ["/", "/signin", "/backtests/new", "/nothing"] {
        let page = house.alice.open(path).await;
        let policy = page.header("content-security-policy");
        let scripts = policy.split("; ").find(|part| part.starts_with("script-src ")).unwrap_or_default();
        let nonce =
            scripts.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
        assert!(nonce.len() >= 16, "{path}: {policy}");
        assert!(
            !scripts.contains("unsafe-inline") && !scripts.contains("'unsafe-eval'"),
            "{path}: {scripts}"
        );
        for tag in page.body.split("<script").skip(1) {
            let tag = tag.split('>').next().unwrap();
            let is_allowed = tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("src=\"/");
            assert!(is_allowed, "{path}: <script{tag}> would be blocked");
        }
        for attribute in [" onclick=", " onload=", " onerror=", "javascript:"] {
            assert!(!page.body.contains(attribute), "{path}: {attribute}");
        }
        nonces.insert(nonce.to_owned());
    }
    assert_eq!(nonces.len(), 4, "a nonce was used twice");
}

#[tokio::test]
async fn private_pages_are_not_kept_and_files_are_asked_about() {
    let house = House::new().await;
    let file = house.installation.site().join("pkg/crypto.js");
    std::fs::write(&file, "export const greeting = 'hello';\n".repeat(200)).unwrap();
    for path in ["/", "/backtests", "/signin"] {
        let page = house.alice.open(path).await;
        assert!(matches!(page.header("cache-control"), "no-cache" | "no-store"), "{path}");
    }
    let first = house.alice.open("/pkg/crypto.js").await;
    assert_eq!((first.status, first.header("cache-control")), (200, "no-cache"));
    assert!(first.header("content-type").contains("javascript"), "{}", first.header("content-type"));
    let date = first.header("last-modified").to_owned();
    let again = house.alice.request(reqwest::Method::GET, "/pkg/crypto.js").header("if-modified-since", date);
    assert_eq!(house.alice.send(again).await.status, 304);
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_can_read_it() {
    let house = House::new().await;
    let folder = house.installation.site().join("pkg");
    std::fs::write(folder.join("crypto.js"), "export const greeting = 'hello';\n".repeat(200)).unwrap();
    std::fs::write(folder.join("crypto_bg.wasm"), vec![0_u8; 5000]).unwrap();
    std::fs::write(folder.join("crypto_bg.wasm.br"), b"made when it was built").unwrap();
    for (path, coding) in [("/", "gzip"), ("/", "br"), ("/pkg/crypto.js", "gzip"), ("/pkg/crypto.js", "br")] {
        let request = house.alice.request(reqwest::Method::GET, path).header("accept-encoding", coding);
        let answer = house.alice.send(request).await;
        assert_eq!(answer.header("content-encoding"), coding, "{path}");
        assert!(answer.header("vary").to_ascii_lowercase().contains("accept-encoding"), "{path}");
    }
    let request =
        house.alice.request(reqwest::Method::GET, "/pkg/crypto_bg.wasm").header("accept-encoding", "br");
    let answer = house.alice.send(request).await;
    assert_eq!(
        (answer.header("content-encoding"), answer.header("content-type")),
        ("br", "application/wasm")
    );
    assert_eq!(answer.body, "made when it was built", "what the build compressed is not compressed again");
}

#[tokio::test]
async fn health_needs_nobody() {
    let installation = Installation::new();
    let server = installation.serve();
    let answer = Browser::new(&server).open("/health").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok"));
    assert_eq!(answer.header("set-cookie"), "");
}
