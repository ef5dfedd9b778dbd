//! Who speaks: bearer tokens, and accounts with their sessions, by a password or by an identity provider; each bound to one actor, every
//! secret stored hashed.
//! It says who someone is, never what he may do: powers are in the log, and a token's scopes only make less of them.

mod accounts;
mod announced;
mod awaited;
mod giving;
mod hasher;
mod lockout;
mod login_name;
mod mail;
mod mail_confirmed;
mod password;
mod provided;
mod provider;
mod sessions;
mod sign_in;
mod tokens;

pub use accounts::{Account, MintedAccount, Voucher};
pub use awaited::{AWAITED_MAX, AWAITED_MINUTES, Awaiting};
pub use giving::{GivenAccount, GivenSubject, GivenToken, Giving, GivingError};
pub use lockout::{FAILURES_MAX, LOCKED_MINUTES};
pub use login_name::{BadLoginName, LoginName};
pub use mail::MailAddress;
pub use mail_confirmed::{LETTER_HOURS, LETTERS_MAX, Letter};
pub use password::{CHARS_MAX, CHARS_MIN, Unfit};
pub use provided::{BadSubject, MintedProvided, Subject};
pub use provider::{Provider, ProviderError};
pub use sessions::{IDLE_MINUTES, LONGEST_HOURS, NewSession, Session, SessionSecret};
pub use sign_in::Changed;
pub use tokens::{Identity, IdentityError, Minted, Token};
