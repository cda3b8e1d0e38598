//! One SenML record as its fields stand, before base values are applied. JSON and CBOR fill it; [`super::pack`] judges it.

use kernel::reject::Reason;
use std::borrow::Cow;

/// The fields of RFC 8428 sections 4.1 to 4.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Label {
    BaseName,
    BaseTime,
    BaseUnit,
    BaseValue,
    BaseSum,
    BaseVersion,
    Name,
    Unit,
    Value,
    StringValue,
    BooleanValue,
    DataValue,
    Sum,
    Time,
    UpdateTime,
}

const LABELS: [(&str, i64, Label); 15] = [
    ("bn", -2, Label::BaseName),
    ("bt", -3, Label::BaseTime),
    ("bu", -4, Label::BaseUnit),
    ("bv", -5, Label::BaseValue),
    ("bs", -6, Label::BaseSum),
    ("bver", -1, Label::BaseVersion),
    ("n", 0, Label::Name),
    ("u", 1, Label::Unit),
    ("v", 2, Label::Value),
    ("vs", 3, Label::StringValue),
    ("vb", 4, Label::BooleanValue),
    ("vd", 8, Label::DataValue),
    ("s", 5, Label::Sum),
    ("t", 6, Label::Time),
    ("ut", 7, Label::UpdateTime),
];

impl Label {
    /// From the label of JSON.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        LABELS.iter().find(|(name, ..)| *name == text).map(|(.., label)| *label)
    }
    /// From the integer label of CBOR (RFC 8428 table 4).
    pub(super) fn from_integer(integer: i64) -> Option<Self> {
        LABELS
            .iter()
            .find(|(_, number, _)| *number == integer)
            .map(|(.., label)| *label)
    }
    /// The label of JSON, for messages.
    pub(super) fn text(self) -> &'static str {
        LABELS[self as usize].0
    }
}

/// The content of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    /// Nothing stands there.
    Absent,
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// A text.
    Text(Cow<'a, str>),
    /// A byte string of CBOR.
    Bytes(&'a [u8]),
    /// Bytes that should be a text and are not UTF-8.
    NotUtf8,
    /// Something that no field may be, named for messages.
    Other(&'static str),
}

impl Cell<'_> {
    /// What it is, for messages.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Absent => "missing",
            Self::Number(_) => "a number",
            Self::Boolean(_) => "true or false",
            Self::Text(_) => "a text",
            Self::Bytes(_) => "a byte string",
            Self::NotUtf8 => "not UTF-8",
            Self::Other(what) => what,
        }
    }
}

/// The fields of a record.
#[derive(Debug)]
pub(super) struct Record<'a> {
    cells: [Cell<'a>; 15],
    /// The first label that must be understood and is not known.
    pub(super) must_understand: Option<String>,
    /// A field that stands twice, or a label that is neither text nor integer.
    pub(super) fault: Option<(Reason, String)>,
}

impl<'a> Record<'a> {
    pub(super) const fn new() -> Self {
        Self {
            cells: [const { Cell::Absent }; 15],
            must_understand: None,
            fault: None,
        }
    }

    /// Empties all fields.
    pub(super) fn clear(&mut self) {
        *self = Self::new();
    }

    /// What stands in a field.
    pub(super) fn cell(&self, label: Label) -> &Cell<'a> {
        &self.cells[label as usize]
    }

    /// Whether something stands in a field.
    pub(super) fn has(&self, label: Label) -> bool {
        *self.cell(label) != Cell::Absent
    }

    /// Sets a field; a second time is a fault, because nobody can say which one counts.
    pub(super) fn set(&mut self, label: Label, cell: Cell<'a>) {
        let place = &mut self.cells[label as usize];
        if *place != Cell::Absent {
            self.fault = Some((Reason::Malformed, format!("the field '{}' stands twice", label.text())));
        }
        *place = cell;
    }

    /// Notes a label that is not in the specification: it is ignored unless it must be understood (section 4.4).
    pub(super) fn unknown(&mut self, label: &str) {
        if label.ends_with('_') && self.must_understand.is_none() {
            self.must_understand = Some(label.chars().take(64).collect());
        }
    }

    /// A record that only sets base values for those that follow.
    pub(super) fn is_only_base(&self) -> bool {
        use Label::{BooleanValue, DataValue, Name, StringValue, Sum, Time, Unit, UpdateTime, Value};
        let own = [
            Name,
            Unit,
            Value,
            StringValue,
            BooleanValue,
            DataValue,
            Sum,
            Time,
            UpdateTime,
        ];
        let base = [
            Label::BaseName,
            Label::BaseTime,
            Label::BaseUnit,
            Label::BaseValue,
            Label::BaseSum,
            Label::BaseVersion,
        ];
        !own.iter().any(|label| self.has(*label)) && base.iter().any(|label| self.has(*label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_at_their_own_index() {
        for (index, (text, number, label)) in LABELS.iter().enumerate() {
            assert_eq!(*label as usize, index);
            assert_eq!(Label::from_text(text), Some(*label));
            assert_eq!(Label::from_integer(*number), Some(*label));
        }
    }
}
