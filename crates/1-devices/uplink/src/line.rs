//! InfluxDB line protocol: `measurement,tag=value field=value timestamp`, scanned in place, one key look-up per value.
//!
//! The value's name is the measurement when the field is called `value`, else `measurement.field`; the tag `device` names
//! the device, other tags only tell lines apart. A bad line is kept aside whole, with all its fields.

mod name;
mod scan;

use crate::decode::{Decoded, MAX_ITEMS, Precision};
use crate::error::DecodeError;
use crate::key::KeyTable;
use crate::number;
use kernel::reject::Reason;
use kernel::time::Timestamp;
use kernel::value::{MAX_TEXT, ValueKind};
use name::Names;
use scan::Fault;

/// Reads all lines.
pub(crate) fn decode(payload: &[u8], precision: Precision, out: &mut Decoded) -> Result<(), DecodeError> {
    let mut reader = Reader {
        body: payload,
        precision,
        keys: KeyTable::new(),
        out,
        text: Vec::new(),
        names: Names::default(),
    };
    reader.reserve();
    // byte order mark
    let mut at = if payload.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut number = 0_u32;
    while at < payload.len() {
        let start = scan::skip_blanks(payload, at);
        let end = match payload.get(start) {
            None => break,
            Some(b'\n') => start + 1,
            Some(b'#') => scan::after_newline(payload, start),
            Some(_) => reader.line(start, number)?,
        };
        // A line is longer than a line of the payload only where a quoted text holds line breaks.
        number += payload[at..end].iter().filter(|&&byte| byte == b'\n').count() as u32;
        at = end;
    }
    Ok(())
}

struct Reader<'a, 'o> {
    body: &'a [u8],
    precision: Precision,
    keys: KeyTable,
    out: &'o mut Decoded,
    /// A quoted text without its escapes.
    text: Vec<u8>,
    names: Names,
}

/// Columns as long as they were before a line.
struct Mark {
    rows: usize,
    heap: usize,
}

impl Reader<'_, '_> {
    /// Room for about as many rows as the payload's length promises.
    fn reserve(&mut self) {
        let rows = (self.body.len() / 48).min(MAX_ITEMS);
        let readings = &mut self.out.readings;
        readings.key.reserve(rows);
        readings.time.reserve(rows);
        readings.kind.reserve(rows);
        readings.bits.reserve(rows);
        readings.item.reserve(rows);
    }

    /// One line from `start`; gives the start of the next one.
    fn line(&mut self, start: usize, number: u32) -> Result<usize, DecodeError> {
        self.out.check_room()?;
        let mark = Mark {
            rows: self.out.readings.len(),
            heap: self.out.readings.heap.len(),
        };
        match self.fields(start, number) {
            Ok((at, time)) => {
                if let Some(time) = time {
                    self.out.readings.time[mark.rows..].fill(time);
                }
                Ok(at)
            }
            Err(Fault { reason, detail }) => {
                self.undo(&mark);
                // An unclosed quote may have run far: what follows the line break is tried as a line of its own.
                let end = scan::after_newline(self.body, start);
                let raw = self.body[start..end].trim_ascii_end();
                self.out.reject(number, reason, detail, raw);
                Ok(end)
            }
        }
    }

    /// Takes the rows of a bad line back. A key that it added stays usable, and then the heap stays as long as it is.
    fn undo(&mut self, mark: &Mark) {
        let readings = &mut self.out.readings;
        readings.key.truncate(mark.rows);
        readings.time.truncate(mark.rows);
        readings.kind.truncate(mark.rows);
        readings.bits.truncate(mark.rows);
        readings.item.truncate(mark.rows);
        let keys_end = readings.keys.last().map_or(0, |key| key.unit.start + key.unit.len);
        if keys_end as usize <= mark.heap {
            readings.heap.truncate(mark.heap);
        }
    }

    /// All fields of a line, and its timestamp; gives the start of the next line.
    fn fields(&mut self, start: usize, number: u32) -> Result<(usize, Option<Timestamp>), Fault> {
        let body = self.body;
        let head_end = scan::end_of_head(body, start)?;
        let head = &body[start..head_end];
        let mut at = scan::skip_spaces(body, head_end);
        loop {
            let name_end = scan::end_of_field_name(body, at)?;
            let field = &body[at..name_end];
            let key = self.key(head, field)?;
            at = self.value(key, name_end + 1, number)?;
            match body.get(at) {
                Some(b',') => {
                    if self.out.check_room().is_err() {
                        return Err(Fault::new(
                            Reason::TooLong,
                            format!("the payload has more than {MAX_ITEMS} values"),
                        ));
                    }
                    at += 1;
                }
                Some(b' ' | b'\r') => break,
                Some(b'\n') | None => break,
                Some(_) => {
                    return Err(Fault::expected(
                        "',', a space or the end of the line after a value",
                        body,
                        at,
                    ));
                }
            }
        }
        self.timestamp(scan::skip_spaces(body, at))
    }

    /// One value from `at`; gives the first byte after it.
    #[inline]
    fn value(&mut self, key: u32, at: usize, item: u32) -> Result<usize, Fault> {
        let body = self.body;
        if body.get(at) == Some(&b'"') {
            let end = scan::quoted(body, at + 1, &mut self.text)?;
            if self.text.len() > MAX_TEXT {
                let detail = format!(
                    "the text value has {} bytes; at most {MAX_TEXT} are taken",
                    self.text.len()
                );
                return Err(Fault::new(Reason::TooLong, detail));
            }
            if std::str::from_utf8(&self.text).is_err() {
                return Err(Fault::new(Reason::InvalidUtf8, "the text value is not UTF-8"));
            }
            self.out
                .readings
                .push_bytes(key, None, ValueKind::Text, &self.text, item);
            return Ok(end);
        }
        let end = scan::end_of_value(body, at);
        let token = &body[at..end];
        let (kind, bits) = match token {
            b"t" | b"T" | b"true" | b"True" | b"TRUE" => (ValueKind::Boolean, 1),
            b"f" | b"F" | b"false" | b"False" | b"FALSE" => (ValueKind::Boolean, 0),
            [digits @ .., b'i'] => (ValueKind::Number, whole(digits)?.to_bits()),
            [digits @ .., b'u'] if digits.first() != Some(&b'-') => (ValueKind::Number, unsigned(digits)?.to_bits()),
            token => match number::float(token) {
                Some(value) => (ValueKind::Number, value.to_bits()),
                None => return Err(not_a_value(token)),
            },
        };
        self.out.readings.push(key, None, kind, bits, item);
        Ok(end)
    }

    /// The key of a line's head and a field's name.
    #[inline]
    fn key(&mut self, head: &[u8], field: &[u8]) -> Result<u32, Fault> {
        let raw: [&[u8]; 3] = [head, field, &[]];
        let hash = self.keys.hash(raw);
        if let Some(key) = self.keys.find(hash, raw) {
            return Ok(key);
        }
        self.names.resolve(head, field)?;
        let key = self.out.readings.add_key(&self.names.device, &self.names.name, "");
        self.keys.add(hash, raw, key);
        Ok(key)
    }

    /// The timestamp at `at` if there is one, and the start of the next line.
    #[inline]
    fn timestamp(&self, at: usize) -> Result<(usize, Option<Timestamp>), Fault> {
        let body = self.body;
        let end = scan::end_of_value(body, at);
        let token = &body[at..end];
        let rest = scan::skip_blanks(body, end);
        match body.get(rest) {
            Some(b'\n') | None => {}
            Some(_) => return Err(Fault::expected("the end of the line after the timestamp", body, rest)),
        }
        let next = (rest + 1).min(body.len());
        if token.is_empty() {
            return Ok((next, None));
        }
        let Some(count) = number::integer(token) else {
            let shown = scan::show(token);
            return Err(Fault::new(
                Reason::Malformed,
                format!("the timestamp '{shown}' is no whole number"),
            ));
        };
        let micros = match self.precision {
            Precision::Nanoseconds => Some(count.div_euclid(1_000)),
            Precision::Microseconds => Some(count),
            Precision::Milliseconds => count.checked_mul(1_000),
            Precision::Seconds => count.checked_mul(1_000_000),
        };
        match micros {
            Some(micros) => Ok((next, Some(Timestamp::from_micros(micros.max(i64::MIN + 1))))),
            None => {
                let reason = if count > 0 {
                    Reason::TimeFuture
                } else {
                    Reason::TimePast
                };
                let detail =
                    format!("the timestamp {count} is beyond all calendars; does ?precision= (ns, us, ms, s) fit?");
                Err(Fault::new(reason, detail))
            }
        }
    }
}

fn whole(digits: &[u8]) -> Result<f64, Fault> {
    match number::integer(digits) {
        Some(value) => Ok(value as f64),
        None => Err(not_a_value(digits)),
    }
}

fn unsigned(digits: &[u8]) -> Result<f64, Fault> {
    match std::str::from_utf8(digits)
        .ok()
        .and_then(|text| text.parse::<u64>().ok())
    {
        Some(value) => Ok(value as f64),
        None => Err(not_a_value(digits)),
    }
}

fn not_a_value(token: &[u8]) -> Fault {
    let shown = scan::show(token);
    Fault::new(
        Reason::Malformed,
        format!(
            "'{shown}' is no value; write a number such as 1.25, 12i or 12u, true or false, or a text in \"quotes\""
        ),
    )
}
