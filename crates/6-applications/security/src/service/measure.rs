//! Taking measures and taking them back: written down, carried out, told, and in the audit trail before it is answered.

mod carry;

use super::ground::Devices;
use super::{authorise, to_the_end};
use crate::decide::measure::{self as decide, Undo};
use crate::error::SecurityError;
use crate::model::measure::{Before, Measure, Order, Phase};
use crate::record::Stored;
use crate::store::Store;
use crate::store::measure::Filter;
use access::denied::Denied;
use access::service::Accounts;
use access::session::Live;
use audit::store::AuditLog;
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::clock::Clock;
use kernel::id::derived;
use kernel::time::Timestamp;
use policy::action::Action;
use policy::engine::Ask;
use ports::error::PortError;
use ports::query::After;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

/// How often an act is decided anew when somebody else was faster.
const TRIES: usize = 8;
/// Longest Idempotency-Key.
const MAX_KEY: usize = 200;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Wish {
    /// What, and upon what.
    pub order: Order,
    /// Why.
    pub reason: String,
    /// Until when; for ever if absent.
    pub until: Option<Timestamp>,
    /// The caller's own key, under which it may ask again.
    pub key: Option<String>,
}

/// The measures of one tenant. Time is wall time: measures protect accounts and tokens (SEMANTICS 31).
#[derive(Clone, Debug)]
pub struct Measures {
    store: Store,
    accounts: Accounts,
    devices: Arc<dyn Devices>,
    audit: AuditLog,
    wall: Arc<dyn Clock>,
}

impl Measures {
    /// Over what they act upon.
    pub fn new(
        store: Store,
        accounts: Accounts,
        devices: Arc<dyn Devices>,
        audit: AuditLog,
        wall: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            accounts,
            devices,
            audit,
            wall,
        }
    }

    /// A page of what the actor may see, newest first.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Stored<Measure>>, Option<After>), SecurityError> {
        authorise(actor, Action::SecurityRead)?;
        self.store.measures(actor, filter, after, limit).await
    }

    /// One measure.
    pub async fn one(&self, actor: &Actor, id: Uuid) -> Result<Stored<Measure>, SecurityError> {
        authorise(actor, Action::SecurityRead)?;
        let found = self.store.measure(actor, id).await?;
        found.ok_or(SecurityError::NotFound("action"))
    }

    /// Takes a measure; it holds when this answers. `true` beside it: it is new. The same key with the same wish answers the
    /// measure as it stands now.
    pub async fn take(&self, by: &Live, wish: Wish) -> Result<(Stored<Measure>, bool), SecurityError> {
        self.permit(by, &wish.order)?;
        let now = self.wall.now();
        decide::check(&wish.order, &wish.reason, wish.until, now)?;
        let (id, asked) = named(by, &wish)?;
        if let Some(known) = self.known(&by.actor, id, asked.as_deref()).await? {
            return Ok((known, false));
        }
        let (before, areas) = self.look(by, &wish.order).await?;
        let measure = Measure {
            id,
            order: wish.order,
            before,
            by: by.actor.id.clone(),
            reason: wish.reason,
            at: now,
            until: wish.until,
            areas,
            phase: Phase::Begun,
            asked,
        };
        self.audit.ready().await?;
        match self.store.begin(&by.actor, &measure).await {
            Ok(()) => {}
            Err(SecurityError::Port(error @ PortError::Conflict { .. })) => {
                if let Some(known) = self.known(&by.actor, id, measure.asked.as_deref()).await? {
                    return Ok((known, false));
                }
                let target = measure.order.target();
                return match self.store.held_by(&target).await? {
                    Some(measure) => Err(SecurityError::Held { target, measure }),
                    None => Err(error.into()),
                };
            }
            Err(error) => return Err(error),
        }
        let (measures, begun) = (
            self.clone(),
            Stored {
                thing: measure,
                version: 1,
            },
        );
        let done = to_the_end(async move { measures.carry_out(begun).await }).await?;
        Ok((done, true))
    }

    /// Takes a measure back; what was before is there again when this answers, unless others have changed it meanwhile.
    pub async fn undo(&self, by: &Live, id: Uuid) -> Result<Stored<Measure>, SecurityError> {
        let mut conflict = SecurityError::NotFound("action");
        for _ in 0..TRIES {
            let found = self.store.measure(&by.actor, id).await?;
            let stored = found.ok_or(SecurityError::NotFound("action"))?;
            self.permit(by, &stored.thing.order)?;
            match self.begin_undo(&by.actor, stored).await {
                Ok((stored, false)) => return Ok(stored),
                Ok((stored, true)) => {
                    let measures = self.clone();
                    return to_the_end(async move { measures.carry_out(stored).await }).await;
                }
                Err(SecurityError::Port(error @ PortError::Conflict { .. })) => conflict = error.into(),
                Err(error) => return Err(error),
            }
        }
        Err(conflict)
    }

    /// Carries out what has begun, and takes back what is due, oldest first. Called every few seconds and after the start.
    pub async fn turn(&self) -> Result<usize, SecurityError> {
        const AT_ONCE: usize = 100;
        let house = Actor::service(crate::fact::SOURCE, self.store.tenant());
        let mut work = self.store.under_way(&house, AT_ONCE).await?;
        for stored in self.store.due(&house, self.wall.now(), AT_ONCE).await? {
            match self.begin_undo(&house, stored).await {
                Ok((stored, true)) => work.push(stored),
                // somebody else was faster; the next turn sees what is left
                Ok((_, false)) | Err(SecurityError::Port(PortError::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        let (count, mut first) = (work.len(), None);
        for stored in work {
            // one that cannot be carried out now must not stand in the way of the others
            if let Err(error) = self.carry_out(stored).await {
                tracing::warn!(%error, "a security action is tried again");
                first.get_or_insert(error);
            }
        }
        first.map_or(Ok(count), Err)
    }

    /// Writes down that a measure is to be taken back; `false` when nothing is left to do.
    async fn begin_undo(&self, by: &Actor, stored: Stored<Measure>) -> Result<(Stored<Measure>, bool), SecurityError> {
        let Undo::Begins(phase) = decide::undo(&stored.thing, &by.id, self.wall.now())? else {
            return Ok((stored, false));
        };
        if stored.thing.phase == phase {
            return Ok((stored, true));
        }
        self.audit.ready().await?;
        let thing = Measure { phase, ..stored.thing };
        let mut undoing = Stored {
            thing,
            version: stored.version,
        };
        self.store.save(by, &undoing, Vec::new()).await?;
        undoing.version += 1;
        Ok((undoing, true))
    }

    /// The measure of this id, if the same was asked with the same words.
    async fn known(&self, by: &Actor, id: Uuid, asked: Option<&str>) -> Result<Option<Stored<Measure>>, SecurityError> {
        let Some(asked) = asked else { return Ok(None) };
        let found = self.store.measure(by, id).await?;
        match found {
            Some(stored) if stored.thing.asked.as_deref() != Some(asked) => Err(SecurityError::KeyReused),
            found => Ok(found),
        }
    }

    /// Asks the policy engine for the action of this very order; the token has to be made for it, too.
    fn permit(&self, by: &Live, order: &Order) -> Result<(), SecurityError> {
        let action = order.action();
        if order.account() == Some(&*by.account) {
            return Err(SecurityError::denied(action, "oneself"));
        }
        let decision = self.accounts.engine().decide(&by.principal, &Ask::at_all(action))?;
        if decision.allowed {
            return Ok(());
        }
        if decision.reasons.is_empty() {
            return Err(SecurityError::denied(action, "token_not_made_for_it"));
        }
        Err(SecurityError::Denied(Box::new(Denied::by(action, &decision.reasons))))
    }

    /// What is before the measure, and where its target lies; what lies out of reach is not there.
    async fn look(&self, by: &Live, order: &Order) -> Result<(Before, Vec<AreaCode>), SecurityError> {
        let Some(name) = order.account() else {
            let Order::QuarantineDevice { device } = order else {
                return Err(SecurityError::NotFound("target"));
            };
            let seen = self.devices.look(&by.actor, device).await?;
            let seen = seen.ok_or(SecurityError::NotFound("device"))?;
            return Ok((Before::Device { blocked: seen.blocked }, seen.areas));
        };
        let account = self.accounts.within_reach(by, order.action(), name).await?;
        // one right for the whole city makes it a matter of the whole city
        let everywhere = account.rights.iter().any(|right| right.area.is_none());
        let areas = account.rights.iter().filter_map(|right| right.area.clone());
        let areas = if everywhere { Vec::new() } else { areas.collect() };
        let before = match order {
            Order::BlockToken { token, .. } => {
                let found = self.accounts.token_of(name, *token).await?;
                let (hash, token) = found.ok_or(SecurityError::NotFound("token"))?;
                let token = Box::new(token);
                Before::Token { hash, token }
            }
            Order::CutSession { session, .. } => {
                let there = self.accounts.has_session(name, *session).await?;
                there
                    .then_some(Before::Session)
                    .ok_or(SecurityError::NotFound("session"))?
            }
            _ => Before::Account { ended: account.ended },
        };
        Ok((before, areas))
    }
}

/// The id of what is asked, and the fingerprint of the wish when it came with a key.
fn named(by: &Live, wish: &Wish) -> Result<(Uuid, Option<String>), SecurityError> {
    let Some(key) = &wish.key else {
        return Ok((Uuid::now_v7(), None));
    };
    if !(1..=MAX_KEY).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let what = format!("write 1 to {MAX_KEY} visible ASCII characters, such as a UUID");
        return Err(SecurityError::invalid("Idempotency-Key", what));
    }
    let asker = by.actor.id.to_string();
    let id = derived(&[b"security action", asker.as_bytes(), key.as_bytes()]);
    let order = serde_json::to_string(&wish.order).unwrap_or_default();
    let until = wish.until.map_or_else(String::new, |until| until.to_string());
    let digest = Sha256::digest(format!("{order}\n{}\n{until}", wish.reason));
    let asked = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((id, Some(asked)))
}
