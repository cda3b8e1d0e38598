//! A tenant that only its holder opens (SEMANTICS 27): the ports over another engine, which sees nothing but sealed bytes.
//!
//! Bodies, index values, facts and objects are encrypted (ChaCha20-Poly1305) and bound to their place; equality becomes an
//! HMAC, and range, text and place are judged in memory while the tenant is unlocked. Keys of documents, names of objects,
//! types and times of facts and the names of consumers stay readable: they are for ids, never for what is secret.
//! **Invariant:** a locked tenant answers nothing but [`error::locked`]. It protects disks, backups and against the
//! administrators of the application, not against root on a host where the tenant is unlocked (docs/adr/0036).

pub mod error;
pub mod journal;
pub mod keyring;
pub mod log;
pub mod objects;
pub mod passphrase;
pub mod records;
pub mod rotation;
pub mod tenant;
pub mod vault;

mod ask;
mod commit;
mod row;
mod scan;
mod secret;
