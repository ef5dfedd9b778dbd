//! The working state: the log's own facts, people, documents, open rounds.
//! It holds what is open, never the log: a closed round is dropped and loaded again when it is needed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proto::act::log::{Anchor, CreateLog};
use proto::checkpoint::Checkpoint;
use proto::document::{DocKind, Text};
use proto::fold::Streams;
use proto::key_statement::KeyStatement;
use proto::note::Key;
use proto::text;
use proto::{ActorId, DocId, Instant, Origin, Principal, Rejection, RoundId};

use crate::case::Cases;
use crate::documents::Document;
use crate::people::Person;
use crate::round::Round;

/// The state of a log.
#[derive(Debug, Default)]
pub struct World {
    /// The log's beginning.
    pub log: Option<LogState>,
    /// The last position that was folded.
    pub position: u64,
    /// The time of the last event.
    pub at: Option<Instant>,
    /// People.
    pub people: HashMap<ActorId, Person>,
    /// Requests about personal data.
    pub cases: Cases,
    /// Documents that are held.
    pub documents: HashMap<(DocKind, DocId), Document>,
    /// Rounds that are held.
    pub rounds: BTreeMap<RoundId, Round>,
    /// What was touched since it was last taken, if anyone keeps account of it.
    pub touched: Option<Touched>,
}

/// The log's own facts.
#[derive(Debug, Clone)]
pub struct LogState {
    /// Its origin.
    pub origin: Origin,
    /// Genesis.
    pub genesis: CreateLog,
    /// The keys on record that sign its checkpoints, in their order.
    pub keys: Vec<SigningKey>,
    /// The last anchor.
    pub anchor: Option<Anchor>,
    /// Where the log ended; it goes on as long as there is none.
    pub closed: Option<u64>,
}

/// A key that signs a log's checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The key.
    pub key: Key,
    /// The first moment from which it signs no more, once another one has taken its place.
    pub until: Option<Instant>,
}

impl LogState {
    /// Takes a key on record.
    ///
    /// # Errors
    /// What in the statement does not fit the log or the keys on record, in English.
    pub fn name_key(&mut self, statement: KeyStatement, at: Instant) -> Result<(), String> {
        self.fits(&statement, at).map_err(|detail| detail.en)?;
        let KeyStatement { key, replaces, .. } = statement;
        if let Some(old) = replaces {
            if self.keys.is_empty() {
                self.keys.push(SigningKey { key: old.key, until: None });
            }
            self.keys.last_mut().expect("there is one").until = Some(old.until);
        }
        self.keys.push(SigningKey { key, until: None });
        Ok(())
    }

    /// A checkpoint that may stand in an anchor: of this log, signed by a key that it names, and by somebody else. Whether its
    /// root is the log's, the state cannot tell.
    ///
    /// # Errors
    /// What it is not.
    pub fn cosigned(&self, checkpoint: &str) -> Result<Checkpoint, Text> {
        let (note, checkpoint) = Checkpoint::on_record(checkpoint).map_err(|e| {
            let told = e.to_string();
            text!("{told}", "{told}")
        })?;
        if checkpoint.origin != self.origin.as_str() {
            return Err(text!("đó là nhật ký khác", "it is of another log"));
        }
        let keys: Vec<Key> = self.keys.iter().map(|on_record| on_record.key.clone()).collect();
        let signed = note.verify(&keys).map_err(|e| {
            let told = e.to_string();
            text!("{told}", "by the keys that the log names: {told}")
        })?;
        if signed.len() == note.signatures().len() {
            return Err(text!("chưa có bên chứng kiến nào đồng ký", "nobody else has signed it"));
        }
        Ok(checkpoint)
    }

    /// Whether a statement fits the log and the keys on record at a moment: the first one may name the key before it, every
    /// later one must name the last one, whose end lies ahead.
    ///
    /// # Errors
    /// What does not fit.
    pub fn fits(&self, statement: &KeyStatement, at: Instant) -> Result<(), Text> {
        if statement.log != self.origin {
            return Err(text!("đó là nhật ký khác", "it is about another log"));
        }
        let known = |key: &Key| self.keys.iter().any(|k| k.key.bytes() == key.bytes());
        let old = statement.replaces.as_ref();
        if known(&statement.key) || old.is_some_and(|old| old.key.bytes() == statement.key.bytes()) {
            return Err(text!("khóa này đã được ghi nhận", "the key is on record already"));
        }
        if let Some(last) = self.keys.last()
            && old.is_none_or(|old| old.key != last.key)
        {
            return Err(text!("phải nêu khóa đang ký", "the key that signs now must be named"));
        }
        match old {
            Some(old) if old.until < at => {
                Err(text!("khóa cũ không thể hết hạn trong quá khứ", "the old key cannot have ended in the past"))
            }
            _ => Ok(()),
        }
    }
}

/// What events have touched, for projectors that write only that.
#[derive(Debug, Default)]
pub struct Touched {
    /// Rounds, and in them units by place, and of those leaves by place.
    pub rounds: BTreeMap<RoundId, TouchedRound>,
}

/// What events have touched in a round.
#[derive(Debug, Default)]
pub struct TouchedRound {
    /// Everything: the round was opened, or its survey merged.
    pub all: bool,
    /// Units and their leaves.
    pub units: BTreeMap<usize, BTreeSet<usize>>,
    /// Publications made.
    pub publications: BTreeSet<u32>,
}

impl World {
    /// Who a token, session or sign-in speaks for, if the log binds it to him.
    ///
    /// # Errors
    /// [`Rejection::CredentialNotBound`].
    pub fn speaks(&self, principal: &Principal) -> Result<&Person, Rejection> {
        let not_bound = || Rejection::CredentialNotBound { actor: principal.actor.clone() };
        let credential = principal.via.credential.as_ref().ok_or_else(not_bound)?;
        let person = self.people.get(&principal.actor).ok_or_else(not_bound)?;
        if person.credentials.get(credential) == Some(&principal.via.kind) { Ok(person) } else { Err(not_bound()) }
    }

    /// A world that keeps account of what is touched.
    #[must_use]
    pub fn tracking() -> Self {
        Self { touched: Some(Touched::default()), ..Self::default() }
    }

    /// Takes the account of what was touched.
    pub fn take_touched(&mut self) -> Touched {
        self.touched.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Whether streams are held that a command reaches; people, cases and the log's own facts always are.
    #[must_use]
    pub fn holds(&self, streams: &Streams) -> bool {
        match streams {
            Streams::Round(round) => self.rounds.contains_key(round),
            Streams::Document(kind, id) => self.documents.contains_key(&(*kind, id.clone())),
            Streams::Log
            | Streams::Grants
            | Streams::Cases
            | Streams::Documents(_)
            | Streams::Sheet(..)
            | Streams::One(_) => true,
        }
    }

    /// When the timer has to act next.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        if self.log.as_ref().is_some_and(|log| log.closed.is_some()) {
            return None;
        }
        self.rounds.values().filter_map(|r| r.next_due).min()
    }

    /// Drops closed rounds and the documents that no open round needs; they are loaded again on demand.
    pub fn forget_closed(&mut self) {
        self.rounds.retain(|_, r| !r.closed);
        let rounds = &self.rounds;
        self.documents.retain(|(kind, id), document| {
            matches!(document, Document::Open { .. }) || rounds.values().any(|r| r.names(*kind, id))
        });
    }
}

impl Round {
    /// Whether the round names a document.
    #[must_use]
    pub fn names(&self, kind: DocKind, id: &DocId) -> bool {
        match kind {
            DocKind::Rulebook => self.config.rulebook.id == *id,
            DocKind::Catalogue => self.config.catalogue.id == *id,
            DocKind::Tally => self.batches.values().any(|b| b.recorded.tally.id == *id),
            DocKind::Form => self.config.forms.iter().any(|form| form.id == *id),
        }
    }
}
