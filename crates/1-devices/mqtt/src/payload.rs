//! From the bytes of publishes to the readings of one submission.

use kernel::reject::{MAX_RAW, Reason, Rejected};
use kernel::submission::{ReadingKey, Readings, Span};
use kernel::time::Timestamp;
use kernel::value::ValueKind;
use uplink::decode::whole;
use uplink::{Decoded, Format, decode};

/// How far back a name is searched before it is written again.
const KEY_SEARCH: usize = 32;

/// Reads one payload. What cannot be read as a whole becomes one rejected item, so that quarantine has it.
pub(crate) fn read(content_type: Option<&str>, payload: &[u8], now: Timestamp, out: &mut Decoded) {
    let format = match content_type {
        None => Format::sniff(payload),
        Some(text) => match Format::from_content_type(text) {
            Some(format) => format,
            None => {
                out.clear();
                out.rejected.push(Rejected {
                    item: 0,
                    reason: Reason::Malformed,
                    detail: format!(
                        "content type '{}' is not known; use one of {}",
                        text.chars().take(60).collect::<String>(),
                        Format::MEDIA_TYPES.join(", ")
                    ),
                    raw: payload.get(..MAX_RAW).unwrap_or(payload).to_vec(),
                    device: None,
                });
                return;
            }
        },
    };
    if let Err(error) = decode(format, payload, now, out) {
        out.clear();
        out.rejected.push(whole(payload, &error));
    }
}

/// Says that whatever names no device is about `device`.
pub(crate) fn attribute(decoded: &mut Decoded, device: &str) {
    for item in decoded.rejected.iter_mut().filter(|item| item.device.is_none()) {
        item.device = Some(device.to_owned());
    }
    let readings = &mut decoded.readings;
    if readings.keys.iter().any(|key| key.device.len == 0) {
        let name = readings.keep(device.as_bytes());
        for key in readings.keys.iter_mut().filter(|key| key.device.len == 0) {
            key.device = name;
        }
    }
}

/// Highest item number of what was read, plus one.
pub(crate) fn items(decoded: &Decoded) -> u32 {
    let rows = decoded.readings.item.iter().copied();
    let highest = rows.chain(decoded.rejected.iter().map(|item| item.item)).max();
    highest.map_or(0, |item| item.saturating_add(1))
}

/// What a decoded payload takes in memory, in bytes, about.
pub(crate) fn weight(decoded: &Decoded) -> usize {
    let kept: usize = decoded.rejected.iter().map(|item| item.raw.len() + 400).sum();
    decoded.readings.heap.len() + decoded.readings.len() * 29 + decoded.readings.keys.len() * 24 + kept
}

/// Appends `from` to `into`, with item numbers moved up by `base`; `from` is emptied.
pub(crate) fn append(into: &mut Decoded, from: &mut Decoded, base: u32) {
    for mut item in from.rejected.drain(..) {
        item.item = item.item.saturating_add(base);
        into.rejected.push(item);
    }
    let (target, source) = (&mut into.readings, &from.readings);
    for row in 0..source.len() {
        let Some(old) = source.keys.get(source.key[row] as usize) else {
            continue;
        };
        let key = find_or_add(target, source, old);
        let bits = match source.kind[row] {
            ValueKind::Text | ValueKind::Json => {
                let long = target.keep(kernel::batch::heap_slice(&source.heap, source.bits[row]));
                u64::from(long.start) << 32 | u64::from(long.len)
            }
            _ => source.bits[row],
        };
        target.key.push(key);
        target.time.push(source.time[row]);
        target.kind.push(source.kind[row]);
        target.bits.push(bits);
        target.item.push(source.item[row].saturating_add(base));
    }
    from.clear();
}

fn find_or_add(target: &mut Readings, source: &Readings, key: &ReadingKey) -> u32 {
    let wanted = [key.device, key.name, key.unit].map(|span| source.bytes(span));
    let same = |known: &ReadingKey| [known.device, known.name, known.unit].map(|span| target.bytes(span)) == wanted;
    if let Some(found) = target.keys.iter().take(KEY_SEARCH).position(same) {
        return found as u32;
    }
    let [device, name, unit]: [Span; 3] = wanted.map(|bytes| target.keep(bytes));
    target.keys.push(ReadingKey { device, name, unit });
    (target.keys.len() - 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::batch::value_of;
    use kernel::value::Value;

    fn decoded(name: &str, item: u32) -> Decoded {
        let mut decoded = Decoded::default();
        let readings = &mut decoded.readings;
        let key = readings.add_key("", name, "m");
        readings.push(key, None, ValueKind::Number, 1.5_f64.to_bits(), item);
        readings.push_bytes(key, None, ValueKind::Text, name.as_bytes(), item + 1);
        decoded
    }

    #[test]
    fn appended_rows_keep_their_names_values_and_get_new_numbers() {
        let mut all = decoded("level", 0);
        append(&mut all, &mut decoded("rain", 0), 2);
        append(&mut all, &mut decoded("level", 0), 4);
        let readings = &all.readings;
        assert_eq!(readings.item, [0, 1, 2, 3, 4, 5]);
        assert_eq!(readings.key, [0, 0, 1, 1, 0, 0], "a name is not written twice");
        for (row, name) in [(1, "level"), (3, "rain"), (5, "level")] {
            let value = value_of(readings.kind[row], readings.bits[row], &readings.heap);
            assert_eq!(value, Value::Text(name.into()));
            assert_eq!(readings.text(readings.keys[readings.key[row] as usize].name), name);
        }
        assert_eq!(items(&all), 6);
    }

    #[test]
    fn readings_without_a_device_are_about_the_topic() {
        let mut decoded = decoded("level", 0);
        attribute(&mut decoded, "child");
        assert_eq!(decoded.readings.text(decoded.readings.keys[0].device), "child");
        assert_eq!(decoded.readings.text(decoded.readings.keys[0].name), "level");
    }

    #[test]
    fn what_cannot_be_read_is_kept_whole() {
        let mut out = Decoded::default();
        for (content_type, payload) in [(None, &b"[{"[..]), (Some("text/csv"), b"a,b"), (None, b"")] {
            read(content_type, payload, Timestamp::EPOCH, &mut out);
            assert!(out.readings.is_empty());
            assert_eq!(out.rejected.len(), 1);
            assert_eq!(out.rejected[0].raw, payload);
        }
    }
}
