//! What a backup copies of a log: open segments, so that a release meanwhile takes nothing away from it.

use super::EmbeddedLog;
use super::segment::Segment;
use crate::disk::read_full;
use std::io;
use std::sync::Arc;

/// A segment that stays readable even after its file was removed.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    segment: Arc<Segment>,
}

impl EmbeddedLog {
    /// All segments of this moment, oldest first.
    pub(crate) fn hold(&self) -> Vec<Held> {
        self.shared
            .segments
            .read()
            .iter()
            .map(|segment| Held {
                segment: Arc::clone(segment),
            })
            .collect()
    }
}

impl Held {
    /// The name of its file.
    pub(crate) fn name(&self) -> String {
        self.segment
            .path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// Hands over its header and its durable frames of this moment, piece by piece.
    pub(crate) fn read(&self, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let end = self.segment.end();
        let mut piece = vec![0; 1 << 20];
        let mut at = 0;
        while at < end {
            let wanted = piece.len().min(usize::try_from(end - at).unwrap_or(usize::MAX));
            let read = read_full(&*self.segment.file, at, &mut piece[..wanted])?;
            if read == 0 {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "a log segment is shorter than its frames",
                ));
            }
            take(&piece[..read])?;
            at += read as u64;
        }
        Ok(())
    }
}
