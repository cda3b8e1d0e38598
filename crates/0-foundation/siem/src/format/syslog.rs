//! RFC 5424 messages in the frames of RFC 5425.

use super::{Event, Format, visible};
use audit::model::{Class, Outcome};

/// What is the same in all messages of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// HOSTNAME: printable ASCII without spaces.
    pub host: String,
    /// Version of the program.
    pub version: String,
}

/// APP-NAME of all messages.
pub const APP: &str = "hanoi-ioc";
/// `log audit` of RFC 5424 table 1.
const LOG_AUDIT: u8 = 13;
/// `security/authorization messages`, the private one.
const AUTHPRIV: u8 = 10;

/// Longest message in octets. Receivers split what is longer than they take (rsyslog beyond 8,096 octets), and what
/// stands behind the split is read as a message of its own.
pub const MOST_OCTETS: usize = 8_000;
/// What is tried in turn when a message is too long: characters of each text, and details.
const SHORTER: [usize; 5] = [1_000, 300, 100, 30, 8];

/// One message, without its frame; not longer than [`MOST_OCTETS`]. MSGID is the record's number in the audit tree.
pub fn message(header: &Header, event: &Event, format: Format) -> String {
    let mut text = whole(header, event, format);
    for most in SHORTER {
        if text.len() <= MOST_OCTETS {
            break;
        }
        text = whole(header, &event.cut(most), format);
    }
    text
}

fn whole(header: &Header, event: &Event, format: Format) -> String {
    let facility = match event.record.class() {
        Class::Security => AUTHPRIV,
        Class::Read | Class::Change => LOG_AUDIT,
    };
    let severity = match (event.record.outcome, event.severity()) {
        (_, 4..) => 3,
        (Outcome::Denied, _) => 4,
        (Outcome::Failed, _) => 5,
        (Outcome::Allowed, _) => 6,
    };
    // 2147483647 is the highest sequenceId of RFC 5424 section 7.3.1, then it begins at 1 again
    let sequence = event.index % 2_147_483_647 + 1;
    format!(
        "<{}>1 {} {} {APP} - {} [origin software=\"{APP}\" swVersion=\"{}\"][meta sequenceId=\"{sequence}\"] \u{feff}{}",
        facility * 8 + severity,
        time(event),
        printable(&header.host, 255),
        event.index,
        param(&header.version),
        format.write(event)
    )
}

/// A message in its frame: the octets of the message, a space, the message (RFC 5425 section 4.3).
pub fn frame(buffer: &mut Vec<u8>, message: &str) {
    buffer.extend_from_slice(message.len().to_string().as_bytes());
    buffer.push(b' ');
    buffer.extend_from_slice(message.as_bytes());
}

/// Six digits behind the second at most (RFC 5424 section 6.2.3).
fn time(event: &Event) -> String {
    let text = event.record.at.to_string();
    // an instant beyond all calendars
    if text.ends_with('Z') { text } else { "-".to_owned() }
}

/// A header field: printable ASCII, no spaces; `-` for nothing.
fn printable(text: &str, most: usize) -> String {
    let field: String = text
        .chars()
        .map(|sign| if sign.is_ascii_graphic() { sign } else { '_' })
        .take(most)
        .collect();
    if field.is_empty() { "-".to_owned() } else { field }
}

/// The value of a parameter (RFC 5424 section 6.3.3).
pub(crate) fn param(text: &str) -> String {
    let mut value = String::new();
    for sign in visible(text, 100).chars() {
        if matches!(sign, '"' | '\\' | ']') {
            value.push('\\');
        }
        value.push(sign);
    }
    value
}
