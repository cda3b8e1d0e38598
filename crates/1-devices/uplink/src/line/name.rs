//! Device and value name of a line: asked only for the first line of each kind, which may still be every line of a payload.

use super::scan::{Fault, show};
use crate::decode::MAX_NAME;
use kernel::reject::Reason;

/// The tag that names the device.
const DEVICE_TAG: &str = "device";
/// The field that bears the measurement's own name.
const ONLY_FIELD: &str = "value";

/// Device and value name of the line at hand; the memory is used again for the next one.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Empty: the sender.
    pub(super) device: String,
    /// The value's name.
    pub(super) name: String,
}

impl Names {
    /// Reads them from `measurement,tags` and the name of a field.
    pub(super) fn resolve(&mut self, head: &[u8], field: &[u8]) -> Result<(), Fault> {
        self.device.clear();
        self.name.clear();
        let (head, field) = (utf8(head)?, utf8(field)?);
        let mut parts = split(head, b',');
        unescape(parts.next().unwrap_or(""), &mut self.name);
        if self.name.is_empty() {
            return Err(Fault::new(Reason::Malformed, "the measurement has no name"));
        }
        for tag in parts {
            self.take_tag(tag)?;
        }
        if field != ONLY_FIELD {
            self.name.push('.');
            unescape(field, &mut self.name);
        }
        for (what, text) in [("the device name", &self.device), ("the value name", &self.name)] {
            if text.len() > MAX_NAME {
                let detail = format!("{what} has {} bytes; at most {MAX_NAME} are taken", text.len());
                return Err(Fault::new(Reason::TooLong, detail));
            }
        }
        Ok(())
    }

    fn take_tag(&mut self, tag: &str) -> Result<(), Fault> {
        let mut sides = split(tag, b'=');
        let (name, value, more) = (sides.next().unwrap_or(""), sides.next().unwrap_or(""), sides.next());
        if name.is_empty() || value.is_empty() || more.is_some() {
            let detail = format!("the tag '{}' is not 'name=value'", show(tag.as_bytes()));
            return Err(Fault::new(Reason::Malformed, detail));
        }
        if name == DEVICE_TAG {
            if !self.device.is_empty() {
                return Err(Fault::new(Reason::Malformed, "the tag 'device' stands twice"));
            }
            unescape(value, &mut self.device);
        }
        Ok(())
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| Fault::new(Reason::InvalidUtf8, format!("'{}' is not UTF-8", show(bytes))))
}

/// The parts between unescaped ASCII separators.
fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut escaped = false;
        let border = text.bytes().position(|byte| {
            let border = byte == separator && !escaped;
            escaped = byte == b'\\' && !escaped;
            border
        });
        let (part, after) = match border {
            Some(border) => (&text[..border], Some(&text[border + 1..])),
            None => (text, None),
        };
        rest = after;
        Some(part)
    })
}

/// Appends a text without the backslash before comma, equals sign, space and backslash; others stand for themselves.
fn unescape(text: &str, plain: &mut String) {
    if !text.as_bytes().contains(&b'\\') {
        plain.push_str(text);
        return;
    }
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some(',' | '=' | ' ' | '\\')) => plain.extend(characters.next()),
            _ => plain.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_measurement_field_and_device_tag() {
        for (head, field, device, name) in [
            ("level", "value", "", "level"),
            ("water,device=g00017", "level", "g00017", "water.level"),
            ("water,site=a,device=g1,x=y", "value", "g1", "water"),
            ("wa\\,ter,device=g\\ 1", "le\\=vel", "g 1", "wa,ter.le=vel"),
        ] {
            let mut names = Names::default();
            names.resolve(head.as_bytes(), field.as_bytes()).unwrap();
            assert_eq!(
                (names.device.as_str(), names.name.as_str()),
                (device, name),
                "{head} {field}"
            );
        }
    }

    #[test]
    fn bad_heads_say_what_is_wrong() {
        let long = format!("m,device={}", "d".repeat(65));
        for (head, reason, text) in [
            (&b",device=a"[..], Reason::Malformed, "no name"),
            (b"m,device", Reason::Malformed, "'device'"),
            (b"m,device=a=b", Reason::Malformed, "name=value"),
            (b"m,device=a,device=b", Reason::Malformed, "twice"),
            (b"m\xff", Reason::InvalidUtf8, "UTF-8"),
            (long.as_bytes(), Reason::TooLong, "at most 64"),
        ] {
            let fault = Names::default().resolve(head, b"value").unwrap_err();
            assert_eq!(fault.reason, reason);
            assert!(fault.detail.contains(text), "{}", fault.detail);
        }
    }
}
