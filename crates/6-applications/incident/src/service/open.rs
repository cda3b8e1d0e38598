//! Opening by hand or from alerts that a person chose.

use super::{Incidents, authorise, retried};
use crate::decide::open::{Opening, asked_id, by_hand};
use crate::error::IncidentError;
use crate::record::Stored;
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{AlertId, IncidentId, OrgId};
use kernel::place::Point;
use kernel::severity::Severity;
use kernel::text::LangText;
use policy::action::Action;
use uuid::Uuid;

/// What a person opens, before anything it names was looked up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// What it is about.
    pub title: Option<LangText>,
    /// What kind of thing.
    pub kind: Option<String>,
    /// How grave.
    pub severity: Option<Severity>,
    /// Areas beside those of the alerts.
    pub areas: Vec<AreaCode>,
    /// Where.
    pub place: Option<Point>,
    /// In own words.
    pub text: Option<String>,
    /// The alerts that it is opened from.
    pub alerts: Vec<AlertId>,
    /// In whose register it is numbered; the centre's when absent.
    pub register: Option<OrgId>,
    /// Asking again with the same key and the same content finds what was opened before.
    pub key: Option<Key>,
}

/// An Idempotency-Key with a digest of what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// As the caller wrote it.
    pub key: String,
    /// Digest of the request.
    pub asked: Uuid,
}

impl Incidents {
    /// Opens an incident and answers it; with a key that was used before, the one that it opened.
    pub async fn open(&self, actor: &Actor, request: Request) -> Result<Stored, IncidentError> {
        authorise(actor, Action::IncidentOpen)?;
        if actor.scope.max_classification < Classification::Internal {
            return Err(IncidentError::Denied(
                "that see internal data, which every incident is".to_owned(),
            ));
        }
        if let Some(org) = &request.register {
            self.ground.check_org("org", org)?;
        }
        if request.alerts.is_empty() || !request.areas.is_empty() {
            self.ground.check_areas(actor, &request.areas)?;
        }
        let id = match &request.key {
            Some(Key { key, .. }) => IncidentId(asked_id(&actor.id, key)),
            None => IncidentId(Uuid::now_v7()),
        };
        retried(&self.turns, || self.try_open(actor, id, request.clone())).await
    }

    async fn try_open(&self, actor: &Actor, id: IncidentId, request: Request) -> Result<Stored, IncidentError> {
        // before everything else is read: whoever binds an alert or takes a number after this moment makes the commit fail
        let mut registered = self.store.registered(&self.itself).await?;
        if let Some(Key { asked, .. }) = &request.key
            && let Some(before) = self.store.get(&self.itself, id).await?
        {
            if before.incident.asked == Some(*asked) {
                return Ok(before);
            }
            return Err(IncidentError::KeyReused(before.incident.number.to_string()));
        }
        let alerts = self.ground.seen(actor, &request.alerts).await?;
        let asked = request.key.map(|key| key.asked);
        let opening = Opening {
            title: request.title,
            kind: request.kind,
            severity: request.severity,
            areas: request.areas,
            place: request.place,
            text: request.text,
            alerts,
            register: request.register.unwrap_or_else(|| self.ground.register.clone()),
        };
        let deed = self.deed(actor);
        let number = registered.register.next(&opening.register, deed.at);
        let (mut incident, happened) = by_hand(opening, number, id, deed)?;
        self.check_free(actor, id, request.alerts).await?;
        incident.asked = asked;
        let mut stored = Stored { incident, version: 0 };
        self.save(actor, &mut stored, Some(registered), vec![happened]).await?;
        Ok(stored)
    }
}
