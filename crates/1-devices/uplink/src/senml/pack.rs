//! Applies the base values of a SenML pack to its records and judges what comes out (RFC 8428 sections 4.1 to 4.6).

use super::name;
use super::record::{Cell, Label, Record};
use super::unit;
use crate::decode::{Decoded, MAX_NAME};
use crate::error::DecodeError;
use crate::key::KeyTable;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::reject::Reason;
use kernel::time::Timestamp;
use kernel::value::{MAX_TEXT, ValueKind};

/// Times below 2^28 s are relative to now (section 4.5.3).
const RELATIVE_BELOW: f64 = 268_435_456.0;
/// The version of SenML of RFC 8428; lower ones are read too.
const VERSION: f64 = 10.0;

/// Why one record is kept aside.
type Fault = (Reason, String);

/// A base value and what became of it: a bad one spoils the records that lean on it, until the next good one.
#[derive(Clone, Debug)]
enum Base<T> {
    Absent,
    Is(T),
    Broken { item: u32 },
}

impl<T: Clone> Base<T> {
    fn set(&mut self, item: u32, value: Result<Option<T>, Fault>) -> Result<(), Fault> {
        match value {
            Ok(None) => Ok(()),
            Ok(Some(value)) => {
                *self = Self::Is(value);
                Ok(())
            }
            Err(fault) => {
                *self = Self::Broken { item };
                Err(fault)
            }
        }
    }

    fn get(&self, label: Label) -> Result<Option<&T>, Fault> {
        match self {
            Self::Absent => Ok(None),
            Self::Is(value) => Ok(Some(value)),
            Self::Broken { item } => Err((
                Reason::Malformed,
                format!(
                    "it stands on the '{}' of item {item}, which cannot be read",
                    label.text()
                ),
            )),
        }
    }
}

/// The pack that is being read.
pub(super) struct Pack<'o> {
    out: &'o mut Decoded,
    keys: KeyTable,
    now: Timestamp,
    name: Base<String>,
    time: Base<f64>,
    unit: Base<String>,
    value: Base<f64>,
    sum: Base<f64>,
    /// The full name of the present record.
    full: String,
}

impl<'o> Pack<'o> {
    pub(super) fn new(now: Timestamp, out: &'o mut Decoded) -> Self {
        Self {
            out,
            keys: KeyTable::new(),
            now,
            name: Base::Absent,
            time: Base::Absent,
            unit: Base::Absent,
            value: Base::Absent,
            sum: Base::Absent,
            full: String::new(),
        }
    }

    /// Keeps an item aside that is not even a record.
    pub(super) fn reject(&mut self, item: u32, reason: Reason, detail: &str, raw: &[u8]) -> Result<(), DecodeError> {
        self.out.check_room()?;
        self.out.reject(item, reason, detail, raw);
        Ok(())
    }

    /// Takes a record, `raw` as it came. An error spoils the whole pack.
    pub(super) fn take(&mut self, item: u32, record: &Record<'_>, raw: &[u8]) -> Result<(), DecodeError> {
        self.out.check_room()?;
        if let Some(label) = &record.must_understand {
            return Err(DecodeError::MustUnderstand {
                item,
                label: label.clone(),
            });
        }
        match record.cell(Label::BaseVersion) {
            Cell::Absent => {}
            Cell::Number(version) if (1.0..=VERSION).contains(version) && version.fract() == 0.0 => {}
            Cell::Number(version) => {
                return Err(DecodeError::Version {
                    item,
                    found: version.to_string(),
                });
            }
            other => {
                return Err(DecodeError::Version {
                    item,
                    found: other.what().to_owned(),
                });
            }
        }
        let based = self.take_base(item, record);
        let taken = match (&record.fault, based) {
            (Some(fault), _) => Err(fault.clone()),
            (None, Err(fault)) => Err(fault),
            (None, Ok(())) if record.is_only_base() => Ok(()),
            (None, Ok(())) => self.take_value(item, record),
        };
        if let Err((reason, detail)) = taken {
            self.out.reject(item, reason, detail, raw);
        }
        Ok(())
    }

    /// Takes all base values, the good ones also when another is bad.
    fn take_base(&mut self, item: u32, record: &Record<'_>) -> Result<(), Fault> {
        let owned = |label| text(record, label).map(|found| found.map(str::to_owned));
        let outcomes = [
            self.name.set(item, owned(Label::BaseName)),
            self.time.set(item, finite(record, Label::BaseTime)),
            self.unit.set(item, owned(Label::BaseUnit)),
            self.value.set(item, number(record, Label::BaseValue)),
            self.sum.set(item, number(record, Label::BaseSum)),
        ];
        outcomes.into_iter().collect()
    }

    fn take_value(&mut self, item: u32, record: &Record<'_>) -> Result<(), Fault> {
        if record.has(Label::Sum) || self.sum.get(Label::BaseSum)?.is_some() {
            return Err((
                Reason::Malformed,
                "sums ('s', 'bs') are not taken; send the single values in 'v' (RFC 8428 section 4.2)".into(),
            ));
        }
        let time = self.time_of(record)?;
        let kinds = [Label::Value, Label::StringValue, Label::BooleanValue, Label::DataValue];
        let mut present = kinds.into_iter().filter(|kind| record.has(*kind));
        let (first, second) = (present.next(), present.next());
        if second.is_some() {
            return Err((Reason::Malformed, "write exactly one of 'v', 'vs', 'vb', 'vd'".into()));
        }
        match first {
            Some(Label::StringValue) => {
                let value = text(record, Label::StringValue)?.unwrap_or("");
                self.push_text(item, record, time, value)
            }
            Some(Label::BooleanValue) => {
                let Cell::Boolean(value) = record.cell(Label::BooleanValue) else {
                    return Err(wrong_type(record, Label::BooleanValue, "true or false"));
                };
                let key = self.key(record, false)?;
                self.out
                    .readings
                    .push(key, time, ValueKind::Boolean, u64::from(*value), item);
                Ok(())
            }
            Some(Label::DataValue) => match record.cell(Label::DataValue) {
                Cell::Bytes(bytes) if bytes.len() <= MAX_TEXT => {
                    self.push_text(item, record, time, &URL_SAFE_NO_PAD.encode(bytes))
                }
                Cell::Bytes(bytes) => Err(too_long("vd", bytes.len(), MAX_TEXT)),
                Cell::Text(value) => self.push_text(item, record, time, value),
                _ => Err(wrong_type(
                    record,
                    Label::DataValue,
                    "base64url text (JSON) or a byte string (CBOR)",
                )),
            },
            Some(_) | None => {
                let own = number(record, Label::Value)?;
                let base = self.value.get(Label::BaseValue)?.copied();
                let value = match (own, base) {
                    (Some(own), Some(base)) => base + own,
                    (Some(only), None) | (None, Some(only)) => only,
                    (None, None) => {
                        return Err((Reason::Malformed, "no value: write one of 'v', 'vs', 'vb', 'vd'".into()));
                    }
                };
                let key = self.key(record, true)?;
                self.out
                    .readings
                    .push(key, time, ValueKind::Number, value.to_bits(), item);
                Ok(())
            }
        }
    }

    fn push_text(&mut self, item: u32, record: &Record<'_>, time: Option<Timestamp>, value: &str) -> Result<(), Fault> {
        if value.len() > MAX_TEXT {
            return Err(too_long("the text value", value.len(), MAX_TEXT));
        }
        let key = self.key(record, false)?;
        self.out
            .readings
            .push_bytes(key, time, ValueKind::Text, value.as_bytes(), item);
        Ok(())
    }

    /// Section 4.5.3: base time plus time; below 2^28 relative to now; no time at all, or just "now", is left to the intake.
    fn time_of(&self, record: &Record<'_>) -> Result<Option<Timestamp>, Fault> {
        let own = finite(record, Label::Time)?.unwrap_or(0.0);
        let seconds = self.time.get(Label::BaseTime)?.copied().unwrap_or(0.0) + own;
        if seconds == 0.0 {
            return Ok(None);
        }
        let micros = (seconds * 1e6).round() as i64;
        let at = if seconds < RELATIVE_BELOW {
            self.now.micros().saturating_add(micros)
        } else {
            micros
        };
        Ok(Some(Timestamp::from_micros(at.max(i64::MIN + 1))))
    }

    /// The key of the record's name and unit.
    fn key(&mut self, record: &Record<'_>, with_unit: bool) -> Result<u32, Fault> {
        let base = self.name.get(Label::BaseName)?.map_or("", String::as_str);
        let own = text(record, Label::Name)?.unwrap_or("");
        let unit = match text(record, Label::Unit)? {
            _ if !with_unit => "",
            Some(unit) => unit,
            None => self.unit.get(Label::BaseUnit)?.map_or("", String::as_str),
        };
        let raw = [base.as_bytes(), own.as_bytes(), unit.as_bytes()];
        let hash = self.keys.hash(raw);
        if let Some(key) = self.keys.find(hash, raw) {
            return Ok(key);
        }
        self.full.clear();
        self.full.push_str(base);
        self.full.push_str(own);
        if self.full.is_empty() {
            return Err((
                Reason::Malformed,
                "no name: write 'n', or 'bn' in this or an earlier item".into(),
            ));
        }
        if !name::is_full_name(&self.full) {
            let shown: String = self.full.chars().take(80).collect();
            let rule = "begin with a letter or digit and use only a-z A-Z 0-9 - : . / _ (RFC 8428 section 4.5.1)";
            return Err((Reason::Malformed, format!("the name '{shown}' is not allowed: {rule}")));
        }
        let (device, name) = name::split(&self.full);
        for (what, text) in [
            ("the device name", device),
            ("the value name", name),
            ("the unit", unit),
        ] {
            if text.len() > MAX_NAME {
                return Err(too_long(what, text.len(), MAX_NAME));
            }
        }
        let key = self.out.readings.add_key(device, name, unit::to_ucum(unit));
        self.keys.add(hash, raw, key);
        Ok(key)
    }
}

fn too_long(what: &str, found: usize, max: usize) -> Fault {
    (
        Reason::TooLong,
        format!("{what} has {found} bytes; at most {max} are taken"),
    )
}

fn wrong_type(record: &Record<'_>, label: Label, allowed: &str) -> Fault {
    let cell = record.cell(label);
    let reason = match (cell, label) {
        (Cell::NotUtf8, _) => Reason::InvalidUtf8,
        (_, Label::Value | Label::StringValue | Label::BooleanValue | Label::DataValue) => Reason::WrongType,
        _ => Reason::Malformed,
    };
    (
        reason,
        format!("'{}' is {}; write {allowed}", label.text(), cell.what()),
    )
}

fn text<'r>(record: &'r Record<'_>, label: Label) -> Result<Option<&'r str>, Fault> {
    match record.cell(label) {
        Cell::Absent => Ok(None),
        Cell::Text(text) => Ok(Some(text)),
        _ => Err(wrong_type(record, label, "a text")),
    }
}

fn number(record: &Record<'_>, label: Label) -> Result<Option<f64>, Fault> {
    match record.cell(label) {
        Cell::Absent => Ok(None),
        Cell::Number(number) => Ok(Some(*number)),
        _ => Err(wrong_type(record, label, "a number")),
    }
}

fn finite(record: &Record<'_>, label: Label) -> Result<Option<f64>, Fault> {
    match number(record, label)? {
        Some(number) if !number.is_finite() => Err((
            Reason::Malformed,
            format!("'{}' is {number}; write seconds as a number", label.text()),
        )),
        number => Ok(number),
    }
}
