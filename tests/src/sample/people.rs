//! Who acts in the sample: opaque ids, one capacity each, so that nobody has two interests.
//! No person stands behind any of them.

use proto::act::grants::{ConfirmGrant, GrantCapacity};
use proto::{Act, Acting, ActorId, Capacity, Code, GrantId};

use super::calendar::{Day, midnight};
use super::script::Deed;
use super::simulation::ADMINISTRATORS;
use super::specials::DEPUTY;
use super::units::Unit;
use super::words::{actor, code, round, unit};

/// Every grant holds from this day on.
const FROM: Day = (2022, 10, 20);
/// The first day on which the deputy no longer signs in the chief's place.
const DEPUTY_UNTIL: Day = (2023, 1, 1);

/// An appraiser: id, agency, fields.
type Appraiser = (&'static str, &'static str, &'static [&'static str]);

/// The agencies in charge of each field.
const LEADS: [Appraiser; 7] = [
    ("apr-1", "noivu", &["1"]),
    ("apr-2", "noivu", &["4", "5"]),
    ("apr-3", "tuphap", &["2"]),
    ("apr-4", "vpub", &["3"]),
    ("apr-5", "taichinh", &["6"]),
    ("apr-6", "tttt", &["7"]),
    ("apr-7", "khdt", &["8"]),
];
/// Those who appraise the leading agencies' own sheets, since nobody appraises his own unit.
const STAND_INS: [Appraiser; 2] =
    [("apr-8", "vpub", &["1", "4", "5"]), ("apr-9", "thanhtra", &["2", "3", "6", "7", "8"])];

/// Agencies of the council's members, in the order of council-1 to council-9.
pub const COUNCIL: [&str; 9] = ["noivu", "vpub", "tuphap", "taichinh", "khdt", "tttt", "khcn", "xaydung", "yte"];

/// Somebody in the capacity that he holds.
#[derive(Debug, Clone)]
pub struct Who {
    /// His id.
    pub id: ActorId,
    /// His capacity, and the unit that it is held in.
    pub acting: Acting,
}

impl Who {
    fn new(id: &str, capacity: Capacity, of: Option<&str>) -> Self {
        Self { id: actor(id), acting: Acting { capacity, unit: of.map(unit) } }
    }

    /// The act as this person's deed.
    #[must_use]
    pub fn does(&self, act: Act) -> Deed {
        Deed { actor: self.id.clone(), acting: self.acting.clone(), act }
    }
}

/// One of the two administrators.
#[must_use]
pub fn administrator(which: usize) -> Who {
    Who::new(ADMINISTRATORS[which], Capacity::Administrator, None)
}

/// The secretariat, in Sở Nội vụ.
#[must_use]
pub fn secretariat() -> Who {
    Who::new("sec-1", Capacity::Secretariat, Some("noivu"))
}

/// The survey's staff; the institute that holds the survey is not assessed.
#[must_use]
pub fn survey_staff() -> Who {
    Who::new("srv-1", Capacity::SurveyStaff, None)
}

/// The publisher, in the office of the People's Committee.
#[must_use]
pub fn publisher() -> Who {
    Who::new("pub-1", Capacity::Publisher, Some("vpub"))
}

/// The inspector, in the city's inspectorate.
#[must_use]
pub fn inspector() -> Who {
    Who::new("insp-1", Capacity::Inspector, Some("thanhtra"))
}

/// A member of the council, from 1.
#[must_use]
pub fn member(number: usize) -> Who {
    Who::new(&format!("council-{number}"), Capacity::Council, Some(COUNCIL[number - 1]))
}

/// The appraiser of a field for a unit.
#[must_use]
pub fn appraiser(of: &str, field: &str) -> Who {
    let mut all = LEADS.iter().chain(&STAND_INS);
    let found = all.find(|a| a.2.contains(&field) && a.1 != of);
    let (id, agency, _) = found.expect("every field has a second appraiser");
    Who::new(id, Capacity::Appraiser, Some(agency))
}

/// A unit's drafter.
#[must_use]
pub fn drafter(of: &Unit) -> Who {
    Who::new(&format!("{}-d", of.id()), Capacity::Drafter, Some(of.id().as_str()))
}

/// A unit's chief.
#[must_use]
pub fn chief(of: &Unit) -> Who {
    Who::new(&format!("{}-c", of.id()), Capacity::Chief, Some(of.id().as_str()))
}

/// The deputy who signs in the chief's place for a while (ký thay).
fn deputy(of: &Unit) -> Who {
    Who::new(&format!("{}-p", of.id()), Capacity::Chief, Some(of.id().as_str()))
}

/// Whoever signs a unit's sheet.
#[must_use]
pub fn signer(of: &Unit) -> Who {
    if of.id().as_str() == DEPUTY { deputy(of) } else { chief(of) }
}

/// All grants: the secretariat first, the inspector's by both administrators.
#[must_use]
pub fn grants(units: &[Unit]) -> Vec<Deed> {
    let by = administrator(0);
    let mut deeds: Vec<Deed> =
        [secretariat(), survey_staff(), publisher()].iter().map(|who| by.does(grant(who, &[]))).collect();
    let inspector = inspector();
    deeds.push(by.does(grant(&inspector, &[])));
    let confirm = ConfirmGrant { actor: inspector.id, grant: grant_id() };
    deeds.push(administrator(1).does(Act::ConfirmGrant(confirm)));
    for (id, agency, fields) in LEADS.iter().chain(&STAND_INS) {
        let fields: Vec<Code> = fields.iter().map(|f| code(f)).collect();
        deeds.push(by.does(grant(&Who::new(id, Capacity::Appraiser, Some(agency)), &fields)));
    }
    deeds.extend((1..=COUNCIL.len()).map(|number| by.does(grant(&member(number), &[]))));
    let by = administrator(1);
    for unit in units {
        deeds.push(by.does(grant(&drafter(unit), &[])));
        deeds.push(by.does(grant(&chief(unit), &[])));
        if unit.id().as_str() == DEPUTY {
            let Act::GrantCapacity(mut act) = grant(&deputy(unit), &[]) else { unreachable!("it is a grant") };
            act.until = Some(midnight(DEPUTY_UNTIL));
            act.acting_for = Some(chief(unit).id);
            deeds.push(by.does(Act::GrantCapacity(act)));
        }
    }
    deeds
}

fn grant_id() -> GrantId {
    GrantId::parse("hanoi-2022").expect("it is well formed")
}

/// A grant for the round; for those who also enter documents, outside any round.
fn grant(who: &Who, fields: &[Code]) -> Act {
    let everywhere = matches!(who.acting.capacity, Capacity::Secretariat | Capacity::SurveyStaff | Capacity::Inspector);
    Act::GrantCapacity(GrantCapacity {
        actor: who.id.clone(),
        grant: grant_id(),
        capacity: who.acting.capacity,
        unit: who.acting.unit.clone(),
        round: (!everywhere).then(round),
        fields: fields.to_vec(),
        from: midnight(FROM),
        until: None,
        acting_for: None,
    })
}
