//! Heads of requests that are too long.

use super::shot::raw;
use super::stage::Stage;
use super::tally::Tally;
use anyhow::Result;

/// Bytes of such a head.
const BYTES: usize = 1 << 20;

/// Each kind of head.
pub(super) async fn run(stage: &Stage) -> Result<Tally> {
    stage
        .crowd(|stage, turn| async move {
            let (name, head) = head(turn, &stage.device());
            let answer = raw(stage.http, head.as_bytes(), None).await;
            Tally::from(format!("{name} {answer}"))
        })
        .await
}

fn head(turn: usize, device: &str) -> (&'static str, String) {
    let first = "GET /api/v1/status HTTP/1.1\r\nHost: x\r\n";
    let long = "a".repeat(BYTES);
    match turn % 6 {
        0 => ("one header", format!("{first}X-A: {long}\r\n\r\n")),
        1 => ("many headers", format!("{first}{}\r\n", "X-A: b\r\n".repeat(BYTES / 8))),
        2 => ("address", format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n")),
        3 => ("method", format!("{long} / HTTP/1.1\r\nHost: x\r\n\r\n")),
        // within what the library takes: the routes see it
        4 => ("60 KiB of query", {
            let query = "a".repeat(60 << 10);
            format!("GET /api/v1/alerts?q={query} HTTP/1.1\r\nHost: x\r\n{device}\r\n")
        }),
        _ => ("90 cookies and tokens", {
            let line = format!("Cookie: s={}\r\n", "b".repeat(3 << 10));
            format!("{first}{}{device}\r\n", line.repeat(90))
        }),
    }
}
