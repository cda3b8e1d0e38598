//! A gatekeeper with three devices and an intake that remembers: the ports at this crate's edge.

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{Request, Response};
use driver::gatekeeper::{Credential, Gatekeeper, Refusal};
use driver::intake::{Intake, IntakeError};
use kernel::actor::Actor;
use kernel::clock::Clock;
use kernel::id::{DeviceId, TenantId};
use kernel::position::Position;
use kernel::submission::{MAX_LISTED, Receipt, Sender, SpeaksFor, Submission};
use kernel::time::Timestamp;
use parking_lot::Mutex;
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;
use uplink::{Limits, UplinkState, mount};

/// Token of the device `gauge-001`.
pub(crate) const TOKEN: &str = "token-of-gauge-001";

#[derive(Debug)]
struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        super::show::NOW
    }
}

#[derive(Default)]
pub(crate) struct Keeper {
    /// Devices that were let in and are no longer.
    pub(crate) blocked_since: Mutex<bool>,
    pub(crate) asked: Mutex<Vec<String>>,
    /// Refusals that the door told.
    pub(crate) told: Mutex<Vec<Refusal>>,
}

#[async_trait]
impl Gatekeeper for Keeper {
    async fn admit(&self, credential: Credential, _from: SocketAddr) -> Result<Sender, Refusal> {
        self.asked.lock().push(format!("{credential:?}"));
        let device = match &credential {
            Credential::Token { token, .. } if token == TOKEN => "gauge-001",
            Credential::Token { token, .. } if token == "blocked" => {
                return Err(Refusal::Blocked(DeviceId::new("gauge-002").unwrap()));
            }
            Credential::Token { token, .. } if token == "unavailable" => return Err(Refusal::Unavailable),
            Credential::Token { .. } => return Err(Refusal::BadToken),
            Credential::Certificate(chain) if chain[0] == b"gauge-003" => "gauge-003",
            Credential::Certificate(_) => return Err(Refusal::BadCertificate("it names no device".into())),
        };
        let device = DeviceId::new(device).unwrap();
        let tenant = TenantId::new("government").unwrap();
        let actor = Arc::new(Actor::device(&device, &tenant));
        Ok(Sender {
            shown: kernel::submission::Shown::Nothing,
            device,
            speaks_for: Arc::new(SpeaksFor::Itself),
            actor,
        })
    }

    async fn refused(&self, refusal: Refusal, _from: SocketAddr) -> Refusal {
        self.told.lock().push(refusal.clone());
        refusal
    }

    fn still_admitted(&self, _sender: &Sender) -> bool {
        !*self.blocked_since.lock()
    }
}

#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) taken: Mutex<Vec<Submission>>,
    /// What to answer instead of taking.
    pub(crate) refuse: Mutex<Option<IntakeError>>,
}

#[async_trait]
impl Intake for Recorder {
    async fn accept(&self, submission: &Submission) -> Result<Receipt, IntakeError> {
        if let Some(error) = self.refuse.lock().clone() {
            return Err(error);
        }
        let mut taken = self.taken.lock();
        let receipt = Receipt {
            position: (!submission.readings.is_empty()).then_some(Position {
                epoch: 0,
                sequence: taken.len() as u64 + 1,
            }),
            accepted: submission.readings.len() as u32,
            rejected: submission.rejected.len() as u32,
            items: submission.rejected.iter().take(MAX_LISTED).cloned().collect(),
            ..Receipt::default()
        };
        taken.push(submission.clone());
        Ok(receipt)
    }
}

/// A door with its ports in hand.
pub(crate) struct House {
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) recorder: Arc<Recorder>,
    router: axum::Router,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(Limits::default())
    }

    pub(crate) fn with(limits: Limits) -> Self {
        let (keeper, recorder) = (Arc::new(Keeper::default()), Arc::new(Recorder::default()));
        let state = UplinkState {
            gatekeeper: Arc::<Keeper>::clone(&keeper),
            intake: Arc::<Recorder>::clone(&recorder),
            clock: Arc::new(Fixed),
            limits,
        };
        let (router, _) = mount(state).split_for_parts();
        Self {
            keeper,
            recorder,
            router,
        }
    }

    /// Status, headers and JSON body of the answer.
    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        Answer::of(response).await
    }

    /// A payload of `gauge-001`, with further headers.
    pub(crate) async fn post(&self, content_type: &str, body: impl Into<Body>, headers: &[(&str, &str)]) -> Answer {
        self.ask(request(content_type, body, headers)).await
    }
}

pub(crate) fn request(content_type: &str, body: impl Into<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post("/api/v1/observations")
        .header("content-type", content_type)
        .header("authorization", format!("Bearer {TOKEN}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) json: serde_json::Value,
}

impl Answer {
    async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let json = serde_json::from_slice(&bytes).unwrap_or_default();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json,
        }
    }

    pub(crate) fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or("")
    }

    pub(crate) fn detail(&self) -> &str {
        self.json["detail"].as_str().unwrap_or("")
    }
}
