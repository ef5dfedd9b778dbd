//! A JSON value as it comes in at the door: any order and spacing, but nothing that has no canonical form.
//! It never guesses: a float, null or a member twice is an error.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::INTEGER_MAX;

/// Any canonical JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// true or false.
    Bool(bool),
    /// An integer within ±(2^53-1).
    Int(i64),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// Reads JSON in any spacing and member order.
    ///
    /// # Errors
    /// What is not JSON, and what has no canonical form; the text says where.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The value with every string in Unicode Normalization Form C.
    #[must_use]
    pub fn nfc(self) -> Self {
        match self {
            Self::Text(s) if !s.is_ascii() && !is_nfc(&s) => Self::Text(s.nfc().collect()),
            Self::Array(a) => Self::Array(a.into_iter().map(Self::nfc).collect()),
            Self::Object(o) => Self::Object(o.into_iter().map(|(k, v)| (k, v.nfc())).collect()),
            other => other,
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(b) => s.serialize_bool(*b),
            Self::Int(n) => s.serialize_i64(*n),
            Self::Text(t) => s.serialize_str(t),
            Self::Array(a) => s.collect_seq(a),
            Self::Object(o) => s.collect_map(o),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a string, an integer, true, false, an array or an object")
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Value, E> {
        if v.unsigned_abs() > INTEGER_MAX.unsigned_abs() {
            return Err(E::custom("an integer beyond 2^53-1"));
        }
        Ok(Value::Int(v))
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Value, E> {
        match i64::try_from(v) {
            Ok(v) => self.visit_i64(v),
            Err(_) => Err(E::custom("an integer beyond 2^53-1")),
        }
    }
    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("a fraction or exponent: decimals are written as strings, as in \"8.25\""))
    }
    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Err(E::custom("null is not allowed: leave the member out"))
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::Text(v.to_owned()))
    }
    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::Text(v))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = seq.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            if object.insert(key.clone(), value).is_some() {
                return Err(de::Error::custom(format!("the member {key:?} stands twice")));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn the_door_takes_any_order_and_refuses_what_has_no_form() {
        assert!(Value::parse(b" {\"b\": 1, \"a\": \"\\u0041\"} ").is_ok());
        for bad in ["{\"a\":1,\"a\":1}", "1.0", "null", "[1e2]", "9007199254740992", "{\"a\":", "-9007199254740992"] {
            assert!(Value::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn decomposed_vietnamese_is_composed_at_the_door() {
        let decomposed = "ti\u{65}\u{302}\u{301}ng";
        assert_eq!(Value::Text(decomposed.into()).nfc(), Value::Text("ti\u{1ebf}ng".into()));
    }
}
