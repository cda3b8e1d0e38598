//! SenML in JSON (RFC 8428 section 5): walks the array of records once and keeps its place after a bad item.

mod cursor;

use super::pack::Pack;
use super::record::{Cell, Label, Record};
use crate::decode::Decoded;
use crate::error::{DecodeError, Place};
use cursor::{Broken, Cursor};
use kernel::reject::Reason;
use kernel::time::Timestamp;

/// Reads a pack. A single record without the array around it is taken as a pack of one.
pub(crate) fn decode(payload: &[u8], now: Timestamp, out: &mut Decoded) -> Result<(), DecodeError> {
    let mut cursor = Cursor::new(payload);
    let mut pack = Pack::new(now, out);
    let mut record = Record::new();
    cursor.skip_space();
    if cursor.peek() == Some(b'{') {
        item(&mut cursor, 0, &mut record, &mut pack)?;
    } else {
        cursor
            .expect(b'[', "an array of SenML records begins with '['")
            .map_err(|broken| malformed(payload, broken))?;
        items(&mut cursor, &mut record, &mut pack)?;
    }
    cursor.skip_space();
    match cursor.peek() {
        None => Ok(()),
        Some(_) => Err(malformed(
            payload,
            cursor.broken("something follows after the end of the pack"),
        )),
    }
}

fn items<'a>(cursor: &mut Cursor<'a>, record: &mut Record<'a>, pack: &mut Pack<'_>) -> Result<(), DecodeError> {
    let payload = cursor.body();
    cursor.skip_space();
    if cursor.take(b']') {
        return Ok(());
    }
    for number in 0_u32.. {
        cursor.skip_space();
        item(cursor, number, record, pack)?;
        cursor.skip_space();
        if cursor.take(b']') {
            break;
        }
        cursor
            .expect(b',', "after an item comes ',' or ']'")
            .map_err(|broken| malformed(payload, broken))?;
    }
    Ok(())
}

fn item<'a>(
    cursor: &mut Cursor<'a>,
    number: u32,
    record: &mut Record<'a>,
    pack: &mut Pack<'_>,
) -> Result<(), DecodeError> {
    let payload = cursor.body();
    let start = cursor.at();
    if cursor.peek() != Some(b'{') {
        let what = cursor.value().map_err(|broken| malformed(payload, broken))?.what();
        let detail = format!("an item is {what}; write an object with the fields of RFC 8428");
        return pack.reject(number, Reason::Malformed, &detail, cursor.since(start));
    }
    record.clear();
    match fields(cursor, record) {
        Ok(()) => pack.take(number, record, cursor.since(start)),
        Err(broken) => {
            // The item's own text is broken. If its brackets close, its neighbours can still be read, unless it may
            // have set base values that they lean on.
            cursor.go_to(start);
            let whole = || malformed(payload, broken);
            cursor.skip_nested().map_err(|_| whole())?;
            let raw = cursor.since(start);
            if may_rule_others(raw) {
                return Err(whole());
            }
            let detail = format!("at byte {} of the item: {}", broken.at - start, broken.what);
            pack.reject(number, Reason::Malformed, &detail, raw)
        }
    }
}

/// Whether an unreadable item may hold base fields or fields that must be understood.
fn may_rule_others(raw: &[u8]) -> bool {
    let base = |four: &[u8]| matches!(four, [b'"', b'b', b'n' | b't' | b'u' | b'v' | b's', b'"' | b'e']);
    raw.contains(&b'\\') || raw.windows(4).any(base) || raw.windows(2).any(|two| two == b"_\"")
}

/// The fields of an object, its `{` not yet taken.
fn fields<'a>(cursor: &mut Cursor<'a>, record: &mut Record<'a>) -> Result<(), Broken> {
    cursor.expect(b'{', "an object begins with '{'")?;
    cursor.skip_space();
    if cursor.take(b'}') {
        return Ok(());
    }
    loop {
        cursor.skip_space();
        let label = cursor.string()?;
        cursor.skip_space();
        cursor.expect(b':', "after a label comes ':'")?;
        cursor.skip_space();
        let cell = cursor.value()?;
        match label.as_deref() {
            Some(text) => match Label::from_text(text) {
                Some(label) => record.set(label, cell),
                None => record.unknown(text),
            },
            None => record.fault = Some((Reason::InvalidUtf8, "a label is not UTF-8".into())),
        }
        cursor.skip_space();
        if cursor.take(b'}') {
            return Ok(());
        }
        cursor.expect(b',', "after a field comes ',' or '}'")?;
    }
}

fn malformed(payload: &[u8], broken: Broken) -> DecodeError {
    DecodeError::Malformed {
        format: "SenML JSON",
        at: Place::of(payload, broken.at),
        what: broken.what.to_owned(),
    }
}

impl<'a> Cursor<'a> {
    /// Any JSON value; arrays and objects are stepped over.
    fn value(&mut self) -> Result<Cell<'a>, Broken> {
        match self.peek() {
            Some(b'"') => Ok(self.string()?.map_or(Cell::NotUtf8, Cell::Text)),
            Some(b'-' | b'0'..=b'9' | b'N' | b'I') => self.number().map(Cell::Number),
            Some(b't') => self.word(b"true").map(|()| Cell::Boolean(true)),
            Some(b'f') => self.word(b"false").map(|()| Cell::Boolean(false)),
            Some(b'n') => self.word(b"null").map(|()| Cell::Other("null")),
            Some(b'[') => self.skip_nested().map(|()| Cell::Other("an array")),
            Some(b'{') => self.skip_nested().map(|()| Cell::Other("an object")),
            Some(_) => Err(self.broken("here stands no JSON value")),
            None => Err(self.broken("the payload ends in the middle of an item")),
        }
    }
}
