//! Requests to a provider: HTTP over TLS with the authorities that were configured, or plain HTTP on this machine. No redirect is
//! followed, no proxy asked, nothing kept between requests; time and size are bounded.

use super::turned::Turned;
use axum::body::Bytes;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, USER_AGENT};
use axum::http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Largest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;

/// One provider's client.
#[derive(Clone)]
pub struct Client {
    /// Without it only this machine is asked.
    tls: Option<TlsConnector>,
    patience: Duration,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client(tls: {})", self.tls.is_some())
    }
}

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// `Authorization`, if any.
    pub authorization: Option<String>,
    /// A form to be posted; without one it is fetched.
    pub form: Option<String>,
}

impl Client {
    /// With the authorities in `pem` that may sign the provider's certificate; none: only plain HTTP on this machine is asked.
    /// A whole request may take `patience`.
    pub fn new(pem: &[u8], patience: Duration) -> Result<Self, String> {
        if pem.is_empty() {
            return Ok(Self { tls: None, patience });
        }
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
        if roots.is_empty() {
            return Err("there is no certificate in it; name a PEM file of authorities".to_owned());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let tls = Some(TlsConnector::from(Arc::new(config)));
        Ok(Self { tls, patience })
    }

    /// Asks, and gives status and body. Whatever goes wrong on the way is [`Turned::Away`].
    pub async fn ask(&self, address: &str, ask: Ask) -> Result<(StatusCode, Bytes), Turned> {
        let late = |_| Turned::Away("no answer in time");
        tokio::time::timeout(self.patience, self.asked(address, ask))
            .await
            .map_err(late)?
    }

    async fn asked(&self, address: &str, ask: Ask) -> Result<(StatusCode, Bytes), Turned> {
        let address = fit(address).ok_or(Turned::Away("an address that is neither https nor on this machine"))?;
        let host = address.host().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let secure = address.scheme_str() == Some("https");
        let port = address.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let found = tokio::net::lookup_host((bare.as_str(), port)).await;
        let found: Vec<SocketAddr> = found.map_err(|_| Turned::Away("its name is not known"))?.collect();
        if !secure && !found.iter().all(|address| address.ip().is_loopback()) {
            return Err(Turned::Away("plain HTTP would leave this machine"));
        }
        let stream = TcpStream::connect(&found[..]).await;
        let stream = stream.map_err(|_| Turned::Away("no connection"))?;
        let _ = stream.set_nodelay(true);
        if !secure {
            return exchange(stream, &address, ask).await;
        }
        let tls = self.tls.as_ref().ok_or(Turned::Away("no authority is configured"))?;
        let name = ServerName::try_from(bare).map_err(|_| Turned::Away("its name is no name of a host"))?;
        let stream = tls.connect(name, stream).await;
        let stream = stream.map_err(|error| {
            tracing::warn!(%error, %address, "TLS with a provider of sign-ins failed");
            Turned::Away("TLS failed")
        })?;
        exchange(stream, &address, ask).await
    }
}

/// An address that may be asked or sent to: `https`, or `http` on this machine; no user, no fragment.
pub fn fit(address: &str) -> Option<Uri> {
    let parsed: Uri = address.parse().ok()?;
    let host = parsed.host()?;
    let plain = address.contains('#') || parsed.authority()?.as_str().contains('@');
    let here = matches!(host, "localhost" | "[::1]")
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback());
    match parsed.scheme_str()? {
        _ if plain => None,
        "https" => Some(parsed),
        "http" if here => Some(parsed),
        _ => None,
    }
}

async fn exchange<S>(stream: S, address: &Uri, ask: Ask) -> Result<(StatusCode, Bytes), Turned>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |_| Turned::Away("it does not speak HTTP/1.1");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // ends with this request, also when nobody waits for it any more
    let _connection = tokio_util::task::AbortOnDropHandle::new(tokio::spawn(connection));
    let answer = sender.send_request(request(address, ask)?).await.map_err(broken)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
    let body = body.map_err(|_| Turned::Away("its answer is broken off, or longer than 256 KiB"))?;
    Ok((status, body.to_bytes()))
}

fn request(address: &Uri, ask: Ask) -> Result<Request<Full<Bytes>>, Turned> {
    let target = address.path_and_query().map_or("/", |target| target.as_str());
    let mut request = Request::builder()
        .method(if ask.form.is_some() { Method::POST } else { Method::GET })
        .uri(target)
        .header(HOST, address.authority().map_or("", |authority| authority.as_str()))
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, "hanoi-ioc");
    if ask.form.is_some() {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    if let Some(authorization) = ask.authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    let body = Full::new(Bytes::from(ask.form.unwrap_or_default()));
    request
        .body(body)
        .map_err(|_| Turned::Away("its address cannot be asked"))
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn an_address_is_secure_or_on_this_machine() {
        for (address, taken) in [
            ("https://id.example.vn/auth?x=1", true),
            ("http://127.0.0.1:4000/auth", true),
            ("http://localhost:4000", true),
            ("http://[::1]:4000/", true),
            ("http://id.example.vn/auth", false),
            ("http://127.0.0.1.example.vn/", false),
            ("http://localhost.example.vn/", false),
            ("https://user@id.example.vn/", false),
            ("https://id.example.vn/#part", false),
            ("ftp://127.0.0.1/", false),
            ("javascript:alert(1)", false),
            ("/auth", false),
            ("", false),
        ] {
            assert_eq!(fit(address).is_some(), taken, "{address}");
        }
    }
}
