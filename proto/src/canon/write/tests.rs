//! The writer's laws, over values of every shape.

use super::super::{Value, check};
use super::{WriteError, member_to_vec, to_vec};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn values() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::Int),
        ".{0,12}".prop_map(Value::Text),
        "[\\x00-\\x1f\"\\\\é]{0,6}".prop_map(Value::Text),
    ];
    plain.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::btree_map("[a-z][a-z0-9_]{0,8}", inner, 0..6).prop_map(Value::Object),
        ]
    })
}

/// A value inside up to 40 arrays and objects.
fn deep_values() -> impl Strategy<Value = Value> {
    (values(), prop::collection::vec(any::<bool>(), 0..40)).prop_map(|(inmost, brackets)| {
        brackets.into_iter().fold(inmost, |value, array| match array {
            true => Value::Array(vec![value]),
            false => Value::Object(BTreeMap::from([("a".to_owned(), value)])),
        })
    })
}

proptest! {
    #[test]
    fn what_is_written_is_taken_and_what_would_not_be_taken_is_not_written(value in deep_values()) {
        let theirs = serde_json_canonicalizer::to_vec(&value).expect("the oracle knows no depth");
        let taken = check(&theirs).is_ok();
        match to_vec(&value) {
            Ok(ours) => prop_assert!(taken && ours == theirs),
            Err(e) => prop_assert!(!taken && matches!(e, WriteError::Depth)),
        }
        let member = [b"{\"a\":", &theirs[..], b"}"].concat();
        prop_assert_eq!(member_to_vec(&value).is_ok(), check(&member).is_ok());
    }

    #[test]
    fn our_bytes_are_those_of_an_independent_rfc_8785_writer(value in values()) {
        let ours = to_vec(&value).expect("every such value has a form");
        let theirs = serde_json_canonicalizer::to_vec(&value).expect("oracle");
        prop_assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&theirs));
        prop_assert_eq!(check(&ours), Ok(()));
    }

    #[test]
    fn what_is_written_reads_back_the_same(value in values()) {
        let bytes = to_vec(&value).expect("form");
        prop_assert_eq!(Value::parse(&bytes).expect("reads"), value);
    }
}

#[test]
fn members_are_sorted_and_the_shapeless_is_refused() {
    #[derive(serde::Serialize)]
    struct Unsorted {
        b: u8,
        a: BTreeMap<String, u8>,
    }
    let value = Unsorted { b: 1, a: BTreeMap::from([("z".into(), 1), ("y".into(), 2)]) };
    assert_eq!(to_vec(&value).expect("form"), br#"{"a":{"y":2,"z":1},"b":1}"#);
    assert!(to_vec(&1.5_f64).is_err());
    assert!(to_vec(&None::<u8>).is_err());
    assert!(to_vec(&BTreeMap::from([("Bad", 1)])).is_err());
    assert!(to_vec(&(1_i64 << 53)).is_err());
    assert!(to_vec(&i128::MIN).is_err());
}

#[test]
fn an_enums_variant_is_a_member_like_any_other() {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Chain {
        Link {
            next: Box<Chain>,
        },
        End {},
        #[serde(rename = "Unnamed")]
        Unnamed {},
    }
    assert!(matches!(to_vec(&Chain::Unnamed {}), Err(WriteError::Key(name)) if name == "Unnamed"));
    let mut chain = Chain::End {};
    for _ in 0..16 {
        let written = to_vec(&chain).expect("not too deep");
        assert_eq!(check(&written), Ok(()));
        chain = Chain::Link { next: Box::new(chain) };
    }
    assert!(matches!(to_vec(&chain), Err(WriteError::Depth)));
}
