//! ArcSight Common Event Format, version 0.

use super::{Event, visible};
use audit::model::Outcome;

/// `CEF:0|vendor|product|version|class|name|severity|extension`.
pub fn write(event: &Event) -> String {
    let record = &event.record;
    let (source, port) = event.source();
    let mut text = format!(
        "CEF:0|HaNoi IOC|hanoi-ioc|{}|{}|{}|{}|",
        env!("CARGO_PKG_VERSION"),
        head(&record.act),
        head(&record.act),
        match event.severity() {
            4 => 8,
            3 => 6,
            2 => 4,
            _ => 2,
        }
    );
    let address = if source.parse::<std::net::Ipv6Addr>().is_ok() {
        "c6a2"
    } else {
        "src"
    };
    let mut fields = vec![
        ("externalId", event.uid()),
        ("rt", record.at.millis().to_string()),
        (address, source),
        ("suser", record.actor.to_string()),
        ("act", record.act.clone()),
        ("request", record.target.clone()),
        (
            "outcome",
            match record.outcome {
                Outcome::Allowed => "success",
                Outcome::Denied => "denied",
                Outcome::Failed => "failure",
            }
            .to_owned(),
        ),
        ("cs1Label", "record".to_owned()),
        ("cs1", record.id.to_string()),
    ];
    if let Some(port) = port {
        fields.push(("spt", port.to_string()));
    }
    if address == "c6a2" {
        fields.push(("c6a2Label", "Source IPv6 Address".to_owned()));
    }
    if !record.detail.is_empty() {
        let details: Vec<String> = record
            .detail
            .iter()
            .map(|(name, value)| format!("{}: {}", detail(name).replace(':', "\\:"), detail(value)))
            .collect();
        fields.push(("msg", details.join("; ")));
    }
    let fields: Vec<String> = fields
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", extension(&value)))
        .collect();
    text.push_str(&fields.join(" "));
    text
}

/// Backslash and pipe are escaped in the header.
fn head(text: &str) -> String {
    visible(text, 256).replace('\\', "\\\\").replace('|', "\\|")
}

/// Backslash and equals sign are escaped in the extension.
fn extension(text: &str) -> String {
    visible(text, 1_023).replace('\\', "\\\\").replace('=', "\\=")
}

/// A name or a value of the details, which stand in one field as `name: value; name: value`; in names colons are escaped, too.
fn detail(text: &str) -> String {
    visible(text, 1_023).replace('\\', "\\\\").replace(';', "\\;")
}
