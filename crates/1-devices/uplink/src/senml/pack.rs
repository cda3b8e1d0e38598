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
/// The version of SenML of RFC 8428, which a pack has that names none (section 4.1); lower ones are read too.
const VERSION: f64 = 10.0;
/// RFC 9100: version 10 and the feature of secondary units (2^4), which are understood in any version here.
const WITH_SECONDARY_UNITS: f64 = 26.0;
/// What is written behind the name of a value for its integral over time (section 4.2, field 's').
const SUM: &str = ".sum";

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
    /// The same for sums, which have names and units of their own.
    sum_keys: KeyTable,
    now: Timestamp,
    /// The version that the first record names; the others must agree.
    version: Option<f64>,
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
            sum_keys: KeyTable::new(),
            now,
            version: None,
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
        self.take_version(item, record)?;
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

    /// Sections 4.1 and 4.4: a pack has one version, and a later one than is understood here spoils it.
    fn take_version(&mut self, item: u32, record: &Record<'_>) -> Result<(), DecodeError> {
        let error = |found: String| Err(DecodeError::Version { item, found });
        let found = match record.cell(Label::BaseVersion) {
            Cell::Absent => {
                self.version.get_or_insert(VERSION);
                return Ok(());
            }
            Cell::Number(version) => *version,
            other => return error(other.what().to_owned()),
        };
        let is_known = (1.0..=VERSION).contains(&found) && found.fract() == 0.0 || found == WITH_SECONDARY_UNITS;
        match self.version {
            _ if !is_known => error(found.to_string()),
            Some(before) if before != found => error(format!("{found} after {before}")),
            _ => {
                self.version = Some(found);
                Ok(())
            }
        }
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
                let key = self.key(record, Of::Other)?;
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
                Cell::Text(value) if URL_SAFE_NO_PAD.decode(value.as_bytes()).is_ok() => {
                    self.push_text(item, record, time, value)
                }
                Cell::Text(_) => Err((
                    Reason::Malformed,
                    "'vd' is not base64 with the URL-safe alphabet and without padding (RFC 8428 section 4.3)".into(),
                )),
                _ => Err(wrong_type(
                    record,
                    Label::DataValue,
                    "base64url text (JSON) or a byte string (CBOR)",
                )),
            },
            Some(_) | None => self.take_numbers(item, record, time),
        }
    }

    /// Section 4.5.4: a value, a sum or both; what is missing next to its base is zero. A sum is a value of its own.
    fn take_numbers(&mut self, item: u32, record: &Record<'_>, time: Option<Timestamp>) -> Result<(), Fault> {
        let value = total(
            number(record, Label::Value)?,
            self.value.get(Label::BaseValue)?.copied(),
        );
        let sum = total(number(record, Label::Sum)?, self.sum.get(Label::BaseSum)?.copied());
        if value.is_none() && sum.is_none() {
            let detail = "no value: write one of 'v', 'vs', 'vb', 'vd', or a sum in 's'";
            return Err((Reason::Malformed, detail.into()));
        }
        // Both names are judged before anything is taken, so that a record is taken or refused whole.
        let keys = [(value, Of::Value), (sum, Of::Sum)].map(|(number, of)| {
            let number = number?;
            Some(self.key(record, of).map(|key| (key, number)))
        });
        let [value, sum] = keys;
        let (value, sum) = (value.transpose()?, sum.transpose()?);
        for (key, number) in value.into_iter().chain(sum) {
            self.out
                .readings
                .push(key, time, ValueKind::Number, number.to_bits(), item);
        }
        Ok(())
    }

    fn push_text(&mut self, item: u32, record: &Record<'_>, time: Option<Timestamp>, value: &str) -> Result<(), Fault> {
        if value.len() > MAX_TEXT {
            return Err(too_long("the text value", value.len(), MAX_TEXT));
        }
        let key = self.key(record, Of::Other)?;
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
    fn key(&mut self, record: &Record<'_>, of: Of) -> Result<u32, Fault> {
        let base = self.name.get(Label::BaseName)?.map_or("", String::as_str);
        let own = text(record, Label::Name)?.unwrap_or("");
        let unit = match text(record, Label::Unit)? {
            _ if of == Of::Other => "",
            Some(unit) => unit,
            None => self.unit.get(Label::BaseUnit)?.map_or("", String::as_str),
        };
        let keys = if of == Of::Sum {
            &mut self.sum_keys
        } else {
            &mut self.keys
        };
        let raw = [base.as_bytes(), own.as_bytes(), unit.as_bytes()];
        let hash = keys.hash(raw);
        if let Some(key) = keys.find(hash, raw) {
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
        let unit = unit::to_ucum(unit);
        let summed = (of == Of::Sum).then(|| (format!("{name}{SUM}"), unit::times_second(unit)));
        let (name, unit) = match &summed {
            Some((name, unit)) => (name.as_str(), unit.as_str()),
            None => (name, unit),
        };
        for (what, text) in [
            ("the device name", device),
            ("the value name", name),
            ("the unit", unit),
        ] {
            if text.len() > MAX_NAME {
                return Err(too_long(what, text.len(), MAX_NAME));
            }
        }
        let key = self.out.readings.add_key(device, name, unit);
        keys.add(hash, raw, key);
        Ok(key)
    }
}

/// What a key stands for: a number with its unit, its integral over time, or something without unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Value,
    Sum,
    Other,
}

/// A value with its base, if there is one of them.
fn total(own: Option<f64>, base: Option<f64>) -> Option<f64> {
    match (own, base) {
        (Some(own), Some(base)) => Some(base + own),
        (only, None) | (None, only) => only,
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
