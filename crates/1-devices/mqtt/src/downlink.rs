//! The way of commands down: `devices/{device}/down`, with the QoS that was subscribed, to devices that are connected now.

use crate::error::MqttError;
use crate::server::{DownMessage, MqttHandle};
use bytes::Bytes;
use driver::command::{Downlink, NotHanded, Order};
use kernel::id::DeviceId;

impl Downlink for MqttHandle {
    fn hand_over(&self, device: &DeviceId, order: Order) -> Result<(), NotHanded> {
        // whoever gives commands keeps them for a device that is away
        if !self.is_connected(device.as_str()) {
            return Err(NotHanded::Away);
        }
        let message = DownMessage {
            payload: Bytes::from(order.payload),
            content_type: Some("application/json".to_owned()),
            expiry: Some(order.expires_in),
            correlation: Some(Bytes::copy_from_slice(order.id.0.as_bytes())),
        };
        match self.publish_down(device.as_str(), message) {
            Ok(_) => Ok(()),
            Err(MqttError::TooLong { size, max }) => Err(NotHanded::TooLong { size, max }),
            Err(MqttError::TooSlow(_)) => Err(NotHanded::Busy),
            Err(_) => Err(NotHanded::Away),
        }
    }
}
