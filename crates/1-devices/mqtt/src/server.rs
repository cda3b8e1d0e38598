//! Starts the server, and is what the inside talks to.

use crate::acl::{self, Channel};
use crate::budget::Budget;
use crate::error::MqttError;
use crate::listener::{self, Doors, How, linger};
use crate::message::Message;
use crate::metrics::{self, Metrics};
use crate::retained::Retained;
use crate::router::{Router, Sent};
use crate::saver::Saver;
use crate::session::Kick;
use crate::settings::{Limits, MqttSettings};
use crate::space::Spaces;
use crate::tls::TURNS;
use crate::will::Will;
use bytes::Bytes;
use driver::command::Answers;
use driver::gatekeeper::Gatekeeper;
use driver::intake::Intake;
use kernel::clock::Clock;
use kernel::id::DeviceId;
use rmqtt_codec::types::QoS;
use rmqtt_codec::v5::PublishProperties;
use std::future::Future;
use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long connections may take to say goodbye beyond the time that their submissions are waited for.
const GOODBYE: Duration = Duration::from_secs(5);
/// How often kept sessions are counted.
const COUNTED: Duration = Duration::from_secs(10);

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    pub(crate) gatekeeper: Arc<dyn Gatekeeper>,
    pub(crate) intake: Arc<dyn Intake>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) router: Router,
    pub(crate) retained: Retained,
    pub(crate) spaces: Spaces,
    pub(crate) budget: Arc<Budget>,
    pub(crate) saver: Option<Arc<Saver>>,
    /// Wall clock at the start, in microseconds; no other run of the program has the same.
    pub(crate) started: u128,
    pub(crate) doors: Doors,
    /// Turns at the TLS handshake.
    pub(crate) turns: Semaphore,
    /// Who hears the answers to commands; nobody until [`MqttHandle::hear_answers`].
    pub(crate) answers: OnceLock<Arc<dyn Answers>>,
    pub(crate) metrics: Metrics,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Shared {
    pub(crate) fn new(
        limits: Limits,
        spaces: Spaces,
        saver: Option<Arc<Saver>>,
        gatekeeper: Arc<dyn Gatekeeper>,
        intake: Arc<dyn Intake>,
        clock: Arc<dyn Clock>,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            retained: Retained::new(limits.retained_bytes),
            budget: Budget::new(limits.queued_bytes),
            spaces,
            saver,
            started: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |now| now.as_micros()),
            tasks: TaskTracker::new(),
            limits,
            gatekeeper,
            intake,
            clock,
            router: Router::default(),
            doors: Doors::default(),
            turns: Semaphore::new(TURNS),
            answers: OnceLock::new(),
            metrics: Metrics::new(),
            shutdown,
        }
    }

    /// Passes a message to the sessions of a device.
    pub(crate) fn send(&self, device: &str, message: &Arc<Message>) -> Sent {
        self.count(self.router.send(device, message))
    }

    fn count(&self, sent: Sent) -> Sent {
        self.metrics.delivered.increment(sent.queued as u64);
        (0..sent.full).for_each(|_| metrics::undelivered("queue_full"));
        self.metrics.queued_bytes.set(self.budget.used() as f64);
        sent
    }

    /// Passes on what a client published to a state topic or in a namespace, and retains it if asked; says whether there
    /// was room for that.
    pub(crate) fn pass_on(&self, message: &Arc<Message>) -> (bool, Sent) {
        let kept = !message.retain || self.retained.set(message);
        let sent = match acl::parse(&message.publish.topic) {
            Some((device, _)) => self.send(device, message),
            None => self.count(self.router.send_open(message)),
        };
        (kept, sent)
    }

    /// Publishes a will.
    pub(crate) fn say(&self, will: &Will) {
        self.pass_on(&will.message);
    }
}

/// The inside's view of the server; cheap to clone.
#[derive(Clone)]
pub struct MqttHandle {
    shared: Arc<Shared>,
}

/// A message for `devices/{device}/down`.
#[derive(Clone, Debug, Default)]
pub struct DownMessage {
    /// The payload; at most as long as a packet may be, less 1 KiB.
    pub payload: Bytes,
    /// Its media type (MQTT 5 clients get it).
    pub content_type: Option<String>,
    /// It is not delivered later than this, rounded up to seconds.
    pub expiry: Option<Duration>,
    /// What the answer should name (MQTT 5 Correlation Data), such as the bytes of a command id.
    pub correlation: Option<Bytes>,
}

impl MqttHandle {
    /// Queues a message for every session of `device` that has subscribed to `devices/{device}/down`, live or kept, and
    /// returns their number; each gets it with the QoS that it asked for. It says nothing of whether the device took it; that
    /// is for the device to report.
    ///
    /// # Errors
    /// [`MqttError::NotListening`] when there is no such session. [`MqttError::TooSlow`] when the only ones there are were
    /// full.
    pub fn publish_down(&self, device: &str, message: DownMessage) -> Result<usize, MqttError> {
        if DeviceId::new(device).is_err() {
            return Err(MqttError::NotADevice(device.chars().take(80).collect()));
        }
        let max = (self.shared.limits.max_packet_bytes as usize).saturating_sub(1024);
        let size = message.payload.len()
            + message.correlation.as_ref().map_or(0, Bytes::len)
            + message.content_type.as_ref().map_or(0, String::len);
        if size > max {
            return Err(MqttError::TooLong { size, max });
        }
        let properties = PublishProperties {
            content_type: message.content_type.map(Into::into),
            correlation_data: message.correlation,
            message_expiry_interval: message.expiry.and_then(|expiry| {
                let seconds = expiry.as_secs() + u64::from(expiry.subsec_nanos() > 0);
                NonZeroU32::new(u32::try_from(seconds).unwrap_or(u32::MAX).max(1))
            }),
            ..PublishProperties::default()
        };
        let topic = format!("devices/{device}/down");
        let message = Message::new(
            Channel::Down,
            &topic,
            message.payload,
            QoS::ExactlyOnce,
            Some(properties),
        );
        match self.shared.send(device, &Arc::new(message)) {
            Sent { queued: 0, full: 0 } => Err(MqttError::NotListening(device.to_owned())),
            Sent { queued: 0, .. } => Err(MqttError::TooSlow(device.to_owned())),
            Sent { queued, .. } => Ok(queued),
        }
    }

    /// Passes answers to commands on to `answers` from now on; until then, `devices/{device}/answers` is refused. Only the
    /// first call counts.
    pub fn hear_answers(&self, answers: Arc<dyn Answers>) {
        let _ = self.shared.answers.set(answers);
    }

    /// Whether the device has a live session.
    pub fn is_connected(&self, device: &str) -> bool {
        self.shared.router.has(device)
    }

    /// The retained payload of `devices/{device}/state`, if there is one.
    pub fn state_of(&self, device: &str) -> Option<Bytes> {
        self.shared
            .retained
            .get(&format!("devices/{device}/state"))
            .map(|message| message.publish.payload.clone())
    }

    /// Number of live sessions.
    pub fn sessions(&self) -> usize {
        self.shared.router.count().0
    }

    /// Number of sessions that wait for their client to come back.
    pub fn kept_sessions(&self) -> usize {
        self.shared.router.count().1
    }

    /// Number of open connections, those without a session included.
    pub fn connections(&self) -> usize {
        self.shared.doors.total()
    }
}

/// Starts nothing yet: the returned future is the server and runs until `shutdown` is cancelled and the connections have
/// ended. One server serves one tenant (SEMANTICS 27): device ids are unique in it.
pub fn serve(
    settings: MqttSettings,
    gatekeeper: Arc<dyn Gatekeeper>,
    intake: Arc<dyn Intake>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) -> (MqttHandle, impl Future<Output = ()> + Send + 'static) {
    let MqttSettings {
        plain,
        tls,
        web,
        web_tls,
        namespaces,
        records,
        limits,
    } = settings;
    let (spaces, saver) = (Spaces::new(namespaces), records.map(Saver::new));
    let shared = Arc::new(Shared::new(limits, spaces, saver, gatekeeper, intake, clock, shutdown));
    let handle = MqttHandle {
        shared: Arc::clone(&shared),
    };
    let server = async move {
        if let Some(saver) = &shared.saver {
            for (session, left) in saver.read(&shared).await {
                shared.router.put_back(Arc::clone(&session));
                shared.tasks.spawn(linger(Arc::clone(&shared), session, left));
            }
        }
        let plain = async {
            if let Some(listener) = plain {
                listener::run(listener, None, How::Bare, Arc::clone(&shared)).await;
            }
        };
        let secure = async {
            if let Some((listener, config)) = tls {
                let acceptor = TlsAcceptor::from(config);
                listener::run(listener, Some(acceptor), How::Bare, Arc::clone(&shared)).await;
            }
        };
        let web = async {
            if let Some(listener) = web {
                listener::run(listener, None, How::Web, Arc::clone(&shared)).await;
            }
        };
        let secure_web = async {
            if let Some((listener, config)) = web_tls {
                let acceptor = TlsAcceptor::from(config);
                listener::run(listener, Some(acceptor), How::Web, Arc::clone(&shared)).await;
            }
        };
        let saving = async {
            if let Some(saver) = &shared.saver {
                saver.run(&shared).await;
            }
        };
        tokio::join!(
            plain,
            secure,
            web,
            secure_web,
            saving,
            counting(&shared),
            watching(&shared),
            shared.shutdown.cancelled()
        );
        shared.router.end_all(Kick::ShuttingDown);
        shared.tasks.close();
        if timeout(shared.limits.drain + GOODBYE, shared.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(left = shared.tasks.len(), "connections did not end in time");
        }
        if let Some(saver) = &shared.saver {
            saver.finish(&shared).await;
        }
    };
    (handle, server)
}

/// Tells now and then how many sessions are kept.
async fn counting(shared: &Shared) {
    loop {
        shared.metrics.kept.set(shared.router.count().1 as f64);
        tokio::select! {
            () = shared.shutdown.cancelled() => return,
            () = sleep(COUNTED) => {}
        }
    }
}

/// Hears of what is withdrawn, so that what a device has open ends at once; the tick of each connection is behind it.
async fn watching(shared: &Shared) {
    let Some(mut withdrawals) = shared.gatekeeper.withdrawals() else {
        return;
    };
    loop {
        let heard = tokio::select! {
            () = shared.shutdown.cancelled() => return,
            heard = withdrawals.recv() => heard,
        };
        match heard {
            Ok(device) => shared.router.doubt(Some(device.as_str())),
            Err(RecvError::Lagged(_)) => shared.router.doubt(None),
            Err(RecvError::Closed) => return,
        }
    }
}
