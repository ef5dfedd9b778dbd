//! Scopes: what a bearer token opens. A token with a scope opens no more than its actor could, but for the log itself, which goes beyond
//! every capacity and is given out by whoever sits at the data folder alone.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::act::words;
use crate::principal::Principal;

words! {
    /// What a token can be for.
    pub enum Scope {
        /// To send: commands, and the files, ballots and filled-in sheets that go with them, as the actor.
        Commands,
        /// To read what the actor's own capacities let him read: the read API, his sheets, his files.
        Read,
        /// To read the log itself, whole, and to ask what services ask of each other.
        Log,
    }
}

impl Scope {
    /// Every one, in order.
    pub const ALL: [Self; 3] = [Self::Commands, Self::Read, Self::Log];

    /// The stable word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commands => "commands",
            Self::Read => "read",
            Self::Log => "log",
        }
    }
}

impl Display for Scope {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = BadScope;

    fn from_str(text: &str) -> Result<Self, BadScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(BadScope)
    }
}

/// A word that is no scope, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope is one of: commands, read, log")]
pub struct BadScope;

/// The scopes of one token, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Scope>", into = "Vec<Scope>")]
pub struct Scopes {
    /// One place for each of [`Scope::ALL`].
    holds: [bool; Scope::ALL.len()],
}

impl Scopes {
    /// What its actor does himself where he signs in: to send, and to read by his own right.
    pub const OWN: Self = Self { holds: [true, true, false] };
    /// Everything: what tokens opened before there were scopes.
    pub const ALL: Self = Self { holds: [true; Scope::ALL.len()] };

    /// These.
    ///
    /// # Errors
    /// [`BadScope`]: none at all.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Result<Self, BadScope> {
        let mut holds = [false; Scope::ALL.len()];
        for scope in scopes {
            holds[scope as usize] = true;
        }
        if holds.contains(&true) { Ok(Self { holds }) } else { Err(BadScope) }
    }

    /// Whether one is among them.
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        self.holds[scope as usize]
    }

    /// Whether nothing is among them that is not among the others.
    #[must_use]
    pub fn within(self, others: Self) -> bool {
        self.each().all(|scope| others.has(scope))
    }

    /// Each of them, in order.
    pub fn each(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }
}

impl TryFrom<Vec<Scope>> for Scopes {
    type Error = BadScope;

    fn try_from(scopes: Vec<Scope>) -> Result<Self, BadScope> {
        Self::of(scopes)
    }
}

impl From<Scopes> for Vec<Scope> {
    fn from(scopes: Scopes) -> Self {
        scopes.each().collect()
    }
}

/// The words in order, with a space between.
impl Display for Scopes {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let words: Vec<&str> = self.each().map(Scope::as_str).collect();
        f.write_str(&words.join(" "))
    }
}

/// Words with spaces or commas between.
impl FromStr for Scopes {
    type Err = BadScope;

    fn from_str(text: &str) -> Result<Self, BadScope> {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        Self::of(words.map(str::parse).collect::<Result<Vec<Scope>, _>>()?)
    }
}

/// Who a token speaks for, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// Who.
    pub principal: Principal,
    /// What for.
    pub scopes: Scopes,
}

#[cfg(test)]
mod tests {
    use super::{Scope, Scopes};

    #[test]
    fn scopes_are_written_in_one_way_and_there_is_no_token_without_one() {
        let two: Scopes = "read,commands read".parse().expect("scopes");
        assert_eq!((two, two.to_string().as_str()), (Scopes::OWN, "commands read"));
        for none in ["", " ", "Read", "write", "read;log"] {
            assert!(none.parse::<Scopes>().is_err(), "{none:?}");
        }
        assert!(!two.has(Scope::Log) && two.within(Scopes::ALL) && !Scopes::ALL.within(two));
        for (i, scope) in Scope::ALL.into_iter().enumerate() {
            assert_eq!((scope as usize, scope.as_str().parse()), (i, Ok(scope)));
            assert_eq!(serde_json::to_string(&scope).expect("JSON"), format!("{:?}", scope.as_str()));
        }
    }
}
