//! SenML in CBOR (RFC 8428 section 6, RFC 8949): the records of JSON with integer labels.

mod cursor;

use super::pack::Pack;
use super::record::{Cell, Label, Record};
use crate::decode::Decoded;
use crate::error::DecodeError;
use cursor::{Broken, Cursor, Head, Major};
use kernel::reject::Reason;
use kernel::time::Timestamp;

/// Reads a pack.
pub(crate) fn decode(payload: &[u8], now: Timestamp, out: &mut Decoded) -> Result<(), DecodeError> {
    let mut cursor = Cursor::new(payload);
    let mut pack = Pack::new(now, out);
    let mut record = Record::new();
    let head = cursor.head().map_err(broken)?;
    if head.major != Major::Array {
        return Err(broken(Broken {
            at: 0,
            what: "a pack is a CBOR array of maps",
        }));
    }
    let mut number = 0_u32;
    while cursor.more(head.count, u64::from(number)).map_err(broken)? {
        let start = cursor.at();
        let item = cursor.head().map_err(broken)?;
        if item.major == Major::Map {
            record.clear();
            fields(&mut cursor, item, &mut record).map_err(broken)?;
            pack.take(number, &record, cursor.since(start))?;
        } else {
            cursor.skip(item).map_err(broken)?;
            let detail = "an item is not a map; write a map with the fields of RFC 8428 section 6";
            pack.reject(number, Reason::Malformed, detail, cursor.since(start))?;
        }
        number = number.saturating_add(1);
    }
    if cursor.is_at_end() {
        Ok(())
    } else {
        Err(broken(Broken {
            at: cursor.at(),
            what: "something follows after the end of the pack",
        }))
    }
}

fn fields<'a>(cursor: &mut Cursor<'a>, map: Head, record: &mut Record<'a>) -> Result<(), Broken> {
    let mut done = 0_u64;
    while cursor.more(map.count, done)? {
        done += 1;
        let label = cursor.head()?;
        match label.major {
            Major::Unsigned | Major::Negative => {
                let label = label.integer().and_then(Label::from_integer);
                let cell = typed(cursor, label)?;
                if let Some(label) = label {
                    record.set(label, cell);
                }
            }
            Major::Text => {
                let text = cursor.text(label)?;
                let label = text.and_then(Label::from_text);
                let cell = typed(cursor, label)?;
                match (label, text) {
                    (Some(label), _) => record.set(label, cell),
                    (None, Some(text)) => record.unknown(text),
                    (None, None) => record.fault = Some((Reason::InvalidUtf8, "a label is not UTF-8".into())),
                }
            }
            _ => {
                cursor.skip(label)?;
                value(cursor)?;
                let detail = "a label is neither an integer nor a text (RFC 8428 section 6)";
                record.fault = Some((Reason::Malformed, detail.into()));
            }
        }
    }
    Ok(())
}

/// The content of a field whose type is narrower in CBOR than in JSON: the version is an unsigned integer, data are bytes.
fn typed<'a>(cursor: &mut Cursor<'a>, label: Option<Label>) -> Result<Cell<'a>, Broken> {
    let is_unsigned = cursor.clone().head()?.major == Major::Unsigned;
    Ok(match (label, value(cursor)?) {
        (Some(Label::BaseVersion), _) if !is_unsigned => Cell::Other("not an unsigned integer"),
        (Some(Label::DataValue), Cell::Text(_)) => Cell::Other("a text where bytes belong"),
        (_, cell) => cell,
    })
}

/// The content of a field; what no field may be is stepped over.
fn value<'a>(cursor: &mut Cursor<'a>) -> Result<Cell<'a>, Broken> {
    let head = cursor.head()?;
    Ok(match head.major {
        Major::Unsigned | Major::Negative => Cell::Number(head.number()),
        Major::Text if head.count.is_some() => cursor.text(head)?.map_or(Cell::NotUtf8, |text| Cell::Text(text.into())),
        Major::Bytes if head.count.is_some() => Cell::Bytes(cursor.bytes(head)?),
        Major::Simple => match head.simple() {
            Some(cell) => cell,
            None => Cell::Other("an unassigned simple value"),
        },
        Major::Tag if head.argument == 4 => match cursor.decimal_fraction()? {
            Some(number) => Cell::Number(number),
            None => Cell::Other("a decimal fraction that is not [exponent, mantissa]"),
        },
        Major::Text | Major::Bytes => {
            cursor.skip(head)?;
            Cell::Other("a string without a definite length")
        }
        Major::Array => {
            cursor.skip(head)?;
            Cell::Other("an array")
        }
        Major::Map => {
            cursor.skip(head)?;
            Cell::Other("a map")
        }
        Major::Tag => {
            cursor.skip(head)?;
            Cell::Other("a tagged value")
        }
    })
}

fn broken(broken: Broken) -> DecodeError {
    DecodeError::Broken {
        format: "SenML CBOR",
        offset: broken.at as u64,
        what: broken.what.to_owned(),
    }
}
