//! Who speaks: bearer tokens, and local accounts with their sessions; each bound to one actor, every secret stored hashed.
//! It says who someone is, never what he may do: powers are in the log, and a token's scopes only make less of them.

mod accounts;
mod announced;
mod giving;
mod hasher;
mod lockout;
mod login_name;
mod mail;
mod mail_confirmed;
mod password;
mod sessions;
mod sign_in;
mod tokens;

pub use accounts::{Account, MintedAccount};
pub use giving::{GivenAccount, GivenToken, Giving, GivingError};
pub use lockout::{FAILURES_MAX, LOCKED_MINUTES};
pub use login_name::{BadLoginName, LoginName};
pub use mail::MailAddress;
pub use mail_confirmed::{LETTER_HOURS, LETTERS_MAX, Letter};
pub use password::{CHARS_MAX, CHARS_MIN, Unfit};
pub use sessions::{IDLE_MINUTES, LONGEST_HOURS, NewSession, Session, SessionSecret};
pub use sign_in::Changed;
pub use tokens::{Identity, IdentityError, Minted, Token};
