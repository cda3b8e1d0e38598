//! Between the suites, which know no credentials, and the server, which lets nobody in without: on loopback only.

use super::rewrite::{Login, PUBLISH, to_client};
use crate::mqtt::{frame, length};
use anyhow::Result;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What publishes of the suites take longer on their way than anything else. Two tests for MQTT 5 publish right after
/// another client's SUBSCRIBE and wait for the SUBACK of the wrong one; the server owes no order among connections.
const LAG: Duration = Duration::from_millis(50);

/// A relay that listens until it is dropped.
pub(super) struct Relay {
    port: u16,
    _all: JoinSet<()>,
}

impl Relay {
    /// Listens on a free port and relays to the server.
    pub(super) async fn start(server: SocketAddr, login: Login) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let login = Arc::new(login);
        let mut all = JoinSet::new();
        all.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let login = Arc::clone(&login);
                connections.spawn(async move {
                    if let Err(error) = join(client, server, &login).await {
                        eprintln!("paho: the relay lost a connection: {error:#}");
                    }
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { port, _all: all })
    }

    /// Where it listens.
    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

/// Carries both ways until both have ended; the end of one side is told to the other.
async fn join(client: TcpStream, server: SocketAddr, login: &Login) -> Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, client) = client.into_split();
    let (from_server, server) = server.into_split();
    let mut version = 0;
    let to_server = |first, body: &[u8]| login.to_server(&mut version, first, body);
    tokio::join!(
        carry(from_client, server, LAG, to_server),
        carry(from_server, client, Duration::ZERO, to_client)
    );
    Ok(())
}

/// Carries whole packets one way until a side ends. What is no packet of MQTT goes on as it is.
async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    lag: Duration,
    mut change: impl FnMut(u8, &[u8]) -> Vec<u8>,
) {
    let mut input = Vec::new();
    while let Ok(1..) = from.read_buf(&mut input).await {
        let (mut out, mut used, mut publishes) = (Vec::new(), 0, false);
        loop {
            let rest = &input[used..];
            match frame(rest) {
                Ok(Some((start, end))) => {
                    publishes |= rest[0] >> 4 == PUBLISH;
                    let body = change(rest[0], &rest[start..end]);
                    out.push(rest[0]);
                    length(&mut out, body.len());
                    out.extend(body);
                    used += end;
                }
                Ok(None) => break,
                Err(_) => {
                    out.extend_from_slice(rest);
                    used = input.len();
                    break;
                }
            }
        }
        input.drain(..used);
        if publishes && !lag.is_zero() {
            sleep(lag).await;
        }
        if to.write_all(&out).await.is_err() {
            break;
        }
    }
    // a peer that is gone already has heard it
    let _ = to.shutdown().await;
}
