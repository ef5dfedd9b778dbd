//! Grants of capacities and bindings of credentials (RULINGS 3, 18, 19).
//! Nobody grants himself; administrator and inspector take two people, and nobody alone gives either of them a credential.

use proto::act::grants::{
    BindCredential, CapacityGranted, ConfirmGrant, GrantCapacity, RevokeCapacity, UnbindCredential,
};
use proto::text;
use proto::{ActorId, Capacity, Fact, GrantId, Rejection, Stream, ViaKind};

use super::Decision;
use super::hearing::{Hearing, required};
use crate::people::{Grant, GrantState, Person, takes_two};

pub fn grant(hearing: &Hearing, act: &GrantCapacity) -> Result<Decision, Rejection> {
    let log = hearing.log()?;
    let recovers = if hearing.by_operator() { Some(left_for_recovery(hearing, act)?) } else { None };
    if recovers.is_none() {
        hearing.capacity(&[Capacity::Administrator], None)?;
    }
    if act.actor == hearing.principal.actor {
        return Err(Rejection::SelfGrant {});
    }
    if !act.capacity.is_grantable() {
        return Err(Rejection::NotGrantable { capacity: act.capacity });
    }
    well_formed(act)?;
    let person = hearing.world.people.get(&act.actor);
    if person.is_some_and(|p| p.grant(&act.grant).is_some()) {
        return Err(Rejection::GrantExists { grant: act.grant.clone() });
    }
    let held = person.into_iter().flat_map(|p| &p.grants).filter(|g| g.state != GrantState::Revoked);
    for held in held.filter(|g| overlap(&g.grant, act)).map(|g| g.grant.capacity) {
        let clash = |one, other| {
            let rules = log.genesis.incompatible.iter();
            rules.filter(|r| r.capacity == one).any(|r| r.with.contains(&other))
        };
        if held != act.capacity && (clash(held, act.capacity) || clash(act.capacity, held)) {
            return Err(Rejection::CapacitiesIncompatible { one: held, other: act.capacity });
        }
    }
    // Whoever gave an account out knew its password: he must not come to hold, by it, what takes two.
    if takes_two(act.capacity) && person.is_some_and(|p| !p.given_out.is_empty()) {
        return Err(Rejection::TerminalRequired { actor: act.actor.clone() });
    }
    // Where nobody is left who could confirm it, it holds at once: the operator's word stands alone, and on record.
    let awaits_second = takes_two(act.capacity) && recovers != Some(0);
    let fact = Fact::CapacityGranted(CapacityGranted { grant: act.clone(), awaits_second });
    Ok(Decision::new(Stream::Grants(act.actor.clone()), fact))
}

/// How many administrators are left, where that is fewer than the two that it takes to make one: then the operator may grant (RULINGS 3, 19).
fn left_for_recovery(hearing: &Hearing, act: &GrantCapacity) -> Result<usize, Rejection> {
    let administers = |person: &&Person| person.grants_of(Capacity::Administrator, None, hearing.at).next().is_some();
    let left = hearing.world.people.values().filter(administers).count();
    let plain = act.unit.is_none() && act.round.is_none() && act.from <= hearing.at && act.until.is_none();
    if left >= 2 || !plain {
        return Err(Rejection::CapacityWrong { capacity: Capacity::Operator, needed: Capacity::Administrator });
    }
    Ok(left)
}

/// Who may bind a credential or end one, but the operator: everybody his own tokens, and administrators others' accounts, though not
/// those of whom it takes two people to make (RULINGS 19): whoever gives a password out could speak by it.
fn gives_credential(hearing: &Hearing, actor: &ActorId, method: ViaKind) -> Result<(), Rejection> {
    if hearing.by_operator() {
        return Ok(());
    }
    if *actor == hearing.principal.actor && method == ViaKind::Token {
        return hearing.holds_any();
    }
    hearing.capacity(&[Capacity::Administrator], None)?;
    let protected = hearing.world.people.get(actor).is_some_and(|person| person.takes_two(hearing.at));
    if *actor == hearing.principal.actor || protected || method == ViaKind::Token {
        return Err(Rejection::TerminalRequired { actor: actor.clone() });
    }
    Ok(())
}

fn well_formed(act: &GrantCapacity) -> Result<(), Rejection> {
    let bad = |detail| Err(Rejection::BadGrant { detail });
    if act.until.is_some_and(|until| until <= act.from) {
        return bad(text!("sẽ hết hạn trước khi bắt đầu", "it would end before it begins"));
    }
    if act.acting_for.is_some() && (act.capacity != Capacity::Chief || act.until.is_none()) {
        return bad(text!(
            "ký thay thủ trưởng phải có thời hạn",
            "acting for the chief is a grant of chief with an end"
        ));
    }
    if !act.fields.is_empty() && act.capacity != Capacity::Appraiser {
        return bad(text!("chỉ người thẩm định được giao lĩnh vực", "only appraisers are granted fields"));
    }
    let needs_unit = matches!(act.capacity, Capacity::Drafter | Capacity::Chief | Capacity::Appraiser);
    if needs_unit && act.unit.is_none() {
        return bad(text!(
            "người lập phiếu, thủ trưởng và người thẩm định phải thuộc một đơn vị",
            "drafter, chief and appraiser are held in a unit"
        ));
    }
    Ok(())
}

/// Whether two grants hold at some common moment.
fn overlap(a: &GrantCapacity, b: &GrantCapacity) -> bool {
    a.until.is_none_or(|end| b.from < end) && b.until.is_none_or(|end| a.from < end)
}

fn find<'a>(hearing: &Hearing<'a>, actor: &proto::ActorId, grant: &GrantId) -> Result<&'a Grant, Rejection> {
    let person = hearing.world.people.get(actor);
    person.and_then(|p| p.grant(grant)).ok_or_else(|| Rejection::GrantUnknown { grant: grant.clone() })
}

pub fn confirm(hearing: &Hearing, act: &ConfirmGrant) -> Result<Decision, Rejection> {
    hearing.log()?;
    hearing.capacity(&[Capacity::Administrator], None)?;
    let grant = find(hearing, &act.actor, &act.grant)?;
    if grant.state != GrantState::Pending {
        return Err(Rejection::GrantNotPending { grant: act.grant.clone() });
    }
    let me = &hearing.principal.actor;
    if me == grant.by() || *me == act.actor {
        return Err(Rejection::SecondPersonRequired {});
    }
    Ok(Decision::new(Stream::Grants(act.actor.clone()), Fact::GrantConfirmed(act.clone())))
}

pub fn revoke(hearing: &Hearing, act: &RevokeCapacity) -> Result<Decision, Rejection> {
    hearing.log()?;
    hearing.capacity(&[Capacity::Administrator], None)?;
    required(&act.reason)?;
    let grant = find(hearing, &act.actor, &act.grant)?;
    if grant.state == GrantState::Revoked {
        return Err(Rejection::GrantUnknown { grant: act.grant.clone() });
    }
    Ok(Decision::new(Stream::Grants(act.actor.clone()), Fact::CapacityRevoked(act.clone())))
}

pub fn bind(hearing: &Hearing, act: &BindCredential) -> Result<Decision, Rejection> {
    hearing.log()?;
    gives_credential(hearing, &act.actor, act.method)?;
    let taken = hearing.world.people.values().any(|p| p.credentials.contains_key(&act.credential));
    if taken {
        return Err(Rejection::CredentialExists { actor: act.actor.clone() });
    }
    Ok(Decision::new(Stream::Grants(act.actor.clone()), Fact::CredentialBound(act.clone())))
}

pub fn unbind(hearing: &Hearing, act: &UnbindCredential) -> Result<Decision, Rejection> {
    hearing.log()?;
    required(&act.reason)?;
    let bound = hearing.world.people.get(&act.actor).and_then(|p| p.credentials.get(&act.credential));
    let method = bound.ok_or_else(|| Rejection::CredentialNotBound { actor: act.actor.clone() })?;
    gives_credential(hearing, &act.actor, *method)?;
    Ok(Decision::new(Stream::Grants(act.actor.clone()), Fact::CredentialUnbound(act.clone())))
}
