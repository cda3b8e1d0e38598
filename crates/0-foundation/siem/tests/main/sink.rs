//! A receiver of RFC 5425 inside the test that can be killed and brought back.

use crate::ground::Papers;
use parking_lot::Mutex;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What arrived, in its order.
pub(crate) type Received = Arc<Mutex<Vec<String>>>;

pub(crate) struct Sink {
    pub(crate) port: u16,
    task: JoinHandle<()>,
}

impl Sink {
    /// Listens; `breaks_after` messages of a connection it stops reading and resets the connection.
    pub(crate) async fn start(port: u16, papers: &Papers, received: &Received, breaks_after: Option<usize>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let chain = vec![CertificateDer::from_pem_slice(papers.certificate.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(papers.key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let received = Arc::clone(received);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(acceptor.clone(), stream, Arc::clone(&received), breaks_after));
            }
        });
        Self { port, task }
    }

    /// Ends at once, with all its connections.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, received: Received, breaks_after: Option<usize>) {
    let Ok(mut stream) = acceptor.accept(stream).await else {
        return;
    };
    let (mut bytes, mut count) = (Vec::new(), 0);
    loop {
        while let Some((message, rest)) = unframe(&bytes) {
            if breaks_after.is_some_and(|most| count >= most) {
                // what is in the buffers of the kernel is lost with the process
                let (stream, _) = stream.get_ref();
                let _ = stream.set_zero_linger();
                return;
            }
            received.lock().push(message);
            count += 1;
            bytes = rest;
        }
        let mut piece = vec![0; 4_096];
        match stream.read(&mut piece).await {
            Ok(0) => break,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
            Err(_) => return,
        }
    }
    assert!(bytes.is_empty(), "whole frames only");
    let _ = stream.shutdown().await;
}

/// The first message of a stream in octet counting, and what follows it.
pub(crate) fn unframe(bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&bytes[..space]).unwrap().parse().unwrap();
    let message = bytes.get(space + 1..space + 1 + length)?;
    let message = String::from_utf8(message.to_vec()).unwrap();
    Some((message, bytes[space + 1 + length..].to_vec()))
}

/// MSGID of a message.
pub(crate) fn id(message: &str) -> u64 {
    message.split(' ').nth(5).unwrap().parse().unwrap()
}

/// Numbers 0 to before `count`, each at least once, first seen in order.
pub(crate) fn all_in_order(messages: &[String], count: u64) {
    let mut seen = BTreeSet::new();
    let first: Vec<u64> = messages
        .iter()
        .map(|message| id(message))
        .filter(|id| seen.insert(*id))
        .collect();
    assert_eq!(first.len() as u64, count, "{} messages", messages.len());
    assert_eq!(first, (0..count).collect::<Vec<_>>(), "in order");
}
