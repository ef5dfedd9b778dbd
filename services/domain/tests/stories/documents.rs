//! Stories of documents: parts in order, then the seal by the digest of the whole.
//! A part is never changed, and a sealed document takes no more.

use std::collections::BTreeMap;

use proto::act::documents::SealDocument;
use proto::canon::Value;
use proto::document::{DocKind, PART_BYTES_MAX, PARTS_MAX};
use proto::{Act, Hash};

use super::acts::{part, seal};
use super::fixture::{
    catalogue, catalogue_value, digest_of, form_value, id, rulebook, rulebook_value, tally_value, usual_form,
    usual_tally,
};
use super::given::{does, sealed};
use super::people::{admin_a, chief, secretary, surveyor};
use super::story::given;

const CATALOGUE: DocKind = DocKind::Catalogue;

fn json(text: &str) -> Value {
    Value::parse(text.as_bytes()).expect("JSON")
}

/// The catalogue cut into one part with everything but its units, and one for each unit.
fn slices() -> Vec<Value> {
    let Value::Object(mut whole) = catalogue_value(&catalogue()) else { panic!("an object") };
    let Some(Value::Array(units)) = whole.remove("units") else { panic!("an array") };
    let one = |unit| Value::Object(BTreeMap::from([("units".to_owned(), Value::Array(vec![unit]))]));
    std::iter::once(Value::Object(whole)).chain(units.into_iter().map(one)).collect()
}

#[test]
fn a_document_enters_in_parts_and_is_sealed_by_the_digest_of_the_whole() {
    let whole = catalogue_value(&catalogue());
    given([])
        .when(secretary(), part(CATALOGUE, "d", 1, &whole))
        .then("part_entered")
        .in_stream("catalogue/d")
        .when(secretary(), seal(CATALOGUE, "d", 1, &whole))
        .then("document_sealed")
        .in_stream("catalogue/d");
}

#[test]
fn the_digest_does_not_depend_on_where_a_document_was_cut() {
    let slices = slices();
    let mut story = given([]);
    for (i, slice) in (1..).zip(&slices) {
        story = story.when(secretary(), part(CATALOGUE, "d", i, slice)).then("part_entered");
    }
    let parts = u32::try_from(slices.len()).expect("a few");
    assert_eq!(parts, 7, "a part for the rest and six units");
    story.when(secretary(), seal(CATALOGUE, "d", parts, &catalogue_value(&catalogue()))).then("document_sealed");
}

#[test]
fn parts_enter_in_their_order_and_the_seal_counts_them() {
    let slices = slices();
    let whole = catalogue_value(&catalogue());
    given([])
        .when(secretary(), part(CATALOGUE, "d", 2, &slices[0]))
        .then_refused_with("part_out_of_order", "expected", "1")
        .when(secretary(), part(CATALOGUE, "d", 0, &slices[0]))
        .then_refused("part_out_of_order")
        .when(secretary(), part(CATALOGUE, "d", 1, &slices[0]))
        .then("part_entered")
        .when(secretary(), part(CATALOGUE, "d", 1, &slices[1]))
        .then_refused_with("part_out_of_order", "expected", "2")
        .when(secretary(), part(CATALOGUE, "d", 3, &slices[1]))
        .then_refused("part_out_of_order")
        .when(secretary(), seal(CATALOGUE, "d", 2, &whole))
        .then_refused_with("part_out_of_order", "expected", "1");
}

#[test]
fn a_part_that_cannot_join_is_refused() {
    let big = format!("{{\"basis\":\"{}\"}}", "x".repeat(PART_BYTES_MAX));
    let first = json(r#"{"title":{"en":"t","vi":"t"},"units":[]}"#);
    let table = [
        (r#"{"title":{"en":"t","vi":"t"}}"#, "the member \"title\" stands in an earlier part"),
        (r#"{"units":{}}"#, "the member \"units\" stands in an earlier part"),
        ("{}", "it is no object with members"),
        ("[]", "it is no object with members"),
        ("\"t\"", "it is no object with members"),
        (&big, "60012 bytes, the most is 60000"),
    ];
    for (content, detail) in table {
        given([does(secretary(), part(CATALOGUE, "d", 1, &first))])
            .when(secretary(), part(CATALOGUE, "d", 2, &json(content)))
            .then_refused_with("bad_part", "detail", detail);
    }
}

#[test]
fn a_part_may_have_exactly_the_most_bytes() {
    let of = |bytes: usize| json(&format!("{{\"b\":\"{}\"}}", "x".repeat(bytes - r#"{"b":""}"#.len())));
    given([])
        .when(surveyor(), part(DocKind::Form, "d", 1, &of(PART_BYTES_MAX + 1)))
        .then_refused("bad_part")
        .when(surveyor(), part(DocKind::Form, "d", 1, &of(PART_BYTES_MAX)))
        .then("part_entered");
}

#[test]
fn a_document_has_at_most_a_thousand_parts() {
    // Without the checker: it would fold the log a thousand times.
    let mut log = super::harness::Log::of(super::given::founded());
    let row = json(r#"{"rows":[1]}"#);
    for n in 1..=PARTS_MAX {
        log.send(&surveyor(), part(DocKind::Form, "d", n, &row)).expect("a part");
    }
    let refused = log.send(&surveyor(), part(DocKind::Form, "d", PARTS_MAX + 1, &row)).expect_err("one too many");
    assert_eq!((refused.code(), refused.members()["detail"].as_str()), ("bad_part", "more than 1000 parts"));
}

#[test]
fn a_sealed_document_takes_no_more() {
    let whole = catalogue_value(&catalogue());
    given([sealed(&secretary(), CATALOGUE, "d", &whole)])
        .when(secretary(), part(CATALOGUE, "d", 2, &whole))
        .then_refused("document_sealed")
        .when(secretary(), seal(CATALOGUE, "d", 1, &whole))
        .then_refused("document_sealed");
}

#[test]
fn a_document_that_nobody_entered_is_not_sealed() {
    given([]).when(secretary(), seal(CATALOGUE, "d", 0, &json("{}"))).then_refused_with("document_unknown", "id", "d");
}

#[test]
fn a_seal_with_another_digest_is_refused_and_names_the_right_one() {
    let whole = catalogue_value(&catalogue());
    let wrong = SealDocument { document: CATALOGUE, id: id("d"), parts: 1, digest: Hash::digest(b"another") };
    given([does(secretary(), part(CATALOGUE, "d", 1, &whole))])
        .when(secretary(), Act::SealDocument(wrong))
        .then_refused_with("digest_mismatch", "expected", &digest_of(&whole).to_string());
}

#[test]
fn a_document_of_another_shape_is_not_sealed() {
    let wrong = json(r#"{"anything":"goes"}"#);
    let documents = [
        (secretary(), DocKind::Rulebook),
        (secretary(), CATALOGUE),
        (surveyor(), DocKind::Tally),
        (surveyor(), DocKind::Form),
    ];
    for (who, kind) in documents {
        given([does(who.clone(), part(kind, "d", 1, &wrong))])
            .when(who, seal(kind, "d", 1, &wrong))
            .then_refused("document_invalid");
    }
}

#[test]
fn a_catalogue_without_units_or_with_one_twice_is_not_sealed() {
    let mut empty = catalogue();
    empty.units.clear();
    let mut twice = catalogue();
    twice.units.push(twice.units[0].clone());
    for (faulty, fault) in [(empty, "units: none"), (twice, "unit a: stands twice")] {
        let whole = catalogue_value(&faulty);
        given([does(secretary(), part(CATALOGUE, "d", 1, &whole))])
            .when(secretary(), seal(CATALOGUE, "d", 1, &whole))
            .then_refused_with("document_invalid", "faults", fault);
    }
}

#[test]
fn rules_and_units_are_the_secretariats_forms_and_tallies_the_survey_staffs() {
    let (rules, units) = (rulebook_value(&rulebook()), catalogue_value(&catalogue()));
    let (tally, form) = (tally_value(&usual_tally()), form_value(&usual_form()));
    let table = [
        (DocKind::Rulebook, &rules, secretary(), surveyor()),
        (CATALOGUE, &units, secretary(), surveyor()),
        (DocKind::Tally, &tally, surveyor(), secretary()),
        (DocKind::Form, &form, surveyor(), secretary()),
    ];
    for (kind, whole, may, may_not) in table {
        given([])
            .when(may_not.clone(), part(kind, "d", 1, whole))
            .then_refused("capacity_wrong")
            .when(admin_a(), part(kind, "d", 1, whole))
            .then_refused("capacity_wrong")
            .when(may.clone(), part(kind, "d", 1, whole))
            .then("part_entered")
            .when(may_not, seal(kind, "d", 1, whole))
            .then_refused("capacity_wrong")
            .when(chief("a"), seal(kind, "d", 1, whole))
            .then_refused("capacity_wrong")
            .when(may, seal(kind, "d", 1, whole))
            .then("document_sealed");
    }
}

#[test]
fn one_id_names_a_document_of_each_kind() {
    let (rules, units) = (rulebook_value(&rulebook()), catalogue_value(&catalogue()));
    given([sealed(&secretary(), DocKind::Rulebook, "d", &rules)])
        .when(secretary(), part(CATALOGUE, "d", 1, &units))
        .then("part_entered")
        .in_stream("catalogue/d");
}
