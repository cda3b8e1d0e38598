//! How many connections the HTTP doors hold at once, in all and from one address.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Places for connections, shared by all HTTP doors. One address takes half of them at most, so that nobody keeps everybody
/// else out.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    most: usize,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Debug, Default)]
struct Inside {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place that a connection has; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    inside: Arc<Mutex<Inside>>,
    address: IpAddr,
}

impl Crowd {
    /// Room for `most` connections.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            inside: Arc::default(),
        }
    }

    /// A place, or `None` when there is none. This machine itself may take all of them.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut inside = self.inside.lock();
        let here = inside.by_address.get(&address).copied().unwrap_or(0);
        let share = if address.is_loopback() {
            self.most
        } else {
            self.most.div_ceil(2)
        };
        if inside.all >= self.most || here >= share {
            metrics::counter!("hanoi_ioc_http_cut_total", "reason" => "crowded").increment(1);
            return None;
        }
        inside.all += 1;
        inside.by_address.insert(address, here + 1);
        Some(Place {
            inside: Arc::clone(&self.inside),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.inside.lock();
        inside.all -= 1;
        match inside.by_address.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(inside.by_address.remove(&self.address)),
        }
    }
}

/// What somebody is told for whom there is no place; nobody waits long for it to be read.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\nconnection: close\r\n\
    content-type: application/problem+json\r\ncontent-length: 128\r\n\r\n\
    {\"type\":\"about:blank\",\"status\":503,\"code\":\"too_many_connections\",\"detail\":\"all connections are taken; try again in ten seconds\"}";

/// Says that there is no place, and closes. What the client has sent is read and forgotten: a socket that is closed with
/// unread input is reset, and then nobody hears why.
pub(super) async fn turn_away<I: AsyncRead + AsyncWrite + Unpin>(mut io: I) {
    let told = async {
        io.write_all(FULL).await?;
        io.shutdown().await?;
        tokio::io::copy(&mut io.take(64 << 10), &mut tokio::io::sink()).await
    };
    let _ = tokio::time::timeout(Duration::from_secs(1), told).await;
}

#[cfg(test)]
mod tests {
    use super::{Crowd, FULL};
    use std::net::IpAddr;

    #[test]
    fn one_address_takes_half_and_places_come_back() {
        let crowd = Crowd::new(4);
        let address = |last| IpAddr::from([192, 0, 2, last]);
        let mut places: Vec<_> = (0..2).map(|_| crowd.enter(address(1)).unwrap()).collect();
        assert!(crowd.enter(address(1)).is_none());
        places.extend([crowd.enter(address(2)).unwrap(), crowd.enter(address(3)).unwrap()]);
        assert!(crowd.enter(address(4)).is_none() && crowd.enter(IpAddr::from([127, 0, 0, 1])).is_none());
        places.clear();
        assert!(crowd.inside.lock().by_address.is_empty());
        let own: Vec<_> = (0..5).map(|_| crowd.enter(IpAddr::from([127, 0, 0, 1]))).collect();
        assert_eq!(own.iter().flatten().count(), 4);
    }

    #[test]
    fn the_refusal_is_as_long_as_it_says() {
        let (_, body) = std::str::from_utf8(FULL).unwrap().split_once("\r\n\r\n").unwrap();
        assert_eq!(body.len(), 128);
    }
}
