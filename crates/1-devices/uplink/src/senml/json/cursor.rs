//! Steps through JSON (RFC 8259) byte by byte without copying; nesting costs no stack.

use crate::number;
use std::borrow::Cow;

/// Where and why reading stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Byte in the payload.
    pub(super) at: usize,
    /// What is wrong there and what is allowed.
    pub(super) what: &'static str,
}

const ENDS: &str = "the payload ends in the middle of an item";

/// A place in a JSON text.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    body: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the first byte; a byte order mark is stepped over.
    pub(super) fn new(body: &'a [u8]) -> Self {
        let at = if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { body, at }
    }

    pub(super) fn body(&self) -> &'a [u8] {
        self.body
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The bytes from `start` to here.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.body.get(start..self.at).unwrap_or(&[])
    }

    pub(super) fn broken(&self, what: &'static str) -> Broken {
        Broken { at: self.at, what }
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    pub(super) fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), Broken> {
        if self.take(byte) {
            return Ok(());
        }
        Err(self.broken(if self.peek().is_none() { ENDS } else { what }))
    }

    #[inline]
    pub(super) fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// One of the fixed words.
    pub(super) fn word(&mut self, word: &[u8]) -> Result<(), Broken> {
        let rest = self.body.get(self.at..).unwrap_or(&[]);
        if !rest.starts_with(word) {
            return Err(self.broken("here stands no JSON value"));
        }
        self.at += word.len();
        Ok(())
    }

    /// A number. `NaN`, `Infinity` and `-Infinity` are not JSON, but some libraries write them: they are read, so that the
    /// item gets the precise answer "not finite" and its neighbours stay.
    pub(super) fn number(&mut self) -> Result<f64, Broken> {
        let start = self.at;
        let negative = self.take(b'-');
        match self.peek() {
            Some(b'N') if !negative => return self.word(b"NaN").map(|()| f64::NAN),
            Some(b'I') => {
                self.word(b"Infinity")?;
                return Ok(if negative { f64::NEG_INFINITY } else { f64::INFINITY });
            }
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        number::float(self.since(start)).ok_or(Broken {
            at: start,
            what: "here stands no JSON number",
        })
    }

    fn digits(&mut self) -> Result<(), Broken> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            Err(self.broken("a number needs a digit here"))
        } else {
            Ok(())
        }
    }

    /// A string; `None` when its bytes are not UTF-8.
    pub(super) fn string(&mut self) -> Result<Option<Cow<'a, str>>, Broken> {
        self.expect(b'"', "here a text in double quotes is needed")?;
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let text = std::str::from_utf8(self.since(start)).ok();
                    self.at += 1;
                    return Ok(text.map(Cow::Borrowed));
                }
                Some(b'\\') => return self.escaped(start),
                Some(0..=0x1f) => return Err(self.broken("a text may not hold a raw control character; escape it")),
                Some(_) => self.at += 1,
                None => return Err(self.broken("a text is not closed by '\"'")),
            }
        }
    }

    /// The rest of a string with escapes, whose first part from `start` is plain.
    fn escaped(&mut self, start: usize) -> Result<Option<Cow<'a, str>>, Broken> {
        let mut bytes = self.since(start).to_vec();
        loop {
            let Some(byte) = self.peek() else {
                return Err(self.broken("a text is not closed by '\"'"));
            };
            self.at += 1;
            match byte {
                b'"' => return Ok(String::from_utf8(bytes).ok().map(Cow::Owned)),
                b'\\' => {
                    let character = self.escape()?;
                    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                0..=0x1f => {
                    self.at -= 1;
                    return Err(self.broken("a text may not hold a raw control character; escape it"));
                }
                byte => bytes.push(byte),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Broken> {
        const WRONG: &str = "an escape is one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX";
        let Some(byte) = self.peek() else {
            return Err(self.broken(ENDS));
        };
        let character = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.broken(WRONG)),
        };
        self.at += 1;
        Ok(character)
    }

    /// The hexadecimal digits of `\u`, and of its second half for characters outside the basic plane.
    fn unicode(&mut self) -> Result<char, Broken> {
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff => {
                self.expect(b'\\', "a high surrogate needs \\u with the low one after it")?;
                self.expect(b'u', "a high surrogate needs \\u with the low one after it")?;
                match self.hex()? {
                    low @ 0xdc00..=0xdfff => 0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00),
                    _ => return Err(self.broken("a high surrogate needs a low one after it")),
                }
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.broken("a low surrogate stands alone"))
    }

    fn hex(&mut self) -> Result<u32, Broken> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.broken("\\u needs four hexadecimal digits"))?;
            self.at += 1;
        }
        Ok(code)
    }

    /// Steps over an array or object by its brackets, looking at nothing inside but strings.
    pub(super) fn skip_nested(&mut self) -> Result<(), Broken> {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'[' | b'{') => depth += 1,
                Some(b']' | b'}') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        self.at += 1;
                        return Ok(());
                    }
                }
                Some(b'"') => {
                    self.skip_string()?;
                    continue;
                }
                Some(_) => {}
                None => return Err(self.broken("an array or object is not closed")),
            }
            self.at += 1;
        }
    }

    fn skip_string(&mut self) -> Result<(), Broken> {
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(self.broken("a text is not closed by '\"'")),
            }
        }
    }
}
