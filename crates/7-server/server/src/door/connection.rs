//! Serving HTTP connections: every refusal is heard, and at the end nobody is waited for who has not finished asking.
//!
//! A request counts as accepted when its body has arrived whole, until its answer was handed over. At the end, accepted
//! requests are finished; a connection without one is idle, or still in the middle of asking, and is cut after [`GRACE`].

use super::crowd::{Crowd, turn_away};
use super::stall::{Patient, STALL};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, header};
use axum::serve::Listener;
use chassis::tls::Peer;
use device::gate::Gate;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use parking_lot::Mutex;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How long a connection may go on at the end before it is cut, when no accepted request is under way on it.
const GRACE: Duration = Duration::from_secs(2);
/// How long a client whose request was refused early may take to send the rest of its body before it hears why.
const FAREWELL: Duration = Duration::from_secs(5);

/// How long the head of a request may take, and how long a connection may lie idle between two requests.
const HEAD: Duration = Duration::from_secs(60);

/// Accepts until `stop`, then ends in order: no new requests, accepted ones are finished. `forgiven` is how many bytes of
/// a refused body are read on. A connection whose certificate loses its right at the `gate` is cut at once; who finds no
/// place in the `crowd` is told so.
pub(super) async fn serve<L: Listener>(
    mut listener: L,
    router: Router,
    peer: impl Fn(&L::Io, L::Addr) -> Peer,
    forgiven: usize,
    stop: CancellationToken,
    gate: Option<Arc<Gate>>,
    crowd: Crowd,
) {
    let connections = TaskTracker::new();
    loop {
        let (io, address) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let peer = peer(&io, address);
        let Some(place) = crowd.enter(peer.address.ip()) else {
            connections.spawn(turn_away(io));
            continue;
        };
        let (router, stop, gate) = (router.clone(), stop.clone(), gate.clone());
        connections.spawn(async move {
            connection(io, router, peer, forgiven, stop, gate).await;
            drop(place);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection<I>(
    io: I,
    router: Router,
    peer: Peer,
    forgiven: usize,
    stop: CancellationToken,
    gate: Option<Arc<Gate>>,
) where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (accepted, mut count) = watch::channel(0usize);
    let address = peer.address;
    let withdrawn = withdrawn(gate, peer.clone());
    let (asked, mut ask) = watch::channel(false);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        asked.send_replace(true);
        answer(router.clone(), request, peer.clone(), accepted.clone(), forgiven)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    let mut http2 = builder.http2();
    http2
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD / 2)
        .keep_alive_timeout(HEAD / 2);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(Patient::new(io, STALL)), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        () = silent(&mut ask) => {
            metrics::counter!("hanoi_ioc_http_cut_total", "reason" => "silent").increment(1);
            tracing::info!(%address, "a connection is cut that asked nothing");
            return;
        }
        () = withdrawn => {
            tracing::info!(%address, "a connection is cut whose certificate does not count any more");
            return;
        }
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    while tokio::time::timeout(GRACE, connection.as_mut()).await.is_err() {
        if *count.borrow_and_update() == 0 {
            tracing::info!(%address, "a connection is cut that had not finished asking when the doors closed");
            return;
        }
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = count.wait_for(|accepted| *accepted == 0) => {}
        }
    }
}

/// Resolves when nothing was asked for [`HEAD`] since the connection began; the library counts from the first byte only.
async fn silent(ask: &mut watch::Receiver<bool>) {
    if tokio::time::timeout(HEAD, ask.wait_for(|asked| *asked)).await.is_ok() {
        std::future::pending().await
    }
}

/// Resolves when the certificate of a connection does not count any more; never for one without a certificate.
async fn withdrawn(gate: Option<Arc<Gate>>, peer: Peer) {
    match gate.filter(|_| !peer.certificates.0.is_empty()) {
        Some(gate) => gate.until_withdrawn(&peer.certificates.0, peer.address).await,
        None => std::future::pending().await,
    }
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    peer: Peer,
    accepted: watch::Sender<usize>,
    forgiven: usize,
) -> Result<Response<Body>, Infallible> {
    let act = Arc::new(Act {
        accepted,
        arrived: AtomicBool::new(false),
        rest: Mutex::new(None),
    });
    // who asks first (RFC 9110 section 10.1.1) sends nothing after a refusal
    let asks_first = request.headers().contains_key(header::EXPECT);
    let mut request = request.map(|body| Body::new(Arriving::new(body, &act)));
    request.extensions_mut().insert(ConnectInfo(peer));
    let answer = router.oneshot(request).await?;
    let rest = act.rest.lock().take();
    if let Some((mut body, begun)) = rest
        && (begun || !asks_first)
    {
        forget(&mut body, forgiven).await;
    }
    Ok(answer.map(|body| Body::new(Leaving { body, _act: act })))
}

/// Reads on and keeps nothing: a socket that is closed with unread input is reset, and then the client never reads why it
/// was refused. Whoever sends more than `left` bytes, or slowly, is not waited for.
async fn forget(body: &mut Incoming, mut left: usize) {
    let rest = async {
        while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
            match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
                Some(less) => left = less,
                None => break,
            }
        }
    };
    let _ = tokio::time::timeout(FAREWELL, rest).await;
}

/// A request from its first byte to the last one of its answer.
struct Act {
    accepted: watch::Sender<usize>,
    arrived: AtomicBool,
    /// The body when its reader gave up, and whether reading had begun.
    rest: Mutex<Option<(Incoming, bool)>>,
}

impl Act {
    fn arrived(&self) {
        if !self.arrived.swap(true, Ordering::Relaxed) {
            self.accepted.send_modify(|accepted| *accepted += 1);
        }
    }
}

impl Drop for Act {
    fn drop(&mut self) {
        if *self.arrived.get_mut() {
            self.accepted.send_modify(|accepted| *accepted -= 1);
        }
    }
}

/// The body of a request on its way in.
struct Arriving {
    body: Option<Incoming>,
    begun: bool,
    act: Arc<Act>,
}

impl Arriving {
    fn new(body: Incoming, act: &Arc<Act>) -> Self {
        if body.is_end_stream() {
            act.arrived();
        }
        Self {
            body: Some(body),
            begun: false,
            act: Arc::clone(act),
        }
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.begun = true;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = std::task::ready!(Pin::new(&mut *body).poll_frame(cx));
        let failed = matches!(frame, Some(Err(_)));
        if !failed && (frame.is_none() || body.is_end_stream()) {
            self.act.arrived();
        }
        if failed {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, HttpBody::size_hint)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) {
            *self.act.rest.lock() = Some((body, self.begun));
        }
    }
}

/// The body of an answer on its way out; the request is under way until it is handed over.
struct Leaving {
    body: Body,
    _act: Arc<Act>,
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::{Crowd, HEAD, Peer, serve};
    use axum::Router;
    use axum::routing::post;
    use chassis::tls::{PeerCertificates, PlainListener};
    use std::sync::Arc;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::Notify;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn at_the_end_what_was_accepted_is_finished_and_what_was_not_is_cut() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = listener.local_addr().unwrap();
        let (began, go, stop) = (
            Arc::new(Notify::new()),
            Arc::new(Notify::new()),
            CancellationToken::new(),
        );
        let (begins, goes) = (Arc::clone(&began), Arc::clone(&go));
        let work = post(async move |body: String| {
            begins.notify_one();
            goes.notified().await;
            format!("took {body}")
        });
        let router = Router::new().route("/", work);
        let peer = |_: &TcpStream, address| Peer {
            address,
            certificates: PeerCertificates::default(),
        };
        let serving = tokio::spawn(serve(
            PlainListener(listener),
            router,
            peer,
            1_000,
            stop.clone(),
            None,
            Crowd::new(10),
        ));
        let ask = async |text: &str| {
            let mut stream = TcpStream::connect(door).await.unwrap();
            stream.write_all(text.as_bytes()).await.unwrap();
            stream
        };
        let mut whole = ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nit").await;
        began.notified().await;
        let unfinished = [
            "",
            "POST / HTTP/1.1\r\nHos",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\ni",
        ];
        let mut cut = Vec::new();
        for text in unfinished {
            cut.push(ask(text).await);
        }
        stop.cancel();
        let mut text = String::new();
        for mut stream in cut {
            // an end of input or a reset, and no answer
            let _ = stream.read_to_string(&mut text).await;
            assert_eq!(text, "");
        }
        go.notify_one();
        whole.read_to_string(&mut text).await.unwrap();
        assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("took it"), "{text}");
        serving.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_nothing_or_slowly_is_cut_and_who_finds_no_place_is_told() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let peer = |_: &TcpStream, address| Peer {
            address,
            certificates: PeerCertificates::default(),
        };
        let (listener, crowd) = (PlainListener(listener), Crowd::new(4));
        let serving = tokio::spawn(serve(listener, Router::new(), peer, 1_000, stop.clone(), None, crowd));
        let began = tokio::time::Instant::now();
        let mut slow = Vec::new();
        for text in ["", "G", "GET / HTTP/1.1\r\nHos", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"] {
            let mut stream = TcpStream::connect(door).await.unwrap();
            stream.write_all(text.as_bytes()).await.unwrap();
            slow.push(stream);
        }
        let mut text = String::new();
        let mut late = TcpStream::connect(door).await.unwrap();
        late.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        late.read_to_string(&mut text).await.unwrap();
        assert!(
            text.starts_with("HTTP/1.1 503 ") && text.contains("retry-after: 10"),
            "{text}"
        );
        assert!(began.elapsed() < HEAD);
        for mut stream in slow {
            let mut heard = String::new();
            // the last one hears its answer, and is idle from then on
            let _ = stream.read_to_string(&mut heard).await;
            assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 4"), "{heard}");
        }
        assert!(began.elapsed() >= HEAD && began.elapsed() < HEAD * 3);
        stop.cancel();
        serving.await.unwrap();
    }
}
