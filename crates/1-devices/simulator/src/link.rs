//! One device and its connection: MQTT 5 over TLS, a will, presence, reports at QoS 1, commands and their answers, and
//! patience when the server is away.

use crate::city::City;
use crate::moment::Moment;
use crate::outbox::{KEPT, Outbox, WINDOW};
use crate::progress::Progress;
use kernel::clock::Clock;
use kernel::time::Timestamp;
use parking_lot::Mutex;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{LastWill, Packet, PubAckReason, Publish, PublishProperties};
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use rumqttc::{TlsConfiguration, Transport};
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

/// The devices begin to connect one after the other within this time.
const SPREAD: Duration = Duration::from_millis(2_000);
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// TCP, TLS and CONNACK together, in seconds.
const CONNECT_S: u64 = 20;
/// The first pause after a failure, and the longest.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A connection that held so long makes earlier failures forgotten.
const STEADY: Duration = Duration::from_secs(30);

/// One device of the city on its way to the server.
pub(crate) struct Link {
    pub(crate) city: Arc<City>,
    pub(crate) index: usize,
    pub(crate) options: MqttOptions,
    pub(crate) progress: Arc<Progress>,
    /// The time in which the devices live.
    pub(crate) clock: Arc<dyn Clock>,
    /// When the simulation began, in that time.
    pub(crate) start: Timestamp,
    /// Time of the machine between two reports.
    pub(crate) interval: Duration,
}

/// What goes up: a report, or the answer to a command.
#[derive(Clone, Debug)]
enum Parcel {
    Report(Vec<u8>),
    Answer(Vec<u8>),
}

/// How the device `id` connects.
pub(crate) fn options(id: &str, host: &str, port: u16, identity: Arc<ClientConfig>) -> MqttOptions {
    let mut options = MqttOptions::new(id, host, port);
    options
        .set_transport(Transport::Tls(TlsConfiguration::Rustls(identity)))
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_start(true)
        .set_connection_timeout(CONNECT_S)
        .set_last_will(LastWill::new(
            state_topic(id),
            r#"{"alive":false}"#,
            QoS::AtLeastOnce,
            true,
            None,
        ));
    // it decides how much memory a client takes from the start
    options.set_outgoing_inflight_upper_limit(WINDOW as u16 + 1);
    options
}

fn state_topic(id: &str) -> String {
    format!("devices/{id}/state")
}

impl Link {
    /// Connects and reports until it is dropped.
    pub(crate) async fn run(self) {
        let (client, events) = AsyncClient::new(self.options.clone(), WINDOW + 3);
        let outbox = Mutex::new(Outbox::default());
        let id = self.city.id(self.index);
        let sending = Sending {
            client,
            up: format!("devices/{id}/up"),
            answers: format!("devices/{id}/answers"),
            outbox,
        };
        // both in one task, so that neither ever cuts a half-done step of the other short
        futures::join!(self.stay_connected(&sending, events), self.report(&sending));
    }

    /// The devices begin one after the other, so that a city does not come all at once.
    fn begins_after(&self) -> Duration {
        SPREAD.mul_f64(self.index as f64 / self.city.len() as f64)
    }

    async fn stay_connected(&self, sending: &Sending, mut events: EventLoop) {
        sleep(self.begins_after()).await;
        let id = self.city.id(self.index);
        let (mut failures, mut since) = (0_u32, None::<Instant>);
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    since = Some(Instant::now());
                    self.progress.connected();
                    // the queue was emptied when the last connection ended: there is room
                    let _ = sending
                        .client
                        .try_publish(state_topic(id), QoS::AtMostOnce, true, r#"{"alive":true}"#);
                    if self.city.takes_commands(self.index) {
                        let _ = sending
                            .client
                            .try_subscribe(format!("devices/{id}/down"), QoS::AtLeastOnce);
                    }
                    sending.outbox.lock().online();
                    sending.flush();
                }
                Ok(Event::Incoming(Packet::Publish(publish))) => self.obey(sending, &publish),
                Ok(Event::Incoming(Packet::PubAck(answer))) => {
                    if !matches!(
                        answer.reason,
                        PubAckReason::Success | PubAckReason::NoMatchingSubscribers
                    ) {
                        tracing::warn!(device = id, reason = ?answer.reason, "a report was refused");
                    }
                    sending.outbox.lock().acknowledged();
                    sending.flush();
                }
                Ok(_) => {}
                Err(error) => {
                    sending.outbox.lock().offline();
                    if let Some(since) = since.take() {
                        self.progress.lost();
                        failures = if since.elapsed() >= STEADY { 0 } else { failures };
                    }
                    self.progress.failed(id, &error);
                    sleep(pause(failures, self.city.temper(self.index, "patience"))).await;
                    failures = failures.saturating_add(1);
                }
            }
        }
    }

    /// A command came; its answer goes up in its turn.
    fn obey(&self, sending: &Sending, publish: &Publish) {
        let device = self.city.id(self.index);
        if !publish.topic.ends_with(b"/down") {
            return;
        }
        let Ok(command) = serde_json::from_slice(&publish.payload) else {
            tracing::warn!(device, "a command that cannot be read is left aside");
            return;
        };
        let answer = self.city.obey(self.index, &command, self.clock.now());
        match serde_json::to_vec(&answer) {
            Ok(answer) => sending.outbox.lock().push(Parcel::Answer(answer)),
            Err(error) => tracing::warn!(device, %error, "an answer cannot be written"),
        }
        sending.flush();
    }

    async fn report(&self, sending: &Sending) {
        let first = Instant::now() + self.interval.mul_f64(self.city.temper(self.index, "phase"));
        let mut ticks = interval_at(first, self.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut kept = Vec::new();
        loop {
            ticks.tick().await;
            let moment = Moment::new(self.start, self.clock.now());
            if let Some(report) = self.city.report(self.index, moment)
                && kept.len() < KEPT
            {
                kept.push(report);
            }
            if self.city.is_away(self.index, moment) {
                continue;
            }
            let mut outbox = sending.outbox.lock();
            for report in kept.drain(..) {
                outbox.push(Parcel::Report(report));
            }
            drop(outbox);
            sending.flush();
        }
    }
}

/// The way of reports and answers to the connection.
struct Sending {
    client: AsyncClient,
    up: String,
    answers: String,
    outbox: Mutex<Outbox<Parcel>>,
}

impl Sending {
    /// Hands over what may be sent now.
    fn flush(&self) {
        let mut outbox = self.outbox.lock();
        while let Some(parcel) = outbox.next() {
            let (topic, content_type, payload) = match parcel {
                Parcel::Report(report) => (self.up.as_str(), "application/senml+json", report),
                Parcel::Answer(answer) => (self.answers.as_str(), "application/json", answer),
            };
            let properties = PublishProperties {
                content_type: Some(content_type.to_owned()),
                ..Default::default()
            };
            let handed = self
                .client
                .try_publish_with_properties(topic, QoS::AtLeastOnce, false, payload, properties);
            if handed.is_err() {
                outbox.not_sent();
                return;
            }
        }
    }
}

/// How long to wait after so many failures; `patience` (0 to 1) keeps the devices from coming back all at once.
fn pause(failures: u32, patience: f64) -> Duration {
    let doubled = PAUSE.saturating_mul(1_u32 << failures.min(16));
    doubled.min(LONGEST_PAUSE).mul_f64(0.5 + 0.5 * patience)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_a_minute_and_differ_by_device() {
        for (failures, patience, millis) in [
            (0, 1.0, 500),
            (0, 0.0, 250),
            (1, 1.0, 1_000),
            (5, 1.0, 16_000),
            (6, 1.0, 30_000),
            (u32::MAX, 0.0, 15_000),
        ] {
            assert_eq!(
                pause(failures, patience),
                Duration::from_millis(millis),
                "{failures} {patience}"
            );
        }
    }
}
