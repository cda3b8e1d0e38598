//! Finds the borders of the parts of a line; each function walks forward over bytes and copies nothing.

use kernel::reject::Reason;
use std::borrow::Cow;

/// Why a line is kept aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) reason: Reason,
    pub(super) detail: Cow<'static, str>,
}

impl Fault {
    pub(super) fn new(reason: Reason, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }

    /// Something else stands at `at` than what is allowed there.
    pub(super) fn expected(what: &str, body: &[u8], at: usize) -> Self {
        let rest = body.get(at..).unwrap_or(&[]);
        let line = rest.split(|&byte| byte == b'\n').next().unwrap_or(&[]);
        let detail = if line.trim_ascii().is_empty() {
            format!("the line ends where {what} is needed")
        } else {
            format!("'{}' stands where {what} is needed", show(line))
        };
        Self::new(Reason::Malformed, detail)
    }
}

/// A piece of the payload for a message: at most 24 characters.
pub(super) fn show(bytes: &[u8]) -> String {
    let cut = bytes.get(..96).unwrap_or(bytes);
    String::from_utf8_lossy(cut).trim_end().chars().take(24).collect()
}

const SPACE: u8 = 1;
const NEWLINE: u8 = 2;
const ESCAPE: u8 = 4;
const COMMA: u8 = 8;
const EQUALS: u8 = 16;

const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    class[b' ' as usize] = SPACE;
    class[b'\n' as usize] = NEWLINE;
    class[b'\r' as usize] = NEWLINE;
    class[b'\\' as usize] = ESCAPE;
    class[b',' as usize] = COMMA;
    class[b'=' as usize] = EQUALS;
    class
};

/// The first byte from `at` on that has one of the classes, stepping over escaped ones; the end when there is none.
#[inline]
fn find(body: &[u8], mut at: usize, classes: u8) -> usize {
    while let Some(&byte) = body.get(at) {
        let class = CLASS[byte as usize];
        if class & (classes | ESCAPE) != 0 {
            if class & classes != 0 {
                return at;
            }
            // A backslash takes the next byte's meaning, but never a line's end.
            at += usize::from(body.get(at + 1).is_some_and(|next| CLASS[*next as usize] != NEWLINE));
        }
        at += 1;
    }
    body.len()
}

/// The end of `measurement,tags`.
#[inline]
pub(super) fn end_of_head(body: &[u8], at: usize) -> Result<usize, Fault> {
    let end = find(body, at, SPACE | NEWLINE);
    if body.get(end) == Some(&b' ') {
        Ok(end)
    } else {
        Err(Fault::expected(
            "a space and 'field=value' after the measurement and its tags",
            body,
            end,
        ))
    }
}

/// The end of a field's name; a `=` stands there.
#[inline]
pub(super) fn end_of_field_name(body: &[u8], at: usize) -> Result<usize, Fault> {
    let end = find(body, at, EQUALS | COMMA | SPACE | NEWLINE);
    if end > at && body.get(end) == Some(&b'=') {
        Ok(end)
    } else {
        Err(Fault::expected("'field=value'", body, at))
    }
}

/// The end of an unquoted value or timestamp.
#[inline]
pub(super) fn end_of_value(body: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = body.get(at) {
        if CLASS[byte as usize] & (COMMA | SPACE | NEWLINE) != 0 {
            return at;
        }
        at += 1;
    }
    body.len()
}

/// A quoted text from its first byte after the quote, without escapes, into `text`; gives the first byte after it.
pub(super) fn quoted(body: &[u8], mut at: usize, text: &mut Vec<u8>) -> Result<usize, Fault> {
    text.clear();
    while let Some(&byte) = body.get(at) {
        match (byte, body.get(at + 1)) {
            (b'"', _) => return Ok(at + 1),
            (b'\\', Some(&next @ (b'"' | b'\\'))) => {
                text.push(next);
                at += 2;
            }
            _ => {
                text.push(byte);
                at += 1;
            }
        }
    }
    Err(Fault::new(Reason::Malformed, "a text value is not closed by '\"'"))
}

/// The first byte that is no space.
#[inline]
pub(super) fn skip_spaces(body: &[u8], mut at: usize) -> usize {
    while body.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// The first byte that is no space, tab or carriage return.
#[inline]
pub(super) fn skip_blanks(body: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r') = body.get(at) {
        at += 1;
    }
    at
}

/// The first byte after the next line break.
pub(super) fn after_newline(body: &[u8], at: usize) -> usize {
    let rest = body.get(at..).unwrap_or(&[]);
    rest.iter()
        .position(|&byte| byte == b'\n')
        .map_or(body.len(), |newline| at + newline + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_respect_escapes() {
        assert_eq!(end_of_head(b"a\\ b,c=d e=1", 0), Ok(8));
        assert_eq!(end_of_field_name(b"a\\=b=1", 0), Ok(4));
        assert!(end_of_head(b"a,b=c\n", 0).is_err());
        assert!(
            end_of_head(b"a\\\nb c=1", 0).is_err(),
            "a backslash does not join lines"
        );
        assert!(end_of_field_name(b"=1", 0).is_err());
    }

    #[test]
    fn quoted_texts_lose_only_their_own_escapes() {
        let mut text = Vec::new();
        assert_eq!(quoted(b"a\\\"b\\\\c\\n\" ", 0, &mut text), Ok(10));
        assert_eq!(text, b"a\"b\\c\\n");
        assert!(quoted(b"abc", 0, &mut text).is_err());
    }
}
