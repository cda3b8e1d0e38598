//! Why somebody who comes from a provider is turned away: what people read, and what the trail says.

use super::jose::Refused;
use kernel::error::{Classified, ErrorKind, Retry};

/// A sign-in at another provider that came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Turned {
    /// The person, or the provider, broke it off there.
    #[error("the sign-in was broken off at the provider; begin it again, or use the account's password")]
    BrokenOff,
    /// Nobody left from this browser with this state, or too long ago, or came back already.
    #[error(
        "this sign-in was not begun in this browser, was used already, or took longer than ten minutes; begin it again"
    )]
    Stale,
    /// What the provider says is not believed. The text inside is for the trail.
    #[error("what the provider says of this sign-in cannot be believed; tell an administrator of this house")]
    Disbelieved(&'static str),
    /// Nobody has linked an account here with who that is there.
    #[error("no account of this house is linked with who you are at this provider; ask an administrator for it")]
    Unlinked,
    /// The account has ended; it reads like [`Self::Unlinked`].
    #[error("no account of this house is linked with who you are at this provider; ask an administrator for it")]
    Ended,
    /// The account has a second factor, and the provider did not say that it asked for one.
    #[error("this account asks for a second factor, and the provider asked for none; sign in with password and code")]
    Weak,
    /// The provider cannot be reached, or answers nothing that can be used. The text inside is for the trail.
    #[error("the provider cannot be asked now; try again later, or use the account's password")]
    Away(&'static str),
    /// More is asked of the provider than is allowed at once.
    #[error("too many sign-ins are under way at this provider; try again in a few seconds")]
    Busy,
}

impl From<Refused> for Turned {
    fn from(refused: Refused) -> Self {
        Self::Disbelieved(refused.0)
    }
}

impl Turned {
    /// For the trail.
    pub const fn why(self) -> &'static str {
        match self {
            Self::BrokenOff => "broken off at the provider",
            Self::Stale => "state of nobody who left from here",
            Self::Disbelieved(why) | Self::Away(why) => why,
            Self::Unlinked => "not linked with an account",
            Self::Ended => "the linked account has ended",
            Self::Weak => "the account has a second factor, the provider told of none",
            Self::Busy => "too many at once",
        }
    }

    /// By which the screen of sign-in knows what to say.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BrokenOff => "broken_off",
            Self::Stale => "stale",
            Self::Disbelieved(_) => "disbelieved",
            Self::Unlinked | Self::Ended => "unlinked",
            Self::Weak => "weak",
            Self::Away(_) => "away",
            Self::Busy => "busy",
        }
    }
}

impl Classified for Turned {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Away(_) => ErrorKind::Unavailable,
            Self::Busy => ErrorKind::Exhausted,
            _ => ErrorKind::Denied,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Away(_) => "provider_away",
            Self::Busy => "too_many_requests",
            Self::Weak => "second_factor_needed",
            _ => "provider_refused",
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Away(_) | Self::Busy => Retry::AfterSeconds(5),
            _ => Retry::Never,
        }
    }
}
