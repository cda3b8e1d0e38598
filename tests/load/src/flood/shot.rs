//! One hostile request over HTTP: what is sent, however much it is, until the server has answered or hung up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// Longest wait for the end of one request.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of an answer that are looked at.
const MOST: usize = 64 << 10;

/// What is sent after the head.
#[derive(Clone)]
pub(super) struct Body {
    /// Sent again and again.
    pub(super) block: Arc<[u8]>,
    /// Until there are so many bytes.
    pub(super) total: u64,
    /// In chunks instead of with a length.
    pub(super) chunked: bool,
    /// Between two blocks.
    pub(super) pause: Duration,
}

impl Body {
    /// These bytes and no others.
    pub(super) fn whole(bytes: impl Into<Arc<[u8]>>) -> Self {
        let block = bytes.into();
        Self {
            total: block.len() as u64,
            block,
            chunked: false,
            pause: Duration::ZERO,
        }
    }
}

/// Sends a request; gives status and code of the answer, or how it ended without one. `headers` are whole lines.
pub(super) async fn send(at: SocketAddr, method: &str, path: &str, headers: &str, body: &Body) -> String {
    let length = match body.chunked {
        true => "Transfer-Encoding: chunked".to_owned(),
        false => format!("Content-Length: {}", body.total),
    };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {at}\r\n{length}\r\n{headers}\r\n");
    raw(at, head.as_bytes(), Some(body)).await
}

/// The same with a head as it is.
pub(super) async fn raw(at: SocketAddr, head: &[u8], body: Option<&Body>) -> String {
    let exchange = async {
        let Ok(mut stream) = TcpStream::connect(at).await else {
            return "no connection".to_owned();
        };
        let (mut hear, mut say) = stream.split();
        let writing = async {
            let sent = write(&mut say, head, body).await;
            if sent.is_err() {
                return;
            }
            std::future::pending::<()>().await
        };
        let mut heard = Vec::new();
        let reading = read(&mut hear, &mut heard);
        tokio::select! {
            () = reading => {}
            // what the server said before it hung up may still be there
            () = writing => drop(timeout(Duration::from_secs(1), read(&mut hear, &mut heard)).await),
        }
        said(&heard).unwrap_or_else(|| "cut without an answer".to_owned())
    };
    let ended = timeout(PATIENCE, exchange).await;
    ended.unwrap_or_else(|_| "still open after two minutes".to_owned())
}

async fn write(say: &mut (impl AsyncWriteExt + Unpin), head: &[u8], body: Option<&Body>) -> std::io::Result<()> {
    say.write_all(head).await?;
    let Some(body) = body else { return Ok(()) };
    let mut left = body.total;
    while left > 0 {
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(body.block.len());
        if body.chunked {
            say.write_all(format!("{size:x}\r\n").as_bytes()).await?;
        }
        say.write_all(&body.block[..size]).await?;
        if body.chunked {
            say.write_all(b"\r\n").await?;
        }
        left -= size as u64;
        if !body.pause.is_zero() {
            sleep(body.pause).await;
        }
    }
    if body.chunked {
        say.write_all(b"0\r\n\r\n").await?;
    }
    Ok(())
}

/// Reads an answer, or as much of it as is looked at.
async fn read(hear: &mut (impl AsyncReadExt + Unpin), heard: &mut Vec<u8>) {
    while heard.len() < MOST && !is_whole(heard) {
        if !matches!(hear.read_buf(heard).await, Ok(1..)) {
            return;
        }
    }
}

fn is_whole(heard: &[u8]) -> bool {
    let Some(end) = heard.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&heard[..end]).to_ascii_lowercase();
    if head.contains("text/event-stream") {
        // it has no end
        return true;
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok());
    match length {
        Some(length) => heard.len() - end - 4 >= length,
        None => head.contains("chunked") && heard.ends_with(b"0\r\n\r\n"),
    }
}

/// Status and code of an answer.
fn said(heard: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(heard);
    let status: u16 = text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let code = text.split("\"code\":\"").nth(1).and_then(|rest| rest.split('"').next());
    Some(match code {
        Some(code) => format!("{status} {code}"),
        None => status.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::{is_whole, said};

    #[test]
    fn an_answer_is_told_by_status_and_code() {
        let answer = b"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 20\r\n\r\n{\"code\":\"too_large\"}";
        assert!(is_whole(answer) && !is_whole(&answer[..40]));
        assert_eq!(said(answer).as_deref(), Some("413 too_large"));
        assert_eq!(said(b""), None);
    }
}
