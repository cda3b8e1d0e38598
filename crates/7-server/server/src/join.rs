//! Where the floors meet: ports of lower floors implemented by slices of higher ones, because imports only point down.

use async_trait::async_trait;
use device::profile::command::Reading;
use driver::command::{Downlink, NotHanded, Order};
use driver::intake::{Intake, IntakeError};
use kernel::id::DeviceId;
use kernel::quality::Grade;
use kernel::submission::{Receipt, Submission};
use kernel::time::Timestamp;
use kernel::value::Value;
use mqtt::MqttHandle;
use observation::error::IntakeFailure;
use observation::replay;
use observation::service::Observations;
use std::sync::OnceLock;
use uplink::{Decoded, Format};

/// `observation` as the intake of all drivers.
#[derive(Debug)]
pub(crate) struct MainRoad(pub(crate) Observations);

#[async_trait]
impl Intake for MainRoad {
    async fn accept(&self, submission: &Submission) -> Result<Receipt, IntakeError> {
        self.0.accept(submission).await.map_err(|failure| match failure {
            IntakeFailure::Full => IntakeError::Full,
            IntakeFailure::Busy => IntakeError::Busy,
            IntakeFailure::Unavailable => IntakeError::Unavailable,
            IntakeFailure::KeyReused => IntakeError::KeyReused,
        })
    }
}

impl device::http::Contacts for MainRoad {
    fn last_contact(&self, device: &str) -> Option<Timestamp> {
        self.0.last_contact(device)
    }
}

impl device::service::command::Readings for MainRoad {
    fn newest(&self, device: &str, name: &str) -> Option<Reading> {
        let row = self.0.newest(device, name)?;
        let value = match row.value() {
            Value::Number(number) => number,
            Value::Boolean(flag) => f64::from(u8::from(flag)),
            Value::Text(_) | Value::Point(_) | Value::Json(_) => return None,
        };
        let trusted = row.quality.grade() != Grade::Bad;
        trusted.then_some(Reading { value, time: row.time })
    }
}

/// The decoder of the doors, for what was mended in quarantine.
pub(crate) fn read_mended(payload: &[u8], arrival: Timestamp) -> Result<replay::Decoded, String> {
    let mut decoded = Decoded::default();
    uplink::decode(Format::SenmlJson, payload, arrival, &mut decoded).map_err(|error| error.to_string())?;
    Ok((decoded.readings, decoded.rejected))
}

/// The way of commands down to devices; nobody can be reached before the door of the devices is open.
#[derive(Default)]
pub(crate) struct Downward(OnceLock<MqttHandle>);

impl Downward {
    /// Opens the way. Only the first call counts.
    pub(crate) fn join(&self, handle: MqttHandle) {
        let _ = self.0.set(handle);
    }
}

impl Downlink for Downward {
    fn hand_over(&self, device: &DeviceId, order: Order) -> Result<(), NotHanded> {
        self.0
            .get()
            .map_or(Err(NotHanded::Away), |handle| handle.hand_over(device, order))
    }
}
