//! MQTT over WebSocket, frame by frame (MQTT 5 §6); a client that we did not write is asked in tests/e2e.

use crate::house::{self, House, PATIENCE};
use crate::raw::{hello, publish, subscribe};
use mqtt::DownMessage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const MASK: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

struct Web {
    stream: TcpStream,
    /// Bytes of MQTT that came and were not looked at.
    came: Vec<u8>,
}

fn request(protocol: &str) -> String {
    format!(
        "GET /mqtt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{protocol}\r\n"
    )
}

/// A frame with its mask; `first` is FIN and opcode.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..126 => bytes.push(0x80 | short as u8),
        long => {
            bytes.push(0x80 | 126);
            bytes.extend_from_slice(&(long as u16).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&MASK);
    bytes.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ MASK[at % 4]));
    bytes
}

impl Web {
    async fn ask(house: &House, protocol: &str) -> (Self, String) {
        let mut stream = TcpStream::connect(house.web).await.unwrap();
        stream.write_all(request(protocol).as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
        }
        let web = Self {
            stream,
            came: Vec::new(),
        };
        (web, String::from_utf8(head).unwrap())
    }

    /// Upgraded and let in.
    async fn join(house: &House, v5: bool) -> Self {
        let (mut web, head) = Self::ask(house, "Sec-WebSocket-Protocol: mqtt\r\n").await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(
            head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
            "{head}"
        );
        assert!(
            head.contains("Sec-WebSocket-Protocol: mqtt\r\n"),
            "[MQTT-6.0.0-4] {head}"
        );
        web.send(&frame(0x82, &hello(v5, "gauge").bytes())).await;
        assert_eq!(web.packet().await[0], 0x20);
        web
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next frame: its first byte and its payload; `None` at the end.
    async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let reading = async {
            let first = self.stream.read_u8().await.ok()?;
            let length = match self.stream.read_u8().await.ok()? {
                126 => usize::from(self.stream.read_u16().await.ok()?),
                short => usize::from(short),
            };
            assert!(length < 65_536, "a server's frame has no mask");
            let mut payload = vec![0; length];
            self.stream.read_exact(&mut payload).await.ok()?;
            Some((first, payload))
        };
        timeout(PATIENCE, reading).await.unwrap()
    }

    /// The next packet of MQTT, wherever the frames begin and end. Short ones only.
    async fn packet(&mut self) -> Vec<u8> {
        loop {
            if let Some(length) = self.came.get(1).map(|length| usize::from(*length) + 2)
                && self.came.len() >= length
            {
                return self.came.drain(..length).collect();
            }
            let (first, payload) = self.frame().await.expect("the server closed the connection");
            assert_eq!(first, 0x82, "binary and whole");
            self.came.extend(payload);
        }
    }
}

/// [MQTT-6.0.0-2]: packets begin and end anywhere in frames; [MQTT-6.0.0-1]: and frames are binary.
#[tokio::test]
async fn packets_travel_in_frames_however_they_are_cut() {
    for v5 in [false, true] {
        let house = house::plain().await;
        let mut web = Web::join(&house, v5).await;
        let first = publish(v5, "devices/gauge/up", 1, b"level value=1");
        let second = publish(v5, "devices/gauge/up", 2, b"rain value=1");
        let both = [first, second].concat();
        // a message of three frames with a ping inside, one byte alone, the rest in one write
        let cut = [
            frame(0x02, &both[..1]),
            frame(0x89, b"are you there"),
            frame(0x00, &both[1..30]),
            frame(0x80, &both[30..31]),
            frame(0x82, b""),
            frame(0x82, &both[31..]),
        ];
        web.send(&cut.concat()).await;
        assert_eq!(web.frame().await, Some((0x8a, b"are you there".to_vec())), "pong");
        for id in 1..=2 {
            assert_eq!(web.packet().await, [0x40, 2, 0, id]);
        }
        assert_eq!(house.store.readings().len(), 2);
        web.send(&frame(0x82, &subscribe(v5, 3, &["devices/gauge/down"]))).await;
        assert_eq!(web.packet().await[0], 0x90);
        let long = DownMessage {
            payload: "x".repeat(60_000).into(),
            ..DownMessage::default()
        };
        assert_eq!(house.handle.publish_down("gauge", long), Ok(1));
        let mut came = 0;
        while came < 60_000 {
            let (first, payload) = web.frame().await.unwrap();
            assert_eq!(first, 0x82);
            came += payload.len();
        }
        web.send(&frame(0x88, &1_000_u16.to_be_bytes())).await;
        assert_eq!(web.frame().await, Some((0x88, vec![3, 0xe8])), "close is answered");
        house::eventually("it is gone", || house.handle.sessions() == 0).await;
    }
}

/// [MQTT-6.0.0-1], [MQTT-6.0.0-3]; RFC 6455 §5.1: a client masks.
#[tokio::test]
async fn other_frames_and_other_subprotocols_are_refused() {
    let house = house::plain().await;
    for protocol in ["", "Sec-WebSocket-Protocol: mqttv3.1\r\n"] {
        let (_, head) = Web::ask(&house, protocol).await;
        assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    }
    let unmasked = [&[0x82, 2][..], &[0xc0, 0]].concat();
    for bytes in [
        frame(0x81, &[0xc0, 0]),
        frame(0x80, &[0xc0, 0]),
        frame(0xc2, &[0xc0, 0]),
        frame(0x8b, b""),
        frame(0x09, b""),
        unmasked,
    ] {
        let mut web = Web::join(&house, true).await;
        web.send(&bytes).await;
        while let Some((first, _)) = web.frame().await {
            assert!(first == 0x88 || first == 0x82, "{bytes:?}");
        }
        house::eventually("it is gone", || house.handle.sessions() == 0).await;
    }
    assert_eq!(house.store.calls(), 0);
}
