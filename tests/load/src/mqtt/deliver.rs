//! The side of a subscriber: what is delivered to it, and packets for one that will never read.

use super::{Client, length, text};
use anyhow::{Result, bail};

impl Client {
    /// Waits for a message of QoS 0 or 1 in MQTT 3.1.1, acknowledges it and gives its payload.
    pub(crate) async fn delivered(&mut self) -> Result<Vec<u8>> {
        loop {
            let (kind, body) = self.packet().await?;
            match kind & 0xf0 {
                0x30 => {}
                0xe0 => bail!("the server disconnects"),
                _ => continue,
            }
            let Some((topic, rest)) = body.split_first_chunk::<2>() else {
                bail!("a message without a topic");
            };
            let topic = usize::from(u16::from_be_bytes(*topic));
            let mut payload = rest.get(topic..).unwrap_or_default().to_vec();
            if kind & 0x06 != 0 {
                if payload.len() < 2 {
                    bail!("a message of QoS 1 without a number");
                }
                let number: Vec<u8> = payload.drain(..2).collect();
                self.write(&[0x40, 2, number[0], number[1]]).await?;
            }
            return Ok(payload);
        }
    }
}

/// CONNECT of MQTT 3.1.1 with user name and password.
pub(crate) fn connect_packet(client: &str, user: &str, password: &str) -> Vec<u8> {
    let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, 0xc2];
    body.extend_from_slice(&600_u16.to_be_bytes());
    for part in [client, user, password] {
        text(&mut body, part);
    }
    packet(0x10, body)
}

/// SUBSCRIBE to one filter with QoS 1.
pub(crate) fn subscribe_packet(filter: &str) -> Vec<u8> {
    let mut body = vec![0, 1];
    text(&mut body, filter);
    body.push(1);
    packet(0x82, body)
}

fn packet(kind: u8, body: Vec<u8>) -> Vec<u8> {
    let mut packet = vec![kind];
    length(&mut packet, body.len());
    packet.extend(body);
    packet
}

#[cfg(test)]
mod tests {
    use super::{connect_packet, subscribe_packet};

    #[test]
    fn packets_are_laid_out_as_the_standard_says() {
        assert_eq!(subscribe_packet("a/#"), [0x82, 8, 0, 1, 0, 3, b'a', b'/', b'#', 1]);
        let connect = connect_packet("c", "u", "p");
        assert_eq!((connect[0], usize::from(connect[1])), (0x10, connect.len() - 2));
    }
}
