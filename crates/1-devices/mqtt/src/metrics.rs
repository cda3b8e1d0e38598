//! What is counted. Handles are taken once, so that counting costs an addition.
//!
//! | name | what |
//! |---|---|
//! | `hanoi_ioc_mqtt_connections` | connections open now |
//! | `hanoi_ioc_mqtt_connections_total` | connections that were let in |
//! | `hanoi_ioc_mqtt_closed_total{reason}` | connections that ended |
//! | `hanoi_ioc_mqtt_refused_total{reason}` | connections, publishes and subscriptions that were refused at the door |
//! | `hanoi_ioc_mqtt_publishes_total` | publishes read |
//! | `hanoi_ioc_mqtt_acks_total` | publishes answered with PUBACK or PUBREC |
//! | `hanoi_ioc_mqtt_rejected_items_total` | items of publishes that went to quarantine |
//! | `hanoi_ioc_mqtt_submissions_total` | submissions made of the publishes |
//! | `hanoi_ioc_mqtt_received_bytes_total`, `hanoi_ioc_mqtt_sent_bytes_total` | bytes, without TLS |
//! | `hanoi_ioc_mqtt_in_flight` | publishes that wait to be stored now |
//! | `hanoi_ioc_mqtt_delivered_total` | messages queued for subscribers |
//! | `hanoi_ioc_mqtt_undelivered_total{reason}` | messages that a subscriber did not get: its queue was full, or its time or the packet size did not allow it |
//! | `hanoi_ioc_mqtt_sessions_kept` | sessions that wait for their client to come back |
//! | `hanoi_ioc_mqtt_sessions_expired_total` | kept sessions whose client did not come back in time |
//! | `hanoi_ioc_mqtt_sessions_unsaved_total` | failed attempts to write kept sessions down |
//! | `hanoi_ioc_mqtt_queued_bytes` | bytes that wait for subscribers |

use metrics::{Counter, Gauge, counter, gauge};

/// Handles of everything that is counted per publish or per packet.
pub(crate) struct Metrics {
    pub(crate) connections: Gauge,
    pub(crate) admitted: Counter,
    pub(crate) publishes: Counter,
    pub(crate) acks: Counter,
    pub(crate) rejected_items: Counter,
    pub(crate) submissions: Counter,
    pub(crate) received_bytes: Counter,
    pub(crate) sent_bytes: Counter,
    pub(crate) in_flight: Gauge,
    pub(crate) delivered: Counter,
    pub(crate) kept: Gauge,
    pub(crate) queued_bytes: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            connections: gauge!("hanoi_ioc_mqtt_connections"),
            admitted: counter!("hanoi_ioc_mqtt_connections_total"),
            publishes: counter!("hanoi_ioc_mqtt_publishes_total"),
            acks: counter!("hanoi_ioc_mqtt_acks_total"),
            rejected_items: counter!("hanoi_ioc_mqtt_rejected_items_total"),
            submissions: counter!("hanoi_ioc_mqtt_submissions_total"),
            received_bytes: counter!("hanoi_ioc_mqtt_received_bytes_total"),
            sent_bytes: counter!("hanoi_ioc_mqtt_sent_bytes_total"),
            in_flight: gauge!("hanoi_ioc_mqtt_in_flight"),
            delivered: counter!("hanoi_ioc_mqtt_delivered_total"),
            kept: gauge!("hanoi_ioc_mqtt_sessions_kept"),
            queued_bytes: gauge!("hanoi_ioc_mqtt_queued_bytes"),
        }
    }
}

/// Counts something refused at the door: a security event.
pub(crate) fn refused(reason: &'static str) {
    counter!("hanoi_ioc_mqtt_refused_total", "reason" => reason).increment(1);
}

/// Counts the end of a connection.
pub(crate) fn closed(reason: &'static str) {
    counter!("hanoi_ioc_mqtt_closed_total", "reason" => reason).increment(1);
}

/// Counts a message that a subscriber did not get.
pub(crate) fn undelivered(reason: &'static str) {
    counter!("hanoi_ioc_mqtt_undelivered_total", "reason" => reason).increment(1);
}

/// Counts a kept session whose client did not come back.
pub(crate) fn expired_session() {
    counter!("hanoi_ioc_mqtt_sessions_expired_total").increment(1);
}

/// Counts a failed attempt to write kept sessions down.
pub(crate) fn sessions_unsaved() {
    counter!("hanoi_ioc_mqtt_sessions_unsaved_total").increment(1);
}
