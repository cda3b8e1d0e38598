//! Small bodies that unpack to GiB, written by hand: no packer makes them so small.

use super::shot::{Body, send};
use super::stage::Stage;
use super::tally::Tally;
use anyhow::Result;
use std::sync::Arc;

/// Bytes as sent: below the limit of ingest.
const SENT: usize = 9 << 20;

/// Bombs of every encoding that is taken, and of some that are not.
pub(super) async fn run(stage: &Stage) -> Result<Tally> {
    let (gzip, zstd): (Arc<[u8]>, Arc<[u8]>) = (gzip(SENT).into(), zstd(SENT).into());
    let window: Arc<[u8]> = wide().into();
    let small: Arc<[u8]> = zstd[..64 << 10].into();
    let all = [
        ("gzip", gzip.clone()),
        ("x-gzip", gzip.clone()),
        ("zstd", zstd.clone()),
        ("zstd", small),
        ("zstd", window),
        ("deflate", gzip.clone()),
        ("br", zstd),
        ("gzip, gzip", gzip),
    ];
    stage
        .crowd(move |stage, turn| {
            let (encoding, bytes) = all[turn % all.len()].clone();
            let headers = format!(
                "{}Content-Type: text/plain\r\nContent-Encoding: {encoding}\r\n",
                stage.device()
            );
            async move {
                let length = bytes.len() >> 10;
                let answer = send(
                    stage.http,
                    "POST",
                    "/api/v1/observations",
                    &headers,
                    &Body::whole(bytes),
                )
                .await;
                Tally::from(format!("{encoding} {length} KiB {answer}"))
            }
        })
        .await
}

/// RFC 8878: a frame without a known length whose blocks are each 128 KiB of one byte, in four bytes: 32,768 to 1.
fn zstd(size: usize) -> Vec<u8> {
    // magic, descriptor (no checksum, no length), window of 8 MiB
    let mut bomb = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68];
    // an RLE block (type 1) that is not the last one, of 131,072 bytes
    let header: u32 = (1 << 1) | ((128 << 10) << 3);
    let [low, middle, high, _] = header.to_le_bytes();
    while bomb.len() < size {
        bomb.extend_from_slice(&[low, middle, high, b' ']);
    }
    bomb
}

/// A frame that asks for the widest window there is.
fn wide() -> Vec<u8> {
    let mut bomb = zstd(1 << 10);
    bomb[5] = 0xff;
    bomb
}

/// RFC 1951, 1952: one block with fixed codes: a blank, then again and again "258 bytes as the one before": 158 to 1.
fn gzip(size: usize) -> Vec<u8> {
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let (mut held, mut count) = (0_u32, 0);
    // the last block, fixed codes; the literal of a blank (0x30 + 0x20); codes stand with their highest bit first
    for (code, bits) in [(0b011_u32, 3), (reversed(0x50, 8), 8)] {
        held |= code << count;
        count += bits;
    }
    // length 258 is code 285, 11000101; distance 1 is code 0 of five bits
    let same = reversed(0b1100_0101, 8);
    while bomb.len() < size {
        held |= same << count;
        count += 13;
        while count >= 8 {
            bomb.push(held as u8);
            held >>= 8;
            count -= 8;
        }
    }
    bomb
}

fn reversed(code: u32, bits: u32) -> u32 {
    code.reverse_bits() >> (32 - bits)
}

#[cfg(test)]
mod tests {
    use super::{gzip, zstd};

    #[test]
    fn bombs_are_laid_out_as_the_standards_say() {
        // Python's zlib unpacks it to blanks, 158 for each byte
        assert_eq!(gzip(20)[10..13], [0x53, 0x18, 0x05]);
        assert_eq!(zstd(10)[6..], [0x02, 0x00, 0x10, b' ']);
    }
}
