//! The stored forms: the key of a person, wrapped by the instance's key, and the details under the key of the person.

use crate::error::PersonalError;
use crate::model::Details;
use access::sealed::SealKey;
use kernel::id::PersonId;
use kernel::time::Timestamp;
use ports::document;
use ports::error::PortError;
use ports::records::{Collection, Document};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Wrapped keys, by person.
pub const KEYS: Collection = Collection {
    name: "personal_key",
    indexes: &[],
};
/// Sealed details, by person.
pub const DETAILS: Collection = Collection {
    name: "personal_details",
    indexes: &[],
};
/// The format that this build writes.
pub const FORMAT: u32 = 1;

/// The key of a person as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// Which one; another one after an erasure.
    pub id: Uuid,
    /// When it was made.
    pub made: Timestamp,
    wrapped: String,
}

#[derive(Serialize, Deserialize)]
struct DetailsRecord {
    sealed: String,
}

fn unreadable(person: PersonId, why: impl ToString) -> PersonalError {
    PersonalError::Unreadable(person.to_string(), why.to_string())
}

fn owner(what: &str, person: PersonId) -> String {
    format!("{what}/{person}")
}

impl KeyRecord {
    /// A new key.
    pub fn new(seal: &SealKey, person: PersonId, made: Timestamp) -> Result<Self, PersonalError> {
        let mut key = Zeroizing::new([0_u8; 32]);
        SystemRandom::new()
            .fill(key.as_mut_slice())
            .map_err(|_| PortError::Unavailable("this machine gives no random bytes".to_owned()))?;
        let wrapped = seal.seal(&owner("personal-key", person), key.as_slice())?;
        let id = Uuid::now_v7();
        Ok(Self { id, made, wrapped })
    }

    /// Reads the stored form.
    pub fn read(document: &Document, person: PersonId) -> Result<Self, PersonalError> {
        document::read(document, FORMAT).map_err(|why| unreadable(person, why))
    }

    /// The stored form.
    pub fn write(&self) -> Result<Vec<u8>, PersonalError> {
        document::write(FORMAT, self).map_err(|error| PersonalError::Inventory(error.to_string()))
    }

    fn open(&self, seal: &SealKey, person: PersonId) -> Result<SealKey, PersonalError> {
        let key = Zeroizing::new(seal.open(&owner("personal-key", person), &self.wrapped)?);
        let mut bytes = Zeroizing::new([0_u8; 32]);
        if key.len() != bytes.len() {
            return Err(unreadable(person, "its key has not 32 bytes"));
        }
        bytes.copy_from_slice(&key);
        Ok(SealKey::new(&bytes)?)
    }

    /// Details under this key.
    pub fn seal(&self, seal: &SealKey, person: PersonId, details: &Details) -> Result<Vec<u8>, PersonalError> {
        let plain = serde_json::to_vec(details).map_err(|_| unreadable(person, "details cannot be written"))?;
        let plain = Zeroizing::new(plain);
        let sealed = self
            .open(seal, person)?
            .seal(&owner("personal-details", person), &plain)?;
        document::write(FORMAT, &DetailsRecord { sealed }).map_err(|error| unreadable(person, error))
    }

    /// What was sealed under this key.
    pub fn details(&self, seal: &SealKey, person: PersonId, document: &Document) -> Result<Details, PersonalError> {
        let record: DetailsRecord = document::read(document, FORMAT).map_err(|why| unreadable(person, why))?;
        let key = self.open(seal, person)?;
        let plain = Zeroizing::new(key.open(&owner("personal-details", person), &record.sealed)?);
        // the reason could quote a value, so it is not told
        serde_json::from_slice(&plain).map_err(|_| unreadable(person, "the fields do not fit"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_form_stays_readable_and_details_open_for_their_person_only() {
        let person = PersonId(Uuid::from_u128(1));
        let document = |body: Vec<u8>| Document {
            key: person.to_string(),
            version: 1,
            body,
        };
        let first = document(br#"{"format":1,"id":"00000000-0000-7000-8000-000000000001","made":"2026-01-01T00:00:00Z","wrapped":"AAAA"}"#.to_vec());
        assert_eq!(
            KeyRecord::read(&first, person).unwrap().made,
            Timestamp::from_seconds(1_767_225_600)
        );
        let newer = document(br#"{"format":2}"#.to_vec());
        assert!(
            KeyRecord::read(&newer, person)
                .unwrap_err()
                .to_string()
                .contains("format 2")
        );

        let (seal, other) = (SealKey::new(&[1; 32]).unwrap(), PersonId(Uuid::from_u128(2)));
        let key = KeyRecord::new(&seal, person, Timestamp::EPOCH).unwrap();
        let details = Details {
            full_name: "Người Mẫu".to_owned(),
            ..Details::default()
        };
        let stored = document(key.seal(&seal, person, &details).unwrap());
        assert!(!String::from_utf8_lossy(&stored.body).contains("Mẫu"));
        assert!(key.details(&seal, person, &stored).unwrap() == details);
        assert!(key.details(&seal, other, &stored).is_err(), "moved to another person");
        assert!(
            key.details(&SealKey::new(&[2; 32]).unwrap(), person, &stored).is_err(),
            "another instance"
        );
        let another = KeyRecord::new(&seal, person, Timestamp::EPOCH).unwrap();
        assert!(
            another.details(&seal, person, &stored).is_err(),
            "after the key was destroyed and another one made"
        );
    }
}
