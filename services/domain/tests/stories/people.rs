//! Who speaks in the stories: an opaque id, the capacity that he acts in, and the token that he uses.
//! Whether the log grants him anything is not said here: that is folded from the log.

use proto::{Acting, Capacity, Principal, UnitId, ViaKind};

use super::fixture::id;

/// A sender.
#[derive(Debug, Clone)]
pub struct Who {
    /// Who speaks, and through what.
    pub principal: Principal,
    /// In which capacity.
    pub acting: Acting,
}

/// The people whom the fixture's log grants their capacity: actor, capacity, unit, fields.
pub const GRANTED: &[(&str, Capacity, &str, &[&str])] = &[
    ("secretary", Capacity::Secretariat, "", &[]),
    ("drafter-a", Capacity::Drafter, "a", &[]),
    ("chief-a", Capacity::Chief, "a", &[]),
    ("drafter-b", Capacity::Drafter, "b", &[]),
    ("chief-b", Capacity::Chief, "b", &[]),
    ("drafter-c", Capacity::Drafter, "c", &[]),
    ("chief-c", Capacity::Chief, "c", &[]),
    ("drafter-x", Capacity::Drafter, "x", &[]),
    ("chief-x", Capacity::Chief, "x", &[]),
    ("drafter-y", Capacity::Drafter, "y", &[]),
    ("chief-y", Capacity::Chief, "y", &[]),
    ("appraiser", Capacity::Appraiser, "agency", &[]),
    ("appraiser-1", Capacity::Appraiser, "agency", &["1"]),
    ("appraiser-b", Capacity::Appraiser, "b", &[]),
    ("member-1", Capacity::Council, "a", &[]),
    ("member-2", Capacity::Council, "b", &[]),
    ("member-3", Capacity::Council, "", &[]),
    ("member-4", Capacity::Council, "", &[]),
    ("member-5", Capacity::Council, "", &[]),
    ("surveyor", Capacity::SurveyStaff, "", &[]),
    ("publisher", Capacity::Publisher, "", &[]),
    ("inspector", Capacity::Inspector, "", &[]),
];

impl Who {
    /// The same person in another unit.
    pub fn in_unit(mut self, unit: &str) -> Self {
        self.acting.unit = unit_of(unit);
        self
    }

    /// The same person in another capacity.
    pub fn in_capacity(mut self, capacity: Capacity) -> Self {
        self.acting.capacity = capacity;
        self
    }

    /// The same person through another credential, or none.
    pub fn with_credential(mut self, credential: Option<&str>) -> Self {
        self.principal.via.credential = credential.map(id);
        self
    }

    /// The same person through another door.
    pub fn through(mut self, kind: ViaKind) -> Self {
        self.principal.via.kind = kind;
        self
    }
}

fn unit_of(unit: &str) -> Option<UnitId> {
    (!unit.is_empty()).then(|| id(unit))
}

/// Anyone, by his token.
pub fn person(actor: &str, capacity: Capacity, unit: &str) -> Who {
    let principal = Principal::token(id(actor), id(&token_of(actor)));
    Who { principal, acting: Acting { capacity, unit: unit_of(unit) } }
}

/// The public id of an actor's token.
pub fn token_of(actor: &str) -> String {
    format!("token-{actor}")
}

/// One of the people of the fixture, in the capacity that he was granted.
pub fn granted(actor: &str) -> Who {
    let (_, capacity, unit, _) = GRANTED.iter().find(|(a, ..)| *a == actor).expect(actor);
    person(actor, *capacity, unit)
}

/// Whoever sits at the data folder.
pub fn operator() -> Who {
    Who { principal: Principal::operator(), acting: Acting { capacity: Capacity::Operator, unit: None } }
}

/// The ledger's own timer.
pub fn timer() -> Who {
    Who { principal: Principal::system(), acting: Acting { capacity: Capacity::System, unit: None } }
}

/// The first administrator of genesis.
pub fn admin_a() -> Who {
    person("admin-a", Capacity::Administrator, "")
}

/// The second administrator of genesis.
pub fn admin_b() -> Who {
    person("admin-b", Capacity::Administrator, "")
}

/// The secretariat.
pub fn secretary() -> Who {
    granted("secretary")
}

/// A unit's drafter.
pub fn drafter(unit: &str) -> Who {
    granted(&format!("drafter-{unit}"))
}

/// A unit's chief.
pub fn chief(unit: &str) -> Who {
    granted(&format!("chief-{unit}"))
}

/// An appraiser of every field, of an agency that is not assessed.
pub fn appraiser() -> Who {
    granted("appraiser")
}

/// A member of the council; 1 belongs to `a`, 2 to `b`, 3 to 5 to no unit.
pub fn member(number: u32) -> Who {
    granted(&format!("member-{number}"))
}

/// Survey staff.
pub fn surveyor() -> Who {
    granted("surveyor")
}

/// The publisher.
pub fn publisher() -> Who {
    granted("publisher")
}
