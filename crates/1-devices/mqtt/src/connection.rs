//! The life of one connection after CONNACK: one task, one read per burst of packets, one write per burst of answers.

mod ending;
mod held;

use crate::alias::{Inward, Outward};
use crate::error::Close;
use crate::group::Group;
use crate::handshake::Admitted;
use crate::publish::{Burst, Pending};
use crate::router::Seat;
use crate::server::Shared;
use crate::session::{Kick, Session};
use crate::version::{Codec, Incoming};
use crate::will::Will;
use bytes::{Buf, BufMut, BytesMut};
use kernel::submission::Sender;
use rmqtt_codec::types::Publish;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Sleep};
use tokio_util::io::poll_read_buf;
use uplink::Decoded;

/// When this many bytes wait for the peer, nothing more is read or fetched for it.
pub(crate) const OUT_FULL: usize = 64 * 1024;
/// Smallest and largest read, in bytes.
const READ: (usize, usize) = (2 * 1024, 64 * 1024);
/// Submissions on their way from one connection, and answers that are held; beyond, it waits.
const MAX_PENDING: usize = 64;
/// How often a quiet connection is looked at.
const TICK: Duration = Duration::from_secs(10);
/// A peer that takes no byte for this long is gone.
const STALL: Duration = Duration::from_secs(30);

/// One connection. Its parts in other files: `publish` (inward), `subscribe`, `deliver` (outward).
pub(crate) struct Connection<'a, S> {
    pub(crate) shared: &'a Shared,
    pub(crate) codec: Codec,
    pub(crate) sender: Sender,
    /// Bytes that wait to be written.
    pub(crate) out: BytesMut,
    /// Answers that wait until a change of the session is written down, and the number of the change.
    pub(crate) held: VecDeque<(u64, BytesMut)>,
    /// A publish of QoS 2 that waits for the same, because its key depends on it; nothing is read behind it.
    pub(crate) parked: Option<Box<Publish>>,
    /// Topic aliases that the client set, and that it was told.
    pub(crate) aliases: Inward,
    pub(crate) told: Outward,
    /// Messages of QoS 1 and 2 that the client takes at once.
    pub(crate) client_window: usize,
    /// Decoder's memory.
    pub(crate) scratch: Decoded,
    /// Submissions on their way, in the order of their publishes.
    pub(crate) pending: VecDeque<Pending<'a>>,
    /// Publishes without PUBACK, and the bytes of everything that waits.
    pub(crate) unacknowledged: usize,
    pub(crate) in_flight_bytes: usize,
    /// Publishes of QoS 2 that wait for PUBREL.
    pub(crate) unreleased: usize,
    /// Submissions that are being tried again because the log is full (3.1.1).
    pub(crate) holding: Arc<AtomicUsize>,
    stream: S,
    seat: Seat<'a>,
    will: Option<Will>,
    asked_expiry: bool,
    inward: BytesMut,
    /// Whether `inward` may hold a whole packet.
    unread: bool,
    read_size: usize,
    silence: Duration,
    heard: Instant,
    stuck_since: Option<Instant>,
    /// Whether TLS or WebSocket holds bytes that the socket did not take.
    unflushed: bool,
    timer: Pin<Box<Sleep>>,
}

/// What one connection is worked on before the others have their turn: the runtime counts reads, not what they cost.
const TURN: Duration = Duration::from_millis(2);

enum Event {
    /// Bytes came, or there is room again for those that are here.
    Digest,
    Tick,
    End(Close),
}

/// Serves a connection to its end and says why it ended.
pub(crate) async fn run<S>(stream: S, admitted: Admitted<'_>, shared: &Shared) -> Close
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut connection = Connection::new(stream, admitted, shared);
    if shared.shutdown.is_cancelled() {
        connection.session().end(Kick::ShuttingDown);
    }
    // something may have been withdrawn since it was let in; packets may have come together with CONNECT
    let mut outcome = connection.check_admitted().and_then(|()| connection.digest());
    loop {
        if let Err(close) = outcome {
            connection.finish(&close).await;
            return close;
        }
        outcome = match poll_fn(|cx| connection.poll_event(cx)).await {
            Event::Digest => {
                let (begun, outcome) = (Instant::now(), connection.digest());
                if begun.elapsed() >= TURN {
                    tokio::task::yield_now().await;
                }
                outcome
            }
            Event::Tick => connection.tick(),
            Event::End(close) => Err(close),
        };
    }
}

impl<S> Connection<'_, S> {
    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.seat.session
    }

    /// Whether one more packet may be taken while `group` is being collected.
    fn has_room(&self, group: &Group) -> bool {
        let limits = &self.shared.limits;
        let publishes = self.unacknowledged + group.to_acknowledge();
        self.in_flight_bytes + group.bytes < limits.in_flight_bytes
            && self.pending.len() < MAX_PENDING
            && self.held.len() < MAX_PENDING
            && (self.parked.is_none() || self.held.is_empty())
            && self.out.len() < OUT_FULL
            && self.holding.load(Ordering::Relaxed) == 0
            // MQTT 5 clients know the limit; one too many is their error
            && (self.codec.is_v5() || publishes < usize::from(limits.receive_maximum))
    }

    /// Takes all whole packets that are here and there is room for.
    fn digest(&mut self) -> Result<(), Close> {
        let mut burst = Burst::new(self.shared.clock.now());
        let begun = Instant::now();
        let outcome = loop {
            if !self.has_room(&burst.group) || begun.elapsed() >= TURN {
                self.unread = true;
                break Ok(());
            }
            let packet = match self.parked.take() {
                Some(publish) => Ok(Some(Incoming::Publish(publish))),
                None => self.codec.read(&mut self.inward),
            };
            match packet {
                Ok(Some(packet)) => {
                    self.heard = Instant::now();
                    if let Err(close) = self.on_packet(packet, &mut burst) {
                        break Err(close);
                    }
                }
                Ok(None) => {
                    self.unread = false;
                    break Ok(());
                }
                Err(close) => break Err(close),
            }
        };
        // what came before a broken packet is good
        self.shared.metrics.publishes.increment(burst.publishes);
        self.submit(burst.group, burst.now, None);
        outcome
    }

    fn on_packet(&mut self, packet: Incoming, burst: &mut Burst) -> Result<(), Close> {
        let codes = packet.filters();
        if codes.is_some_and(|count| !self.codec.takes_codes(count)) {
            return Err(Close::TooManyCodes);
        }
        match packet {
            Incoming::Publish(publish) if self.must_park(&publish) => self.parked = Some(publish),
            Incoming::Publish(publish) => return self.on_publish(*publish, burst),
            Incoming::PublishAck(packet_id) => self.on_puback(packet_id),
            Incoming::PublishReceived { packet_id, good } => self.on_pubrec(packet_id, good),
            Incoming::PublishComplete(packet_id) => self.on_pubcomp(packet_id),
            Incoming::PublishRelease(packet_id) => self.on_release(packet_id),
            Incoming::Subscribe { packet_id, id, filters } => return self.on_subscribe(packet_id, id, &filters),
            Incoming::Unsubscribe { packet_id, filters } => self.on_unsubscribe(packet_id, &filters),
            Incoming::Ping => self.out.put_slice(&[0xd0, 0x00]),
            Incoming::Disconnect {
                with_will,
                session_expiry,
            } => {
                // [MQTT-3.14.2-2]
                if session_expiry.is_some_and(|seconds| seconds > 0) && !self.asked_expiry {
                    return Err(Close::Protocol(
                        "DISCONNECT may not ask for a session that CONNECT did not ask for",
                    ));
                }
                if let Some(seconds) = session_expiry.filter(|_| self.session().lasts()) {
                    let most = self.shared.limits.session_expiry;
                    self.session().set_expiry(seconds.min(most));
                }
                return Err(Close::Client { with_will });
            }
        }
        Ok(())
    }

    /// Looks after time: keep-alive, a peer that does not read, and rights that were withdrawn.
    fn tick(&mut self) -> Result<(), Close> {
        let now = Instant::now();
        if self.stuck_since.is_some_and(|since| now - since >= STALL) {
            return Err(Close::Stalled);
        }
        if self.unread || !self.has_room(&Group::default()) {
            // it is we who do not listen
            self.heard = now;
        } else if now - self.heard >= self.silence {
            return Err(Close::KeepAlive);
        }
        if self.pending.front().is_some_and(|oldest| oldest.is_overdue(now)) {
            return Err(Close::Unavailable);
        }
        self.check_admitted()?;
        self.timer.as_mut().reset((now + TICK).min(self.heard + self.silence));
        Ok(())
    }

    /// Whether the device may still speak and listen.
    pub(crate) fn check_admitted(&self) -> Result<(), Close> {
        let standing = self.shared.gatekeeper.standing(&self.sender);
        standing.map_err(Close::Withdrawn)
    }
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin + Send> Connection<'a, S> {
    fn new(stream: S, admitted: Admitted<'a>, shared: &'a Shared) -> Self {
        let now = Instant::now();
        let first = now + TICK.min(admitted.silence);
        Self {
            shared,
            codec: admitted.codec,
            sender: admitted.sender,
            out: admitted.out,
            held: admitted.held,
            parked: None,
            aliases: Inward::default(),
            told: Outward::new(admitted.alias_maximum),
            client_window: admitted.window,
            scratch: Decoded::default(),
            pending: VecDeque::new(),
            unacknowledged: 0,
            in_flight_bytes: 0,
            unreleased: 0,
            holding: Arc::default(),
            stream,
            seat: admitted.seat,
            will: admitted.will,
            asked_expiry: admitted.asked_expiry,
            inward: admitted.inward,
            unread: false,
            read_size: READ.0,
            silence: admitted.silence,
            heard: now,
            stuck_since: None,
            unflushed: false,
            timer: Box::pin(tokio::time::sleep_until(first)),
        }
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        self.session().waker.register(cx.waker());
        if let Err(close) = self.poll_accepting(cx) {
            return Poll::Ready(Event::End(close));
        }
        if self.session().is_doubted()
            && let Err(close) = self.check_admitted()
        {
            return Poll::Ready(Event::End(close));
        }
        if let Some(kick) = self.session().ended() {
            return Poll::Ready(Event::End(match kick {
                Kick::TakenOver => Close::TakenOver,
                Kick::TooSlow => Close::TooSlow,
                Kick::ShuttingDown => Close::ShuttingDown,
            }));
        }
        self.let_go();
        loop {
            self.fetch();
            let waiting = !self.out.is_empty();
            if self.poll_out(cx).is_err() {
                return Poll::Ready(Event::End(Close::Gone));
            }
            // what was written may have made room for more messages
            if !waiting || !self.out.is_empty() {
                break;
            }
        }
        if self.has_room(&Group::default()) {
            if self.unread {
                return Poll::Ready(Event::Digest);
            }
            if let Poll::Ready(read) = self.poll_in(cx) {
                return Poll::Ready(if read { Event::Digest } else { Event::End(Close::Gone) });
            }
        }
        self.timer.as_mut().poll(cx).map(|()| Event::Tick)
    }

    /// Answers the publishes whose submissions are done.
    fn poll_accepting(&mut self, cx: &mut Context<'_>) -> Result<(), Close> {
        // in order, so that the intake hears them in order
        for pending in &mut self.pending {
            pending.is_done(cx);
        }
        while self.settle()? {}
        Ok(())
    }

    /// Reads once; `false` at the end.
    fn poll_in(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        if self.inward.is_empty() && self.inward.capacity() > 8 * self.read_size {
            self.inward = BytesMut::new();
        }
        if self.inward.capacity() - self.inward.len() < self.read_size / 2 {
            self.inward.reserve(self.read_size);
        }
        let offered = self.inward.capacity() - self.inward.len();
        let Poll::Ready(read) = poll_read_buf(Pin::new(&mut self.stream), cx, &mut self.inward) else {
            return Poll::Pending;
        };
        let read = read.unwrap_or(0);
        self.shared.metrics.received_bytes.increment(read as u64);
        if read == offered {
            self.read_size = (self.read_size * 2).min(READ.1);
        } else if read < self.read_size / 8 {
            self.read_size = (self.read_size / 2).max(READ.0);
        }
        Poll::Ready(read > 0)
    }

    /// Writes what the peer takes.
    fn poll_out(&mut self, cx: &mut Context<'_>) -> std::io::Result<()> {
        let had = !self.out.is_empty();
        while !self.out.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, &self.out) {
                Poll::Ready(Ok(0)) => return Err(std::io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(written)) => {
                    self.out.advance(written);
                    self.shared.metrics.sent_bytes.increment(written as u64);
                    self.stuck_since = None;
                }
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => {
                    self.stuck_since.get_or_insert_with(Instant::now);
                    return Ok(());
                }
            }
        }
        if had && self.out.capacity() > OUT_FULL {
            self.out = BytesMut::new();
        }
        if had || self.unflushed {
            match Pin::new(&mut self.stream).poll_flush(cx) {
                Poll::Ready(flushed) => {
                    flushed?;
                    self.unflushed = false;
                }
                Poll::Pending => self.unflushed = true,
            }
        }
        Ok(())
    }
}
