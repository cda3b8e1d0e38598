//! What a request shows of its sender: a bearer token, or the client certificate of its connection.

use axum::extract::ConnectInfo;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use chassis::tls::{Peer, PeerCertificates};
use driver::gatekeeper::{Credential, Refusal};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Longest token that is looked at.
const MAX_TOKEN: usize = 512;

/// Where a request comes from.
pub(super) fn from(parts: &Parts) -> SocketAddr {
    let peer = parts.extensions.get::<ConnectInfo<Peer>>();
    let plain = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    peer.map(|ConnectInfo(peer)| peer.address)
        .or(plain.map(|ConnectInfo(address)| *address))
        .unwrap_or(nowhere)
}

/// The credential. A token goes before a certificate: it was shown for this request, the certificate for the connection.
pub(super) fn of(parts: &Parts) -> Result<Credential, Refusal> {
    if let Some(token) = token(parts)? {
        return Ok(Credential::Token { device: None, token });
    }
    let peer = parts.extensions.get::<ConnectInfo<Peer>>();
    let shown = parts
        .extensions
        .get::<PeerCertificates>()
        .or_else(|| peer.map(|ConnectInfo(peer)| &peer.certificates));
    match shown {
        Some(chain) if !chain.0.is_empty() => Ok(Credential::Certificate(chain.0.to_vec())),
        _ => Err(Refusal::Missing),
    }
}

/// The bearer token (RFC 6750 section 2.1), if the request has an `Authorization` header at all.
fn token(parts: &Parts) -> Result<Option<String>, Refusal> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Refusal::BadToken);
    }
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or(Refusal::BadToken)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::Missing);
    }
    let token = token.trim();
    let good = (1..=MAX_TOKEN).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    if good {
        Ok(Some(token.to_owned()))
    } else {
        Err(Refusal::BadToken)
    }
}
