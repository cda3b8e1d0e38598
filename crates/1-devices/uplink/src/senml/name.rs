//! Splits a SenML name into device and value name.

/// The value name of a device that reports only one value and does not name it.
const ONLY_VALUE: &str = "value";

/// Splits a full name (base name and name, RFC 8428 section 4.5.1) into device and value name; the device is empty when the
/// sender speaks of itself.
///
/// The last `/` or `:` is the border. A device URN (RFC 9039) loses its `urn:dev:<kind>:`, so that
/// `urn:dev:ow:10e2073a01080063:voltage` is the value `voltage` of device `10e2073a01080063`. A name that ends with the
/// device is its only value, called `value`.
pub(super) fn split(full: &str) -> (&str, &str) {
    let urn = full.strip_prefix("urn:dev:").and_then(|rest| rest.split_once(':'));
    let local = urn.map_or(full, |(_, rest)| rest);
    match local.rfind(['/', ':']) {
        Some(border) if border + 1 < local.len() => (&local[..border], &local[border + 1..]),
        Some(border) => (&local[..border], ONLY_VALUE),
        None if urn.is_some() => (local, ONLY_VALUE),
        None => ("", local),
    }
}

/// Whether a full name has only the characters of RFC 8428 section 4.5.1: letters, digits and `- : . / _`, beginning with a
/// letter or digit.
pub(super) fn is_full_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':' | b'.' | b'/' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_separator_is_the_border() {
        for (full, device, name) in [
            ("level", "", "level"),
            ("gauge-001/level", "gauge-001", "level"),
            ("gauge-001:level", "gauge-001", "level"),
            ("gauge-001/", "gauge-001", "value"),
            ("urn:dev:ow:10e2073a01080063:voltage", "10e2073a01080063", "voltage"),
            ("urn:dev:ow:10e2073a01080063:", "10e2073a01080063", "value"),
            ("urn:dev:ow:10e2073a01080063", "10e2073a01080063", "value"),
            ("urn:dev:mac:0024befffe804ff1/temp", "0024befffe804ff1", "temp"),
            ("2001:db8::2/temperature", "2001:db8::2", "temperature"),
            ("a/b/c", "a/b", "c"),
            ("/", "", "value"),
        ] {
            assert_eq!(split(full), (device, name), "{full}");
        }
    }

    #[test]
    fn names_have_only_the_characters_of_the_rfc() {
        for (name, good) in [
            ("a", true),
            ("1-:./_", true),
            ("", false),
            ("_a", false),
            ("mực nước", false),
            ("a b", false),
        ] {
            assert_eq!(is_full_name(name), good, "{name}");
        }
    }
}
