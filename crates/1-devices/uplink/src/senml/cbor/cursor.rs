//! Steps through CBOR (RFC 8949) item by item without copying.

use super::super::record::Cell;

/// Where and why reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Byte in the payload.
    pub(super) at: usize,
    /// What is wrong there.
    pub(super) what: &'static str,
}

const ENDS: &str = "the payload ends in the middle of an item";
/// Deepest nesting that is stepped over.
const MAX_DEPTH: usize = 32;

/// The eight major types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Major {
    Unsigned,
    Negative,
    Bytes,
    Text,
    Array,
    Map,
    Tag,
    Simple,
}

/// The first bytes of an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Type.
    pub(super) major: Major,
    /// The low five bits of the first byte.
    low: u8,
    /// The argument: value, length, tag or the bits of a float.
    pub(super) argument: u64,
    /// Length or number of items; `None` when a break ends them.
    pub(super) count: Option<u64>,
}

impl Head {
    /// The value of an integer that fits.
    pub(super) fn integer(self) -> Option<i64> {
        let value = i64::try_from(self.argument).ok()?;
        if self.major == Major::Negative {
            Some(-1 - value)
        } else {
            Some(value)
        }
    }

    /// The value of an integer as a double.
    pub(super) fn number(self) -> f64 {
        if self.major == Major::Negative {
            -1.0 - self.argument as f64
        } else {
            self.argument as f64
        }
    }

    /// Floats, truth values and null.
    pub(super) fn simple(self) -> Option<Cell<'static>> {
        Some(match self.low {
            20 => Cell::Boolean(false),
            21 => Cell::Boolean(true),
            22 => Cell::Other("null"),
            23 => Cell::Other("undefined"),
            25 => Cell::Number(half(self.argument as u16)),
            26 => Cell::Number(f64::from(f32::from_bits(self.argument as u32))),
            27 => Cell::Number(f64::from_bits(self.argument)),
            _ => return None,
        })
    }

    fn is_break(self) -> bool {
        self.major == Major::Simple && self.low == 31
    }
}

/// A 16-bit float (RFC 8949 appendix D).
fn half(bits: u16) -> f64 {
    let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => mantissa * 2_f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (mantissa + 1024.0) * 2_f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

/// A place in a CBOR payload.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    body: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(body: &'a [u8]) -> Self {
        Self { body, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.body.len()
    }

    /// The bytes from `start` to here.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.body.get(start..self.at).unwrap_or(&[])
    }

    fn broken<T>(&self, what: &'static str) -> Result<T, Broken> {
        Err(Broken { at: self.at, what })
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], Broken> {
        let end = usize::try_from(len).ok().and_then(|len| self.at.checked_add(len));
        match end.and_then(|end| self.body.get(self.at..end)) {
            Some(bytes) => {
                self.at += bytes.len();
                Ok(bytes)
            }
            None => self.broken(ENDS),
        }
    }

    /// The head of the next item.
    pub(super) fn head(&mut self) -> Result<Head, Broken> {
        let start = self.at;
        let first = self.take(1)?.first().copied().unwrap_or(0);
        let low = first & 0x1f;
        let width = match low {
            0..=23 | 31 => 0,
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => {
                return Err(Broken {
                    at: start,
                    what: "this first byte is reserved (RFC 8949 section 3)",
                });
            }
        };
        let mut argument = if width == 0 { u64::from(low) } else { 0 };
        for byte in self.take(width)? {
            argument = argument << 8 | u64::from(*byte);
        }
        let major = match first >> 5 {
            0 => Major::Unsigned,
            1 => Major::Negative,
            2 => Major::Bytes,
            3 => Major::Text,
            4 => Major::Array,
            5 => Major::Map,
            6 => Major::Tag,
            _ => Major::Simple,
        };
        let endless = low == 31;
        if endless && matches!(major, Major::Unsigned | Major::Negative | Major::Tag) {
            return Err(Broken {
                at: start,
                what: "this first byte is reserved (RFC 8949 section 3)",
            });
        }
        Ok(Head {
            major,
            low,
            argument,
            count: (!endless).then_some(argument),
        })
    }

    /// Whether an array or map of `count` elements has one more after `done`; takes the break of an endless one.
    pub(super) fn more(&mut self, count: Option<u64>, done: u64) -> Result<bool, Broken> {
        match count {
            Some(count) => Ok(done < count),
            None if self.body.get(self.at) == Some(&0xff) => {
                self.at += 1;
                Ok(false)
            }
            None if self.is_at_end() => self.broken(ENDS),
            None => Ok(true),
        }
    }

    /// The bytes of a string of definite length.
    pub(super) fn bytes(&mut self, head: Head) -> Result<&'a [u8], Broken> {
        match head.count {
            Some(len) => self.take(len),
            None => self.broken("a string has no definite length (RFC 8428 section 6)"),
        }
    }

    /// The text of a string of definite length; `None` when it is not UTF-8.
    pub(super) fn text(&mut self, head: Head) -> Result<Option<&'a str>, Broken> {
        Ok(std::str::from_utf8(self.bytes(head)?).ok())
    }

    /// What follows tag 4: `[exponent, mantissa]`. `None` when something else does; it is stepped over.
    pub(super) fn decimal_fraction(&mut self) -> Result<Option<f64>, Broken> {
        let head = self.head()?;
        if head.major != Major::Array || head.count != Some(2) {
            self.skip(head)?;
            return Ok(None);
        }
        let (exponent, mantissa) = (self.scalar()?, self.scalar()?);
        Ok(exponent.zip(mantissa).and_then(|(exponent, mantissa)| {
            crate::number::float(format!("{}e{}", mantissa.number(), exponent.integer()?).as_bytes())
        }))
    }

    /// An integer; `None` when something else stands there, which is stepped over.
    fn scalar(&mut self) -> Result<Option<Head>, Broken> {
        let head = self.head()?;
        if matches!(head.major, Major::Unsigned | Major::Negative) {
            return Ok(Some(head));
        }
        self.skip(head)?;
        Ok(None)
    }

    /// Steps over the rest of an item whose head was taken.
    pub(super) fn skip(&mut self, head: Head) -> Result<(), Broken> {
        // What still has to come on each level; `None` until a break.
        let mut open: Vec<Option<u64>> = Vec::new();
        let mut head = head;
        loop {
            match head.major {
                Major::Bytes | Major::Text if head.count.is_some() => drop(self.bytes(head)?),
                Major::Bytes | Major::Text => open.push(None),
                Major::Array => open.push(head.count),
                Major::Map => open.push(head.count.map(|pairs| pairs.saturating_mul(2))),
                Major::Tag => open.push(Some(1)),
                Major::Simple if head.is_break() => return self.broken("a break stands outside of an endless item"),
                Major::Unsigned | Major::Negative | Major::Simple => {}
            }
            if open.len() > MAX_DEPTH {
                return self.broken("the payload is nested deeper than 32 levels");
            }
            loop {
                match open.last_mut() {
                    None => return Ok(()),
                    Some(Some(0)) => drop(open.pop()),
                    Some(Some(left)) => {
                        *left -= 1;
                        break;
                    }
                    Some(None) if self.body.get(self.at) == Some(&0xff) => {
                        self.at += 1;
                        open.pop();
                    }
                    Some(None) => break,
                }
            }
            head = self.head()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_floats_of_the_specification() {
        // RFC 8949 appendix A
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0x3e00, 1.5),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x0400, 0.000_061_035_156_25),
            (0xc400, -4.0),
            (0x7c00, f64::INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn items_are_stepped_over_whole() {
        for item in [
            &b"\x83\x01\x02\x03"[..],
            b"\xbf\x61a\x01\xff",
            b"\x5f\x41a\x41b\xff",
            b"\xc1\x1a\x00\x00\x00\x00",
            b"\x9f\x9f\xff\xff",
            b"\xa1\x01\x80",
        ] {
            let mut cursor = Cursor::new(item);
            let head = cursor.head().unwrap();
            cursor.skip(head).unwrap();
            assert!(cursor.is_at_end(), "{item:x?}");
        }
    }

    #[test]
    fn nesting_ends_at_a_limit() {
        let deep = [0x81; 100];
        let mut cursor = Cursor::new(&deep);
        let head = cursor.head().unwrap();
        assert!(cursor.skip(head).unwrap_err().what.contains("nested"));
    }
}
