//! What is taken at the HTTP door, and what part of it is not.

use super::arrow::stream;
use super::ports::{House, TOKEN, request};
use super::show::NOW;
use arrow_array::{Float64Array, StringArray};
use axum::body::Body;
use chassis::tls::PeerCertificates;
use kernel::reject::MAX_RAW;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::Arc;

const JSON: &str = "application/senml+json";
const LINE: &str = "text/plain";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn every_format_is_taken_and_answered_with_a_receipt() {
    let house = House::new();
    let arrow = stream(vec![
        ("name", Arc::new(StringArray::from(vec!["level"]))),
        ("value", Arc::new(Float64Array::from(vec![1.5]))),
    ]);
    for (content_type, body) in [
        (JSON, br#"[{"n":"level","v":1.5}]"#.to_vec()),
        ("application/json", br#"[{"n":"level","v":1.5}]"#.to_vec()),
        (
            "application/senml+cbor",
            b"\x81\xa2\x00\x65level\x02\xf9\x3e\x00".to_vec(),
        ),
        (LINE, b"level value=1.5".to_vec()),
        ("application/vnd.influx.line", b"level value=1.5".to_vec()),
        ("application/vnd.apache.arrow.stream", arrow),
    ] {
        let answer = house.post(content_type, body, &[]).await;
        assert_eq!(answer.status, 200, "{content_type}: {}", answer.json);
        assert_eq!(answer.json["accepted"], 1);
        assert_eq!(answer.json["rejected"], 0);
        let taken = house.recorder.taken.lock();
        let last = taken.last().unwrap();
        assert_eq!(last.sender.device.as_str(), "gauge-001");
        assert_eq!(last.received, NOW);
        assert_eq!(last.readings.text(last.readings.keys[0].name), "level");
        assert!(last.key.is_none());
    }
}

#[tokio::test]
async fn compressed_bodies_are_unpacked() {
    let house = House::new();
    let lines = "level value=1\n".repeat(5_000);
    let zstd = zstd::encode_all(lines.as_bytes(), 1).unwrap();
    for (encoding, body) in [
        ("gzip", gzip(lines.as_bytes())),
        ("zstd", zstd),
        ("identity", lines.clone().into_bytes()),
    ] {
        let answer = house.post(LINE, body, &[("content-encoding", encoding)]).await;
        assert_eq!(
            (answer.status, answer.json["accepted"].as_u64()),
            (200, Some(5_000)),
            "{encoding}"
        );
    }
}

#[tokio::test]
async fn a_body_in_many_pieces_without_a_length_is_read_whole() {
    let house = House::new();
    let pieces = (0..1_000).map(|number| Ok::<_, std::io::Error>(format!("level value={number}\n")));
    let body = Body::from_stream(futures::stream::iter(pieces));
    let answer = house.post(LINE, body, &[]).await;
    assert_eq!((answer.status, answer.json["accepted"].as_u64()), (200, Some(1_000)));
}

#[tokio::test]
async fn a_client_certificate_serves_as_well_as_a_token() {
    let house = House::new();
    let mut with_certificate = request(LINE, "level value=1", &[]);
    with_certificate.headers_mut().remove("authorization");
    with_certificate
        .extensions_mut()
        .insert(PeerCertificates(Arc::new(vec![b"gauge-003".to_vec()])));
    assert_eq!(house.ask(with_certificate).await.status, 200);
    assert_eq!(house.recorder.taken.lock()[0].sender.device.as_str(), "gauge-003");
    assert!(!house.keeper.asked.lock()[0].contains(TOKEN));
}

#[tokio::test]
async fn an_idempotency_key_travels_with_the_hash_of_the_body_as_received() {
    let house = House::new();
    let body = gzip(b"level value=1");
    let headers = [("idempotency-key", "2026-11-21/7"), ("content-encoding", "gzip")];
    assert_eq!(house.post(LINE, body.clone(), &headers).await.status, 200);
    let taken = house.recorder.taken.lock();
    let key = taken[0].key.as_ref().unwrap();
    assert_eq!(&*key.key, "2026-11-21/7");
    assert_eq!(key.body, <[u8; 32]>::from(Sha256::digest(&body)));
}

#[tokio::test]
async fn three_bad_of_ten_thousand_are_listed_and_the_others_taken() {
    let house = House::new();
    let items: Vec<String> = (0..10_000)
        .map(|number| {
            if [3, 4_444, 9_998].contains(&number) {
                r#"{"n":"level"}"#.into()
            } else {
                format!(r#"{{"n":"level","v":{number}}}"#)
            }
        })
        .collect();
    let answer = house.post(JSON, format!("[{}]", items.join(",")), &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        (answer.json["accepted"].as_u64(), answer.json["rejected"].as_u64()),
        (Some(9_997), Some(3))
    );
    let listed: Vec<_> = answer.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["item"].as_u64().unwrap())
        .collect();
    assert_eq!(listed, [3, 4_444, 9_998]);
    assert_eq!(answer.json["items"][0]["reason"], "malformed");
}

#[tokio::test]
async fn when_all_items_are_bad_the_answer_is_422_with_their_numbers() {
    let house = House::new();
    let answer = house.post(LINE, "level value=high\n\nlevel\n", &[]).await;
    assert_eq!((answer.status, answer.code()), (422, "all_items_rejected"));
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.json["rejected"], 2);
    assert_eq!(answer.json["items"][1]["item"], 2);
    assert_eq!(answer.json["items"][0]["reason"], "malformed");
    assert_eq!(house.recorder.taken.lock()[0].rejected[0].raw, b"level value=high");
}

#[tokio::test]
async fn what_cannot_be_read_at_all_is_kept_whole_and_answered_with_its_place() {
    let house = House::new();
    let long = format!("[{{\"n\":\"level\",\n\"vs\":\"{}", "x".repeat(3_000));
    let answer = house.post(JSON, long.clone(), &[("idempotency-key", "k1")]).await;
    assert_eq!((answer.status, answer.code()), (400, "malformed"));
    assert_eq!(answer.json["line"], 2);
    assert_eq!(answer.json["offset"], long.len());
    assert_eq!(answer.json["reason"], "malformed");
    let bad_gzip = house.post(JSON, "no gzip", &[("content-encoding", "gzip")]).await;
    assert_eq!((bad_gzip.status, bad_gzip.code()), (400, "malformed"));
    let cbor = house.post("application/senml+cbor", vec![0xff, 0xfe], &[]).await;
    assert_eq!((cbor.status, cbor.json["offset"].as_u64()), (400, Some(0)));
    let taken = house.recorder.taken.lock();
    assert_eq!(taken.len(), 3);
    for submission in taken.iter() {
        assert!(submission.readings.is_empty());
        assert_eq!((submission.rejected.len(), submission.rejected[0].item), (1, 0));
    }
    assert_eq!(taken[0].rejected[0].raw, &long.as_bytes()[..MAX_RAW]);
    assert!(taken[0].key.is_some());
}

#[tokio::test]
async fn not_a_number_and_strange_years_are_handed_on_to_be_judged() {
    let house = House::new();
    let lines = "level value=NaN\nlevel value=1 0\nlevel value=1 4070908800\n";
    let mut request = request(LINE, lines, &[]);
    *request.uri_mut() = "/api/v1/observations?precision=s".parse().unwrap();
    assert_eq!(house.ask(request).await.status, 200);
    let taken = house.recorder.taken.lock();
    assert!(f64::from_bits(taken[0].readings.bits[0]).is_nan());
    assert_eq!(taken[0].readings.time[2].to_string(), "2099-01-01T00:00:00Z");
}

#[tokio::test]
async fn a_payload_of_ten_megabytes_is_taken() {
    let house = House::new();
    let line = "water,device=gauge-001 level=1.25 1724600000000000000\n";
    let body = line.repeat((10 << 20) / line.len());
    let answer = house.post(LINE, body, &[]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json["accepted"].as_u64().unwrap(),
        ((10 << 20) / line.len()) as u64
    );
}
