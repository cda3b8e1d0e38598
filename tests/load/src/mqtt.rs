//! As much of an MQTT 3.1.1 and 5 client as the generators need, written by hand so that it costs next to nothing.

mod deliver;

use anyhow::{Context, Result, bail};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) use deliver::{connect_packet, subscribe_packet};

/// Protocol levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    V311 = 4,
    V5 = 5,
}

/// A connection that was let in.
pub(crate) struct Client {
    stream: Stream,
    version: Version,
    input: Vec<u8>,
    /// Whether the session of an earlier connection was there.
    pub(crate) present: bool,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes).await,
            Self::Tls(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    async fn read(&mut self, into: &mut Vec<u8>) -> std::io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read_buf(into).await,
            Self::Tls(stream) => stream.read_buf(into).await,
        }
    }
}

/// The answer to a publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ack {
    pub(crate) packet: u16,
    /// Reason code of MQTT 5; 0 in 3.1.1.
    pub(crate) reason: u8,
}

/// Who connects.
#[derive(Default)]
pub(crate) struct Login<'a> {
    pub(crate) client: &'a str,
    /// User name and password.
    pub(crate) credential: Option<(&'a str, &'a str)>,
    /// TLS to `localhost`, if it shall be.
    pub(crate) tls: Option<&'a Arc<ClientConfig>>,
    /// The address of this machine to come from, where one has not ports enough.
    pub(crate) from: Option<IpAddr>,
    /// Seconds that the session is to outlive the connection (MQTT 5 only).
    pub(crate) keep: u32,
}

impl Client {
    /// Connects and waits for CONNACK.
    pub(crate) async fn connect(address: SocketAddr, version: Version, login: Login<'_>) -> Result<Self> {
        let stream = match login.from {
            None => TcpStream::connect(address).await?,
            Some(from) => {
                let socket = TcpSocket::new_v4()?;
                socket.bind((from, 0).into())?;
                socket.connect(address).await?
            }
        };
        stream.set_nodelay(true)?;
        let stream = match login.tls {
            None => Stream::Plain(stream),
            Some(config) => {
                let connector = TlsConnector::from(Arc::clone(config));
                let name = ServerName::try_from("localhost")?;
                Stream::Tls(Box::new(connector.connect(name, stream).await?))
            }
        };
        let mut client = Self {
            stream,
            version,
            input: Vec::new(),
            present: false,
        };
        let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', version as u8];
        let clean = if login.keep == 0 { 2 } else { 0 };
        body.push(clean | if login.credential.is_some() { 0xc0 } else { 0 });
        body.extend_from_slice(&600_u16.to_be_bytes());
        match (version, login.keep) {
            (Version::V311, _) => {}
            (Version::V5, 0) => body.push(0),
            (Version::V5, keep) => {
                body.extend_from_slice(&[5, 0x11]);
                body.extend_from_slice(&keep.to_be_bytes());
            }
        }
        text(&mut body, login.client);
        if let Some((user, password)) = login.credential {
            text(&mut body, user);
            text(&mut body, password);
        }
        let mut packet = vec![0x10];
        length(&mut packet, body.len());
        packet.extend_from_slice(&body);
        client.stream.write(&packet).await?;
        let (kind, answer) = client.packet().await?;
        match (kind & 0xf0, answer.get(1)) {
            (0x20, Some(0)) => {
                client.present = answer.first() == Some(&1);
                Ok(client)
            }
            (0x20, Some(code)) => bail!("the server refused the connection with code {code}"),
            _ => bail!("the server answered CONNECT with packet {kind:#x}"),
        }
    }

    /// Writes what [`publish`] put together.
    pub(crate) async fn write(&mut self, packets: &[u8]) -> Result<()> {
        Ok(self.stream.write(packets).await?)
    }

    /// Subscribes to one filter with QoS 1 and waits for the SUBACK.
    pub(crate) async fn subscribe(&mut self, filter: &str) -> Result<()> {
        let mut body = vec![0, 1];
        if self.version == Version::V5 {
            body.push(0);
        }
        text(&mut body, filter);
        body.push(1);
        let mut packet = vec![0x82];
        length(&mut packet, body.len());
        packet.extend_from_slice(&body);
        self.stream.write(&packet).await?;
        match self.packet().await? {
            (0x90, answer) if answer.last() == Some(&1) => Ok(()),
            (kind, answer) => bail!("the server answered SUBSCRIBE with packet {kind:#x} {answer:?}"),
        }
    }

    /// Waits until the connection has ended, whatever comes until then.
    pub(crate) async fn ended(mut self) {
        while self.more().await.is_ok() {
            self.input.clear();
        }
    }

    /// Waits for one PUBACK at least and takes all that are there.
    pub(crate) async fn acks(&mut self, into: &mut Vec<Ack>) -> Result<()> {
        loop {
            let mut used = 0;
            while let Some((start, end)) = frame(&self.input[used..])? {
                let (kind, body) = (self.input[used], &self.input[used + start..used + end]);
                match (kind, body) {
                    (0x40, [high, low, rest @ ..]) => into.push(Ack {
                        packet: u16::from_be_bytes([*high, *low]),
                        reason: rest.first().copied().unwrap_or(0),
                    }),
                    (0xe0, rest) => bail!("the server disconnects, reason {:?}", rest.first()),
                    _ => {}
                }
                used += end;
            }
            self.input.drain(..used);
            if !into.is_empty() {
                return Ok(());
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read(&mut self.input).await? == 0 {
            bail!("the connection was closed");
        }
        Ok(())
    }

    /// The next packet: its first byte and what follows its length.
    pub(crate) async fn packet(&mut self) -> Result<(u8, Vec<u8>)> {
        loop {
            if let Some((start, end)) = frame(&self.input)? {
                let found = (self.input[0], self.input[start..end].to_vec());
                self.input.drain(..end);
                return Ok(found);
            }
            self.more().await?;
        }
    }

    /// The version of the protocol.
    pub(crate) fn version(&self) -> Version {
        self.version
    }
}

/// Where the body of the first packet begins and ends; `None` when it is not whole yet.
pub(crate) fn frame(input: &[u8]) -> Result<Option<(usize, usize)>> {
    let mut size = 0_usize;
    for (at, byte) in input.iter().skip(1).take(4).enumerate() {
        size |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            let start = at + 2;
            return Ok((input.len() >= start + size).then_some((start, start + size)));
        }
    }
    if input.len() > 4 {
        Err(anyhow::anyhow!("not a packet of MQTT"))
    } else {
        Ok(None)
    }
}

/// Appends a text with its length.
pub(crate) fn text(into: &mut Vec<u8>, text: &str) {
    into.extend_from_slice(&(text.len() as u16).to_be_bytes());
    into.extend_from_slice(text.as_bytes());
}

/// Appends the length of a packet.
pub(crate) fn length(into: &mut Vec<u8>, mut size: usize) {
    loop {
        let more = size > 0x7f;
        into.push((size & 0x7f) as u8 | if more { 0x80 } else { 0 });
        size >>= 7;
        if !more {
            return;
        }
    }
}

/// A publish of QoS 1.
pub(crate) struct Publish<'a> {
    pub(crate) packet: u16,
    pub(crate) again: bool,
    pub(crate) topic: &'a str,
    pub(crate) payload: &'a [u8],
}

/// Appends a PUBLISH packet.
pub(crate) fn publish(into: &mut Vec<u8>, version: Version, publish: &Publish<'_>) {
    into.push(0x32 | if publish.again { 8 } else { 0 });
    let properties = usize::from(version == Version::V5);
    length(into, 2 + publish.topic.len() + 2 + properties + publish.payload.len());
    text(into, publish.topic);
    into.extend_from_slice(&publish.packet.to_be_bytes());
    into.resize(into.len() + properties, 0);
    into.extend_from_slice(publish.payload);
}

/// A free port of this machine.
pub(crate) fn free_port() -> Result<u16> {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").context("no free port")?;
    Ok(socket.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::{Publish, Version, frame, publish};

    #[test]
    fn a_packet_is_framed_as_the_standard_says() {
        let payload = [b'x'; 200];
        let mut out = Vec::new();
        let message = Publish {
            packet: 7,
            again: true,
            topic: "devices/a/up",
            payload: &payload,
        };
        publish(&mut out, Version::V311, &message);
        assert_eq!(out[..3], [0x3a, 0xd8, 0x01]);
        assert_eq!(frame(&out).unwrap(), Some((3, out.len())));
        assert_eq!(frame(&out[..100]).unwrap(), None);
        assert!(frame(&[0x30, 0xff, 0xff, 0xff, 0xff, 1]).is_err());
    }
}
