//! Signing in at another provider: OpenID Connect Core 1.0 with authorization code and PKCE (RFC 7636, S256 only).
//!
//! [`jose`] checks signatures, [`claims`] what a token says, [`flow`] holds the way there and back together. The two calls to
//! the provider are the port [`flow::Provider`], joined in the server, so that nothing here opens a connection.

pub mod claims;
pub mod flow;
pub mod jose;
