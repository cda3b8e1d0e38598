//! How a device is stored and found.

use crate::error::DeviceError;
use crate::model::Device;
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

/// Reads all formats up to the present one.
pub fn read(key: &str, body: &[u8]) -> Result<Device, DeviceError> {
    let unreadable = |why: String| DeviceError::Unreadable(key.to_owned(), why);
    let record: DeviceRecord = serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
    if record.format > FORMAT {
        return Err(unreadable(format!(
            "format {} is newer than {FORMAT}; upgrade hanoi-ioc",
            record.format
        )));
    }
    Ok(record.device)
}

/// What a device says to each index.
pub fn indexes(device: &Device) -> Vec<(&'static str, IndexValue)> {
    let state = serde_json::to_value(device.state)
        .ok()
        .and_then(|value| value.as_str().map(ToOwned::to_owned));
    let mut values = vec![
        ("profile", IndexValue::Equal(device.profile.to_string())),
        ("org", IndexValue::Equal(device.org.to_string())),
        ("state", IndexValue::Equal(state.unwrap_or_default())),
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
