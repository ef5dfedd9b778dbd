//! The writer: any serde value as canonical JSON.
//! It never emits a float, null, an integer beyond 2^53-1 or a member's name outside snake_case: it fails instead.

use serde::ser::{self, Serialize};

use super::{DEPTH_MAX, INTEGER_MAX, is_key};

/// Why a value has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A value that canonical JSON leaves out.
    #[error("{0} has no canonical form")]
    Kind(&'static str),
    /// An integer beyond 2^53-1.
    #[error("an integer beyond 2^53-1")]
    Integer,
    /// A member's name that is not snake_case, or that stands twice.
    #[error("the member's name {0:?} is not snake_case or stands twice")]
    Key(String),
    /// Nesting deeper than [`DEPTH_MAX`].
    #[error("nested too deeply")]
    Depth,
    /// What a type's own `Serialize` said.
    #[error("{0}")]
    Other(String),
}

impl ser::Error for WriteError {
    fn custom<T: std::fmt::Display>(msg: T) -> Self {
        Self::Other(msg.to_string())
    }
}

/// The canonical bytes of a value.
///
/// # Errors
/// [`WriteError`] for a value that has no canonical form.
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, WriteError> {
    write(value, 0)
}

/// The canonical bytes of a value that will stand as a member of an object: it may nest one level less.
pub(crate) fn member_to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, WriteError> {
    write(value, 1)
}

fn write<T: Serialize + ?Sized>(value: &T, depth: usize) -> Result<Vec<u8>, WriteError> {
    let mut writer = Writer { out: Vec::with_capacity(512), members: Vec::new(), depth };
    value.serialize(&mut writer)?;
    Ok(writer.out)
}

/// Appends `text` as a canonical JSON string, quotes included (RFC 8785, 3.2.2.2).
pub fn escape(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut done = 0;
    for (i, &b) in bytes.iter().enumerate() {
        if b >= 0x20 && b != b'"' && b != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[done..i]);
        done = i + 1;
        match b {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0a => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            0x0d => out.extend_from_slice(b"\\r"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.push(b'0' + (b >> 4));
                out.push(b"0123456789abcdef"[usize::from(b & 15)]);
            }
        }
    }
    out.extend_from_slice(&bytes[done..]);
    out.push(b'"');
}

/// Where one member's text lies in the output: from its name's quote to the end of its value.
#[derive(Clone, Copy)]
struct Member {
    start: usize,
    key_end: usize,
    end: usize,
}

struct Writer {
    out: Vec<u8>,
    /// Members of all objects that are open, innermost last.
    members: Vec<Member>,
    /// How many arrays and objects the next value stands inside.
    depth: usize,
}

impl Writer {
    fn integer(&mut self, n: i128) -> Result<(), WriteError> {
        if n.unsigned_abs() > u128::from(INTEGER_MAX.unsigned_abs()) {
            return Err(WriteError::Integer);
        }
        self.out.extend_from_slice(n.to_string().as_bytes());
        Ok(())
    }

    fn enter(&mut self, bracket: u8) {
        self.depth += 1;
        self.out.push(bracket);
    }

    fn leave(&mut self, bracket: u8) {
        self.depth -= 1;
        self.out.push(bracket);
    }

    /// Whether a value may stand here. The bracket around it may be deeper than that, if it stays empty.
    fn room(&self) -> Result<(), WriteError> {
        if self.depth > DEPTH_MAX { Err(WriteError::Depth) } else { Ok(()) }
    }

    fn key(&mut self, key: &str) -> Result<(), WriteError> {
        self.room()?;
        if !is_key(key.as_bytes()) {
            return Err(WriteError::Key(key.to_owned()));
        }
        let start = self.out.len();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.members.push(Member { start, key_end: self.out.len(), end: 0 });
        self.out.extend_from_slice(b"\":");
        Ok(())
    }

    fn member_done(&mut self, member: usize) {
        self.members[member].end = self.out.len();
        self.out.push(b',');
    }

    /// Sorts the members that were written since `first`, if they were not in order already.
    fn close_object(&mut self, start: usize, first: usize) -> Result<(), WriteError> {
        if self.members.len() > first {
            self.out.pop();
        }
        let out = &self.out;
        let name = |m: &Member| &out[m.start + 1..m.key_end];
        let sorted = self.members[first..].windows(2).all(|w| name(&w[0]) < name(&w[1]));
        if !sorted {
            let mut order = self.members[first..].to_vec();
            order.sort_by(|a, b| name(a).cmp(name(b)));
            if let Some(w) = order.windows(2).find(|w| name(&w[0]) == name(&w[1])) {
                return Err(WriteError::Key(String::from_utf8_lossy(name(&w[0])).into_owned()));
            }
            let mut text = Vec::with_capacity(out.len() - start);
            for m in &order {
                text.extend_from_slice(&out[m.start..m.end]);
                text.push(b',');
            }
            text.pop();
            self.out.truncate(start);
            self.out.extend_from_slice(&text);
        }
        self.members.truncate(first);
        self.leave(b'}');
        Ok(())
    }
}

/// An object or array that is being written.
struct Nest<'a> {
    writer: &'a mut Writer,
    start: usize,
    first: usize,
    /// One more brace to close: the object around an enum's variant.
    wrapped: bool,
}

impl<'a> Nest<'a> {
    fn open(writer: &'a mut Writer, bracket: u8) -> Self {
        writer.enter(bracket);
        let (start, first) = (writer.out.len(), writer.members.len());
        Self { writer, start, first, wrapped: false }
    }

    /// The object of an enum's variant, within one whose only member is the variant's name.
    fn variant(writer: &'a mut Writer, name: &str) -> Result<Self, WriteError> {
        writer.enter(b'{');
        writer.key(name)?;
        writer.members.pop();
        Ok(Self { wrapped: true, ..Self::open(writer, b'{') })
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        self.writer.room()?;
        if self.writer.out.len() > self.start {
            self.writer.out.push(b',');
        }
        value.serialize(&mut *self.writer)
    }

    fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), WriteError> {
        self.writer.key(key)?;
        let member = self.writer.members.len() - 1;
        value.serialize(&mut *self.writer)?;
        self.writer.member_done(member);
        Ok(())
    }

    fn close_object(self) -> Result<(), WriteError> {
        self.writer.close_object(self.start, self.first)?;
        if self.wrapped {
            self.writer.leave(b'}');
        }
        Ok(())
    }
}

macro_rules! integers {
    ($($name:ident: $type:ty),*) => {
        $(fn $name(self, v: $type) -> Result<(), WriteError> { self.integer(i128::from(v)) })*
    };
}

impl<'a> ser::Serializer for &'a mut Writer {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = Nest<'a>;
    type SerializeTuple = Nest<'a>;
    type SerializeTupleStruct = Nest<'a>;
    type SerializeTupleVariant = Nest<'a>;
    type SerializeMap = Nest<'a>;
    type SerializeStruct = Nest<'a>;
    type SerializeStructVariant = Nest<'a>;

    integers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_i128: i128);

    fn serialize_bool(self, v: bool) -> Result<(), WriteError> {
        self.out.extend_from_slice(if v { b"true" } else { b"false" });
        Ok(())
    }
    fn serialize_f32(self, _: f32) -> Result<(), WriteError> {
        Err(WriteError::Kind("a float"))
    }
    fn serialize_f64(self, _: f64) -> Result<(), WriteError> {
        Err(WriteError::Kind("a float"))
    }
    fn serialize_char(self, v: char) -> Result<(), WriteError> {
        self.serialize_str(v.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, v: &str) -> Result<(), WriteError> {
        escape(v, &mut self.out);
        Ok(())
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), WriteError> {
        Err(WriteError::Kind("a byte string"))
    }
    fn serialize_none(self) -> Result<(), WriteError> {
        Err(WriteError::Kind("null"))
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), WriteError> {
        Err(WriteError::Kind("null"))
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), WriteError> {
        Err(WriteError::Kind("null"))
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), WriteError> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        let mut nest = Nest::open(self, b'{');
        nest.member(variant, value)?;
        nest.close_object()
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Nest<'a>, WriteError> {
        Ok(Nest::open(self, b'['))
    }
    fn serialize_tuple(self, _: usize) -> Result<Nest<'a>, WriteError> {
        Ok(Nest::open(self, b'['))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Nest<'a>, WriteError> {
        Ok(Nest::open(self, b'['))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Nest<'a>, WriteError> {
        Err(WriteError::Kind("a tuple variant"))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Nest<'a>, WriteError> {
        Ok(Nest::open(self, b'{'))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Nest<'a>, WriteError> {
        Ok(Nest::open(self, b'{'))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Nest<'a>, WriteError> {
        Nest::variant(self, variant)
    }
}

macro_rules! elements {
    ($($trait:ident: $method:ident),*) => {
        $(impl ser::$trait for Nest<'_> {
            type Ok = ();
            type Error = WriteError;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> { self.element(value) }
            fn end(self) -> Result<(), WriteError> { self.writer.leave(b']'); Ok(()) }
        })*
    };
}
elements!(SerializeSeq: serialize_element, SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field, SerializeTupleVariant: serialize_field);

macro_rules! members {
    ($($trait:ident),*) => {
        $(impl ser::$trait for Nest<'_> {
            type Ok = ();
            type Error = WriteError;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), WriteError> {
                self.member(key, value)
            }
            fn end(self) -> Result<(), WriteError> { self.close_object() }
        })*
    };
}
members!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Nest<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WriteError> {
        let text = to_vec(key)?;
        match std::str::from_utf8(&text).ok().and_then(|t| t.strip_prefix('"')?.strip_suffix('"')) {
            Some(name) => self.writer.key(name),
            None => Err(WriteError::Kind("a member's name that is no string")),
        }
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        let member = self.writer.members.len() - 1;
        value.serialize(&mut *self.writer)?;
        self.writer.member_done(member);
        Ok(())
    }
    fn end(self) -> Result<(), WriteError> {
        self.close_object()
    }
}

#[cfg(test)]
mod tests;
