//! One door for all payload formats: bytes in, readings and rejected items out.

use crate::error::DecodeError;
use crate::{arrow, line, senml};
use kernel::reject::{MAX_RAW, Reason, Rejected};
use kernel::submission::Readings;
use kernel::time::Timestamp;

/// Most items (readings and rejected ones together) of one payload.
pub const MAX_ITEMS: usize = 1_000_000;
/// Longest name, device or unit in a payload, in bytes.
pub const MAX_NAME: usize = 64;
/// Most bytes of names, units and texts of one payload after decoding; guards against dictionaries that unfold.
pub const MAX_HEAP: usize = 256 << 20;
/// Longest `detail` of a rejected item, in characters.
const MAX_DETAIL: usize = 300;

/// Unit of the timestamps of line protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// Nanoseconds, the protocol's default.
    #[default]
    Nanoseconds,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
}

impl Precision {
    /// What may stand in `?precision=`.
    pub const ALLOWED: &'static str = "ns, us, ms, s";

    /// From the text of the query parameter.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "ns" | "n" => Self::Nanoseconds,
            "us" | "u" => Self::Microseconds,
            "ms" => Self::Milliseconds,
            "s" => Self::Seconds,
            _ => return None,
        })
    }
}

/// How a payload is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// SenML in JSON (RFC 8428 section 5).
    SenmlJson,
    /// SenML in CBOR (RFC 8428 section 6).
    SenmlCbor,
    /// InfluxDB line protocol.
    Line(Precision),
    /// Arrow IPC streaming format.
    Arrow,
}

impl Format {
    /// What may stand in `Content-Type`.
    pub const MEDIA_TYPES: [&'static str; 6] = [
        "application/senml+json",
        "application/json",
        "application/senml+cbor",
        "text/plain",
        "application/vnd.influx.line",
        "application/vnd.apache.arrow.stream",
    ];

    /// From a media type; parameters are ignored, except that a charset must be UTF-8. Line protocol gets nanoseconds.
    pub fn from_content_type(content_type: &str) -> Option<Self> {
        let mut parts = content_type.split(';');
        let media_type = parts.next()?.trim().to_ascii_lowercase();
        for parameter in parts {
            if let Some((name, value)) = parameter.split_once('=') {
                let utf8 = value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8");
                if name.trim().eq_ignore_ascii_case("charset") && !utf8 {
                    return None;
                }
            }
        }
        Some(match media_type.as_str() {
            "application/senml+json" | "application/json" => Self::SenmlJson,
            "application/senml+cbor" => Self::SenmlCbor,
            "text/plain" | "application/vnd.influx.line" => Self::Line(Precision::default()),
            "application/vnd.apache.arrow.stream" => Self::Arrow,
            _ => return None,
        })
    }

    /// Guesses the format of a payload that came without a content type (MQTT): `[` or `{` is SenML in JSON, a CBOR array
    /// is SenML in CBOR, the mark of an Arrow stream is Arrow, all else is line protocol.
    pub fn sniff(payload: &[u8]) -> Self {
        let text = payload.strip_prefix(b"\xef\xbb\xbf").unwrap_or(payload);
        match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[' | b'{') => Self::SenmlJson,
            Some(0x80..=0x9b | 0x9f) => Self::SenmlCbor,
            Some(0xff) if text.starts_with(&[0xff; 4]) => Self::Arrow,
            _ => Self::Line(Precision::default()),
        }
    }

    /// The name in metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SenmlJson => "senml_json",
            Self::SenmlCbor => "senml_cbor",
            Self::Line(_) => "line",
            Self::Arrow => "arrow",
        }
    }

    /// The name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SenmlJson => "SenML JSON",
            Self::SenmlCbor => "SenML CBOR",
            Self::Line(_) => "line protocol",
            Self::Arrow => "Arrow IPC stream",
        }
    }
}

/// What a payload holds.
#[derive(Debug, Default)]
pub struct Decoded {
    /// What could be read.
    pub readings: Readings,
    /// What could not be read.
    pub rejected: Vec<Rejected>,
}

impl Decoded {
    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        let Readings {
            keys,
            key,
            time,
            kind,
            bits,
            item,
            heap,
        } = &mut self.readings;
        keys.clear();
        key.clear();
        time.clear();
        kind.clear();
        bits.clear();
        item.clear();
        heap.clear();
        self.rejected.clear();
    }

    /// Keeps an item aside.
    pub(crate) fn reject(&mut self, item: u32, reason: Reason, detail: impl Into<String>, raw: &[u8]) {
        self.rejected.push(rejected(item, reason, detail.into(), raw));
    }

    /// Whether one more item fits.
    #[inline]
    pub(crate) fn check_room(&self) -> Result<(), DecodeError> {
        if self.readings.len() + self.rejected.len() >= MAX_ITEMS {
            return Err(DecodeError::TooManyItems { max: MAX_ITEMS });
        }
        if self.readings.heap.len() > MAX_HEAP {
            return Err(DecodeError::TooMuchText { max: MAX_HEAP });
        }
        Ok(())
    }
}

/// An item kept aside, its detail and raw bytes cut to what is allowed.
pub(crate) fn rejected(item: u32, reason: Reason, mut detail: String, raw: &[u8]) -> Rejected {
    if let Some((cut, _)) = detail.char_indices().nth(MAX_DETAIL) {
        detail.truncate(cut);
    }
    Rejected {
        item,
        reason,
        detail,
        raw: raw.get(..MAX_RAW).unwrap_or(raw).to_vec(),
        device: None,
    }
}

/// Reads a payload into `out`, whose earlier content is forgotten. `now` is what relative times stand on.
///
/// A bad item is listed in `out.rejected` and costs nothing of its neighbours. An error means that the payload as a whole
/// cannot be taken; `out` is empty then.
pub fn decode(format: Format, payload: &[u8], now: Timestamp, out: &mut Decoded) -> Result<(), DecodeError> {
    out.clear();
    let outcome = match format {
        Format::SenmlJson => senml::decode_json(payload, now, out),
        Format::SenmlCbor => senml::decode_cbor(payload, now, out),
        Format::Line(precision) => line::decode(payload, precision, out),
        Format::Arrow => arrow::decode(payload, out),
    };
    match outcome {
        Ok(()) if out.readings.is_empty() && out.rejected.is_empty() => Err(DecodeError::Empty),
        Ok(()) => Ok(()),
        Err(error) => {
            out.clear();
            Err(error)
        }
    }
}

/// The whole payload as one rejected item, so that quarantine has it.
pub fn whole(payload: &[u8], error: &DecodeError) -> Rejected {
    rejected(0, error.reason(), error.to_string(), payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_choose_the_decoder() {
        for (text, format) in [
            ("application/senml+json", Some(Format::SenmlJson)),
            ("Application/JSON; charset=UTF-8", Some(Format::SenmlJson)),
            (
                "text/plain; charset=\"utf-8\"",
                Some(Format::Line(Precision::Nanoseconds)),
            ),
            ("text/plain; charset=windows-1258", None),
            ("application/senml+cbor", Some(Format::SenmlCbor)),
            ("application/vnd.apache.arrow.stream", Some(Format::Arrow)),
            ("text/csv", None),
            ("", None),
        ] {
            assert_eq!(Format::from_content_type(text), format, "{text}");
        }
        assert!(
            Format::MEDIA_TYPES
                .iter()
                .all(|text| Format::from_content_type(text).is_some())
        );
    }

    #[test]
    fn a_payload_without_a_type_shows_its_format() {
        for (payload, format) in [
            (&b" [{}]"[..], Format::SenmlJson),
            (b"\xef\xbb\xbf{}", Format::SenmlJson),
            (b"\x82\xa0", Format::SenmlCbor),
            (b"\x9f\xff", Format::SenmlCbor),
            (b"\xff\xff\xff\xff\x10", Format::Arrow),
            (b"water level=1", Format::Line(Precision::Nanoseconds)),
            (b"", Format::Line(Precision::Nanoseconds)),
        ] {
            assert_eq!(Format::sniff(payload), format);
        }
    }

    #[test]
    fn an_empty_payload_is_an_error() {
        let mut out = Decoded::default();
        for (format, payload) in [
            (Format::SenmlJson, &b"[]"[..]),
            (Format::SenmlCbor, b"\x80"),
            (Format::Line(Precision::Seconds), b"# nothing\n\n"),
        ] {
            assert_eq!(
                decode(format, payload, Timestamp::EPOCH, &mut out),
                Err(DecodeError::Empty),
                "{format:?}"
            );
        }
    }
}
