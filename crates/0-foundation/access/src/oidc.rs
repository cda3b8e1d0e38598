//! Signing in at another provider: OpenID Connect Core 1.0 with authorization code and PKCE (RFC 7636, S256 only).
//!
//! [`jose`] checks signatures, [`claims`] what a token says, [`flow`] holds the way there and back together, [`client`] is the
//! one place here that opens connections, [`remote`] what is asked over them, [`providers`] the list of who is trusted.

pub mod claims;
pub mod client;
pub mod flow;
pub mod jose;
pub mod providers;
pub mod remote;
pub mod turned;
