//! Who did what, and who held which capacity when. An actor's acts are looked for in every body of the log, a batch at a
//! time; of however many there are, the latest are kept, or the first behind a position. It says nothing of people that is not in the log.

use std::collections::VecDeque;

use domain::{Kinds, Register, event_line};
use platform::feed::Feed;
use proto::between::EventLine;
use proto::fold::Streams;
use proto::tail::{Front, Tail};
use proto::who::{Holders, HoldersQuery, Who, WhoQuery};
use proto::{ActorId, AsOf, Event, Hash, Instant, Stream};

use crate::finding::{Finding, Place};
use crate::replay::{Inspector, ReplayError};

/// The most acts of an answer: the latest.
const ACTS_MAX: usize = 500;
/// The most acts behind a position.
const PIECE_MAX: u64 = 5_000;
/// The most grants of an answer, and the most credentials: the latest.
const GRANTS_MAX: usize = 500;
/// The most holders of an answer.
const HOLDERS_MAX: usize = 5_000;
/// How many bodies are read at once.
const BATCH_EVENTS: usize = 1_024;

impl Inspector {
    /// Every act of an actor, what he was granted, and what spoke for him.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn who(&self, query: WhoQuery) -> Result<Who, ReplayError> {
        let mark = self.mark(query.as_of).await?;
        let at = self.moment(query.as_of, mark.position).await?;
        let mut register = Register::of_actor(query.actor.clone());
        for streams in [Streams::Log, Streams::One(Stream::Grants(query.actor.clone()))] {
            self.show(&mut register, &streams, mark.position).await?;
        }
        let (mut grants, mut credentials) = at.map(|at| register.all(at)).unwrap_or_default();
        let grants_left_out = keep_latest(&mut grants, GRANTS_MAX);
        let credentials_left_out = keep_latest(&mut credentials, GRANTS_MAX);
        let most = query.limit.map_or(PIECE_MAX, |limit| limit.min(PIECE_MAX));
        let piece = query.after.map(|after| (after, usize::try_from(most).unwrap_or(usize::MAX)));
        let mut acts = Acts { piece, ..Acts::default() };
        self.acts(&query.actor, mark.position, &mut acts).await?;
        Ok(Who {
            query,
            position: mark.position,
            root: mark.root,
            at,
            grants,
            grants_left_out,
            credentials,
            credentials_left_out,
            kinds: acts.kinds.told(),
            acts: acts.latest.into(),
            acts_left_out: acts.left_out,
            acts_behind: acts.behind,
        })
    }

    /// Who held a capacity at a moment.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn holders(&self, query: HoldersQuery) -> Result<Holders, ReplayError> {
        let mark = self.mark(query.as_of).await?;
        let at = self.moment(query.as_of, mark.position).await?;
        let mut register = Register::of_capacity(query.capacity, query.unit.clone());
        for streams in [Streams::Log, Streams::Grants] {
            self.show(&mut register, &streams, mark.position).await?;
        }
        let mut held = at.map(|at| register.holding(at)).unwrap_or_default();
        let left_out = held.len().saturating_sub(HOLDERS_MAX) as u64;
        held.truncate(HOLDERS_MAX);
        Ok(Holders { query, position: mark.position, root: mark.root, at, held, left_out })
    }

    /// The moment that an answer is about: that which was asked for, or the last event's.
    pub(crate) async fn moment(&self, as_of: Option<AsOf>, position: u64) -> Result<Option<Instant>, ReplayError> {
        if let Some(AsOf::At(at)) = as_of {
            return Ok(Some(at));
        }
        let Some(before) = position.checked_sub(1) else { return Ok(None) };
        let last = self.source().after(before, 1).await?;
        let last = last.first().map(|body| Event::decode(body)).transpose()?;
        Ok(last.map(|event| event.envelope.at))
    }

    async fn show(&self, register: &mut Register, streams: &Streams, upto: u64) -> Result<(), ReplayError> {
        for body in self.source().streams(streams, upto).await? {
            register.take(&Event::decode(&body)?, Hash::entry(&body));
        }
        Ok(())
    }

    /// Looks for an actor's acts in every body up to a position. Only his own are read whole.
    async fn acts(&self, actor: &ActorId, upto: u64, acts: &mut Acts) -> Result<(), ReplayError> {
        let mut last = 0;
        while last < upto {
            let bodies = self.source().after(last, BATCH_EVENTS).await?;
            if bodies.is_empty() {
                break;
            }
            for body in bodies {
                let position = match Tail::read(&body) {
                    Some(tail) => tail.position,
                    None => Event::decode(&body)?.envelope.position,
                };
                if position <= last {
                    let place = Place::Position(last + 1);
                    return Err(ReplayError::Broken(Finding::new(place, format!("the body says position {position}"))));
                }
                last = position;
                if last > upto {
                    break;
                }
                if Front::read(&body).is_some_and(|front| front.actor == actor.as_str().as_bytes()) {
                    acts.take(&Event::decode(&body)?, Hash::entry(&body));
                }
            }
        }
        Ok(())
    }
}

/// The acts of an actor: the latest of them, or the first so many behind a position; and how many there are of each kind.
#[derive(Default)]
struct Acts {
    piece: Option<(u64, usize)>,
    latest: VecDeque<EventLine>,
    left_out: u64,
    behind: u64,
    kinds: Kinds,
}

impl Acts {
    fn take(&mut self, event: &Event, hash: Hash) {
        self.kinds.count(event);
        if let Some((after, most)) = self.piece {
            let position = event.envelope.position;
            if position <= after {
                self.left_out += 1;
            } else if self.latest.len() < most {
                self.latest.push_back(event_line(event, hash));
            } else {
                self.behind += 1;
            }
            return;
        }
        self.latest.push_back(event_line(event, hash));
        if self.latest.len() > ACTS_MAX {
            self.latest.pop_front();
            self.left_out += 1;
        }
    }
}

/// Keeps the latest; how many were left out.
fn keep_latest<T>(all: &mut Vec<T>, most: usize) -> u64 {
    let over = all.len().saturating_sub(most);
    all.drain(..over);
    over as u64
}
