//! The use of every interface by client: counted and limited in memory, stored every minute and at the end.

use super::authorise;
use crate::decide::usage::{Left, Over, Tally};
use crate::error::SecurityError;
use crate::fact::SOURCE;
use crate::model::usage::{Client, Day, Kind, Settings};
use crate::store::Store;
use crate::store::usage::{Filter, More};
use kernel::actor::Actor;
use kernel::clock::Clock;
use parking_lot::Mutex;
use policy::action::Action;
use ports::query::After;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Clients that are stored in one transaction.
const AT_ONCE: usize = 200;
/// A client that was not seen for so long makes room.
const IDLE: Duration = Duration::from_secs(120);

type Shared = Arc<Mutex<Tally>>;

/// The usage log of one tenant. Time is wall time: limits never follow a virtual clock (SEMANTICS 31).
#[derive(Clone, Debug)]
pub struct Usage {
    inside: Arc<Inside>,
}

#[derive(Debug)]
struct Inside {
    store: Store,
    wall: Arc<dyn Clock>,
    settings: Settings,
    house: Actor,
    clients: Mutex<HashMap<Client, Shared>>,
    storing: tokio::sync::Mutex<()>,
}

/// A request that was let in. What it moves is counted for its client, however long that takes.
#[derive(Clone, Debug)]
pub struct Pass {
    tally: Shared,
    left: Left,
}

impl Pass {
    /// What is left of the client's minute.
    pub fn left(&self) -> Left {
        self.left
    }

    /// Counts bytes that came.
    pub fn came(&self, bytes: u64) {
        let mut tally = self.tally.lock();
        tally.fresh.bytes_in = tally.fresh.bytes_in.saturating_add(bytes);
    }

    /// Counts bytes that went.
    pub fn went(&self, bytes: u64) {
        let mut tally = self.tally.lock();
        tally.fresh.bytes_out = tally.fresh.bytes_out.saturating_add(bytes);
    }
}

impl Usage {
    /// Over the records of one tenant.
    pub fn new(store: Store, wall: Arc<dyn Clock>, settings: Settings) -> Self {
        let house = Actor::service(SOURCE, store.tenant());
        let inside = Inside {
            store,
            wall,
            settings,
            house,
            clients: Mutex::default(),
            storing: tokio::sync::Mutex::default(),
        };
        Self {
            inside: Arc::new(inside),
        }
    }

    /// The rules of this log.
    pub fn settings(&self) -> &Settings {
        &self.inside.settings
    }

    /// The local day of now.
    pub fn today(&self) -> i64 {
        self.inside.settings.day(self.inside.wall.now())
    }

    /// Lets a client ask once more, or says which limit it has reached. A client that memory does not know is looked up, so
    /// that a restart gives nobody a new day. While storage does not answer, memory alone counts.
    pub async fn enter(&self, client: Client) -> Result<Pass, Over> {
        let inside = &self.inside;
        let known = inside.clients.lock().get(&client).cloned();
        let (kind, tally) = match known {
            Some(tally) => (client.kind, tally),
            None => self.meet(client).await,
        };
        let (limits, now) = (inside.settings.of(kind), inside.wall.now());
        let asked = tally.lock().ask(&inside.settings, limits, now);
        match asked {
            Ok(left) => Ok(Pass { tally, left }),
            Err(over) => {
                metrics::counter!("hanoi_ioc_quota_refused_total", "client" => kind.code()).increment(1);
                Err(over)
            }
        }
    }

    async fn meet(&self, client: Client) -> (Kind, Shared) {
        let inside = &self.inside;
        let now = inside.wall.now();
        let day = inside.settings.day(now);
        let stored = inside
            .store
            .used(&inside.house, day, &client)
            .await
            .unwrap_or_else(|error| {
                tracing::warn!(%error, "the use of a client cannot be looked up; it is counted from now on");
                crate::model::usage::Figures::default()
            });
        let mut clients = inside.clients.lock();
        // the two that others are joined in have their room apart
        let joined = matches!(client.kind, Kind::Anonymous | Kind::Other);
        let client = if joined || clients.contains_key(&client) || clients.len() < inside.settings.max_clients {
            client
        } else {
            metrics::counter!("hanoi_ioc_quota_joined_total").increment(1);
            Client::other()
        };
        let (kind, new) = (client.kind, || Tally::new(&inside.settings, stored.requests, now));
        let tally = clients.entry(client).or_insert_with(|| Arc::new(Mutex::new(new())));
        (kind, Arc::clone(tally))
    }

    /// Stores what was counted since, and forgets clients that nobody has seen for a while. Nothing is lost when storage
    /// does not take it: it is counted on and comes with the next turn.
    pub async fn store(&self) -> Result<usize, SecurityError> {
        let inside = &self.inside;
        let _alone = inside.storing.lock().await;
        let now = inside.wall.now();
        let mut more = Vec::new();
        {
            let mut clients = inside.clients.lock();
            for (client, tally) in clients.iter() {
                for (day, figures) in tally.lock().take() {
                    let client = client.clone();
                    more.push(More { day, client, figures });
                }
            }
            let half = inside.settings.max_clients / 2;
            if clients.len() > half {
                clients.retain(|_, tally| Arc::strong_count(tally) > 1 || now.since(tally.lock().seen) < IDLE);
            }
            metrics::gauge!("hanoi_ioc_quota_clients").set(clients.len() as f64);
        }
        let mut failed = None;
        for chunk in more.chunks(AT_ONCE) {
            if failed.is_none() {
                match inside.store.add(&inside.house, chunk, now).await {
                    Ok(()) => continue,
                    Err(error) => failed = Some(error),
                }
            }
            let mut clients = inside.clients.lock();
            for More { day, client, figures } in chunk {
                let new = || Arc::new(Mutex::new(Tally::new(&inside.settings, 0, now)));
                let tally = clients.entry(client.clone()).or_insert_with(new);
                tally.lock().give_back(*day, *figures);
            }
        }
        failed.map_or(Ok(more.len()), Err)
    }

    /// Forgets days that are older than figures are kept; says how many.
    pub async fn forget(&self) -> Result<usize, SecurityError> {
        let inside = &self.inside;
        let first = self.today().saturating_sub(i64::from(inside.settings.keep_days));
        let mut count = 0;
        loop {
            let gone = inside.store.forget_usage(&inside.house, first, AT_ONCE).await?;
            count += gone;
            if gone < AT_ONCE {
                return Ok(count);
            }
        }
    }

    /// A page of a day, those that ask most first; the figures are of this moment.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<(Vec<Day>, Option<After>), SecurityError> {
        authorise(actor, Action::SecurityRead)?;
        if after.is_none() {
            self.store().await?;
        }
        self.inside.store.usage(actor, filter, after, limit).await
    }
}
