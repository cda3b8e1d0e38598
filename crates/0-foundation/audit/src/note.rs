//! Signed checkpoints as C2SP writes them: tlog-checkpoint inside a signed note, with Ed25519.
//!
//! A note is text: origin, size, root in base64, further lines, an empty line, and one line per signature. Our further
//! lines say the number of the checkpoint file, the time, and the epoch of the log.

use crate::merkle::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::time::Timestamp;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

/// The algorithm byte of Ed25519 in C2SP signed-note.
const ED25519_NOTE: u8 = 1;

/// How large the tree was, and what it was, at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: `hanoi-ioc/<instance>/<tenant>`; also the name of the key.
    pub origin: String,
    /// Records that it covers.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// Counts the files in which checkpoints are kept, so that a missing one is noticed.
    pub number: u64,
    /// When it was signed, by the wall clock.
    pub at: Timestamp,
    /// Epoch of the last record; a restore begins a new one.
    pub epoch: u32,
}

/// Why a text is not a checkpoint that may be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not written as a checkpoint.
    #[error("it is not a checkpoint: {0}")]
    Form(&'static str),
    /// No signature of the expected key is right.
    #[error("its signature is not that of the key {0}")]
    Signature(String),
    /// The key cannot be read.
    #[error("the key cannot be read: {0}")]
    Key(&'static str),
}

/// Signs checkpoints.
pub struct Signer {
    name: String,
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}, ...)", self.name)
    }
}

impl Signer {
    /// From a secret of 32 bytes; `origin` must have neither spaces nor plus signs.
    pub fn new(origin: &str, seed: &[u8]) -> Result<Self, NoteError> {
        if origin.is_empty() || origin.contains(|sign: char| sign.is_whitespace() || sign == '+') {
            return Err(NoteError::Key("its name is empty, or has spaces or plus signs"));
        }
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| NoteError::Key("it must be 32 bytes"))?;
        Ok(Self {
            name: origin.to_owned(),
            pair,
        })
    }

    /// What others need to check its signatures.
    pub fn verifier(&self) -> Verifier {
        let mut key = [0; 32];
        key.copy_from_slice(self.pair.public_key().as_ref());
        Verifier {
            name: self.name.clone(),
            key,
        }
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.name
    }

    /// The whole note.
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let body = checkpoint.body();
        let mut signed = self.verifier().id().to_vec();
        signed.extend_from_slice(self.pair.sign(body.as_bytes()).as_ref());
        format!("{body}\n\u{2014} {} {}\n", self.name, STANDARD.encode(signed))
    }
}

/// Checks signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: [u8; 32],
}

impl Verifier {
    /// First four bytes of SHA-256 of name, newline, algorithm and key.
    fn id(&self) -> [u8; 4] {
        let mut hash = Sha256::new();
        hash.update(self.name.as_bytes());
        hash.update([b'\n', ED25519_NOTE]);
        hash.update(self.key);
        let digest = hash.finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// As text, `name+id+key`: what an auditor keeps.
    pub fn to_text(&self) -> String {
        let id: String = self.id().iter().map(|byte| format!("{byte:02x}")).collect();
        let mut key = vec![ED25519_NOTE];
        key.extend_from_slice(&self.key);
        format!("{}+{id}+{}", self.name, STANDARD.encode(key))
    }

    /// Reads [`to_text`](Self::to_text).
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim_end_matches('\n').splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key("it has the form name+id+key"));
        };
        let bytes = STANDARD
            .decode(key)
            .map_err(|_| NoteError::Key("its last part is not base64"))?;
        let key: [u8; 32] = match bytes.split_first() {
            Some((&ED25519_NOTE, key)) => key.try_into().map_err(|_| NoteError::Key("it is not 32 bytes"))?,
            _ => return Err(NoteError::Key("it is not an Ed25519 key")),
        };
        let verifier = Self {
            name: name.to_owned(),
            key,
        };
        let right = verifier.to_text().split('+').nth(1) == Some(id);
        if name.is_empty() || !right {
            return Err(NoteError::Key("its id does not fit name and key"));
        }
        Ok(verifier)
    }

    /// Reads a note whose signature is right; everything in it is then as it was signed.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let (body, signatures) = note
            .rsplit_once("\n\n")
            .map(|(body, signatures)| (format!("{body}\n"), signatures))
            .ok_or(NoteError::Form("there is no empty line before its signatures"))?;
        let lines: Vec<&str> = signatures.split_inclusive('\n').collect();
        if !signatures.ends_with('\n') || lines.len() != 1 {
            return Err(NoteError::Form("it ends with exactly one signature line"));
        }
        let ours = lines.iter().any(|line| self.is_ours(line, body.as_bytes()));
        if !ours {
            return Err(NoteError::Signature(self.to_text()));
        }
        let checkpoint = Checkpoint::parse(&body)?;
        if checkpoint.origin != self.name {
            return Err(NoteError::Form("its origin is not the name of its key"));
        }
        Ok(checkpoint)
    }

    fn is_ours(&self, line: &str, body: &[u8]) -> bool {
        let Some(rest) = line.strip_prefix("\u{2014} ").and_then(|line| line.strip_suffix('\n')) else {
            return false;
        };
        let Some(encoded) = rest.strip_prefix(&self.name).and_then(|rest| rest.strip_prefix(' ')) else {
            return false;
        };
        let Ok(bytes) = STANDARD.decode(encoded) else {
            return false;
        };
        let Some((id, signature)) = bytes.split_first_chunk::<4>() else {
            return false;
        };
        *id == self.id()
            && UnparsedPublicKey::new(&ED25519, &self.key)
                .verify(body, signature)
                .is_ok()
    }
}

impl Checkpoint {
    fn body(&self) -> String {
        format!(
            "{}\n{}\n{}\nnumber {}\ntime {}\nepoch {}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root),
            self.number,
            self.at.micros(),
            self.epoch
        )
    }

    fn parse(body: &str) -> Result<Self, NoteError> {
        let mut lines = body.split('\n');
        let mut next = |what| lines.next().ok_or(NoteError::Form(what));
        let origin = next("it has no origin")?.to_owned();
        let size = next("it has no size")?;
        let root = next("it has no root")?;
        let mut named = |name: &'static str| {
            let line = next(name)?;
            line.strip_prefix(name)
                .and_then(|rest| rest.strip_prefix(' '))
                .ok_or(NoteError::Form("a further line is not one of ours"))
        };
        let (number, at, epoch) = (named("number")?, named("time")?, named("epoch")?);
        let number_of = |text: &str| text.parse().map_err(|_| NoteError::Form("a number cannot be read"));
        let root = STANDARD
            .decode(root)
            .map_err(|_| NoteError::Form("its root is not base64"))?;
        let checkpoint = Self {
            origin,
            size: number_of(size)?,
            root: root
                .try_into()
                .map_err(|_| NoteError::Form("its root is not 32 bytes"))?,
            number: number_of(number)?,
            at: Timestamp::from_micros(at.parse().map_err(|_| NoteError::Form("its time cannot be read"))?),
            epoch: epoch.parse().map_err(|_| NoteError::Form("its epoch cannot be read"))?,
        };
        // one text for one checkpoint: no leading zeros, no lines behind
        (checkpoint.body() == body)
            .then_some(checkpoint)
            .ok_or(NoteError::Form("it is not written as we write it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: "hanoi-ioc/test/gov".into(),
            size: 1_234,
            root: [7; 32],
            number: 3,
            at: Timestamp::from_millis(1_800_000_000_123),
            epoch: 1,
        }
    }

    #[test]
    fn a_note_is_read_back_and_no_byte_of_it_may_change() {
        let signer = Signer::new("hanoi-ioc/test/gov", &[9; 32]).unwrap();
        let note = signer.sign(&checkpoint());
        let key = Verifier::parse(&signer.verifier().to_text()).unwrap();
        assert_eq!(key.open(&note), Ok(checkpoint()));
        for at in 0..note.len() {
            for bit in 0..8 {
                let mut bytes = note.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                if let Ok(text) = String::from_utf8(bytes) {
                    assert!(key.open(&text).is_err(), "byte {at} bit {bit}");
                }
            }
            assert!(key.open(note.get(..at).unwrap_or_default()).is_err(), "cut at {at}");
        }
        assert!(key.open(&format!("{note}{note}")).is_err());
    }

    #[test]
    fn another_key_and_another_name_are_refused() {
        let note = Signer::new("hanoi-ioc/test/gov", &[9; 32]).unwrap().sign(&checkpoint());
        for (name, seed) in [("hanoi-ioc/test/gov", [8; 32]), ("hanoi-ioc/test/party", [9; 32])] {
            let other = Signer::new(name, &seed).unwrap().verifier();
            assert!(matches!(other.open(&note), Err(NoteError::Signature(_))), "{name}");
        }
        for name in ["", "with space", "with+plus"] {
            assert!(Signer::new(name, &[9; 32]).is_err(), "{name}");
        }
        assert!(Signer::new("short", &[9; 31]).is_err());
    }

    #[test]
    fn a_key_whose_id_does_not_fit_is_refused() {
        let text = Signer::new("log", &[1; 32]).unwrap().verifier().to_text();
        assert!(Verifier::parse(&text).is_ok() && Verifier::parse(&format!("{text}\n")).is_ok());
        for wrong in [
            "",
            "log",
            "log+00000000",
            &text.replacen("log", "lag", 1),
            &text[..text.len() - 4],
        ] {
            assert!(Verifier::parse(wrong).is_err(), "{wrong}");
        }
    }
}
