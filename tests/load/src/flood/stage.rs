//! Where hostile clients find the server, and what they have: a session of a person, and a device with its token.

use super::tally::Tally;
use crate::account::Person;
use crate::mqtt::{Client, Login, Version};
use anyhow::Result;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Their device: registered, and hostile all the same.
pub(super) const DEVICE: &str = "flooder";

#[derive(Clone)]
pub(super) struct Stage {
    pub(super) http: SocketAddr,
    pub(super) mqtt: SocketAddr,
    pub(super) person: Person,
    pub(super) token: String,
    /// How long a kind lasts.
    pub(super) length: Duration,
    pub(super) clients: usize,
    pub(super) topics: usize,
}

impl Stage {
    /// So many clients, each again and again until the time is over; each time has a number.
    pub(super) async fn crowd<F>(&self, shot: impl Fn(Self, usize) -> F + Clone + Send + 'static) -> Result<Tally>
    where
        F: Future<Output = Tally> + Send,
    {
        let (mut clients, until) = (JoinSet::new(), Instant::now() + self.length);
        for client in 0..self.clients {
            let (stage, shot, step) = (self.clone(), shot.clone(), self.clients);
            clients.spawn(async move {
                let mut tally = Tally::default();
                for turn in 0.. {
                    tally.extend(shot(stage.clone(), client + turn * step).await);
                    if Instant::now() >= until {
                        break;
                    }
                }
                tally
            });
        }
        Self::sum(clients).await
    }

    /// Each of these once, all at the same time.
    pub(super) async fn each<F>(&self, count: usize, shot: impl Fn(Self, usize) -> F) -> Result<Tally>
    where
        F: Future<Output = Tally> + Send + 'static,
    {
        let mut clients = JoinSet::new();
        for client in 0..count {
            clients.spawn(shot(self.clone(), client));
        }
        Self::sum(clients).await
    }

    async fn sum(mut clients: JoinSet<Tally>) -> Result<Tally> {
        let mut tally = Tally::default();
        while let Some(done) = clients.join_next().await {
            tally.extend(done?);
        }
        Ok(tally)
    }

    /// A connection of the hostile device.
    pub(super) async fn connect(&self, version: Version, client: &str, keep: u32) -> Result<Client> {
        let login = Login {
            client,
            credential: Some((DEVICE, &self.token)),
            keep,
            ..Login::default()
        };
        Client::connect(self.mqtt, version, login).await
    }

    /// The header line of the device.
    pub(super) fn device(&self) -> String {
        format!("Authorization: Bearer {}\r\n", self.token)
    }
}
