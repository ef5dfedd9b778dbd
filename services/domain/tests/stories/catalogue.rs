//! Stories of the catalogue across a change of units: what ends, what begins, what came from what.
//! A round takes units that exist; old rounds keep theirs.

use proto::Day;
use proto::act::round::OpenRound;
use proto::document::{Catalogue, CatalogueUnit, DocKind, Effective};

use super::acts::{open, part, seal};
use super::fixture::{catalogue, catalogue_value, doc_ref, id, round_with};
use super::given::{Steps, does, sealed};
use super::people::secretary;
use super::story::given;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn days(from: &str, until: Option<&str>) -> Option<Effective> {
    Some(Effective { from: day(from), until: until.map(day) })
}

/// The districts of the stories end on 30 June 2025; two communes that came from `x` begin the day after.
fn changed() -> Catalogue {
    let mut whole = catalogue();
    let of_huyen = whole.units.iter_mut().filter(|u| u.kind == id("huyen"));
    of_huyen.for_each(|u| u.effective = days("2021-01-01", Some("2025-06-30")));
    let district = whole.units.iter().find(|u| u.unit == id("x")).expect("it is there").clone();
    whole.units.extend(["x1", "x2"].map(|unit| CatalogueUnit {
        unit: id(unit),
        effective: days("2025-07-01", None),
        succeeds: vec![id("x")],
        ..district.clone()
    }));
    whole
}

fn entered() -> Steps {
    sealed(&secretary(), DocKind::Catalogue, "changed", &catalogue_value(&changed()))
}

fn round_of(year: u32, districts: &[&str], units_on: Option<&str>) -> OpenRound {
    round_with(|r| {
        r.year = year;
        r.catalogue = doc_ref("changed", &catalogue_value(&changed()));
        r.blocks[1].units = districts.iter().map(|u| id(u)).collect();
        r.blocks[1].unranked.clear();
        r.units_on = units_on.map(day);
    })
}

#[test]
fn a_round_takes_the_units_of_its_own_year() {
    given([entered()]).when(secretary(), open(round_of(2022, &["x", "y"], None))).then("round_opened");
    given([entered()]).when(secretary(), open(round_of(2025, &["x1", "x2"], None))).then("round_opened");
    given([entered()]).when(secretary(), open(round_of(2025, &["x", "y"], Some("2025-06-30")))).then("round_opened");
    given([entered()]).when(secretary(), open(round_of(2025, &["x", "x2"], None))).then_refused_with(
        "bad_round",
        "detail",
        "unit x does not exist on 2025-12-31 (succeeded by: x1, x2)",
    );
    given([entered()]).when(secretary(), open(round_of(2025, &["y"], None))).then_refused_with(
        "bad_round",
        "detail",
        "unit y does not exist on 2025-12-31 (succeeded by: -)",
    );
    given([entered()]).when(secretary(), open(round_of(2022, &["x1"], None))).then_refused_with(
        "bad_round",
        "detail",
        "unit x1 does not exist on 2022-12-31 (succeeded by: -)",
    );
    given([entered()]).when(secretary(), open(round_of(2025, &["x1"], Some("2025-06-30")))).then_refused_with(
        "bad_round",
        "detail",
        "unit x1 does not exist on 2025-06-30 (succeeded by: -)",
    );
}

#[test]
fn a_catalogue_whose_lineage_cannot_be_is_never_sealed() {
    let with = |change: fn(&mut CatalogueUnit)| {
        let mut whole = changed();
        change(whole.units.iter_mut().find(|u| u.unit == id("x1")).expect("it is there"));
        whole
    };
    let twice = {
        let mut whole = changed();
        whole.units.push(whole.units[0].clone());
        whole
    };
    let table = [
        (twice, "unit a: stands twice"),
        (Catalogue { units: Vec::new(), ..changed() }, "units: none"),
        (with(|u| u.effective = days("2025-07-01", Some("2025-06-01"))), "unit x1: it ends before it begins"),
        (with(|u| u.succeeds = vec![id("z")]), "unit x1: z, which it succeeds, is not there"),
        (with(|u| u.succeeds = vec![id("x"), id("x")]), "unit x1: one that it succeeds stands twice"),
        (with(|u| u.succeeds = vec![id("x1")]), "unit x1: x1, which it succeeds, has not ended before it begins"),
        (with(|u| u.succeeds = vec![id("a")]), "unit x1: a, which it succeeds, has not ended before it begins"),
        (with(|u| u.effective = None), "unit x1: x, which it succeeds, has not ended before it begins"),
        (
            with(|u| u.effective = days("2025-06-30", None)),
            "unit x1: x, which it succeeds, has not ended before it begins",
        ),
    ];
    for (faulty, fault) in table {
        let value = catalogue_value(&faulty);
        given([does(secretary(), part(DocKind::Catalogue, "changed", 1, &value))])
            .when(secretary(), seal(DocKind::Catalogue, "changed", 1, &value))
            .then_refused_with("document_invalid", "faults", fault);
    }
}
