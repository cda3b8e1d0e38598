//! As much of an HTTP/1.1 client as the generators need: one connection, one request at a time, no allocation to speak of.

use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<serde_json::Value> {
        let text = || String::from_utf8_lossy(&self.body).into_owned();
        serde_json::from_slice(&self.body).with_context(|| format!("status {}, no JSON: {}", self.status, text()))
    }

    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = head.lines().filter_map(|line| line.split_once(':'));
    pairs
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// A connection that stays open.
pub(crate) struct Client {
    stream: TcpStream,
    host: SocketAddr,
    input: Vec<u8>,
}

impl Client {
    /// Connects.
    pub(crate) async fn connect(host: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            host,
            input: Vec::with_capacity(4 << 10),
        })
    }

    /// Sends a request without waiting for the answer. `headers` are whole lines, each ended by CRLF.
    pub(crate) async fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Result<()> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n{headers}\r\n",
            self.host,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(body).await?;
        Ok(())
    }

    /// Sends a request and reads its answer.
    pub(crate) async fn ask(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Result<Answer> {
        self.send(method, path, headers, body).await?;
        self.answer().await
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.input).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }

    /// Reads the head of an answer: status and header lines.
    pub(crate) async fn head(&mut self) -> Result<(u16, String)> {
        let end = loop {
            match self.input.windows(4).position(|four| four == b"\r\n\r\n") {
                Some(end) => break end + 4,
                None => self.more().await?,
            }
        };
        let head = String::from_utf8_lossy(&self.input[..end]).into_owned();
        self.input.drain(..end);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok((status.with_context(|| format!("not an answer: {head}"))?, head))
    }

    async fn answer(&mut self) -> Result<Answer> {
        let (status, head) = self.head().await?;
        let mut body = Vec::new();
        if header(&head, "transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            while let Some(chunk) = self.chunk().await? {
                body.extend_from_slice(&chunk);
            }
        } else {
            let length = header(&head, "content-length")
                .and_then(|value| value.parse().ok())
                .unwrap_or(0_usize);
            while self.input.len() < length {
                self.more().await?;
            }
            body.extend(self.input.drain(..length));
        }
        Ok(Answer { status, head, body })
    }

    /// The next chunk of a body in chunks; `None` at its end. For streams of server-sent events after [`Client::head`].
    pub(crate) async fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        let line = loop {
            match self.input.windows(2).position(|two| two == b"\r\n") {
                Some(line) => break line,
                None => self.more().await?,
            }
        };
        let text = String::from_utf8_lossy(&self.input[..line]).into_owned();
        let size = usize::from_str_radix(text.split(';').next().unwrap_or(""), 16).context("not a chunk")?;
        while self.input.len() < line + 2 + size + 2 {
            self.more().await?;
        }
        let chunk = self.input[line + 2..line + 2 + size].to_vec();
        self.input.drain(..line + 4 + size);
        Ok((size > 0).then_some(chunk))
    }
}
