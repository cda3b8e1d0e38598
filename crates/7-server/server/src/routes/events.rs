//! Facts as server-sent events: CloudEvents in the order of the journal, resumed by `Last-Event-ID`.

use crate::assemble::House;
use access::signed::Signed;
use audit::model::Outcome;
use audit::store::{Access, AuditLog};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Sse};
use chassis::json::Query;
use chassis::problem::Problem;
use futures::Stream;
use kernel::actor::Actor;
use ports::journal::{Entry, Journal};
use serde::Deserialize;
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Clone)]
struct EventState {
    journal: Arc<dyn Journal>,
    audit: AuditLog,
}

pub(super) fn mount(house: &House) -> OpenApiRouter {
    let state = EventState {
        journal: Arc::clone(&house.engine.journal),
        audit: house.audit.clone(),
    };
    OpenApiRouter::new().routes(routes!(events)).with_state(state)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct EventsQuery {
    /// Beginnings of fact types, separated by commas; `alert.` by default.
    types: Option<String>,
}

const DEFAULT_TYPES: &str = "alert.";
/// Entries read at once.
const BATCH: usize = 200;
/// How often an open stream is written into the audit log.
const AUDIT_EVERY: Duration = Duration::from_secs(300);

/// Facts that you may see, as they happen. `id` is the journal number, `event` the fact's type, `data` a CloudEvent.
/// With `Last-Event-ID` the stream goes on after that number; when that is too old, an event `reset` names where to read
/// the present state.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(EventsQuery),
    responses((status = 200, description = "text/event-stream", content_type = "text/event-stream")))]
async fn events(
    State(state): State<EventState>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Query(query): Query<EventsQuery>,
) -> Result<impl IntoResponse, Problem> {
    let types = query.types.as_deref().unwrap_or(DEFAULT_TYPES);
    let kinds: Vec<String> = types
        .split(',')
        .map(str::trim)
        .filter(|kind| !kind.is_empty())
        .map(Into::into)
        .collect();
    let head = *state.journal.head().borrow();
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .map(str::trim);
    let (after, reset) = match last.filter(|text| !text.is_empty()) {
        None => (head, false),
        Some(text) => {
            let wrong = || {
                Problem::invalid(
                    "Last-Event-ID",
                    format!("'{text}' is not a number that this stream gave"),
                )
            };
            let after: u64 = text.parse().map_err(|_| wrong())?;
            let oldest = state.journal.oldest().await.map_err(|error| Problem::of(&error))?;
            if after > head || after + 1 < oldest {
                (head, true)
            } else {
                (after, false)
            }
        }
    };
    let follow = Follow {
        state,
        actor,
        kinds,
        after,
        ready: VecDeque::new(),
        given: 0,
        audited: Instant::now(),
    };
    Ok(Sse::new(follow.stream(reset)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)).text("ping")))
}

/// A filter and a cursor, never a queue of its own.
struct Follow {
    state: EventState,
    actor: Arc<Actor>,
    kinds: Vec<String>,
    after: u64,
    ready: VecDeque<Entry>,
    given: u64,
    audited: Instant,
}

impl Follow {
    fn stream(self, reset: bool) -> impl Stream<Item = Result<Event, Infallible>> {
        let first = Event::default().id(self.after.to_string());
        let first = if reset {
            first.event("reset").data(r#"{"snapshot":"/api/v1/alerts"}"#)
        } else {
            first.event("open").data(format!(r#"{{"after":{}}}"#, self.after))
        };
        let rest = futures::stream::unfold(self, |mut follow| async move {
            let entry = follow.next().await?;
            follow.given += 1;
            let data = serde_json::to_string(&entry.fact).unwrap_or_default();
            let event = Event::default()
                .id(entry.number.to_string())
                .event(&entry.fact.kind)
                .data(data);
            Some((Ok(event), follow))
        });
        futures::StreamExt::chain(futures::stream::iter([Ok(first)]), rest)
    }

    async fn next(&mut self) -> Option<Entry> {
        let mut head = self.state.journal.head();
        loop {
            while let Some(entry) = self.ready.pop_front() {
                self.after = entry.number;
                let read = policy::action::reading(&entry.fact.kind);
                let may = read.is_some_and(|read| policy::compiled::permits(&self.actor, read));
                if may && self.actor.scope.sees(&entry.fact.areas, entry.fact.classification) {
                    return Some(entry);
                }
            }
            self.audit_when_due().await?;
            let seen = *head.borrow_and_update();
            let kinds: Vec<&str> = self.kinds.iter().map(String::as_str).collect();
            match self.state.journal.read(self.after, &kinds, BATCH).await {
                Ok(entries) => self.ready.extend(entries),
                Err(error) => {
                    tracing::warn!(%error, "an event stream ends; the client resumes it");
                    return None;
                }
            }
            if self.ready.is_empty() {
                // nothing of these kinds up to there: the next look begins behind it
                self.after = self.after.max(seen);
                let news = tokio::time::timeout(AUDIT_EVERY, head.changed()).await;
                if matches!(news, Ok(Err(_))) {
                    return None;
                }
            }
        }
    }

    /// Subscribing was audited by the layer around; from then on every five minutes. Without a trace the stream ends.
    async fn audit_when_due(&mut self) -> Option<()> {
        if self.audited.elapsed() < AUDIT_EVERY {
            return Some(());
        }
        self.audited = Instant::now();
        self.state
            .audit
            .write(self.record("stream.continues"))
            .await
            .ok()
            .map(drop)
    }

    fn record(&self, act: &str) -> Access {
        Access {
            actor: self.actor.id.clone(),
            act: act.to_owned(),
            target: "/api/v1/events".to_owned(),
            outcome: Outcome::Allowed,
            from: String::new(),
            detail: BTreeMap::from([
                ("types".to_owned(), self.kinds.join(",")),
                ("after".to_owned(), self.after.to_string()),
                ("given".to_owned(), self.given.to_string()),
            ]),
        }
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        let (audit, record) = (self.state.audit.clone(), self.record("stream.ended"));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { drop(audit.write(record).await) });
        }
    }
}
