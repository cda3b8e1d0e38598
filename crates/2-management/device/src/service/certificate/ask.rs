//! Devices ask: with an enrolment code for their first certificate, with the present one for the next. Everything that was asked
//! is in the trace before it is answered.
//!
//! A device whose answer was lost asks again with the same key and gets the same certificate; with another key it gets none.

use super::{Certificates, new, unfit};
use crate::certificate::read;
use crate::certificate::request::{self, Asked};
use crate::decide::certificate::{Shown, counts, judge};
use crate::error::DeviceError;
use crate::model::DeviceState;
use crate::model::certificate::{Certificate, Origin, Reason, Revoked};
use crate::record::certificate::Stored;
use crate::service::token_hash;
use audit::model::Outcome;
use audit::store::Access;
use driver::gatekeeper::Refusal;
use kernel::actor::ActorId;
use kernel::id::DeviceId;
use kernel::submission::{Sender, Shown as Credential};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Most characters of what a stranger says about itself that are kept.
const MAX_NOTED: usize = 200;

impl Certificates {
    /// A first certificate for whoever holds the code of an invitation; `request` is PKCS #10.
    pub async fn enrol(
        &self,
        device: &str,
        code: &str,
        request: &[u8],
        from: SocketAddr,
    ) -> Result<Certificate, DeviceError> {
        let outcome = self.try_enrol(device, code, request).await;
        self.note("certificate.enrolled", device, outcome, from).await
    }

    /// The next certificate of a device that was let in with its present one. The present one counts until the next one is shown.
    pub async fn renew(&self, sender: &Sender, request: &[u8], from: SocketAddr) -> Result<Certificate, DeviceError> {
        let outcome = self.try_renew(sender, request).await;
        self.note("certificate.renewed", sender.device.as_str(), outcome, from)
            .await
    }

    async fn try_enrol(&self, device: &str, code: &str, request: &[u8]) -> Result<Certificate, DeviceError> {
        let id = DeviceId::new(device).map_err(|_| DeviceError::CodeUnfit)?;
        let turn = self.turn().await;
        let stored = self.ground.store.invitation(id.as_str()).await?;
        let invitation = stored.as_ref().map(|stored| &stored.one);
        let (code, now) = (token_hash(code), self.now());
        if judge(invitation, &code, |_| true, now) == Shown::Unfit {
            return Err(DeviceError::CodeUnfit);
        }
        // who holds the code may hear what is wrong with its request
        let asked = request::request(request)?;
        let table = self.registry().certificates();
        let same_key = |print: &str| table.find(print).is_some_and(|given| given.key == asked.key);
        let again = match judge(invitation, &code, same_key, now) {
            Shown::Unfit => return Err(DeviceError::CodeUnfit),
            Shown::Again(print) => Some(print.to_owned()),
            Shown::Welcome => None,
        };
        self.may_have(&id, &asked)?;
        if let Some(print) = again {
            return self.same(&print);
        }
        self.has_room(&id)?;
        let entry = self.sign(&id, &asked, Origin::Enrolled, None)?;
        let invitation = stored.map(|mut stored| {
            stored.one.used = Some(entry.print.clone());
            stored
        });
        self.keep(turn, vec![new(entry.clone())], invitation).await?;
        Ok(entry)
    }

    async fn try_renew(&self, sender: &Sender, request: &[u8]) -> Result<Certificate, DeviceError> {
        let Credential::Certificate(shown) = &sender.shown else {
            return Err(
                Refusal::BadCertificate("renewing takes the present certificate, not a token".to_owned()).into(),
            );
        };
        let asked = request::request(request)?;
        let turn = self.turn().await;
        let table = self.registry().certificates();
        let now = self.now();
        let present = table.find(shown).filter(|present| counts(present, now));
        let Some(present) = present else {
            let why = "it does not count any more; enrol the device again".to_owned();
            return Err(Refusal::BadCertificate(why).into());
        };
        if present.origin == Origin::Bound && present.issuer != self.authority().authority().name {
            return Err(unfit(
                "certificate",
                "it was made by another authority; ask that one for the next, and let an operator bind it",
            ));
        }
        self.may_have(&sender.device, &asked)?;
        let waiting = table.of(sender.device.as_str());
        // the present one counts, so that none of these was shown yet
        let mut waiting = waiting
            .iter()
            .filter(|next| next.replaces.as_deref() == Some(&**shown) && next.revoked.is_none());
        if let Some(same) = waiting.clone().find(|next| next.key == asked.key) {
            return Ok(Certificate::clone(same));
        }
        // one that was asked for with another key and never shown
        let superseded = match waiting.next() {
            Some(unused) => self.supersede(&unused.print, &sender.device).await?,
            None => {
                self.has_room(&sender.device)?;
                None
            }
        };
        let entry = self.sign(&sender.device, &asked, Origin::Renewed, Some(shown.to_string()))?;
        let mut changes = vec![new(entry.clone())];
        changes.extend(superseded);
        self.keep(turn, changes, None).await?;
        Ok(entry)
    }

    async fn supersede(&self, print: &str, device: &DeviceId) -> Result<Option<Stored<Certificate>>, DeviceError> {
        let stored = self.ground.store.get(print).await?;
        Ok(stored.map(|mut stored| {
            stored.one.revoked = Some(Revoked {
                at: self.now(),
                by: ActorId::Device(device.clone()),
                reason: Reason::Superseded,
            });
            stored
        }))
    }

    /// Whether a device may have a certificate for this request at all.
    fn may_have(&self, id: &DeviceId, asked: &Asked) -> Result<(), DeviceError> {
        let device = self.registry().device(id.as_str());
        let device = device.ok_or_else(|| DeviceError::NotFound(id.to_string()))?;
        if device.state == DeviceState::Blocked {
            return Err(Refusal::Blocked(id.clone()).into());
        }
        if let Some(name) = asked.name.as_deref().filter(|name| *name != id.as_str()) {
            let name: String = name.chars().take(80).collect();
            return Err(unfit(
                "request",
                &format!(
                    "the request is for '{name}' and the device is '{id}'; make it with CN={id}, or with no subject"
                ),
            ));
        }
        let known = self.registry().certificates().filtered(|known| {
            let revoked = known.revoked.as_ref();
            known.key == asked.key
                && (known.device != *id || revoked.is_some_and(|revoked| revoked.reason != Reason::Superseded))
        });
        match known.is_empty() {
            true => Ok(()),
            false => Err(DeviceError::KeyKnown),
        }
    }

    fn same(&self, print: &str) -> Result<Certificate, DeviceError> {
        let known = self.registry().certificates().find(print);
        let known = known.filter(|known| counts(known, self.now()));
        known
            .map(|known| Certificate::clone(&known))
            .ok_or(DeviceError::CodeUnfit)
    }

    fn sign(
        &self,
        id: &DeviceId,
        asked: &Asked,
        origin: Origin,
        replaces: Option<String>,
    ) -> Result<Certificate, DeviceError> {
        let now = self.now();
        let der = self.authority().sign_device(id, asked, now, self.days(None))?;
        let read = read::read(&der).map_err(DeviceError::Certificate)?;
        let entry = self.entry(read, &der, id, origin, ActorId::Device(id.clone()), now);
        Ok(Certificate { replaces, ..entry })
    }

    /// Writes down what came of it, then gives it back; what cannot be written down is not answered.
    async fn note(
        &self,
        act: &str,
        device: &str,
        outcome: Result<Certificate, DeviceError>,
        from: SocketAddr,
    ) -> Result<Certificate, DeviceError> {
        let short = |text: String| -> String { text.chars().take(MAX_NOTED).collect() };
        let mut access = Access {
            actor: ActorId::Anonymous,
            act: "certificate.refused".to_owned(),
            target: short(device.to_owned()),
            outcome: Outcome::Denied,
            from: from.to_string(),
            detail: BTreeMap::new(),
        };
        match outcome {
            Ok(certificate) => {
                access.actor = ActorId::Device(certificate.device.clone());
                access.act = act.to_owned();
                access.outcome = Outcome::Allowed;
                access.detail = BTreeMap::from([
                    ("certificate".to_owned(), certificate.print.clone()),
                    ("serial".to_owned(), certificate.serial.clone()),
                    ("until".to_owned(), certificate.not_after.to_string()),
                ]);
                self.ground.audit.write(access).await?;
                Ok(certificate)
            }
            Err(error) => {
                access.detail = BTreeMap::from([("reason".to_owned(), short(error.to_string()))]);
                self.ground.audit.refused(access).await?;
                Err(error)
            }
        }
    }
}
