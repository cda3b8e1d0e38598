//! Subscribers that have stopped reading.

use super::TOPIC;
use crate::account::Person;
use crate::fleet;
use crate::mqtt;
use crate::server::Addresses;
use anyhow::Result;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

/// A subscriber that has stopped reading.
pub(super) struct Stopped {
    pub(super) what: String,
    stream: TcpStream,
}

impl Stopped {
    /// Connects with a small buffer, so that it is full soon.
    async fn connect(to: std::net::SocketAddr) -> Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(8 << 10)?;
        Ok(socket.connect(to).await?)
    }

    pub(super) async fn http(at: Addresses, person: &Person, path: &str) -> Result<Self> {
        let mut stream = Self::connect(at.http).await?;
        // as a browser that was away: it asks for everything since the beginning
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 0\r\n{}\r\n",
            person.headers()
        );
        stream.write_all(head.as_bytes()).await?;
        Ok(Self {
            what: path.to_owned(),
            stream,
        })
    }

    pub(super) async fn mqtt(at: Addresses, token: &str) -> Result<Self> {
        let mut stream = Self::connect(at.mqtt).await?;
        let mut packets = mqtt::connect_packet("stalled", fleet::LOADER, token);
        packets.extend(mqtt::subscribe_packet(TOPIC));
        stream.write_all(&packets).await?;
        Ok(Self {
            what: format!("MQTT subscriber of {TOPIC}"),
            stream,
        })
    }

    /// Whether the server has ended the connection: what it sent before is still in the buffer, and then comes the end.
    pub(super) fn is_cut(&self) -> bool {
        let mut rest = [0; 64 << 10];
        loop {
            match self.stream.try_read(&mut rest) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return false,
                Err(_) => return true,
            }
        }
    }
}
