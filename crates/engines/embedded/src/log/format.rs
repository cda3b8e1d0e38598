//! How a log lies on disk, format 1. All numbers are little endian.
//!
//! A segment is a file `{epoch:08x}-{first sequence:016x}.log`; its name alone tells its place. It opens with two equal
//! copies of a 64-byte header: magic 8, format 4, epoch 4, first sequence 8, salt 8, zeros 28, CRC-32C of these 4.
//! Place and meaning of magic, format and checksum never change. Frames follow without gaps: mark 4, length 4,
//! sequence 8, check 8, CRC-32C of these 24 bytes xor the salt's low half 4, then the bytes. The check is the CRC-64/NVME
//! of the bytes xor the salt. The salt is random and the same in all segments of a log, so that bytes which somebody
//! sends can never pose as a frame when a damaged place is searched for the next good one. Zeros may follow the last
//! frame.

use crc_fast::{CrcAlgorithm, checksum};

/// The newest format that this program reads and the one that it writes.
pub(crate) const FORMAT: u32 = 1;
/// Bytes of both copies of a segment's header.
pub(crate) const HEADER: usize = 2 * COPY;
/// Bytes before the content of a frame.
pub(crate) const FRAME: usize = 28;
/// How every frame begins; chosen to be rare in text and in numbers.
pub(crate) const MARK: [u8; 4] = [0xF5, 0x9C, 0xE1, 0xA7];

const COPY: usize = 64;
const MAGIC: [u8; 8] = *b"HIOCLOG\n";

/// What a segment says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) epoch: u32,
    pub(crate) first: u64,
    pub(crate) salt: u64,
}

/// What was found where a header should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoundHeader {
    /// The header, if a copy is good.
    pub(crate) header: Option<Header>,
    /// Whether a copy is not good.
    pub(crate) damaged: bool,
}

fn crc32(bytes: &[u8]) -> u32 {
    checksum(CrcAlgorithm::Crc32Iscsi, bytes) as u32
}

/// The check of a frame's content.
pub(crate) fn check(bytes: &[u8], salt: u64) -> u64 {
    checksum(CrcAlgorithm::Crc64Nvme, bytes) ^ salt
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}

/// Both copies of a header.
pub(crate) fn encode_header(header: Header) -> [u8; HEADER] {
    let mut copy = [0; COPY];
    copy[..8].copy_from_slice(&MAGIC);
    copy[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    copy[12..16].copy_from_slice(&header.epoch.to_le_bytes());
    copy[16..24].copy_from_slice(&header.first.to_le_bytes());
    copy[24..32].copy_from_slice(&header.salt.to_le_bytes());
    let crc = crc32(&copy[..60]);
    copy[60..].copy_from_slice(&crc.to_le_bytes());
    let mut both = [0; HEADER];
    both[..COPY].copy_from_slice(&copy);
    both[COPY..].copy_from_slice(&copy);
    both
}

/// Reads the header of a segment of any length; the error is a newer format that this program does not know.
pub(crate) fn decode_header(bytes: &[u8]) -> Result<FoundHeader, u32> {
    let mut found = FoundHeader {
        header: None,
        damaged: false,
    };
    for copy in [bytes.get(..COPY), bytes.get(COPY..HEADER)] {
        let good = copy.filter(|copy| copy[..8] == MAGIC && crc32(&copy[..60]) == u32_at(copy, 60));
        match good {
            Some(copy) if u32_at(copy, 8) != FORMAT => return Err(u32_at(copy, 8)),
            Some(copy) if found.header.is_none() => {
                let header = Header {
                    epoch: u32_at(copy, 12),
                    first: u64_at(copy, 16),
                    salt: u64_at(copy, 24),
                };
                found.header = Some(header);
            }
            Some(_) => {}
            None => found.damaged = true,
        }
    }
    Ok(found)
}

/// What stands before the content of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHead {
    pub(crate) length: u32,
    pub(crate) sequence: u64,
    pub(crate) check: u64,
}

/// Appends a whole frame to a buffer.
pub(crate) fn encode_frame(buffer: &mut Vec<u8>, sequence: u64, salt: u64, bytes: &[u8]) {
    let mut head = [0; FRAME];
    head[..4].copy_from_slice(&MARK);
    // The writer refuses longer frames before they get here.
    head[4..8].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    head[8..16].copy_from_slice(&sequence.to_le_bytes());
    head[16..24].copy_from_slice(&check(bytes, salt).to_le_bytes());
    let crc = crc32(&head[..24]) ^ salt as u32;
    head[24..].copy_from_slice(&crc.to_le_bytes());
    buffer.extend_from_slice(&head);
    buffer.extend_from_slice(bytes);
}

/// Reads what stands before a frame; `None` when it is not one.
pub(crate) fn decode_frame_head(bytes: &[u8], salt: u64) -> Option<FrameHead> {
    let head = bytes.get(..FRAME)?;
    if head[..4] != MARK || crc32(&head[..24]) ^ salt as u32 != u32_at(head, 24) {
        return None;
    }
    Some(FrameHead {
        length: u32_at(head, 4),
        sequence: u64_at(head, 8),
        check: u64_at(head, 16),
    })
}

/// The file name of a segment.
pub(crate) fn segment_name(epoch: u32, first: u64) -> String {
    format!("{epoch:08x}-{first:016x}.log")
}

/// The epoch and first sequence in a file name, if it is the name of a segment.
pub(crate) fn parse_segment_name(name: &str) -> Option<(u32, u64)> {
    let (epoch, first) = name.strip_suffix(".log")?.split_once('-')?;
    let place = (
        u32::from_str_radix(epoch, 16).ok()?,
        u64::from_str_radix(first, 16).ok()?,
    );
    (segment_name(place.0, place.1) == name).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: Header = Header {
        epoch: 3,
        first: 42,
        salt: 7,
    };

    #[test]
    fn a_header_survives_the_loss_of_either_copy_and_says_so() {
        let good = encode_header(HEAD);
        assert_eq!(
            decode_header(&good),
            Ok(FoundHeader {
                header: Some(HEAD),
                damaged: false
            })
        );
        for bit in 0..HEADER * 8 {
            let mut bad = good;
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                decode_header(&bad),
                Ok(FoundHeader {
                    header: Some(HEAD),
                    damaged: true
                }),
                "bit {bit}"
            );
        }
        for length in 0..COPY {
            assert_eq!(
                decode_header(&good[..length]),
                Ok(FoundHeader {
                    header: None,
                    damaged: true
                })
            );
        }
    }

    #[test]
    fn a_newer_format_is_told_from_damage() {
        let mut newer = encode_header(HEAD);
        newer[8] = 2;
        let crc = crc32(&newer[..60]);
        newer[60..64].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(decode_header(&newer), Err(2));
    }

    #[test]
    fn a_frame_head_notices_every_flipped_bit() {
        let mut buffer = Vec::new();
        encode_frame(&mut buffer, 9, 7, b"abc");
        let head = decode_frame_head(&buffer, 7).unwrap();
        assert_eq!(
            head,
            FrameHead {
                length: 3,
                sequence: 9,
                check: check(b"abc", 7)
            }
        );
        for bit in 0..FRAME * 8 {
            let mut bad = buffer.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(decode_frame_head(&bad, 7), None, "bit {bit}");
        }
    }

    #[test]
    fn names_of_segments_sort_as_positions_and_are_read_strictly() {
        assert!(segment_name(0, 10) < segment_name(0, 1_000) && segment_name(0, u64::MAX) < segment_name(1, 1));
        assert_eq!(parse_segment_name(&segment_name(7, 255)), Some((7, 255)));
        for name in [
            "",
            "a.log",
            "00000000-1.log",
            "00000000-0000000000000001.LOG",
            "+0000000-0000000000000001.log",
        ] {
            assert_eq!(parse_segment_name(name), None, "{name}");
        }
    }
}
