//! Every payload in every field of every format: what a receiver reads has the same fields as always, and in the one field the
//! payload.

use super::payloads::{is_seen, payloads, written};
use super::readers;
use super::{event, header};
use audit::model::{AuditRecord, Outcome};
use kernel::actor::ActorId;
use serde_json::Value;
use siem::format::syslog::{Header, MOST_OCTETS, frame, message};
use siem::format::{Event, Format};
use std::collections::BTreeMap;

/// Puts a text into one field.
type Put = fn(&mut Header, &mut AuditRecord, &str);

/// Every field that can hold a text that was chosen outside; the first two stand in the header of all messages.
pub(crate) const FIELDS: [(&str, Put); 10] = [
    ("host", |header, _, text| header.host = text.to_owned()),
    ("version", |header, _, text| header.version = text.to_owned()),
    ("act", |_, record, text| record.act = format!("GET /{text}")),
    ("target", |_, record, text| record.target = text.to_owned()),
    ("from", |_, record, text| record.from = text.to_owned()),
    ("actor", |_, record, text| {
        record.actor = ActorId::Service(text.to_owned())
    }),
    ("name of a detail", |_, record, text| {
        drop(record.detail.insert(text.to_owned(), "1".to_owned()))
    }),
    ("detail", |_, record, text| {
        drop(record.detail.insert("reason".to_owned(), text.to_owned()))
    }),
    ("status", |_, record, text| {
        drop(record.detail.insert("status".to_owned(), text.to_owned()))
    }),
    ("more", |_, record, text| {
        drop(record.detail.insert("more".to_owned(), text.to_owned()))
    }),
];

/// Stands where the payload will.
const PLAIN: &str = "PLAIN";

/// Names and values of a message, as one layer of it is read.
type Fields = BTreeMap<String, String>;

/// A layer of a message: what people call it, how it is read, and how a text stands in it.
type Layer = (&'static str, Format, fn(&str) -> Option<Fields>, fn(&str) -> String);

const LAYERS: [Layer; 3] = [
    ("RFC 5424", Format::Cef, syslog, written),
    ("OCSF", Format::Ocsf, ocsf, str::to_owned),
    ("CEF", Format::Cef, cef, written),
];

fn syslog(message: &str) -> Option<Fields> {
    let read = readers::syslog(message)?;
    let header = (0..)
        .zip(read.header)
        .map(|(number, field): (u32, _)| (format!("header {number}"), field));
    let data = read
        .data
        .into_iter()
        .map(|(id, name, value)| (format!("{id} {name}"), value));
    Some(header.chain(data).collect())
}

fn ocsf(message: &str) -> Option<Fields> {
    let body = readers::syslog(message)?.body;
    let value: Value = serde_json::from_str(&body).ok()?;
    let mut fields = Vec::new();
    readers::leaves(&value, "", &mut fields);
    // a name that stood there twice would be read once
    let names = readers::names(&value);
    (readers::colons(&body) == names && body.is_ascii()).then(|| fields.into_iter().collect())
}

fn cef(message: &str) -> Option<Fields> {
    let (head, mut pairs) = readers::cef(&readers::syslog(message)?.body)?;
    let details = pairs
        .remove("msg")
        .map(|msg| readers::details(&msg))
        .unwrap_or_default();
    let details = details.into_iter().map(|(name, value)| (format!("msg {name}"), value));
    let head = (0..)
        .zip(head)
        .map(|(number, field): (u32, _)| (format!("head {number}"), field));
    Some(head.chain(pairs).chain(details).collect())
}

/// Whether a text is the expected one, or the beginning of it with the mark of a cut.
fn is(found: &str, expected: &str) -> bool {
    found == expected
        || found
            .strip_suffix('\u{2026}')
            .is_some_and(|begin| expected.starts_with(begin))
}

/// Whether the fields are the plain ones with the payload in place of the plain text; of what was cut, details may be missing.
fn holds(found: &Fields, plain: &Fields, payload: &str) -> bool {
    let expected: Fields = plain
        .iter()
        .map(|(name, value)| (name.replace(PLAIN, payload), value.replace(PLAIN, payload)))
        .collect();
    let fits = |(name, value): (&String, &String)| {
        // behind a name that was cut there is no value
        let cut = name.ends_with('\u{2026}') && value.is_empty();
        expected.get(name).is_some_and(|text| is(value, text))
            || expected
                .iter()
                .any(|(known, text)| is(name, known) && (cut || is(value, text)))
    };
    let was_cut = found
        .iter()
        .any(|(name, value)| name.ends_with('\u{2026}') || value.ends_with('\u{2026}'));
    let is_detail = |name: &str| name.starts_with("msg ") || name.contains("detail");
    let all = expected
        .keys()
        .all(|name| found.contains_key(name) || (was_cut && is_detail(name)));
    all && found.len() <= expected.len() && found.iter().all(fits)
}

/// The message with a text in one field.
fn with(put: Put, text: &str, format: Format) -> String {
    let (mut header, mut event): (Header, Event) = (header(), event("GET /api/v1/alerts", Outcome::Allowed));
    put(&mut header, &mut event.record, text);
    message(&header, &event, format)
}

#[test]
fn no_payload_gets_out_of_any_field_of_any_format() {
    let payloads = payloads();
    let mut through = Vec::new();
    for (field, put) in FIELDS {
        for (layer, format, read, shown) in LAYERS {
            let plain = read(&with(put, PLAIN, format)).unwrap();
            for payload in &payloads {
                let whole = with(put, payload, format);
                let mut bytes = Vec::new();
                frame(&mut bytes, &whole);
                let (first, rest) = crate::sink::unframe(&bytes).unwrap();
                let framed = first == whole && rest.is_empty() && whole.len() <= MOST_OCTETS;
                let seen = whole.replacen('\u{feff}', "", 1).chars().all(is_seen);
                // the name of a host has signs of its own
                let shown = match field {
                    "host" => host(payload),
                    _ => shown(payload),
                };
                let same = read(&whole).is_some_and(|found| holds(&found, &plain, &shown));
                if !(framed && seen && same) {
                    let start: String = payload.chars().take(40).collect();
                    through.push(format!(
                        "{layer}, {field}: {start:?} (frame {framed}, signs {seen}, fields {same})"
                    ));
                }
            }
        }
    }
    println!(
        "injection: {} payloads x {} fields x {} formats = {} messages, {} got through",
        payloads.len(),
        FIELDS.len(),
        LAYERS.len(),
        payloads.len() * FIELDS.len() * LAYERS.len(),
        through.len()
    );
    assert!(through.is_empty(), "{through:#?}");
}

fn host(text: &str) -> String {
    let one = |sign: char| if sign.is_ascii_graphic() { sign } else { '_' };
    text.chars().map(one).take(255).collect()
}

/// The control: without escapes the same readers see what got out.
#[test]
fn the_readers_see_what_gets_out_of_messages_without_escapes() {
    let line = |version: &str, body: &str| {
        format!("<110>1 - h hanoi-ioc - 41 [origin swVersion=\"{version}\"][meta sequenceId=\"42\"] \u{feff}{body}")
    };
    let naive: [fn(&str) -> String; 3] = [
        |text| text.to_owned(),
        |text| format!("{{\"target\":\"{text}\",\"act\":\"x\"}}"),
        |text| format!("CEF:0|HaNoi IOC|hanoi-ioc|1|x|{text}|2|externalId=41 request={text} outcome=success"),
    ];
    for ((layer, _, read, shown), naive) in LAYERS.into_iter().zip(naive) {
        let write = |text: &str| match layer {
            "RFC 5424" => line(&naive(text), "x"),
            _ => line("1", &naive(text)),
        };
        let plain = read(&write(PLAIN)).unwrap();
        let payloads = payloads();
        let harmless = |payload: &&String| {
            let whole = write(payload);
            let seen = whole.replacen('\u{feff}', "", 1).chars().all(is_seen) && whole.len() <= MOST_OCTETS;
            seen && read(&whole).is_some_and(|found| holds(&found, &plain, &shown(payload)))
        };
        let found = payloads.len() - payloads.iter().filter(harmless).count();
        println!(
            "control, {layer} without escapes: {found} of {} payloads are found out",
            payloads.len()
        );
        assert!(found > payloads.len() / 2, "{layer}");
    }
}
