//! How a device is stored and found.

pub mod certificate;
pub mod command;

use crate::error::DeviceError;
use crate::model::Device;
use kernel::classification::Classification;
use kernel::place::Bounds;
use ports::query::{Index, IndexKind, IndexValue};
use ports::records::Collection;
use serde::{Deserialize, Serialize};

/// Devices by id.
pub const DEVICES: Collection = Collection {
    name: "devices",
    indexes: &[
        Index {
            name: "area",
            kind: IndexKind::Equal,
        },
        Index {
            name: "profile",
            kind: IndexKind::Equal,
        },
        Index {
            name: "org",
            kind: IndexKind::Equal,
        },
        Index {
            name: "state",
            kind: IndexKind::Equal,
        },
        Index {
            name: "classification",
            kind: IndexKind::Equal,
        },
        Index {
            name: "words",
            kind: IndexKind::Text,
        },
        Index {
            name: "place",
            kind: IndexKind::Place,
        },
    ],
};

const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct DeviceRecord {
    format: u32,
    device: Device,
}

/// The stored form.
pub fn write(device: &Device) -> Vec<u8> {
    serde_json::to_vec(&DeviceRecord {
        format: FORMAT,
        device: device.clone(),
    })
    .unwrap_or_default()
}

/// The format is looked at first: a newer form need not have the fields of this one.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Reads all formats up to the present one.
pub fn read(key: &str, body: &[u8]) -> Result<Device, DeviceError> {
    let unreadable = |why: String| DeviceError::Unreadable(key.to_owned(), why);
    let Format { format } = serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
    if format > FORMAT {
        return Err(unreadable(format!(
            "format {format} is newer than {FORMAT}; upgrade hanoi-ioc"
        )));
    }
    let record: DeviceRecord = serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
    Ok(record.device)
}

/// All classifications that a device may have to be seen with `max`, as the index knows them.
pub fn classes_up_to(max: Classification) -> Vec<String> {
    let all = [
        Classification::Public,
        Classification::Internal,
        Classification::Restricted,
        Classification::Confidential,
        Classification::Secret,
        Classification::TopSecret,
    ];
    all.into_iter().filter(|class| *class <= max).map(word).collect()
}

/// The word of a plain enumeration, as it is stored.
fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value
        .and_then(|value| value.as_str().map(ToOwned::to_owned))
        .unwrap_or_default()
}

/// What a device says to each index.
pub fn indexes(device: &Device) -> Vec<(&'static str, IndexValue)> {
    let mut values = vec![
        ("profile", IndexValue::Equal(device.profile.to_string())),
        ("org", IndexValue::Equal(device.org.to_string())),
        ("classification", IndexValue::Equal(word(device.classification))),
        ("state", IndexValue::Equal(word(device.state))),
        (
            "words",
            IndexValue::Text(format!("{} {} {}", device.id, device.title.vi, device.title.en)),
        ),
    ];
    values.extend(
        device
            .areas
            .iter()
            .map(|area| ("area", IndexValue::Equal(area.to_string()))),
    );
    values.extend(
        device
            .place
            .map(|place| ("place", IndexValue::Place(Bounds::of(place)))),
    );
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_form_is_refused_whatever_it_looks_like() {
        let error = read("a", br#"{"format":2,"device":{"name":"a"}}"#).unwrap_err();
        assert!(error.to_string().contains("upgrade hanoi-ioc"), "{error}");
    }

    #[test]
    fn the_first_form_stays_readable() {
        let first =
            r#"{"format":1,"device":{"id":"gauge-001","title":{"vi":"Trạm"},"profile":"flood-gauge","org":"so"}}"#;
        assert_eq!(read("gauge-001", first.as_bytes()).unwrap().id.as_str(), "gauge-001");
    }

    #[test]
    fn classes_grow_to_the_highest() {
        assert_eq!(
            classes_up_to(Classification::Restricted),
            ["public", "internal", "restricted"]
        );
        assert_eq!(classes_up_to(Classification::TopSecret).len(), 6);
    }
}
