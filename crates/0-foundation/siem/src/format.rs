//! One record as one message. What stands in a record was chosen by strangers: a path, an account name, an address. So
//! every format escapes what could end a field or a line, and shows what could mislead the eye.

pub mod cef;
pub mod ocsf;
pub mod syslog;

use audit::model::{AuditRecord, Class, Outcome};
use audit::trail::Entry;
use kernel::actor::ActorId;
use ports::error::Result;

/// A record with its number.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its number in the audit tree.
    pub index: u64,
    /// The record.
    pub record: AuditRecord,
}

impl Event {
    /// Reads the record of an entry.
    pub fn of(entry: &Entry) -> Result<Self> {
        Ok(Self {
            index: entry.index,
            record: entry.record()?,
        })
    }

    /// The same with at most so many characters of each text, a mark of it where more stood, and so many details.
    pub(crate) fn cut(&self, most: usize) -> Self {
        let mut record = self.record.clone();
        for text in [&mut record.act, &mut record.target, &mut record.from] {
            *text = cut(text, most);
        }
        if let ActorId::Service(name) = &mut record.actor {
            *name = cut(name, most);
        }
        let details = std::mem::take(&mut record.detail).into_iter().take(most);
        record.detail = details
            .map(|(name, value)| (cut(&name, most), cut(&value, most)))
            .collect();
        Self {
            index: self.index,
            record,
        }
    }

    /// What the receiver recognises the event by, also when it comes twice.
    pub fn uid(&self) -> String {
        format!("{}-{}", self.record.tenant, self.index)
    }

    /// How grave: 1 informational, 2 low, 3 medium, 4 high (OCSF `severity_id`).
    pub fn severity(&self) -> u8 {
        match (self.record.outcome, self.record.class()) {
            (Outcome::Denied, _) if self.is_finding() => 4,
            (Outcome::Denied, _) => 3,
            (Outcome::Failed, _) => 2,
            (Outcome::Allowed, Class::Security) if self.is_finding() => 3,
            (Outcome::Allowed, _) => 1,
        }
    }

    /// Whether it is something that was noticed rather than something that was done: a device that was refused, a stranger
    /// who knocks again and again, a trace that is not what it was.
    pub fn is_finding(&self) -> bool {
        let act = self.record.act.as_str();
        act.ends_with(".refused") || self.record.detail.contains_key("more") || act == "audit.trouble"
    }

    /// Address and port of the other end.
    pub(crate) fn source(&self) -> (String, Option<u16>) {
        match self.record.from.parse::<std::net::SocketAddr>() {
            Ok(address) => (address.ip().to_string(), Some(address.port())),
            Err(_) => (self.record.from.clone(), None),
        }
    }

    /// Method and route, when it is a request.
    pub(crate) fn request(&self) -> Option<(&str, &str)> {
        self.record
            .act
            .split_once(' ')
            .filter(|(_, route)| route.starts_with('/'))
    }
}

/// What is inside a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OCSF 1.3 as JSON.
    Ocsf,
    /// ArcSight Common Event Format, version 0.
    Cef,
}

impl Format {
    /// By its name in the configuration.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ocsf" => Some(Self::Ocsf),
            "cef" => Some(Self::Cef),
            _ => None,
        }
    }

    /// The message without its syslog header.
    pub fn write(self, event: &Event) -> String {
        match self {
            Self::Ocsf => ocsf::write(event),
            Self::Cef => cef::write(event),
        }
    }
}

/// Signs that end a line, reorder it, hide in it or steer a terminal: controls, line and paragraph separators, marks of
/// direction, and everything that Unicode shows nothing for (Default_Ignorable_Code_Point).
pub(crate) fn is_unsafe(sign: char) -> bool {
    sign.is_control()
        || matches!(sign,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text with every unsafe sign written out as `\u{202e}`, and cut at `most` characters.
pub(crate) fn visible(text: &str, most: usize) -> String {
    let mut shown = String::with_capacity(text.len());
    for (number, sign) in text.chars().enumerate() {
        if number == most {
            shown.push(CUT);
            break;
        }
        if is_unsafe(sign) {
            shown.extend(sign.escape_unicode());
        } else {
            shown.push(sign);
        }
    }
    shown
}

/// The text, at most so many characters of it.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}{CUT}", &text[..end]),
        None => text.to_owned(),
    }
}

/// Stands where more of a text was.
const CUT: char = '\u{2026}';
