//! What the standards forbid and the packet codec lets pass, and where a packet ends.

use rmqtt_codec::error::DecodeError;

/// Most bytes of a length (MQTT 5 §1.5.5).
const LENGTH: usize = 4;

/// Where the body of the first packet begins and ends; `None` when it is not whole yet. A packet that is too long is
/// refused by its header, so that what is kept of it never grows with what it announces.
pub(super) fn frame(bytes: &[u8], max: u32) -> Result<Option<(usize, usize)>, DecodeError> {
    let lengths = bytes.get(1..).unwrap_or_default();
    let Some((size, digits)) = length(lengths) else {
        return if lengths.len() < LENGTH {
            Ok(None)
        } else {
            Err(DecodeError::InvalidLength)
        };
    };
    if max > 0 && size > max {
        return Err(DecodeError::MaxSizeExceeded { size, max });
    }
    let at = 1 + digits;
    let end = at + size as usize;
    Ok((bytes.len() >= end).then_some((at, end)))
}

/// Looks at a whole packet before the codec does.
pub(super) fn check(is_v5: bool, first: u8, body: &[u8]) -> Result<(), DecodeError> {
    let good = match first & 0xf0 {
        // [MQTT-3.3.1-2]: no DUP with QoS 0
        0x30 => first & 0x0e != 0x08,
        0x10 => is_good_connect(is_v5, body),
        0x80 => is_v5 || is_good_subscribe(body).unwrap_or(true),
        // PINGREQ, and DISCONNECT of 3.1.1, have no body
        0xc0 => body.is_empty(),
        0xe0 => is_v5 || body.is_empty(),
        _ => true,
    };
    if good {
        Ok(())
    } else {
        Err(DecodeError::MalformedPacket)
    }
}

/// [MQTT-3.1.2-11], [MQTT-3.1.2-13] (3.1.1: -13 and -15): without a will there is no QoS and no retain flag of it; 3.1.1
/// [MQTT-3.1.2-22]: no password without a user name.
fn is_good_connect(is_v5: bool, body: &[u8]) -> bool {
    let Some(flags) = body.strip_prefix(b"\0\x04MQTT").and_then(|rest| rest.get(1)) else {
        return true;
    };
    let (has_will, of_will) = (flags & 0x04 != 0, flags & 0x38 != 0);
    let (has_user, has_password) = (flags & 0x80 != 0, flags & 0x40 != 0);
    (has_will || !of_will) && (is_v5 || has_user || !has_password)
}

/// MQTT 5 gives whoever brings no client id a new one, which has no earlier session: Clean Start or not is then the same
/// ([MQTT-3.1.3-6], [MQTT-3.1.3-7]). The codec would refuse it without, as 3.1.1 does.
pub(super) fn begin_nameless_anew(body: &mut [u8]) {
    // name, level, flags, Keep Alive, then the length of the properties
    let Some((properties, end)) = body.get(10..).and_then(length) else {
        return;
    };
    let id = 10 + end + properties as usize;
    if body.starts_with(b"\0\x04MQTT") && body.get(id..id + 2) == Some(&[0, 0]) {
        body[7] |= 0x02;
    }
}

/// A length of one to four bytes, and how many it takes.
fn length(bytes: &[u8]) -> Option<(u32, usize)> {
    let mut size = 0;
    for (at, byte) in bytes.iter().take(LENGTH).enumerate() {
        size |= u32::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((size, at + 1));
        }
    }
    None
}

/// 3.1.1 [MQTT-3-8.3-4]: nothing but a QoS stands behind a filter. `None` when the codec will find it broken.
fn is_good_subscribe(body: &[u8]) -> Option<bool> {
    let mut rest = body.get(2..)?;
    while let Some((high, low)) = rest.first().zip(rest.get(1)) {
        let end = 2 + usize::from(u16::from_be_bytes([*high, *low]));
        if rest.get(end)? & 0xfc != 0 {
            return Some(false);
        }
        rest = &rest[end + 1..];
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_taken_when_it_is_whole() {
        for (bytes, expected) in [
            (&b""[..], None),
            (b"\xc0", None),
            (b"\xc0\x00", Some((2, 2))),
            (b"\x30\x03abc\xc0", Some((2, 5))),
            (b"\x30\x03ab", None),
            (b"\x30\x80", None),
            (b"\x30\x81\x00a", Some((3, 4))),
        ] {
            assert_eq!(frame(bytes, 9).ok(), Some(expected), "{bytes:?}");
        }
        assert!(matches!(
            frame(b"\x30\x0a", 9),
            Err(DecodeError::MaxSizeExceeded { size: 10, max: 9 })
        ));
        assert!(frame(b"\x30\xff\xff\xff\xff", 0).is_err());
    }

    #[test]
    fn who_has_no_name_begins_anew() {
        for (body, flags) in [
            (&b"\0\x04MQTT\x05\xc0\0\0\0\0\0"[..], 0xc2),
            (b"\0\x04MQTT\x05\xc0\0\0\x02\x17\0\0\0", 0xc2),
            (b"\0\x04MQTT\x05\xc0\0\0\0\0\x01c", 0xc0),
            (b"\0\x04MQTT\x05\xc0\0\0\xff\xff\xff\x7f\0\0", 0xc0),
            (b"\0\x04MQTT\x05\xc0\0\0", 0xc0),
        ] {
            let mut body = body.to_vec();
            begin_nameless_anew(&mut body);
            assert_eq!(body[7], flags, "{body:?}");
        }
        begin_nameless_anew(&mut []);
    }

    #[test]
    fn what_is_forbidden_is_found() {
        for (v3, v5, first, body) in [
            (true, true, 0x3a, &b""[..]),
            (false, false, 0x38, b""),
            (false, false, 0xc0, b"x"),
            (true, true, 0xc0, b""),
            (false, true, 0xe0, b"\0"),
            (true, true, 0x10, b"\0\x04MQTT\x04\xc2"),
            (false, true, 0x10, b"\0\x04MQTT\x04\x42"),
            (false, false, 0x10, b"\0\x04MQTT\x04\x0a"),
            (false, false, 0x10, b"\0\x04MQTT\x04\x22"),
            (true, true, 0x10, b"\0\x04MQTT\x04\x2e"),
            (true, true, 0x82, b"\0\x01\0\x01a\x02\0\x01b\x01"),
            (false, true, 0x82, b"\0\x01\0\x01a\x02\0\x01b\x04"),
            (true, true, 0x82, b"\0\x01\0\x09a"),
        ] {
            assert_eq!(check(false, first, body).is_ok(), v3, "3.1.1 {first:x} {body:?}");
            assert_eq!(check(true, first, body).is_ok(), v5, "5 {first:x} {body:?}");
        }
    }
}
