//! MQTT over WebSocket (MQTT 5 §6, RFC 6455): the opening handshake, and bytes in frames.
//!
//! A listener of its own, because the stream behind it is one long conversation like those of the other listeners. Only
//! binary frames carry MQTT ([MQTT-6.0.0-1]); packets may lie across frames ([MQTT-6.0.0-2]); the subprotocol is `mqtt`
//! ([MQTT-6.0.0-3], [MQTT-6.0.0-4]).

mod frame;

pub(crate) use frame::Framed;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Longest request, in bytes.
const MAX_REQUEST: usize = 8 * 1024;
/// What is appended to the key of the client (RFC 6455 §1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Reads the request for the upgrade and answers it; `None` when it was none and was refused.
pub(crate) async fn upgrade<S>(mut stream: S) -> Option<Framed<S>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut read = BytesMut::with_capacity(1_024);
    let end = loop {
        if let Some(at) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if read.len() > MAX_REQUEST || stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    };
    let head = read.split_to(end);
    match key(std::str::from_utf8(&head).ok()?) {
        Ok(key) => {
            let answer = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
                accept(key)
            );
            stream.write_all(answer.as_bytes()).await.ok()?;
            Some(Framed::new(stream, read))
        }
        Err(what) => {
            let answer = format!(
                "HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\nConnection: close\r\n\
                 Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{what}",
                what.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
            None
        }
    }
}

/// The key of a good request, or what is wrong with it.
fn key(head: &str) -> Result<&str, &'static str> {
    let mut lines = head.split("\r\n");
    let request = lines.next().unwrap_or("");
    if !(request.starts_with("GET ") && request.ends_with(" HTTP/1.1")) {
        return Err("this is a door for MQTT over WebSocket; ask with GET and HTTP/1.1");
    }
    let headers: Vec<(&str, &str)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect();
    let values = |wanted: &'static str| {
        let named = headers
            .iter()
            .filter(move |(name, _)| name.eq_ignore_ascii_case(wanted));
        named.map(|(_, value)| *value)
    };
    let lists = |name, wanted: &str| {
        let mut words = values(name).flat_map(|value| value.split(',')).map(str::trim);
        words.any(|word| word.eq_ignore_ascii_case(wanted))
    };
    if !lists("Upgrade", "websocket") || !lists("Connection", "upgrade") {
        return Err("this is a door for MQTT over WebSocket; ask for the upgrade");
    }
    if !lists("Sec-WebSocket-Version", "13") {
        return Err("only version 13 of WebSocket is spoken");
    }
    // [MQTT-6.0.0-3]
    if !lists("Sec-WebSocket-Protocol", "mqtt") {
        return Err("name the subprotocol mqtt");
    }
    let key = values("Sec-WebSocket-Key").next().unwrap_or("");
    match STANDARD.decode(key).map(|bytes| bytes.len()) {
        Ok(16) => Ok(key),
        _ => Err("Sec-WebSocket-Key must be 16 bytes in base64"),
    }
}

fn accept(key: &str) -> String {
    let digest = sha1_smol::Sha1::from(format!("{key}{GUID}")).digest();
    STANDARD.encode(digest.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_answered_as_the_standard_says() {
        // the example of RFC 6455 §1.3
        assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn only_a_whole_request_is_taken() {
        let good = "GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n\
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
                    Sec-WebSocket-Protocol: other, mqtt\r\n\r\n";
        assert_eq!(key(good), Ok("dGhlIHNhbXBsZSBub25jZQ=="));
        for (from, to) in [
            ("GET", "POST"),
            ("HTTP/1.1", "HTTP/1.0"),
            ("WebSocket\r\n", "h2c\r\n"),
            ("keep-alive, Upgrade", "close"),
            ("Version: 13", "Version: 8"),
            ("other, mqtt", "mqttv3.1"),
            ("dGhl", "dG"),
        ] {
            assert!(key(&good.replacen(from, to, 1)).is_err(), "{from}");
        }
    }
}
