//! A workbook of grants: who is to act in which capacity, a grant a row. Each is held against the log as the ledger would decide it now; what
//! is granted already is not granted again, and nothing is granted here.

use std::collections::BTreeSet;

use domain::{GrantState, World, decide};
use proto::act::grants::GrantCapacity;
use proto::as_of::minute_in_vietnam;
use proto::document::Text;
use proto::opening::{GrantOutcome, GrantRow};
use proto::{
    Act, Acting, ActorId, Capacity, Code, Command, Day, GrantId, Instant, Origin, Principal, RoundId, UnitId, text,
};

use super::{canonical, same};
use crate::book::Book;
use crate::fault::{Faults, Place};
use crate::grid;
use crate::parts::command_id;
use crate::print;
use crate::sheet::{Line, Look, Put, Sheet};
use crate::table::{Column, Holds, Row, Table, column};
use crate::words::CAPACITIES;

/// The sheet's name.
const GRANTS: &str = "Tư cách";
/// The most grants of one workbook.
const GRANTS_MAX: usize = 1_000;

const ACTOR: usize = 0;
const GRANT: usize = 1;
const CAPACITY: usize = 2;
const UNIT: usize = 3;
const ROUND: usize = 4;
const FIELDS: usize = 5;
const FROM: usize = 6;
const UNTIL: usize = 7;
const ACTING_FOR: usize = 8;

static COLUMNS: [Column; 9] = [
    column("Mã người nhận", "Id of the person", 18.0, Holds::Codes),
    column("Mã của lần cấp", "Id of the grant", 18.0, Holds::Codes),
    column("Tư cách", "Capacity", 30.0, Holds::Words(&[&CAPACITIES])),
    column("Đơn vị", "Unit", 14.0, Holds::Codes),
    column("Chỉ kỳ này", "This round alone", 16.0, Holds::Codes),
    column("Chỉ các lĩnh vực này", "These fields alone", 16.0, Holds::Codes),
    column("Từ ngày", "From", 13.0, Holds::Plain),
    column("Đến hết ngày", "Until the end of", 13.0, Holds::Plain),
    column("Ký thay", "Acting for", 18.0, Holds::Codes),
];

/// What a row says, and where.
pub struct Brought {
    place: Place,
    grant: GrantCapacity,
}

/// The grants of a workbook.
///
/// # Errors
/// All its faults, each at its place.
pub fn read(bytes: &[u8]) -> Result<Vec<Brought>, Faults> {
    let book = Book::new(grid::read(bytes)?);
    let mut faults = Faults::default();
    let mut all = Vec::new();
    if let Some(table) = book.must(GRANTS, &mut faults).and_then(|grid| Table::find(grid, &COLUMNS, &mut faults)) {
        let mut seen = BTreeSet::new();
        for row in table.rows() {
            let Some(grant) = grant(&row, &mut faults) else { continue };
            if !seen.insert((grant.actor.clone(), grant.grant.clone())) {
                let what =
                    text!("người này đã có mã lần cấp này ở dòng trên", "the person has this grant in a row above");
                faults.push("grant_twice", row.place_of(GRANT), what);
            }
            all.push(Brought { place: row.place(), grant });
        }
        if all.is_empty() && faults.is_empty() {
            faults.push("rows_none", Place::sheet(GRANTS), text!("không có dòng nào", "there are no rows"));
        }
    }
    if all.len() > GRANTS_MAX {
        let what = text!("quá {GRANTS_MAX} dòng", "more than {GRANTS_MAX} rows");
        faults.push("rows_too_many", Place::sheet(GRANTS), what);
    }
    book.rest(&mut faults);
    faults.none().map(|()| all)
}

fn grant(row: &Row, faults: &mut Faults) -> Option<GrantCapacity> {
    let actor = row.code(ACTOR, faults, |t| ActorId::parse(t).ok());
    let grant = row.code(GRANT, faults, |t| GrantId::parse(t).ok());
    let capacity = row.word(CAPACITY, &CAPACITIES, faults);
    let unit = some(row, UNIT, faults, |t| UnitId::parse(t).ok());
    let round = some(row, ROUND, faults, |t| RoundId::parse(t).ok());
    let fields = some(row, FIELDS, faults, |t| t.split([',', ';']).map(|code| Code::parse(code.trim()).ok()).collect());
    let (from, until) = (row.day(FROM, faults), row.some_day(UNTIL, faults));
    let acting_for = some(row, ACTING_FOR, faults, |t| ActorId::parse(t).ok());
    row.rest(faults);
    let capacity = capacity.and_then(|code| Capacity::ALL.into_iter().find(|c| c.as_str() == code));
    Some(GrantCapacity {
        actor: actor?,
        grant: grant?,
        capacity: capacity?,
        unit: unit?,
        round: round?,
        fields: fields?.unwrap_or_default(),
        from: begins(from?)?,
        until: match until? {
            Some(day) => Some(begins(day.plus_days(1))?),
            None => None,
        },
        acting_for: acting_for?,
    })
}

/// A value, if there is one; none at all where it is not as expected.
fn some<T>(row: &Row, at: usize, faults: &mut Faults, parse: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    if row.is_blank(at) {
        return row.text(at, faults).map(|_| None);
    }
    row.code(at, faults, parse).map(Some)
}

/// The first moment of a day in Vietnam.
fn begins(day: Day) -> Option<Instant> {
    minute_in_vietnam(&format!("{day}T00:00"))
}

/// Grants held against the log.
pub struct Against<'l> {
    /// What the log leads to.
    pub world: &'l World,
    /// Who would grant them.
    pub principal: &'l Principal,
    /// The moment.
    pub at: Instant,
    /// The log.
    pub origin: &'l Origin,
    /// In which role he would.
    pub acting: Acting,
}

impl Against<'_> {
    /// What a row comes to.
    pub fn at(&self, Brought { place, grant }: Brought) -> GrantRow {
        let row = |outcome, text: Text, command| GrantRow {
            place: place.text(),
            grant: grant.clone(),
            outcome,
            text,
            command,
        };
        let known = self.world.people.get(&grant.actor).and_then(|person| person.grant(&grant.grant));
        if known.is_some_and(|known| known.grant == grant && known.state != GrantState::Revoked) {
            return row(GrantOutcome::Done, same(""), None);
        }
        let command = self.command(&grant);
        match decide(self.world, self.principal, self.at, &command) {
            Ok(_) => row(GrantOutcome::New, same(""), Some(canonical(&command))),
            Err(rejection) => {
                use proto::document::Lang::{En, Vi};
                row(GrantOutcome::Refused, Text::new(rejection.sentence(Vi), rejection.sentence(En)), None)
            }
        }
    }

    /// Its id follows from what it grants: the same row sent again is the same command.
    fn command(&self, grant: &GrantCapacity) -> Command {
        let act = Act::GrantCapacity(grant.clone());
        let data = act.data().expect("an act's types have a canonical form");
        let name = format!("grant\n{}\n{}", self.origin, String::from_utf8_lossy(&data));
        Command::new(command_id(&name), self.acting.clone(), act)
    }
}

/// The grants that hold or will, but for administrators, as such a workbook.
///
/// # Errors
/// What no workbook can hold.
pub fn write(world: &World, at: Instant) -> Result<Vec<u8>, Faults> {
    let mut grants: Vec<&GrantCapacity> = world
        .people
        .values()
        .flat_map(|person| &person.grants)
        .filter(|held| held.state == GrantState::Active && held.grant.capacity != Capacity::Administrator)
        .map(|held| &held.grant)
        .filter(|grant| grant.until.is_none_or(|until| at < until))
        .collect();
    grants.sort_by(|a, b| (a.capacity, &a.actor, &a.grant).cmp(&(b.capacity, &b.actor, &b.grant)));
    let title = text!("TƯ CÁCH", "Who may act in which capacity");
    let lines = grants.into_iter().map(line).collect();
    print::print(&[Sheet { name: GRANTS.to_owned(), title, columns: &COLUMNS, printed: COLUMNS.len(), lines }])
}

fn line(grant: &GrantCapacity) -> Line {
    let code = |text: &str| Put::Code(text.to_owned());
    let fields: Vec<&str> = grant.fields.iter().map(Code::as_str).collect();
    let last = grant.until.map(|until| Day::of(until.plus_micros(-1)));
    Line::new(Look::Plain)
        .with(ACTOR, code(grant.actor.as_str()))
        .with(GRANT, code(grant.grant.as_str()))
        .with(CAPACITY, Put::Word(&CAPACITIES, grant.capacity.as_str()))
        .maybe(UNIT, grant.unit.as_ref().map(|unit| code(unit.as_str())))
        .maybe(ROUND, grant.round.as_ref().map(|round| code(round.as_str())))
        .maybe(FIELDS, (!fields.is_empty()).then(|| code(&fields.join(", "))))
        .with(FROM, Put::Day(Day::of(grant.from)))
        .maybe(UNTIL, last.map(Put::Day))
        .maybe(ACTING_FOR, grant.acting_for.as_ref().map(|actor| code(actor.as_str())))
}
