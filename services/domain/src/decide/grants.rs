//! Grants of capacities and bindings of credentials (RULINGS 3, 18, 19).
//! Nobody grants himself; administrator and inspector take two people.

use proto::act::grants::{
    BindCredential, CapacityGranted, ConfirmGrant, GrantCapacity, RevokeCapacity, UnbindCredential,
};
use proto::text;
use proto::{Capacity, Fact, GrantId, Rejection, Stream};

use super::Decision;
use super::hearing::{Hearing, required};
use crate::people::{Grant, GrantState};

pub fn grant(hearing: &Hearing, act: &GrantCapacity) -> Result<Decision, Rejection> {
    let log = hearing.log()?;
    hearing.capacity(&[Capacity::Administrator], None)?;
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
    let awaits_second = matches!(act.capacity, Capacity::Administrator | Capacity::Inspector);
    let fact = Fact::CapacityGranted(CapacityGranted { grant: act.clone(), awaits_second });
    Ok(Decision::new(Stream::Grants(act.actor.clone()), fact))
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
    if *me == grant.by || *me == act.actor {
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
    let taken = hearing.world.people.values().any(|p| p.credentials.contains_key(&act.credential));
    if taken {
        return Err(Rejection::CredentialExists { actor: act.actor.clone() });
    }
    Ok(Decision::new(Stream::Grants(act.actor.clone()), Fact::CredentialBound(act.clone())))
}

pub fn unbind(hearing: &Hearing, act: &UnbindCredential) -> Result<Decision, Rejection> {
    hearing.log()?;
    required(&act.reason)?;
    let bound = hearing.world.people.get(&act.actor).is_some_and(|p| p.credentials.contains_key(&act.credential));
    if !bound {
        return Err(Rejection::CredentialNotBound { actor: act.actor.clone() });
    }
    Ok(Decision::new(Stream::Grants(act.actor.clone()), Fact::CredentialUnbound(act.clone())))
}
