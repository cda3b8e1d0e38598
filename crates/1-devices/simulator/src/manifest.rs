//! What a simulation consists of: where to report to, and which devices with which certificates.

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
    /// Seconds between two reports of a device; each device begins at its own moment inside it.
    pub interval_s: u64,
    /// Seconds after the start at which the water at the first flood gauge begins to rise; absent: never.
    pub flood_after_s: Option<u64>,
    /// The devices.
    pub devices: Vec<Simulated>,
}

/// A simulated device.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulated {
    /// Device id.
    pub id: String,
    /// Profile, which decides how it behaves.
    pub profile: String,
    /// PEM file of its certificate.
    pub certificate: PathBuf,
    /// PEM file of its key.
    pub key: PathBuf,
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
            certificate: format!("{id}.crt").into(),
            key: format!("{id}.key").into(),
            lon: 105.85,
            lat: 21.03,
        };
        Manifest {
            address: "127.0.0.1:8883".to_owned(),
            server_name: "localhost".to_owned(),
            ca: "ca.crt".into(),
            seed: 2025,
            interval_s: 5,
            flood_after_s: None,
            devices: devices.iter().map(simulated).collect(),
        }
    }

    #[test]
    fn a_manifest_survives_its_own_text_and_takes_no_unknown_words() {
        let manifest = manifest(&[("a", "rain-gauge")]);
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
