//! What a simulation consists of: where to report to, which devices with which certificates, and in which weather and time.

use crate::storm::Storm;
use chassis::scaled::Scaling;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A simulation.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Address of the MQTT door over TLS, such as `127.0.0.1:8883`.
    pub address: String,
    /// Name in the server's certificate.
    pub server_name: String,
    /// PEM file of the platform CA.
    pub ca: PathBuf,
    /// The same seed gives the same city.
    pub seed: u64,
    /// Seconds between two reports of a device that says nothing else; each device begins at its own moment inside it. In
    /// virtual time, where there is such.
    pub interval_s: u64,
    /// How many times as often the devices report (load generator).
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub rate: f64,
    /// Seconds after the start at which the water at the first flood gauge begins to rise; absent: never.
    pub flood_after_s: Option<u64>,
    /// The share of devices that are out of reach now and then, 0 to 1.
    #[serde(default)]
    pub unsteady: f64,
    /// Virtual time in which the devices live; absent: the time of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Scaling>,
    /// A storm of the past; absent: the showers of an ordinary day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storm: Option<Storm>,
    /// The devices.
    pub devices: Vec<Simulated>,
}

fn once() -> f64 {
    1.0
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes a reference
fn is_once(rate: &f64) -> bool {
    *rate == 1.0
}

/// A simulated device.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulated {
    /// Device id.
    pub id: String,
    /// Profile, which decides how it behaves.
    pub profile: String,
    /// PEM file of its certificate; absent when a gateway speaks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// PEM file of its key; absent when a gateway speaks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// The device of this manifest that speaks for it; absent: it connects itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// Seconds between two reports; absent: as the manifest says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_s: Option<u64>,
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A manifest of devices given as id and profile.
    pub(crate) fn manifest(devices: &[(&str, &str)]) -> Manifest {
        let simulated = |(id, profile): &(&str, &str)| Simulated {
            id: (*id).to_owned(),
            profile: (*profile).to_owned(),
            certificate: Some(format!("{id}.crt").into()),
            key: Some(format!("{id}.key").into()),
            gateway: None,
            interval_s: None,
            lon: 105.85,
            lat: 21.03,
        };
        Manifest {
            address: "127.0.0.1:8883".to_owned(),
            server_name: "localhost".to_owned(),
            ca: "ca.crt".into(),
            seed: 2025,
            interval_s: 5,
            rate: 1.0,
            flood_after_s: None,
            unsteady: 0.0,
            time: None,
            storm: None,
            devices: devices.iter().map(simulated).collect(),
        }
    }

    #[test]
    fn a_manifest_survives_its_own_text_and_takes_no_unknown_words() {
        let mut manifest = manifest(&[("a", "rain-gauge"), ("g", "gateway")]);
        manifest.devices[0].gateway = Some("g".to_owned());
        manifest.storm = Some(crate::storm::tests::storm());
        manifest.rate = 2.5;
        let mut json = serde_json::to_value(&manifest).unwrap();
        let read: Manifest = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), json);
        json["flood_after"] = 3.into();
        assert!(
            serde_json::from_value::<Manifest>(json)
                .unwrap_err()
                .to_string()
                .contains("flood_after")
        );
    }
}
