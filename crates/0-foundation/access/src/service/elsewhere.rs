//! Leaving for a provider and coming back, with the same patience for one address as the door of passwords has.

use super::Accounts;
use crate::error::AccessError;
use crate::oidc::claims::Subject;
use crate::oidc::flow::{Back, Begun, Flow};
use crate::oidc::turned::Turned;

impl Accounts {
    /// Begins a sign-in at a provider. Who begins again and again without coming in has to wait.
    pub async fn leave(&self, flow: &Flow, from: &str) -> Result<Begun, AccessError> {
        let now = self.wall.now();
        if !self.begins.may(from, now) {
            return Err(AccessError::TooManyFailures);
        }
        self.begins.failed(from, now);
        Ok(flow.begin(now).await?)
    }

    /// Ends a sign-in at a provider. One that was broken off there is used up all the same; a failure counts for the address.
    pub async fn arrive(
        &self,
        flow: &Flow,
        back: Back<'_>,
        broken_off: bool,
        from: &str,
    ) -> Result<Subject, AccessError> {
        let now = self.wall.now();
        if !self.attempts.may(from, now) {
            return Err(AccessError::TooManyFailures);
        }
        let subject = if broken_off {
            flow.give_up(back, now)
        } else {
            flow.end(back, now).await
        };
        if matches!(subject, Err(Turned::Stale | Turned::Disbelieved(_))) {
            self.attempts.failed(from, now);
        }
        Ok(subject?)
    }
}
