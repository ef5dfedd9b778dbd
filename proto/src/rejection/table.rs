//! What a table of rejections gives: the enum, and each one's code, status, sentences and members.

macro_rules! rejections {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* } = $code:literal $status:literal $vi:literal $en:literal;)*) => {
        /// Why a command is refused. It crosses ports between services as it is; whoever asks is told its code and sentences.
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum Rejection {
            $($(#[$doc])* $name { $(#[doc = stringify!($field)] $field: $type),* },)*
        }

        impl Rejection {
            /// Every code.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// The stable code.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $(Self::$name { .. } => $code,)* }
            }

            /// The HTTP status that fits it (RFC 9110).
            #[must_use]
            pub fn status(&self) -> u16 {
                match self { $(Self::$name { .. } => $status,)* }
            }

            /// The sentence for a person.
            #[must_use]
            #[allow(unused_variables, reason = "not every sentence names every member")]
            pub fn sentence(&self, lang: Lang) -> String {
                match self {
                    $(Self::$name { $($field),* } => {
                        $(let $field = $field.said(lang);)*
                        match lang {
                            Lang::Vi => format!($vi),
                            Lang::En => format!($en),
                        }
                    })*
                }
            }

            /// The members that a program needs, by name.
            #[must_use]
            #[allow(unused_mut, reason = "some rejections have no members")]
            pub fn members(&self) -> BTreeMap<&'static str, String> {
                let mut members = BTreeMap::new();
                match self {
                    $(Self::$name { $($field),* } => { $(members.insert(stringify!($field), $field.to_string());)* })*
                }
                members
            }
        }
    };
}
