//! Inviting a device to ask for a certificate: a code that is shown once, good for one key, for some hours.

use super::{Certificates, authorise, unfit};
use crate::certificate::read::hex;
use crate::error::DeviceError;
use crate::model::certificate::Invitation;
use crate::record::certificate::Stored;
use crate::service::token_hash;
use kernel::actor::Actor;
use kernel::time::Timestamp;
use policy::action::Action;
use rand::Rng;
use std::time::Duration;

/// Hours that a code may count at most.
const MAX_HOURS: u32 = 720;

impl Certificates {
    /// Makes a code for a device; an earlier one counts no more. The code exists only in the answer.
    pub async fn invite(&self, actor: &Actor, device: &str, hours: u32) -> Result<(String, Timestamp), DeviceError> {
        authorise(actor, Action::DeviceEnrol)?;
        let device = self.ground.devices.get(actor, device).await?.id;
        if !(1..=MAX_HOURS).contains(&hours) {
            return Err(unfit(
                "hours",
                &format!("{hours} hours are asked for; write 1 to {MAX_HOURS}"),
            ));
        }
        // 128 random bits: no number of guesses finds one in its time
        let mut bytes = [0_u8; 16];
        rand::rng().fill(&mut bytes);
        let code = hex(&bytes);
        let (turn, now) = (self.turn().await, self.now());
        let invitation = Invitation {
            device,
            code: token_hash(&code),
            expires: now.plus(Duration::from_secs(u64::from(hours) * 3_600)),
            at: now,
            by: actor.id.clone(),
            used: None,
        };
        let expires = invitation.expires;
        let invitation = Stored {
            one: invitation,
            version: 0,
        };
        self.keep(turn, Vec::new(), Some(invitation)).await?;
        Ok((code, expires))
    }
}
