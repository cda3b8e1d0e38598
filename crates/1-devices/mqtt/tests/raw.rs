//! Packets written byte by byte, for what good clients never send.

use crate::house::{House, PATIENCE};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A client without manners.
pub(crate) struct Raw {
    stream: TcpStream,
}

/// A packet as it came: first byte and the rest behind the length.
pub(crate) type Packet = (u8, Vec<u8>);

pub(crate) fn text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u16).to_be_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

pub(crate) fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let mut length = body.len();
    loop {
        let low = (length & 0x7f) as u8;
        length >>= 7;
        bytes.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            break;
        }
    }
    bytes.extend_from_slice(body);
    bytes
}

/// What a CONNECT says.
#[derive(Clone)]
pub(crate) struct Hello {
    pub(crate) v5: bool,
    pub(crate) device: &'static str,
    pub(crate) token: String,
    pub(crate) client_id: String,
    pub(crate) keep_alive: u16,
    /// Topic, payload, retain.
    pub(crate) will: Option<(&'static str, &'static str, bool)>,
    /// MQTT 5 properties, of CONNECT and of the will.
    pub(crate) properties: Vec<u8>,
    pub(crate) will_properties: Vec<u8>,
    /// Clean Start, Clean Session.
    pub(crate) clean: bool,
}

pub(crate) fn hello(v5: bool, device: &'static str) -> Hello {
    Hello {
        v5,
        device,
        token: format!("token-{device}"),
        client_id: format!("{device}-raw"),
        keep_alive: 60,
        will: None,
        properties: Vec::new(),
        will_properties: Vec::new(),
        clean: true,
    }
}

/// One that asks for its session to be kept: MQTT 5 for so many seconds, 3.1.1 as long as the server likes.
pub(crate) fn lasting(v5: bool, device: &'static str, seconds: u32) -> Hello {
    Hello {
        clean: false,
        properties: match v5 {
            true => [&[0x11][..], &seconds.to_be_bytes()].concat(),
            false => Vec::new(),
        },
        ..hello(v5, device)
    }
}

impl Hello {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut flags = 0xc0 | u8::from(self.clean) << 1;
        if let Some((_, _, retain)) = self.will {
            flags |= 0x0c | u8::from(retain) << 5;
        }
        let mut body = text("MQTT");
        body.push(if self.v5 { 5 } else { 4 });
        body.push(flags);
        body.extend_from_slice(&self.keep_alive.to_be_bytes());
        if self.v5 {
            body.push(self.properties.len() as u8);
            body.extend_from_slice(&self.properties);
        }
        body.extend(text(&self.client_id));
        if let Some((topic, payload, _)) = self.will {
            if self.v5 {
                body.push(self.will_properties.len() as u8);
                body.extend_from_slice(&self.will_properties);
            }
            body.extend(text(topic));
            body.extend(text(payload));
        }
        body.extend(text(self.device));
        body.extend(text(&self.token));
        packet(0x10, &body)
    }
}

pub(crate) fn publish(v5: bool, topic: &str, id: u16, payload: &[u8]) -> Vec<u8> {
    publish_with(v5, if id > 0 { 0x32 } else { 0x30 }, topic, id, payload)
}

pub(crate) fn publish_with(v5: bool, first: u8, topic: &str, id: u16, payload: &[u8]) -> Vec<u8> {
    let mut body = text(topic);
    if id > 0 {
        body.extend_from_slice(&id.to_be_bytes());
    }
    if v5 {
        body.push(0);
    }
    body.extend_from_slice(payload);
    packet(first, &body)
}

pub(crate) fn subscribe(v5: bool, id: u16, filters: &[&str]) -> Vec<u8> {
    let filters: Vec<_> = filters.iter().map(|filter| (*filter, 1)).collect();
    subscribe_as(v5, id, &[], &filters)
}

/// Filters with their options, and properties of MQTT 5.
pub(crate) fn subscribe_as(v5: bool, id: u16, properties: &[u8], filters: &[(&str, u8)]) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    if v5 {
        body.push(properties.len() as u8);
        body.extend_from_slice(properties);
    }
    for (filter, options) in filters {
        body.extend(text(filter));
        body.push(*options);
    }
    packet(0x82, &body)
}

/// A PUBLISH with properties of MQTT 5.
pub(crate) fn publish_as(first: u8, topic: &str, id: u16, properties: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut body = text(topic);
    if id > 0 {
        body.extend_from_slice(&id.to_be_bytes());
    }
    body.push(properties.len() as u8);
    body.extend_from_slice(properties);
    body.extend_from_slice(payload);
    packet(first, &body)
}

/// A PUBLISH as it was received.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) first: u8,
    pub(crate) topic: String,
    /// 0 for QoS 0.
    pub(crate) id: u16,
    pub(crate) properties: Vec<u8>,
    pub(crate) payload: String,
}

impl Heard {
    /// Whether these bytes stand among the properties.
    pub(crate) fn has(&self, property: &[u8]) -> bool {
        self.properties.windows(property.len()).any(|window| window == property)
    }
}

/// Takes a PUBLISH apart.
pub(crate) fn heard(v5: bool, (first, body): Packet) -> Heard {
    assert_eq!(first & 0xf0, 0x30, "no PUBLISH: {first:x} {body:?}");
    let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
    let topic = String::from_utf8(body[2..2 + length].to_vec()).unwrap();
    let mut rest = &body[2 + length..];
    let mut id = 0;
    if first & 0x06 != 0 {
        id = u16::from_be_bytes([rest[0], rest[1]]);
        rest = &rest[2..];
    }
    let mut properties = Vec::new();
    if v5 {
        let end = 1 + usize::from(rest[0]);
        properties = rest[1..end].to_vec();
        rest = &rest[end..];
    }
    Heard {
        first,
        topic,
        id,
        properties,
        payload: String::from_utf8(rest.to_vec()).unwrap(),
    }
}

impl Raw {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self {
            stream: TcpStream::connect(address).await.unwrap(),
        }
    }

    /// Connects and expects to be let in.
    pub(crate) async fn join(house: &House, hello: &Hello) -> Self {
        let mut raw = Self::open(house.address).await;
        raw.send(&hello.bytes()).await;
        let (first, body) = raw.read().await;
        assert_eq!((first, body[0], body[1]), (0x20, 0, 0), "{body:?}");
        raw
    }

    /// Connects and says whether the session of an earlier connection is there.
    pub(crate) async fn resume(house: &House, hello: &Hello) -> (Self, bool) {
        let mut raw = Self::open(house.address).await;
        raw.send(&hello.bytes()).await;
        let (first, body) = raw.read().await;
        assert_eq!((first, body[1]), (0x20, 0), "{body:?}");
        (raw, body[0] == 1)
    }

    /// Expects PUBREC, PUBREL or PUBCOMP and returns its id and reason code.
    pub(crate) async fn answer(&mut self, kind: u8) -> (u16, u8) {
        let (first, body) = self.read().await;
        assert_eq!(first, kind, "{body:?}");
        (
            u16::from_be_bytes([body[0], body[1]]),
            body.get(2).copied().unwrap_or(0),
        )
    }

    /// Subscribes and expects this code.
    pub(crate) async fn subscribed(&mut self, bytes: &[u8], code: u8) {
        self.send(bytes).await;
        let (first, body) = self.read().await;
        assert_eq!((first, body.last()), (0x90, Some(&code)), "{body:?}");
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Sends what the server may refuse to read to its end.
    pub(crate) async fn try_send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Says that nothing more will come.
    pub(crate) async fn finish_sending(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    pub(crate) async fn read(&mut self) -> Packet {
        self.next().await.expect("the server closed the connection")
    }

    /// The next packet; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Packet> {
        let reading = async {
            let first = self.stream.read_u8().await.ok()?;
            let (mut length, mut shift) = (0_usize, 0);
            loop {
                let byte = self.stream.read_u8().await.ok()?;
                length |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await.ok()?;
            Some((first, body))
        };
        timeout(PATIENCE, reading)
            .await
            .expect("the server neither answered nor closed")
    }

    /// Expects a PUBACK and returns its id and reason code.
    pub(crate) async fn puback(&mut self) -> (u16, u8) {
        let (first, body) = self.read().await;
        assert_eq!(first, 0x40, "{body:?}");
        (
            u16::from_be_bytes([body[0], body[1]]),
            body.get(2).copied().unwrap_or(0),
        )
    }

    /// Expects the end: for MQTT 5 a DISCONNECT with this code before it.
    pub(crate) async fn closed(&mut self, v5: bool, code: u8) {
        if v5 {
            let (first, body) = self.read().await;
            assert_eq!((first, body[0]), (0xe0, code), "{}", String::from_utf8_lossy(&body));
        }
        assert_eq!(self.next().await, None);
    }

    /// Nothing came so far: a PINGREQ is answered before anything else.
    pub(crate) async fn nothing_came(&mut self) {
        self.send(&[0xc0, 0]).await;
        assert_eq!(self.read().await, (0xd0, Vec::new()));
    }
}
