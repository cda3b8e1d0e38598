//! A relay between a client and a door, that captures what the client sends; and sending it again as it was.

use crate::moment::until;
use crate::site::PATIENCE;
use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// What came on one connection, and whether its client has said everything.
type Heard = Arc<Mutex<Vec<(Vec<u8>, bool)>>>;

/// The relay; ends when dropped.
#[derive(Debug)]
pub struct Relay {
    /// Where clients connect to.
    pub address: SocketAddr,
    heard: Heard,
    task: JoinHandle<()>,
}

impl Relay {
    /// Before this door.
    pub async fn to(door: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((door.ip(), 0)).await?;
        let address = listener.local_addr()?;
        let heard = Heard::default();
        let task = tokio::spawn(serve(listener, door, Arc::clone(&heard)));
        Ok(Self { address, heard, task })
    }

    /// What the one client sent on its one connection, once it has said everything. It is forgotten with that.
    pub async fn capture(&self) -> Result<Vec<u8>> {
        until("the client has said everything", async || {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            ensure!(
                heard.len() <= 1,
                "{} connections were captured instead of one",
                heard.len()
            );
            let ended = heard.first().is_some_and(|(_, ended)| *ended);
            Ok(if ended {
                heard.pop().map(|(bytes, _)| bytes)
            } else {
                None
            })
        })
        .await
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, door: SocketAddr, heard: Heard) {
    while let Ok((client, _)) = listener.accept().await {
        let heard = Arc::clone(&heard);
        // a connection that breaks is the client's to notice
        tokio::spawn(async move { drop(pass(client, door, heard).await) });
    }
}

async fn pass(client: TcpStream, door: SocketAddr, heard: Heard) -> std::io::Result<()> {
    let (mut answers, mut to_door) = TcpStream::connect(door).await?.into_split();
    let (mut asks, mut to_client) = client.into_split();
    let number = {
        let mut all = heard.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((Vec::new(), false));
        all.len() - 1
    };
    let up = async {
        let mut piece = vec![0; 16 << 10];
        loop {
            // a client that breaks off has said everything, too
            let size = asks.read(&mut piece).await.unwrap_or(0);
            if let Some((bytes, ended)) = heard.lock().unwrap_or_else(PoisonError::into_inner).get_mut(number) {
                bytes.extend_from_slice(&piece[..size]);
                *ended = size == 0;
            }
            match size {
                0 => return to_door.shutdown().await,
                // the door may have hung up already
                _ => drop(to_door.write_all(&piece[..size]).await),
            }
        }
    };
    let down = async {
        tokio::io::copy(&mut answers, &mut to_client).await?;
        to_client.shutdown().await
    };
    let (up, down) = tokio::join!(up, down);
    up.and(down)
}

/// Sends a capture on a connection of its own, and gives what the door says until it hangs up.
pub async fn replay(door: SocketAddr, capture: &[u8]) -> Result<Vec<u8>> {
    let exchange = async {
        let (mut stream, mut said) = (TcpStream::connect(door).await?, Vec::new());
        // a door that hangs up before it has heard everything is no error
        if stream.write_all(capture).await.is_ok() {
            drop(stream.read_to_end(&mut said).await);
        }
        anyhow::Ok(said)
    };
    timeout(PATIENCE, exchange).await.context("the door does not hang up")?
}

/// Sends a captured request of HTTP/1.1 on a connection of its own; gives status and body.
pub async fn replay_request(door: SocketAddr, capture: &[u8]) -> Result<(u16, String)> {
    let exchange = async {
        let (mut stream, mut said) = (TcpStream::connect(door).await?, Vec::new());
        stream.write_all(capture).await?;
        loop {
            if let Some(answer) = whole(&said)? {
                return Ok(answer);
            }
            ensure!(stream.read_buf(&mut said).await? > 0, "the door hung up in its answer");
        }
    };
    timeout(PATIENCE, exchange).await.context("no answer")?
}

/// Status and body of an answer whose length is told, once all of it is there.
fn whole(said: &[u8]) -> Result<Option<(u16, String)>> {
    let Some(end) = said.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = String::from_utf8_lossy(&said[..end]).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.with_context(|| format!("no answer: {head}"))?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = match (length, status) {
        (Some(length), _) => length.trim().parse()?,
        (None, 204) => 0,
        (None, _) => anyhow::bail!("an answer without a length: {head}"),
    };
    let body: Option<&[u8]> = said.get(end + 4..end + 4 + length);
    Ok(body.map(|body| (status, String::from_utf8_lossy(body).into_owned())))
}

/// The capture with these bytes in place of others of the same length: another request in the same clothes.
pub fn altered(capture: &[u8], from: &str, to: &str) -> Result<Vec<u8>> {
    ensure!(from.len() == to.len(), "'{from}' and '{to}' have not the same length");
    let at = capture.windows(from.len()).position(|part| part == from.as_bytes());
    let at = at.with_context(|| format!("'{from}' is not in the capture"))?;
    let mut other = capture.to_vec();
    other[at..at + to.len()].copy_from_slice(to.as_bytes());
    Ok(other)
}
