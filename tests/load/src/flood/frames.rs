//! HTTP/2 without TLS and without end: heads that are continued for ever, and requests that are taken back at once.

use super::stage::Stage;
use super::tally::Tally;
use anyhow::Result;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// GET / http x, as HPACK writes it.
const HEAD: [u8; 6] = [0x82, 0x84, 0x86, 0x41, 0x01, b'x'];
/// Types of frames.
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
/// Frames of one connection.
const MOST: u32 = 200_000;

/// All kinds of frames.
pub(super) async fn run(stage: &Stage) -> Result<Tally> {
    stage
        .crowd(|stage, turn| async move {
            let kind = ["continued head", "reset streams", "pings", "settings"][turn % 4];
            let ended = connection(stage, turn % 4).await;
            Tally::from(format!(
                "{kind} {}",
                ended.unwrap_or_else(|_| "cut without GOAWAY".to_owned())
            ))
        })
        .await
}

async fn connection(stage: Stage, kind: usize) -> Result<String> {
    let mut stream = TcpStream::connect(stage.http).await?;
    stream.write_all(PREFACE).await?;
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).await?;
    let (mut hear, mut say) = stream.split();
    let writing = async {
        if kind == 0 {
            // HEADERS without END_HEADERS
            say.write_all(&frame(HEADERS, 0, 1, &HEAD)).await?;
        }
        for number in 0..MOST / 100 {
            let mut out = Vec::new();
            for each in 0..100 {
                let id = 2 * (number * 100 + each) + 1;
                match kind {
                    0 => {
                        // a literal with a name of one byte and a value of 100
                        let mut field = vec![0x00, 1, b'a', 100];
                        field.resize(104, b'b');
                        out.extend(frame(CONTINUATION, 0, 1, &field));
                    }
                    1 => {
                        out.extend(frame(HEADERS, 5, id, &HEAD));
                        out.extend(frame(RESET, 0, id, &[0, 0, 0, 8]));
                    }
                    2 => out.extend(frame(PING, 0, 0, &[7; 8])),
                    _ => out.extend(frame(SETTINGS, 0, 0, &[])),
                }
            }
            say.write_all(&out).await?;
        }
        anyhow::Ok("took everything".to_owned())
    };
    let reading = async {
        let mut heard = Vec::new();
        loop {
            while let Some((kind, code, size)) = first(&heard) {
                if kind == GOAWAY {
                    return Ok(format!("GOAWAY {code}"));
                }
                heard.drain(..size);
            }
            if hear.read_buf(&mut heard).await? == 0 {
                return anyhow::Ok("cut without GOAWAY".to_owned());
            }
        }
    };
    let both = async {
        tokio::pin!(reading);
        tokio::select! {
            said = &mut reading => said,
            wrote = writing => match wrote {
                Ok(said) => Ok(timeout(Duration::from_millis(200), reading).await.unwrap_or(Ok(said))?),
                Err(_) => timeout(Duration::from_secs(1), reading).await?,
            },
        }
    };
    timeout(Duration::from_secs(60), both).await?
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend_from_slice(&[kind, flags]);
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// Type of the first whole frame, its error code if it is a GOAWAY, and its size.
fn first(heard: &[u8]) -> Option<(u8, u32, usize)> {
    let [high, middle, low, kind] = *heard.first_chunk::<4>()?;
    let size = 9 + u32::from_be_bytes([0, high, middle, low]) as usize;
    let payload = heard.get(9..size)?;
    let code = payload.get(4..8).and_then(|four| four.try_into().ok());
    Some((kind, code.map_or(0, u32::from_be_bytes), size))
}

#[cfg(test)]
mod tests {
    use super::{GOAWAY, first, frame};

    #[test]
    fn frames_are_laid_out_as_the_standard_says() {
        let frame = frame(GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 11]);
        assert_eq!(frame[..9], [0, 0, 8, 7, 0, 0, 0, 0, 0]);
        assert_eq!(first(&frame), Some((GOAWAY, 11, 17)));
        assert_eq!(first(&frame[..10]), None);
    }
}
