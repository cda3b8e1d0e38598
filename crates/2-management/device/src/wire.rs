//! What the device API takes and gives.

pub mod certificate;
pub mod command;

use crate::decide::presence::presence;
use crate::model::certificate::{Certificate, Standing};
use crate::model::{Device, DeviceState, Presence, Speaks};
use crate::profile::Profile;
use crate::registry::Registered;
use crate::wire::certificate::CertificateBrief;
use chassis::wire::{Place, Text};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId};
use kernel::place::Point;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A device as lists show it.
#[derive(Serialize, ToSchema)]
#[schema(as = Device)]
pub struct DeviceView {
    /// Device id.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// Profile.
    pub profile: String,
    /// Owner.
    pub org: String,
    /// Area codes.
    pub areas: Vec<String>,
    /// Where it stands.
    pub place: Option<Place>,
    /// Whether it may speak.
    pub state: DeviceState,
    /// When something of it was last stored (RFC 3339), if ever.
    pub last_contact: Option<String>,
    /// Whether it is heard: `alive`, `silent` for three expected intervals or longer, or `never`.
    pub presence: Presence,
    /// Seconds in which something comes at the latest, as its profile promises; absent without a promise.
    #[schema(required)]
    pub expected_every_s: Option<u32>,
    /// How its certificate stands; absent when it has none.
    #[schema(required)]
    pub certificate: Option<CertificateBrief>,
    /// What it reports; only when one device is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<Vec<BindingView>>,
}

/// One value that a device reports.
#[derive(Serialize, ToSchema)]
pub struct BindingView {
    /// Name in the payload.
    pub name: String,
    /// Attribute of the entity.
    pub attribute: String,
    /// UCUM unit.
    pub unit: String,
    /// `number`, `boolean`, `text`, `point` or `json`.
    pub kind: String,
    /// What people call it.
    pub title: Text,
}

impl DeviceView {
    /// The public form at an instant.
    pub fn new(device: &Device, profile: Option<&Profile>, last_contact: Option<Timestamp>, now: Timestamp) -> Self {
        let expected_every_s = profile.and_then(Profile::expected_every_s);
        Self {
            presence: presence(last_contact, expected_every_s, now),
            expected_every_s,
            id: device.id.to_string(),
            title: (&device.title).into(),
            profile: device.profile.to_string(),
            org: device.org.to_string(),
            areas: device.areas.iter().map(ToString::to_string).collect(),
            place: device.place.map(Place::from),
            state: device.state,
            last_contact: last_contact.map(|at| at.to_string()),
            certificate: None,
            series: None,
        }
    }

    /// Adds how its certificate stands.
    #[must_use]
    pub fn with_certificate(mut self, best: Option<(Arc<Certificate>, Standing)>) -> Self {
        self.certificate = best.map(|(certificate, standing)| CertificateBrief {
            standing,
            not_after: certificate.not_after.to_string(),
        });
        self
    }

    /// Adds what it reports.
    #[must_use]
    pub fn with_series(mut self, registered: &Registered) -> Self {
        let kind = |kind| {
            serde_json::to_value(kind)
                .ok()
                .and_then(|value| value.as_str().map(ToOwned::to_owned))
        };
        let series = registered.profile.bindings.iter().map(|binding| BindingView {
            name: binding.name.clone(),
            attribute: binding.attribute.clone(),
            unit: binding.unit.clone(),
            kind: kind(binding.kind).unwrap_or_default(),
            title: (&binding.title).into(),
        });
        self.series = Some(series.collect());
        self
    }
}

/// One page of devices.
#[derive(Serialize, ToSchema)]
pub struct DeviceList {
    /// The devices.
    pub items: Vec<DeviceView>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What people will call a device.
#[derive(Deserialize, ToSchema)]
pub struct NewTitle {
    /// Vietnamese.
    pub vi: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

/// To register a device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// 1 to 64 letters, digits, `.`, `_`, `-`.
    pub id: String,
    /// What people call it.
    pub title: NewTitle,
    /// A profile of the city pack.
    pub profile: String,
    /// Owner.
    pub org: String,
    /// Area codes.
    #[serde(default)]
    pub areas: Vec<String>,
    /// Where it stands.
    #[serde(default)]
    pub place: Option<Place>,
    /// For whom it speaks.
    #[serde(default)]
    pub speaks: Speaks,
    /// The gateway that speaks for it.
    #[serde(default)]
    pub gateway: Option<String>,
}

impl Registration {
    /// Checks every field; the error names the field.
    pub fn check(self) -> Result<Device, (&'static str, String)> {
        let place = self.place.map(|place| {
            Point::new(place.lon, place.lat)
                .ok_or_else(|| ("place", "lon is -180 to 180 and lat -90 to 90 degrees".to_owned()))
        });
        let areas = self
            .areas
            .iter()
            .map(|code| AreaCode::new(code))
            .collect::<Result<_, _>>();
        let gateway = self.gateway.as_deref().map(DeviceId::new).transpose();
        Ok(Device {
            id: DeviceId::new(&self.id).map_err(|error| ("id", error.to_string()))?,
            title: LangText::new(self.title.vi, self.title.en),
            profile: ProfileId::new(&self.profile).map_err(|error| ("profile", error.to_string()))?,
            org: OrgId::new(&self.org).map_err(|error| ("org", error.to_string()))?,
            areas: areas.map_err(|error| ("areas", error.to_string()))?,
            place: place.transpose()?,
            state: DeviceState::Active,
            classification: Classification::Internal,
            speaks: self.speaks,
            gateway: gateway.map_err(|error| ("gateway", error.to_string()))?,
            token_hash: None,
        })
    }
}

/// A new state.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StateChange {
    /// `active` or `blocked`.
    pub state: DeviceState,
}

/// A token, shown once.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// For `Authorization: Bearer` or as MQTT password.
    pub token: String,
}
