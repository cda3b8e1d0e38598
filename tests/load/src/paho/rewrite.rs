//! What the relay changes: CONNECT gets a credential and asks for no words, and the suites' topics lie below one name.

use crate::mqtt::length;

/// The suites subscribe to `#` and `+/+` and publish to `/TopicA`. The server opens no tree as a whole (docs/mqtt.md), so
/// that theirs lies below this name.
pub(super) const MOUNT: &str = "paho/";

/// Begins of topics that stay outside, where nothing is open. What the server does with them is its own doing.
const OUTSIDE: [&[u8]; 2] = [b"$", b"test/"];

const CONNECT: u8 = 1;
pub(super) const PUBLISH: u8 = 3;
const SUBSCRIBE: u8 = 8;
const UNSUBSCRIBE: u8 = 10;

/// Request Problem Information: no. The suites' reader takes acknowledgements of four bytes at most, without Reason
/// Strings, which MQTT 5 allows the server; this is how a client says so.
const NO_WORDS: [u8; 2] = [0x17, 0];

/// What CONNECT packets get.
pub(super) struct Login {
    user: String,
    token: String,
}

impl Login {
    /// User name and password.
    pub(super) fn new(user: &str, token: &str) -> Self {
        Self {
            user: user.to_owned(),
            token: token.to_owned(),
        }
    }

    /// The body of a packet as the server gets it; `version` is that of the connection, 0 before CONNECT. What cannot be
    /// read goes on as it is: the server has to refuse it.
    pub(super) fn to_server(&self, version: &mut u8, first: u8, body: &[u8]) -> Vec<u8> {
        let changed = match first >> 4 {
            CONNECT => self.connect(version, body),
            PUBLISH => publish(body, mounted),
            SUBSCRIBE => filters(body, *version, 1),
            UNSUBSCRIBE => filters(body, *version, 0),
            _ => None,
        };
        changed.unwrap_or_else(|| body.to_vec())
    }

    fn connect(&self, version: &mut u8, body: &[u8]) -> Option<Vec<u8>> {
        let mut rest = Reader(body);
        let (name, level, flags) = (rest.text()?, rest.byte()?, rest.byte()?);
        let own_credential = flags & 0xc0 != 0;
        if name != b"MQTT" || ![4, 5].contains(&level) || own_credential {
            return None;
        }
        let mut out = Vec::new();
        put(&mut out, name);
        out.extend([level, flags | 0xc0]);
        out.extend(rest.take(2)?);
        if level == 5 {
            let properties = rest.properties()?;
            length(&mut out, NO_WORDS.len() + properties.len());
            out.extend(NO_WORDS);
            out.extend(properties);
        }
        put(&mut out, rest.text()?);
        if flags & 4 != 0 {
            if level == 5 {
                let properties = rest.properties()?;
                length(&mut out, properties.len());
                out.extend(properties);
            }
            put(&mut out, &mounted(rest.text()?));
            put(&mut out, rest.text()?);
        }
        put(&mut out, self.user.as_bytes());
        put(&mut out, self.token.as_bytes());
        *version = level;
        rest.0.is_empty().then_some(out)
    }
}

/// The body of a packet as the client gets it.
pub(super) fn to_client(first: u8, body: &[u8]) -> Vec<u8> {
    let unmounted = |topic: &[u8]| topic.strip_prefix(MOUNT.as_bytes()).unwrap_or(topic).to_vec();
    let changed = (first >> 4 == PUBLISH).then(|| publish(body, unmounted));
    changed.flatten().unwrap_or_else(|| body.to_vec())
}

/// A topic or filter of the suites on the server. An empty one stands for a topic alias.
fn mounted(topic: &[u8]) -> Vec<u8> {
    if let Some(shared) = topic.strip_prefix(b"$share/")
        && let Some(end) = shared.iter().position(|byte| *byte == b'/')
    {
        let (group, filter) = shared.split_at(end + 1);
        return [b"$share/", group, &mounted(filter)].concat();
    }
    let stays = topic.is_empty() || OUTSIDE.iter().any(|begin| topic.starts_with(begin));
    if stays {
        topic.to_vec()
    } else {
        [MOUNT.as_bytes(), topic].concat()
    }
}

fn publish(body: &[u8], change: impl Fn(&[u8]) -> Vec<u8>) -> Option<Vec<u8>> {
    let mut rest = Reader(body);
    let mut out = Vec::new();
    put(&mut out, &change(rest.text()?));
    out.extend(rest.0);
    Some(out)
}

/// SUBSCRIBE and UNSUBSCRIBE: filters with so many bytes of options behind each.
fn filters(body: &[u8], version: u8, options: usize) -> Option<Vec<u8>> {
    let mut rest = Reader(body);
    let mut out = rest.take(2)?.to_vec();
    if version == 5 {
        let properties = rest.properties()?;
        length(&mut out, properties.len());
        out.extend(properties);
    }
    while !rest.0.is_empty() {
        put(&mut out, &mounted(rest.text()?));
        out.extend(rest.take(options)?);
    }
    Some(out)
}

/// Appends bytes with their length in two bytes before them.
fn put(into: &mut Vec<u8>, bytes: &[u8]) {
    into.extend((bytes.len() as u16).to_be_bytes());
    into.extend(bytes);
}

/// What is left of a body.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let count = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        self.take(usize::from(count))
    }

    fn properties(&mut self) -> Option<&'a [u8]> {
        let mut count = 0_usize;
        for at in 0..4 {
            let byte = self.byte()?;
            count |= usize::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                return self.take(count);
            }
        }
        None
    }
}

#[cfg(test)]
#[path = "rewrite_tests.rs"]
mod tests;
