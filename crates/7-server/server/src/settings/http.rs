//! What the settings of the HTTP doors say.

use super::Http;
use anyhow::{Context, Result};
use ipnet::IpNet;
use std::net::IpAddr;

impl Http {
    /// Who may read the figures.
    pub(crate) fn watchers(&self) -> Result<Vec<IpNet>> {
        let read = |text: &String| {
            let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok();
            network.with_context(|| {
                format!("http.metrics_from has '{text}'; write addresses or networks such as 10.1.2.3 or 10.1.2.0/24")
            })
        };
        self.metrics_from.iter().map(read).collect()
    }

    /// Whether browsers reach the console by TLS alone.
    pub(crate) fn only_tls(&self) -> bool {
        self.address.is_empty() || self.behind_proxy
    }
}
