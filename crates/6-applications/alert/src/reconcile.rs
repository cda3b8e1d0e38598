//! Background work without input: brings shelved alerts back when their time is up on the instance's clock.

use crate::decide::act::come_back;
use crate::error::AlertError;
use crate::fact::{SOURCE, fact};
use crate::store::Store;
use kernel::actor::Actor;
use kernel::clock::Clock;
use ports::error::PortError;
use std::sync::Arc;
use std::time::Duration;

/// How often to look, in wall time; the question is one index look-up.
pub const PERIOD: Duration = Duration::from_secs(1);

/// Alerts looked at in one turn; further ones come with the next.
const LIMIT: usize = 1_000;

/// Looks after the shelf.
#[derive(Clone, Debug)]
pub struct Shelves {
    store: Store,
    clock: Arc<dyn Clock>,
    actor: Actor,
}

impl Shelves {
    /// Acts as the service `alert` of the store's tenant.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        let actor = Actor::service(SOURCE, store.tenant());
        Self { store, clock, actor }
    }

    /// One turn; answers how many alerts came back. Safe to repeat: an alert that somebody changed meanwhile is left to
    /// the next turn.
    pub async fn turn(&self) -> Result<usize, AlertError> {
        let now = self.clock.now();
        let mut back = 0;
        for mut stored in self.store.due(&self.actor, now, LIMIT).await? {
            let Some(happened) = come_back(&mut stored.alert, now) else {
                continue;
            };
            let fact = fact(happened, &stored.alert, stored.version + 1, self.store.tenant());
            match self.store.save(&self.actor, &[stored], vec![fact], None).await {
                Ok(()) => back += 1,
                Err(AlertError::Port(PortError::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(back)
    }
}
