//! A device over MQTT that sends packet by packet, for what good clients hide: what happens between two packets.

use crate::device::Device;
use crate::server::Server;
use crate::site::PATIENCE;
use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// First bytes of packets.
pub const PUBREC: u8 = 0x50;
/// PUBREL.
pub const PUBREL: u8 = 0x62;
/// PUBCOMP.
pub const PUBCOMP: u8 = 0x70;
/// PUBLISH with QoS 2, and the same sent again.
pub const PUBLISH: u8 = 0x34;
/// PUBLISH with QoS 2 and DUP.
pub const AGAIN: u8 = 0x3c;

/// A connection with a session that is kept.
#[derive(Debug)]
pub struct Packets {
    stream: TcpStream,
    v5: bool,
    /// Whether the server had the session.
    pub present: bool,
}

/// A PUBLISH that came.
#[derive(Debug)]
pub struct Came {
    /// Its first byte.
    pub first: u8,
    /// Its topic.
    pub topic: String,
    /// Its packet id.
    pub id: u16,
    /// Its payload.
    pub payload: Vec<u8>,
}

fn text(into: &mut Vec<u8>, text: &str) {
    into.extend_from_slice(&(text.len() as u16).to_be_bytes());
    into.extend_from_slice(text.as_bytes());
}

impl Packets {
    /// Connects to the door without TLS, with the token of the device and its id as client id, for a session of an hour.
    pub async fn connect(server: &Server, device: &Device, v5: bool) -> Result<Self> {
        let mut packets = Self {
            stream: TcpStream::connect(server.addresses.mqtt).await?,
            v5,
            present: false,
        };
        let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', if v5 { 5 } else { 4 }, 0xc0, 0, 60];
        if v5 {
            body.extend_from_slice(&[5, 0x11, 0, 0, 0x0e, 0x10]);
        }
        for part in [&device.id, &device.id, &device.token] {
            text(&mut body, part);
        }
        packets.send(0x10, &body).await?;
        let (first, answer) = packets.read().await?;
        ensure!(
            first == 0x20 && answer.get(1) == Some(&0),
            "not let in: {first:#x} {answer:?}"
        );
        packets.present = answer.first() == Some(&1);
        Ok(packets)
    }

    /// Sends a packet of less than 16 KiB.
    pub async fn send(&mut self, first: u8, body: &[u8]) -> Result<()> {
        let size = body.len();
        let mut packet = vec![first];
        match size {
            0..128 => packet.push(size as u8),
            _ => packet.extend_from_slice(&[(size & 0x7f) as u8 | 0x80, (size >> 7) as u8]),
        }
        packet.extend_from_slice(body);
        Ok(self.stream.write_all(&packet).await?)
    }

    /// Sends a PUBLISH with QoS 2: [`PUBLISH`] or [`AGAIN`].
    pub async fn publish(&mut self, first: u8, topic: &str, id: u16, payload: &str) -> Result<()> {
        let mut body = Vec::new();
        text(&mut body, topic);
        body.extend_from_slice(&id.to_be_bytes());
        if self.v5 {
            body.push(0);
        }
        body.extend_from_slice(payload.as_bytes());
        self.send(first, &body).await
    }

    /// Subscribes with QoS 2 and waits for the SUBACK.
    pub async fn subscribe(&mut self, filter: &str) -> Result<()> {
        let mut body = vec![0, 1];
        if self.v5 {
            body.push(0);
        }
        text(&mut body, filter);
        body.push(2);
        self.send(0x82, &body).await?;
        let (first, answer) = self.read().await?;
        ensure!(
            (first, answer.last()) == (0x90, Some(&2)),
            "not granted: {first:#x} {answer:?}"
        );
        Ok(())
    }

    /// Sends a packet that is an id and nothing else.
    pub async fn say(&mut self, first: u8, id: u16) -> Result<()> {
        self.send(first, &id.to_be_bytes()).await
    }

    /// Waits for a packet of this kind with this id, and success. A PUBLISH before it is passed over: a command may come
    /// more than once.
    pub async fn hear(&mut self, kind: u8, id: u16) -> Result<()> {
        let (first, body) = loop {
            let packet = self.read().await?;
            if packet.0 & 0xf0 != 0x30 {
                break packet;
            }
        };
        let [high, low] = id.to_be_bytes();
        let good = first == kind && matches!(body.as_slice(), [h, l] | [h, l, 0, ..] if (*h, *l) == (high, low));
        ensure!(good, "no {kind:#x} of {id} but {first:#x} {body:?}");
        Ok(())
    }

    /// Waits for a PUBLISH with a packet id.
    pub async fn message(&mut self) -> Result<Came> {
        let (first, body) = self.read().await?;
        ensure!(
            first & 0xf0 == 0x30 && first & 0x06 != 0,
            "no PUBLISH but {first:#x} {body:?}"
        );
        let mut rest = body.as_slice();
        let topic = take(&mut rest, 2).and_then(|size| take(&mut rest, number(size)))?;
        let topic = String::from_utf8(topic.to_vec())?;
        let id = u16::try_from(number(take(&mut rest, 2)?))?;
        if self.v5 {
            let size = number(take(&mut rest, 1)?);
            take(&mut rest, size)?;
        }
        Ok(Came {
            first,
            topic,
            id,
            payload: rest.to_vec(),
        })
    }

    async fn read(&mut self) -> Result<(u8, Vec<u8>)> {
        let reading = async {
            let first = self.stream.read_u8().await?;
            let (mut size, mut shift) = (0_usize, 0);
            loop {
                let byte = self.stream.read_u8().await?;
                size |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                match byte & 0x80 {
                    0 => break,
                    _ if shift > 21 => bail!("no packet"),
                    _ => {}
                }
            }
            let mut body = vec![0; size];
            self.stream.read_exact(&mut body).await?;
            Ok((first, body))
        };
        timeout(PATIENCE, reading).await.context("the server says nothing")?
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count).context("the packet is short")?;
    *rest = left;
    Ok(taken)
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}
