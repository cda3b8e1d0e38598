//! What a holder knows or keeps: a passphrase, stretched by argon2id (RFC 9106), and a recovery key, shown once.

use crate::error::SealError;
use crate::secret::{Secret, new_secret};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// What one attempt costs; stored beside what it opens, so that it can grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB, 8 to 1,048,576.
    pub memory_kib: u32,
    /// Passes over it, 1 to 100.
    pub passes: u32,
    /// Lanes, 1 to 16.
    pub lanes: u32,
}

impl Default for Cost {
    /// The second choice of RFC 9106, section 4: 64 MiB, three passes, four lanes.
    fn default() -> Self {
        Self {
            memory_kib: 65_536,
            passes: 3,
            lanes: 4,
        }
    }
}

impl Cost {
    /// Stretches a passphrase; takes as long as the costs say, so run it where it may block.
    pub(crate) fn stretch(self, passphrase: &str, salt: &[u8; 16]) -> Result<Secret, SealError> {
        let refused = || SealError::Cost(format!("{self:?}"));
        let Self {
            memory_kib,
            passes,
            lanes,
        } = self;
        // a keyring is a file: what it asks for is bounded before it is done
        if !(8..=1 << 20).contains(&memory_kib) || !(1..=100).contains(&passes) || !(1..=16).contains(&lanes) {
            return Err(refused());
        }
        let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| refused())?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(composed(passphrase).as_bytes(), salt, key.as_mut_slice())
            .map_err(|_| refused())?;
        Ok(key)
    }
}

/// The same text however a keyboard composes its marks (NFKC).
fn composed(passphrase: &str) -> Zeroizing<String> {
    Zeroizing::new(passphrase.trim_end_matches(['\r', '\n']).nfkc().collect())
}

/// Refuses what is too short to be guessed slowly, or too long.
pub(crate) fn checked(passphrase: &str) -> Result<(), SealError> {
    let characters = composed(passphrase).chars().count();
    if (12..=1_024).contains(&characters) {
        Ok(())
    } else {
        Err(SealError::Passphrase(characters))
    }
}

/// What a holder shows to open the tenant.
#[derive(Clone)]
pub enum Proof {
    /// The passphrase; a line end behind it does not count.
    Passphrase(Zeroizing<String>),
    /// The recovery key as it was shown.
    Recovery(Zeroizing<String>),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Passphrase(_) => "Passphrase(...)",
            Self::Recovery(_) => "Recovery(...)",
        })
    }
}

const GROUPS: usize = 16;

/// A new recovery key and how it is shown: 64 hexadecimal digits in groups of four.
pub(crate) fn new_recovery() -> Result<(Secret, Zeroizing<String>), SealError> {
    let key = new_secret()?;
    let mut text = Zeroizing::new(String::with_capacity(GROUPS * 5));
    for (number, byte) in key.iter().enumerate() {
        if number > 0 && number % 2 == 0 {
            text.push('-');
        }
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    Ok((key, text))
}

/// Reads a recovery key; spaces, hyphens and the case of letters do not count.
pub(crate) fn recovery(text: &str) -> Result<Secret, SealError> {
    let mut key = Zeroizing::new([0_u8; 32]);
    let mut digits = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
    for byte in key.iter_mut() {
        let mut half = || {
            digits
                .next()
                .and_then(|c| c.to_digit(16))
                .and_then(|half| u8::try_from(half).ok())
        };
        let (high, low) = (half().ok_or(SealError::Recovery)?, half().ok_or(SealError::Recovery)?);
        *byte = high << 4 | low;
    }
    if digits.next().is_some() {
        return Err(SealError::Recovery);
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Cost = Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };

    #[test]
    fn a_passphrase_is_the_same_however_it_is_composed() {
        let salt = [1; 16];
        let one = SMALL.stretch("mật khẩu của Đảng bộ", &salt).unwrap();
        let decomposed: String = "mật khẩu của Đảng bộ".nfd().collect();
        assert_eq!(one, SMALL.stretch(&format!("{decomposed}\n"), &salt).unwrap());
        assert_ne!(one, SMALL.stretch("mật khẩu của Đảng bộ ", &salt).unwrap());
        assert_ne!(one, SMALL.stretch("mật khẩu của Đảng bộ", &[2; 16]).unwrap());
    }

    #[test]
    fn costs_of_a_forged_keyring_are_refused_before_they_are_paid() {
        for cost in [
            Cost {
                memory_kib: u32::MAX,
                ..SMALL
            },
            Cost { passes: 0, ..SMALL },
            Cost { lanes: 99, ..SMALL },
        ] {
            assert!(
                matches!(cost.stretch("x", &[0; 16]), Err(SealError::Cost(_))),
                "{cost:?}"
            );
        }
    }

    #[test]
    fn a_recovery_key_is_read_as_people_write_it() {
        let (key, text) = new_recovery().unwrap();
        assert_eq!(text.split('-').count(), GROUPS);
        assert_eq!(recovery(&text.to_uppercase().replace('-', " ")).unwrap(), key);
        for wrong in ["", "abcd", &text[1..], &format!("{}0", *text)] {
            assert_eq!(recovery(wrong), Err(SealError::Recovery), "{wrong}");
        }
    }
}
