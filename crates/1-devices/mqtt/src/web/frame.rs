//! Frames of WebSocket (RFC 6455 §5) around a stream of bytes.

use bytes::{Buf, BufMut, BytesMut};
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::io::poll_read_buf;

/// Bytes of one frame that we write, at most; the packet before it is written first.
const MAX_OUT: usize = 16 * 1024;
/// Bytes of answers to pings and of frames that wait; a peer that asks more without reading is gone.
const MAX_WAITING: usize = 2 * MAX_OUT;

/// Room for a read, in bytes.
const MIN_READ: usize = 1_024;

const CONTINUATION: u8 = 0x0;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;

/// A stream of the bytes inside the frames.
pub(crate) struct Framed<S> {
    stream: S,
    /// Read and not yet taken apart.
    inward: BytesMut,
    /// Left of the frame that is being read, and its mask.
    left: u64,
    mask: [u8; 4],
    /// Whether a message is under way whose frames follow.
    inside: bool,
    /// Frames that the peer has not taken.
    outward: BytesMut,
    /// Whether the peer said that it closes, and whether we did.
    ended: bool,
    closed: bool,
}

/// The head of a frame.
struct Head {
    fin: bool,
    opcode: u8,
    length: u64,
    mask: [u8; 4],
    bytes: usize,
}

fn broken(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

impl<S> Framed<S> {
    pub(super) fn new(stream: S, read: BytesMut) -> Self {
        Self {
            stream,
            inward: read,
            left: 0,
            mask: [0; 4],
            inside: false,
            outward: BytesMut::new(),
            ended: false,
            closed: false,
        }
    }

    /// Reads the head of the next frame; `None` when more bytes are needed.
    fn head(&self) -> Result<Option<Head>> {
        let Some([first, second]) = self.inward.first_chunk() else {
            return Ok(None);
        };
        if first & 0x70 != 0 || second & 0x80 == 0 {
            return Err(broken("a frame without mask, or with an extension"));
        }
        let more = match second & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let bytes = 2 + more + 4;
        if self.inward.len() < bytes {
            return Ok(None);
        }
        let mut rest = &self.inward[2..];
        let length = match more {
            0 => u64::from(second & 0x7f),
            _ => rest.get_uint(more),
        };
        let mut mask = [0; 4];
        rest.copy_to_slice(&mut mask);
        Ok(Some(Head {
            fin: first & 0x80 != 0,
            opcode: first & 0x0f,
            length,
            mask,
            bytes,
        }))
    }

    /// Goes to the next frame with bytes of MQTT; `false` when more must be read first.
    fn advance(&mut self) -> Result<bool> {
        while self.left == 0 && !self.ended {
            let Some(head) = self.head()? else { return Ok(false) };
            if head.opcode >= CLOSE {
                // control frames are short and whole (§5.5)
                if !head.fin || head.length > 125 {
                    return Err(broken("a control frame that is long or in parts"));
                }
                let length = head.length as usize;
                if self.inward.len() < head.bytes + length {
                    return Ok(false);
                }
                self.inward.advance(head.bytes);
                let mut payload = self.inward.split_to(length);
                let mut mask = head.mask;
                unmask(&mut payload, &mut mask);
                match head.opcode {
                    CLOSE => {
                        self.ended = true;
                        self.close(payload.get(..2).unwrap_or(&[]));
                    }
                    PING if self.outward.len() < MAX_WAITING => self.put(PONG, &payload),
                    PING => return Err(broken("pings that nobody reads the answers of")),
                    PONG => {}
                    _ => return Err(broken("an unknown control frame")),
                }
                continue;
            }
            // [MQTT-6.0.0-1]: nothing but binary messages
            if head.opcode != if self.inside { CONTINUATION } else { BINARY } {
                return Err(broken("a frame that is not binary"));
            }
            self.inside = !head.fin;
            self.inward.advance(head.bytes);
            (self.left, self.mask) = (head.length, head.mask);
        }
        Ok(!self.inward.is_empty() || self.ended)
    }

    fn close(&mut self, code: &[u8]) {
        if !std::mem::replace(&mut self.closed, true) {
            self.put(CLOSE, code);
        }
    }

    fn put(&mut self, opcode: u8, payload: &[u8]) {
        self.outward.put_u8(0x80 | opcode);
        match payload.len() {
            short @ 0..126 => self.outward.put_u8(short as u8),
            long => {
                self.outward.put_u8(126);
                self.outward.put_u16(long as u16);
            }
        }
        self.outward.put_slice(payload);
    }
}

/// Takes the mask off and turns it for the bytes that follow.
fn unmask(bytes: &mut [u8], mask: &mut [u8; 4]) {
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte ^= mask[at % 4];
    }
    mask.rotate_left(bytes.len() % 4);
}

impl<S: AsyncWrite + Unpin> Framed<S> {
    /// Writes the frames that wait.
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while !self.outward.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.outward))?;
            if written == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            self.outward.advance(written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Framed<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        loop {
            if this.advance()? {
                let most = into.remaining().min(this.inward.len());
                let length = most.min(usize::try_from(this.left).unwrap_or(usize::MAX));
                if length > 0 && !this.ended {
                    let mut bytes = this.inward.split_to(length);
                    unmask(&mut bytes, &mut this.mask);
                    this.left -= length as u64;
                    into.put_slice(&bytes);
                }
                if length > 0 || this.ended {
                    let _ = this.poll_drain(cx)?;
                    return Poll::Ready(Ok(()));
                }
            }
            let _ = this.poll_drain(cx)?;
            if this.inward.capacity() - this.inward.len() < MIN_READ {
                this.inward.reserve(4 * MIN_READ);
            }
            if ready!(poll_read_buf(Pin::new(&mut this.stream), cx, &mut this.inward))? == 0 {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Framed<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let this = self.get_mut();
        // one frame at a time, so that what waits is bounded
        ready!(this.poll_drain(cx))?;
        let taken = &bytes[..bytes.len().min(MAX_OUT)];
        this.put(BINARY, taken);
        let _ = this.poll_drain(cx)?;
        Poll::Ready(Ok(taken.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(cx))?;
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        // 1000: the purpose is fulfilled
        this.close(&1_000_u16.to_be_bytes());
        ready!(this.poll_drain(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}
