//! The one error type of the rules crates: few variants, by what a caller may do
//! about it. Public text (`message`, `details`) may be shown to people; the cause
//! of [`Error::Broken`] is for the log only. Only `web` and `cli` turn these into
//! status codes and exit codes.

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing there, or nothing the caller may know of.
    #[error("{message}")]
    NotFound {
        /// For the client.
        message: String,
    },
    /// No or no valid proof of identity.
    #[error("{message}")]
    Unauthorized {
        /// For the client.
        message: String,
    },
    /// Known caller, missing right.
    #[error("{message}")]
    Forbidden {
        /// For the client.
        message: String,
    },
    /// The request cannot be carried out as it stands.
    #[error("{reason}")]
    Invalid {
        /// Field at fault; empty when it is the whole request.
        field: String,
        /// What to mend.
        reason: String,
    },
    /// The request contradicts the present state.
    #[error("{message}")]
    Conflict {
        /// For the client.
        message: String,
    },
    /// A server that is still being built was asked for something (CY-API-07).
    #[error("{message}")]
    BuildInProgress {
        /// For the client.
        message: String,
    },
    /// A condition the client gave (If-Match and the like) does not hold.
    #[error("{message}")]
    Precondition {
        /// For the client.
        message: String,
    },
    /// What arrived is not what the client said it sent (PI-WRT-05).
    #[error("{message}")]
    Unprocessable {
        /// For the client.
        message: String,
    },
    /// A limit is reached (CY-QTA-07, PI-QTA-07).
    #[error("{message}")]
    OverQuota {
        /// For the client.
        message: String,
        /// Names the resource, the available and the requested amount.
        details: String,
    },
    /// Too large to be taken.
    #[error("{message}")]
    TooLarge {
        /// For the client.
        message: String,
    },
    /// Too many requests or too much waiting work; worth a retry.
    #[error("busy, try again in {retry_after} s")]
    Busy {
        /// Seconds.
        retry_after: u32,
    },
    /// Something the request needs is out of reach (no backend, empty pool).
    #[error("{message}")]
    Unavailable {
        /// For the client.
        message: String,
    },
    /// The disk is nearly full: writes are refused, reads go on (decision 27).
    #[error("{message}")]
    StorageFull {
        /// For the client.
        message: String,
    },
    /// Declared but not supported here.
    #[error("{message}")]
    NotSupported {
        /// For the client.
        message: String,
    },
    /// The program or the machine failed; the cause goes to the log, once, at the edge.
    #[error("internal error")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! with_message {
    ($($(#[$doc:meta])* $fn:ident => $variant:ident;)*) => {$(
        $(#[$doc])*
        pub fn $fn(message: impl Into<String>) -> Self {
            Error::$variant { message: message.into() }
        }
    )*};
}

impl Error {
    with_message! {
        /// [`Error::NotFound`] with `message`.
        not_found => NotFound;
        /// [`Error::Unauthorized`] with `message`.
        unauthorized => Unauthorized;
        /// [`Error::Forbidden`] with `message`.
        forbidden => Forbidden;
        /// [`Error::Conflict`] with `message`.
        conflict => Conflict;
        /// [`Error::BuildInProgress`] with `message`.
        building => BuildInProgress;
        /// [`Error::Precondition`] with `message`.
        precondition => Precondition;
        /// [`Error::Unprocessable`] with `message`.
        unprocessable => Unprocessable;
        /// [`Error::TooLarge`] with `message`.
        too_large => TooLarge;
        /// [`Error::Unavailable`] with `message`.
        unavailable => Unavailable;
        /// [`Error::StorageFull`] with `message`.
        storage_full => StorageFull;
        /// [`Error::NotSupported`] with `message`.
        not_supported => NotSupported;
    }

    /// [`Error::Invalid`] without a field.
    pub fn invalid(reason: impl Into<String>) -> Self {
        Error::Invalid {
            field: String::new(),
            reason: reason.into(),
        }
    }

    /// [`Error::Invalid`] at a field.
    pub fn field(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Error::Invalid {
            field: field.into(),
            reason: reason.into(),
        }
    }

    /// [`Error::Broken`] by `cause`.
    pub fn broken(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::Broken(cause.into())
    }

    /// The whole chain of causes, for the log.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            cause = inner.source();
        }
        text
    }
}
