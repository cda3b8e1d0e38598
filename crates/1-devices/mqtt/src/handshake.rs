//! From the first byte to CONNACK: which version, who is that, and may it come in.

use crate::alias::Inward;
use crate::error::Close;
use crate::metrics;
use crate::router::{Entered, Seat};
use crate::server::Shared;
use crate::session::{Kick, Session, Terms};
use crate::version::{self, Answer, Codec, Hello, WELCOME, Welcome};
use crate::will::{self, Will};
use bytes::BytesMut;
use driver::gatekeeper::{Credential, Refusal};
use kernel::submission::Sender;
use rmqtt_codec::error::DecodeError;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

/// Longest CONNECT packet, in bytes; nobody is known yet, so that little is taken.
const MAX_CONNECT: u32 = 16 * 1024;
/// Longest client id, in bytes.
const MAX_CLIENT_ID: usize = 256;
/// How long the session that is taken over may need to end.
const TAKE_OVER: Duration = Duration::from_secs(5);
/// How long a refused client may need to read why.
const FAREWELL: Duration = Duration::from_secs(1);

/// A client that was let in; its CONNACK stands in `out`.
pub(crate) struct Admitted<'a> {
    pub(crate) codec: Codec,
    pub(crate) sender: Sender,
    pub(crate) seat: Seat<'a>,
    pub(crate) will: Option<Will>,
    /// Silence after which the connection is closed.
    pub(crate) silence: Duration,
    /// Messages of QoS 1 and 2 that the client takes at once.
    pub(crate) window: usize,
    /// Topic aliases that the client knows.
    pub(crate) alias_maximum: u16,
    /// Whether the client asked for its session to be kept; a DISCONNECT may not ask for it first.
    pub(crate) asked_expiry: bool,
    /// What has to be written down of the session before a publish of QoS 2 is taken.
    pub(crate) held: VecDeque<(u64, BytesMut)>,
    pub(crate) inward: BytesMut,
    pub(crate) out: BytesMut,
}

/// Reads CONNECT and answers it; `None` when the client was refused or went away.
pub(crate) async fn greet<'a, S>(
    stream: &mut S,
    chain: Option<Vec<Vec<u8>>>,
    from: SocketAddr,
    shared: &'a Shared,
) -> Option<Admitted<'a>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut out = BytesMut::new();
    let mut codec = None;
    let greeted = timeout(shared.limits.connect, async {
        let mut inward = BytesMut::with_capacity(2 * 1024);
        let hello = read_hello(stream, &mut codec, &mut inward).await?;
        // refusals are written by the codec that read the CONNECT
        let Some(codec) = codec.as_mut() else { return Err(None) };
        admit(hello, codec, chain, from, shared, &mut out)
            .await
            .map(|met| (met, inward))
    });
    let outcome = greeted.await;
    match outcome {
        Ok(Ok((met, inward))) => {
            shared.metrics.admitted.increment(1);
            Some(Admitted {
                codec: codec?,
                sender: met.sender,
                seat: met.seat,
                will: met.will,
                silence: met.silence,
                window: met.window,
                alias_maximum: met.alias_maximum,
                asked_expiry: met.asked_expiry,
                held: met.change.into_iter().map(|change| (change, BytesMut::new())).collect(),
                inward,
                out,
            })
        }
        Ok(Err(Some(answer))) => {
            metrics::refused(answer.label());
            tracing::info!(%from, reason = answer.label(), "client refused");
            match (&mut codec, &answer) {
                (Some(codec), _) => codec.refuse(&mut out, &answer),
                (None, Answer::Version) => out.extend_from_slice(b"\x20\x02\x00\x01"),
                (None, _) => {}
            }
            farewell(stream, &out).await;
            None
        }
        Ok(Err(None)) => None,
        Err(_) => {
            metrics::refused("connect_timeout");
            None
        }
    }
}

/// Writes the last words and lets the peer read them: closing a socket with unread input would reset it.
pub(crate) async fn farewell<S>(stream: &mut S, words: &[u8])
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let _ = timeout(FAREWELL, async {
        stream.write_all(words).await?;
        stream.shutdown().await?;
        let mut rest = [0; 4 * 1024];
        let mut budget = 4 * 1024 * 1024_usize;
        while budget > 0 {
            match stream.read(&mut rest).await? {
                0 => break,
                read => budget = budget.saturating_sub(read),
            }
        }
        Ok::<_, std::io::Error>(())
    })
    .await;
}

/// `Err(None)` when there is nobody to answer.
async fn read_hello<S>(
    stream: &mut S,
    codec: &mut Option<Codec>,
    inward: &mut BytesMut,
) -> Result<Hello, Option<Answer>>
where
    S: AsyncRead + Unpin,
{
    loop {
        if codec.is_none() {
            *codec = match version::negotiate(inward, MAX_CONNECT) {
                Ok(codec) => codec,
                Err(_) if version::is_unknown_level(inward) => return Err(Some(Answer::Version)),
                Err(error) => return Err(Some(Answer::Malformed(error.to_string()))),
            };
        }
        if let Some(codec) = codec {
            match codec.hello(inward) {
                Ok(Some(hello)) => return Ok(hello),
                Ok(None) => {}
                Err(DecodeError::InvalidClientId) => {
                    return Err(Some(Answer::ClientId("give a client id, or ask for a clean start")));
                }
                Err(DecodeError::UnsupportedProtocolLevel) => return Err(Some(Answer::Version)),
                Err(DecodeError::MaxSizeExceeded { size, max }) => {
                    return Err(Some(Answer::TooLarge(
                        Close::TooLarge { size, max }.text().into_owned(),
                    )));
                }
                Err(error) => return Err(Some(Answer::Malformed(error.to_string()))),
            }
        }
        match stream.read_buf(inward).await {
            Ok(0) | Err(_) => return Err(None),
            Ok(_) => {}
        }
    }
}

struct Met<'a> {
    sender: Sender,
    seat: Seat<'a>,
    will: Option<Will>,
    silence: Duration,
    window: usize,
    alias_maximum: u16,
    asked_expiry: bool,
    /// The change of a durable session that is its beginning here.
    change: Option<u64>,
}

/// Checks the CONNECT, ends the connection that is taken over, and writes CONNACK.
async fn admit<'a>(
    hello: Hello,
    codec: &mut Codec,
    chain: Option<Vec<Vec<u8>>>,
    from: SocketAddr,
    shared: &'a Shared,
    out: &mut BytesMut,
) -> Result<Met<'a>, Option<Answer>> {
    if hello.level == 3 {
        return Err(Some(Answer::Version));
    }
    // a refusal is a packet too ([MQTT-3.1.2-24])
    codec.set_limits(MAX_CONNECT, hello.max_packet);
    if hello.wants_auth {
        return Err(Some(Answer::AuthMethod));
    }
    if hello.client_id.len() > MAX_CLIENT_ID || hello.client_id.contains('\0') {
        return Err(Some(Answer::ClientId("a client id has at most 256 bytes")));
    }
    let limits = &shared.limits;
    let sender = identify(&hello, chain, from, shared)
        .await
        .map_err(|refusal| Some(refusal.into()))?;
    let number = shared.router.next_number();
    let will = match hello.will {
        Some(will) => Some(will::check(&sender, &shared.spaces, will, limits.max_state_bytes, number).map_err(Some)?),
        None => None,
    };
    let assigned = hello
        .client_id
        .is_empty()
        .then(|| format!("{}-{number}", sender.device));
    let least = WELCOME + assigned.as_ref().map_or(0, |id| 3 + id.len());
    if hello.max_packet.is_some_and(|bytes| (bytes as usize) < least) {
        let text = format!("the Maximum Packet Size is too small; take packets of at least {least} bytes");
        return Err(Some(Answer::TooLarge(text)));
    }
    let client_id = assigned.clone().unwrap_or(hello.client_id);
    // what the client asks for, as far as there is room
    let lasts = hello.session_expiry > 0
        && shared.router.may_last(
            sender.device.as_str(),
            &client_id,
            limits.max_kept_sessions,
            limits.max_kept_sessions_per_device,
        );
    let expiry = if lasts {
        hello.session_expiry.min(limits.session_expiry)
    } else {
        0
    };
    let session = Arc::new(Session::new(Terms {
        number,
        device: sender.device.shared(),
        client_id: client_id.into(),
        limit: limits.outbound_bytes,
        expiry,
        budget: Arc::clone(&shared.budget),
        saver: shared.saver.clone(),
    }));
    if expiry > 0 {
        session.set_nonce(format!("{:x}-{number:x}", shared.started));
    }
    let (seat, present) = take_seat(shared, &session, hello.clean).await?;
    let change = session.touch();
    if let Some(answers) = shared.answers.get()
        && present
        && session.with(|state| state.hears(&format!("devices/{}/down", sender.device)))
    {
        // it need not subscribe again
        answers.listening(&sender.device);
    }
    let is_v5 = codec.is_v5();
    let keep_alive = match hello.keep_alive {
        0 => limits.max_keep_alive,
        asked if is_v5 => asked.min(limits.max_keep_alive),
        asked => asked,
    };
    codec.set_limits(limits.max_packet_bytes, hello.max_packet);
    codec.welcome(
        out,
        Welcome {
            receive_maximum: limits.receive_maximum,
            max_packet: limits.max_packet_bytes,
            keep_alive: (keep_alive != hello.keep_alive).then_some(keep_alive),
            client_id: assigned,
            present,
            session_expiry: (expiry != hello.session_expiry).then_some(expiry),
            alias_maximum: Inward::MAXIMUM,
        },
    );
    Ok(Met {
        sender,
        seat,
        will,
        silence: Duration::from_millis(u64::from(keep_alive) * 1_500),
        window: usize::from(hello.receive_maximum),
        alias_maximum: hello.alias_maximum,
        asked_expiry: hello.session_expiry > 0,
        change: session.is_durable().then_some(change),
    })
}

/// Ends the connection that has the client id, if there is one, and takes its place ([MQTT-3.1.4-3]); says whether the
/// state of an earlier connection was there ([MQTT-3.1.2-4], [MQTT-3.1.2-5]).
async fn take_seat<'a>(
    shared: &'a Shared,
    session: &Arc<Session>,
    clean: bool,
) -> Result<(Seat<'a>, bool), Option<Answer>> {
    loop {
        match shared.router.enter(session, clean) {
            Entered::Busy(earlier) => {
                earlier.end(Kick::TakenOver);
                // its will comes before anything that the new one says
                if timeout(TAKE_OVER, earlier.gone.cancelled()).await.is_err() {
                    let text = "the earlier connection of this client id does not end; try again";
                    return Err(Some(Answer::Unavailable(text.to_owned())));
                }
            }
            Entered::In { seat, present, ended } => {
                ended.into_iter().for_each(|will| shared.say(&will));
                return Ok((seat, present));
            }
        }
    }
}

/// A certificate counts before user name and token.
async fn identify(
    hello: &Hello,
    chain: Option<Vec<Vec<u8>>>,
    from: SocketAddr,
    shared: &Shared,
) -> Result<Sender, Refusal> {
    let shown = match (chain, &hello.password) {
        (Some(chain), _) => Ok(Credential::Certificate(chain)),
        (None, Some(token)) => match std::str::from_utf8(token) {
            Ok(token) => Ok(Credential::Token {
                device: hello.user.clone(),
                token: token.to_owned(),
            }),
            Err(_) => Err(Refusal::BadToken),
        },
        (None, None) => Err(Refusal::Missing),
    };
    match shown {
        Ok(credential) => shared.gatekeeper.admit(credential, from).await,
        Err(refusal) => Err(shared.gatekeeper.refused(refusal, from).await),
    }
}
