//! What is refused at the HTTP door: a precise answer each, and nothing handed on.

use super::ports::{House, request};
use axum::body::Body;
use driver::gatekeeper::Refusal;
use driver::intake::IntakeError;
use std::time::Duration;
use uplink::Limits;

const LINE: &str = "text/plain";

#[tokio::test]
async fn who_is_not_known_is_not_let_in_and_its_body_not_looked_at() {
    let house = House::new();
    for (authorization, status, code) in [
        (None, 401, "credential_missing"),
        (Some("Basic Zm9vOmJhcg=="), 401, "credential_missing"),
        (Some("Bearer"), 401, "token_invalid"),
        (Some("Bearer a b"), 401, "token_invalid"),
        (Some("Bearer wrong"), 401, "token_invalid"),
        (Some("Bearer blocked"), 403, "device_blocked"),
        (Some("Bearer unavailable"), 503, "gatekeeper_unavailable"),
    ] {
        // even a content type that nobody knows does not come first
        let mut request = request("text/csv", "not looked at", &[]);
        request.headers_mut().remove("authorization");
        if let Some(text) = authorization {
            request.headers_mut().insert("authorization", text.parse().unwrap());
        }
        let answer = house.ask(request).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{authorization:?}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401);
        assert_eq!(answer.headers.contains_key("retry-after"), status == 503);
    }
    // the keeper hears of everybody: it was asked, or it was told
    let missing = [Refusal::Missing, Refusal::Missing, Refusal::BadToken, Refusal::BadToken];
    assert_eq!(*house.keeper.told.lock(), missing);
    assert_eq!(house.keeper.asked.lock().len(), 3);
    assert!(house.recorder.taken.lock().is_empty());
}

#[tokio::test]
async fn a_device_that_is_blocked_while_it_sends_is_refused() {
    let house = House::new();
    *house.keeper.blocked_since.lock() = true;
    let answer = house.post(LINE, "level value=1", &[]).await;
    assert_eq!((answer.status, answer.code()), (403, "device_blocked"));
    assert_eq!(house.keeper.told.lock().len(), 1);
    assert!(house.recorder.taken.lock().is_empty());
}

#[tokio::test]
async fn unknown_formats_encodings_precisions_and_keys_are_named() {
    let house = House::new();
    let long = "k".repeat(129);
    for (content_type, headers, status, code, says) in [
        ("text/csv", vec![], 415, "unknown_format", "'text/csv'"),
        ("text/plain; charset=utf-16", vec![], 415, "unknown_format", "utf-16"),
        (LINE, vec![("content-encoding", "br")], 415, "unknown_format", "'br'"),
        (
            LINE,
            vec![("idempotency-key", "")],
            400,
            "idempotency_key_invalid",
            "1 to 128",
        ),
        (
            LINE,
            vec![("idempotency-key", "a b")],
            400,
            "idempotency_key_invalid",
            "1 to 128",
        ),
        (
            LINE,
            vec![("idempotency-key", long.as_str())],
            400,
            "idempotency_key_invalid",
            "1 to 128",
        ),
        (
            LINE,
            vec![("idempotency-key", "a"), ("idempotency-key", "b")],
            400,
            "idempotency_key_invalid",
            "once",
        ),
    ] {
        let answer = house.post(content_type, "level value=1", &headers).await;
        assert_eq!(
            (answer.status, answer.code()),
            (status, code),
            "{content_type} {headers:?}"
        );
        assert!(answer.detail().contains(says), "{}", answer.detail());
        assert_eq!(answer.json["allowed"].is_array(), status == 415);
    }
    let mut wrong = request(LINE, "level value=1", &[]);
    *wrong.uri_mut() = "/api/v1/observations?precision=minutes".parse().unwrap();
    let answer = house.ask(wrong).await;
    assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some("precision")));
    assert!(answer.detail().contains("ns, us, ms, s"), "{}", answer.detail());
    assert!(house.recorder.taken.lock().is_empty());
}

#[tokio::test]
async fn too_many_bytes_are_refused_with_the_limit_whichever_way_they_come() {
    let house = House::with(Limits {
        body: 1_000,
        unpacked: 10_000,
        ..Limits::default()
    });
    let bomb = zstd::encode_all(&vec![b'\n'; 10_001][..], 1).unwrap();
    let fits = zstd::encode_all(format!("{:\n>9987}level value=1", "").as_bytes(), 1).unwrap();
    let announced = house.post(LINE, "x", &[("content-length", "1001")]).await;
    let sent = house
        .post(
            LINE,
            Body::from_stream(futures::stream::iter([Ok::<_, std::io::Error>("x".repeat(1_001))])),
            &[],
        )
        .await;
    let unpacked = house.post(LINE, bomb, &[("content-encoding", "zstd")]).await;
    for (answer, limit) in [(announced, 1_000), (sent, 1_000), (unpacked, 10_000)] {
        assert_eq!((answer.status, answer.code()), (413, "too_large"));
        assert_eq!(answer.json["limit"], limit);
    }
    assert!(house.recorder.taken.lock().is_empty());
    assert_eq!(
        house.post(LINE, fits, &[("content-encoding", "zstd")]).await.status,
        200
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up() {
    let house = House::with(Limits {
        patience: Duration::from_secs(3),
        ..Limits::default()
    });
    let never = Body::from_stream(futures::stream::pending::<Result<&'static [u8], std::io::Error>>());
    let answer = house.post(LINE, never, &[]).await;
    assert_eq!((answer.status, answer.code()), (408, "too_slow"));
}

#[tokio::test(start_paused = true)]
async fn who_finds_no_place_among_slow_bodies_is_told_to_come_back() {
    let house = House::with(Limits {
        patience: Duration::from_secs(3),
        large_at_once: 1,
        ..Limits::default()
    });
    let never = || Body::from_stream(futures::stream::pending::<Result<&'static [u8], std::io::Error>>());
    let slow = || house.post(LINE, never(), &[]);
    // the second one may have the place of the first in the last moment
    let (first, _, third) = tokio::join!(slow(), slow(), slow());
    assert_eq!((first.status, first.code()), (408, "too_slow"));
    assert_eq!((third.status, third.code()), (429, "intake_busy"));
}

#[tokio::test]
async fn an_intake_that_cannot_take_it_says_when_to_come_back() {
    let house = House::new();
    for (error, status, retry) in [
        (IntakeError::Full, 507, Some("10")),
        (IntakeError::Busy, 429, Some("1")),
        (IntakeError::Unavailable, 503, Some("1")),
        (IntakeError::KeyReused, 422, None),
    ] {
        *house.recorder.refuse.lock() = Some(error.clone());
        for body in ["level value=1", "not a line"] {
            let answer = house.post(LINE, body, &[]).await;
            assert_eq!(answer.status, status, "{error:?}");
            assert_eq!(
                answer.headers.get("retry-after").map(|value| value.to_str().unwrap()),
                retry
            );
        }
    }
}

#[tokio::test]
async fn an_empty_payload_is_an_error_and_nothing_is_kept() {
    let house = House::new();
    for (content_type, body) in [(LINE, ""), (LINE, "# remark\n"), ("application/json", "[]")] {
        let answer = house.post(content_type, body, &[]).await;
        assert_eq!((answer.status, answer.code()), (400, "malformed"));
        assert!(answer.detail().contains("no item"), "{}", answer.detail());
    }
    assert!(house.recorder.taken.lock().is_empty());
}
