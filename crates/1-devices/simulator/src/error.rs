//! Why a simulation cannot begin.

use kernel::error::{Classified, ErrorKind};
use std::path::PathBuf;

/// What is wrong with a manifest or with a file that it names.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// `address` is not understood.
    #[error(
        "address '{0}' of the manifest is not usable; write host and port of the MQTT door over TLS, such as 127.0.0.1:8883 (an IPv6 address needs a host name)"
    )]
    BadAddress(String),
    /// `server_name` is not understood.
    #[error(
        "server_name '{0}' of the manifest is neither a host name nor an IP address; write the name that stands in the certificate of the server, such as localhost"
    )]
    BadServerName(String),
    /// `interval_s` is out of range.
    #[error("interval_s of the manifest is {0}; allowed: 1 to 86400 seconds")]
    BadInterval(u64),
    /// `rate` is out of range.
    #[error("rate of the manifest is {0}; allowed: 0.01 to 1000 times as often")]
    BadRate(f64),
    /// The storm cannot be played.
    #[error("{file}: {what}")]
    BadStorm {
        /// The file.
        file: String,
        /// What was found, what is allowed.
        what: String,
    },
    /// Neither a certificate nor a gateway, or a gateway that is none.
    #[error("device '{device}' of the manifest {what}")]
    NoWay {
        /// The device.
        device: String,
        /// What is missing, and what to write.
        what: String,
    },
    /// There is nothing to simulate.
    #[error("the manifest lists no devices; name at least one under 'devices'")]
    Empty,
    /// An id is not understood.
    #[error("device {number} of the manifest: {reason}")]
    BadId {
        /// Its place in the list, from 1.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// An id stands twice.
    #[error(
        "device '{0}' stands twice in the manifest; two connections of one device would end each other, remove one"
    )]
    Twice(String),
    /// Nobody knows how such a device behaves.
    #[error("device '{device}' has the profile '{profile}', which the simulator cannot play; it knows: {known}")]
    UnknownProfile {
        /// The device.
        device: String,
        /// Its profile.
        profile: String,
        /// All profiles that can be played.
        known: String,
    },
    /// A PEM file cannot be read.
    #[error("{what}: cannot read {}: {reason}; give the path of an existing PEM file", path.display())]
    Unreadable {
        /// What the file is for.
        what: String,
        /// The file.
        path: PathBuf,
        /// What reading it said.
        reason: String,
    },
    /// A certificate, a key or both cannot be used.
    #[error("{what}: {} is not usable: {reason}", path.display())]
    Unusable {
        /// What the file is for.
        what: String,
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// TLS cannot be set up at all.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl Classified for SimulatorError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreadable { .. } => ErrorKind::NotFound,
            Self::Tls(_) => ErrorKind::Bug,
            _ => ErrorKind::Invalid,
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::BadAddress(_) => "simulation_address_invalid",
            Self::BadServerName(_) => "simulation_server_name_invalid",
            Self::BadInterval(_) => "simulation_interval_invalid",
            Self::BadRate(_) => "simulation_rate_invalid",
            Self::BadStorm { .. } => "simulation_storm_invalid",
            Self::NoWay { .. } => "simulation_way_missing",
            Self::Empty => "simulation_empty",
            Self::BadId { .. } => "simulation_device_id_invalid",
            Self::Twice(_) => "simulation_device_twice",
            Self::UnknownProfile { .. } => "simulation_profile_unknown",
            Self::Unreadable { .. } => "simulation_file_unreadable",
            Self::Unusable { .. } => "simulation_identity_unusable",
            Self::Tls(_) => "simulation_tls_failed",
        }
    }
}
