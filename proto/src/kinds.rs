//! One list per universe of kinds: the enum, its names on the wire, its parser, all from the same lines.
//! There is no catch-all kind: an unknown name is an error, and a new one breaks every match that must know it.

/// Declares an enum whose variants are kinds on the wire: `Variant(Data) = "name"`.
macro_rules! kinds {
    ($(#[$doc:meta])* $enum:ident { $($(#[$vdoc:meta])* $variant:ident($data:ty) = $name:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $enum {
            $($(#[$vdoc])* $variant($data),)*
        }

        impl $enum {
            /// Every kind, as it stands on the wire.
            pub const KINDS: &'static [&'static str] = &[$($name),*];

            /// The kind's name on the wire.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            /// Reads the data of a kind; `None` for a kind that is not known.
            pub(crate) fn parse(kind: &str, data: &str) -> Option<Result<Self, serde_json::Error>> {
                match kind {
                    $($name => Some(serde_json::from_str::<$data>(data).map(Self::$variant)),)*
                    _ => None,
                }
            }

            /// The data in canonical form, to stand as a member of a command or an event.
            ///
            /// # Errors
            /// When it holds what has no canonical form there.
            pub fn data(&self) -> Result<Vec<u8>, crate::canon::WriteError> {
                match self { $(Self::$variant(data) => crate::canon::member_to_vec(data),)* }
            }

            /// The JSON Schema of every kind's data.
            #[cfg(test)]
            pub(crate) fn schemas() -> Vec<(&'static str, schemars::Schema)> {
                vec![$(($name, schemars::schema_for!($data)),)*]
            }
        }
    };
}
pub(crate) use kinds;
