//! What every decision asks first: does the credential hold, the capacity, the unit, the window, the revision.
//! Each question has one answer here, so that no act can forget one.

use proto::act::round::Phase;
use proto::act::sheet::TEXT_BYTES_MAX;
use proto::document::Source;
use proto::score::Score;
use proto::{Act, Acting, Capacity, Code, Decimal, Instant, Principal, Rejection, RoundId, UnitId, ViaKind};

use crate::examine::Past;
use crate::people::{Grant, Person};
use crate::round::{Round, UnitState};
use crate::rulebook::LeafNode;
use crate::world::{LogState, World};

/// A command before its decision.
pub struct Hearing<'a> {
    pub world: &'a World,
    pub past: &'a Past,
    pub principal: &'a Principal,
    pub acting: &'a Acting,
    pub at: Instant,
}

/// A score that a command is about.
pub struct ScoreAt<'a> {
    pub round: &'a Round,
    pub unit: &'a UnitState,
    pub leaf: &'a LeafNode,
    pub score: &'a Score,
}

impl<'a> Hearing<'a> {
    pub fn log(&self) -> Result<&'a LogState, Rejection> {
        self.world.log.as_ref().ok_or(Rejection::LogMissing {})
    }

    /// Nothing is written behind a log's end.
    pub fn log_goes_on(&self) -> Result<(), Rejection> {
        match self.world.log.as_ref().and_then(|log| log.closed) {
            Some(position) => Err(Rejection::LogClosed { position }),
            None => Ok(()),
        }
    }

    /// A token, session or sign-in speaks for the actor that the log binds it to; operator and timer do what is theirs alone.
    pub fn credential_holds(&self, act: &Act) -> Result<(), Rejection> {
        let wrong = |needed| Rejection::CapacityWrong { capacity: self.acting.capacity, needed };
        let operator = matches!(
            act,
            Act::CreateLog(_)
                | Act::NameKey(_)
                | Act::Anchor(_)
                | Act::CloseLog(_)
                | Act::BindCredential(_)
                | Act::UnbindCredential(_)
        );
        // Where too few administrators are left to grant one by two people, the operator is heard (RULINGS 3).
        let recovery = matches!(act, Act::GrantCapacity(grant) if grant.capacity == Capacity::Administrator);
        let timer = matches!(act, Act::Anchor(_) | Act::ClosePhase(_) | Act::CloseSheet(_));
        match (self.principal.via.kind, self.acting.capacity) {
            (ViaKind::Cli, Capacity::Operator) if operator || recovery => return Ok(()),
            (ViaKind::System, Capacity::System) if timer => return Ok(()),
            (ViaKind::Cli, _) => return Err(wrong(Capacity::Operator)),
            (ViaKind::System, _) => return Err(wrong(Capacity::System)),
            (ViaKind::Token | ViaKind::Session | ViaKind::Oidc, _) => {}
        }
        if operator && !self.may_give_credentials(act) {
            return Err(wrong(Capacity::Operator));
        }
        if timer {
            return Err(wrong(Capacity::System));
        }
        self.world.speaks(self.principal).map(|_| ())
    }

    /// Whoever has signed in may be heard about credentials; one who comes with a token may not: a token makes no token.
    fn may_give_credentials(&self, act: &Act) -> bool {
        let about_credentials = matches!(act, Act::BindCredential(_) | Act::UnbindCredential(_));
        let signed_in = matches!(self.principal.via.kind, ViaKind::Session | ViaKind::Oidc);
        about_credentials && signed_in && self.acting.capacity.is_grantable()
    }

    /// Whether whoever sits at the data folder speaks.
    pub fn by_operator(&self) -> bool {
        self.principal.via.kind == ViaKind::Cli
    }

    /// He holds the capacity that he acts in, in whichever round.
    pub fn holds_any(&self) -> Result<(), Rejection> {
        let mut grants = self.person().into_iter().flat_map(|person| &person.grants);
        let of = |g: &&Grant| g.grant.capacity == self.acting.capacity && g.grant.unit == self.acting.unit;
        match grants.find(|g| of(g) && g.holds(self.at)) {
            Some(_) => Ok(()),
            None => Err(self.missing()),
        }
    }

    pub fn person(&self) -> Option<&'a Person> {
        self.world.people.get(&self.principal.actor)
    }

    /// The grant by which the actor acts, in one of the capacities that the act is done in.
    pub fn capacity(&self, allowed: &[Capacity], round: Option<&'a RoundId>) -> Result<&'a Grant, Rejection> {
        let capacity = self.acting.capacity;
        if !allowed.contains(&capacity) {
            let needed = allowed.first().copied().unwrap_or(Capacity::System);
            return Err(Rejection::CapacityWrong { capacity, needed });
        }
        self.acting_grants(round).next().ok_or_else(|| self.missing())
    }

    fn acting_grants(&self, round: Option<&'a RoundId>) -> impl Iterator<Item = &'a Grant> {
        let (acting, at) = (self.acting, self.at);
        let grants = self.person().into_iter().flat_map(move |p| p.grants_of(acting.capacity, round, at));
        grants.filter(|g| g.grant.unit == acting.unit)
    }

    fn missing(&self) -> Rejection {
        let (actor, capacity) = (self.principal.actor.clone(), self.acting.capacity);
        Rejection::CapacityMissing { actor, capacity }
    }

    /// Someone who acts for a unit: its drafter or chief.
    pub fn for_unit(&self, allowed: &[Capacity], round: &'a RoundId, unit: &UnitId) -> Result<(), Rejection> {
        self.capacity(allowed, Some(round))?;
        if self.acting.unit.as_ref() == Some(unit) {
            return Ok(());
        }
        Err(Rejection::UnitNotOwn { unit: unit.clone() })
    }

    /// An appraiser of a field. Says whether he belongs to the unit, where the round allows that.
    pub fn appraiser(&self, round: &'a Round, unit: &UnitId, field: &str) -> Result<bool, Rejection> {
        self.capacity(&[Capacity::Appraiser], Some(round.id()))?;
        let mut grants = self.acting_grants(Some(round.id()));
        if !grants.any(|grant| grant.covers_field(field)) {
            return Err(Rejection::FieldNotGranted { field: field.to_owned() });
        }
        self.own_unit(round, unit)
    }

    /// Whether the actor belongs to the unit that he acts on; refused unless the round records it.
    pub fn own_unit(&self, round: &Round, unit: &UnitId) -> Result<bool, Rejection> {
        use proto::act::round::OwnUnit;
        let own = self.person().is_some_and(|p| p.belongs_to(unit, self.at));
        match (own, round.policy().own_unit) {
            (true, OwnUnit::Refuse) => Err(Rejection::ConflictOfInterest { unit: unit.clone() }),
            (own, OwnUnit::Refuse | OwnUnit::Record) => Ok(own),
        }
    }

    pub fn round(&self, round: &RoundId) -> Result<&'a Round, Rejection> {
        self.log()?;
        let found = self.world.rounds.get(round).ok_or_else(|| Rejection::RoundUnknown { round: round.clone() })?;
        if found.closed {
            return Err(Rejection::RoundClosed { round: round.clone() });
        }
        Ok(found)
    }

    pub fn unit(&self, round: &'a Round, unit: &UnitId) -> Result<&'a UnitState, Rejection> {
        round.unit(unit).map(|(_, u)| u).ok_or_else(|| Rejection::UnitUnknown { unit: unit.clone() })
    }

    pub fn score(&self, round: &'a Round, unit: &UnitId, leaf: &Code) -> Result<ScoreAt<'a>, Rejection> {
        let unit = self.unit(round, unit)?;
        let (i, node) = unit.tree.leaf(leaf).ok_or_else(|| Rejection::LeafUnknown { leaf: leaf.clone() })?;
        if node.leaf.source == Source::Survey {
            return Err(Rejection::LeafIsSurvey { leaf: leaf.clone() });
        }
        Ok(ScoreAt { round, unit, leaf: node, score: &unit.sheet.scores[i] })
    }

    /// Whether a phase is open for a unit.
    pub fn window(&self, round: &Round, phase: Phase, unit: Option<&UnitId>) -> Result<(), Rejection> {
        round.open_until(phase, unit, self.at).map(|_| ())
    }
}

impl ScoreAt<'_> {
    /// The revision that the sender saw must be the one that stands.
    pub fn fresh(&self, seen: u64) -> Result<(), Rejection> {
        let current = self.score.revision;
        if seen == current {
            return Ok(());
        }
        let stands = match self.score.stages.last() {
            Some(last) => format!("{} {}", last.stage, last.points),
            None => "-".to_owned(),
        };
        Err(Rejection::StaleRevision { leaf: self.leaf.code.clone(), seen, current, stands })
    }

    pub fn applies(&self) -> Result<(), Rejection> {
        if crate::sheet::exempt(self.score) {
            return Err(Rejection::LeafExempt { leaf: self.leaf.code.clone() });
        }
        Ok(())
    }
}

/// A reason, ground or text that must be there.
pub fn required(text: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        return Err(Rejection::ReasonRequired {});
    }
    bounded(text)
}

/// A text that may be empty but not too long.
pub fn bounded(text: &str) -> Result<(), Rejection> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Rejection::TextTooLong { bytes: text.len(), maximum: TEXT_BYTES_MAX });
    }
    Ok(())
}

/// Points that must lie between 0 and a cap.
pub fn within_cap(code: &Code, points: Decimal, cap: Decimal) -> Result<(), Rejection> {
    if points.is_negative() {
        return Err(Rejection::PointsNegative { leaf: code.clone(), points: points.to_string() });
    }
    if points > cap {
        return Err(Rejection::OverCap { code: code.clone(), points: points.to_string(), cap: cap.to_string() });
    }
    Ok(())
}
