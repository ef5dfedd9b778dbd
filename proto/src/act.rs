//! What acts and facts carry, one file for each room of the work.
//! Nothing here decides: the rules are in `services/domain`.

pub mod appeal;
pub mod appraisal;
pub mod council;
pub mod documents;
pub mod examination;
pub mod grants;
pub mod log;
pub mod privacy;
pub mod publication;
pub mod round;
pub mod sheet;
pub mod survey;

/// For members that are left out when they are false.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
pub(crate) fn is_false(b: &bool) -> bool {
    !*b
}

/// Derives what every wire type has; schemas only where they are made, in tests.
macro_rules! wire {
    ($($item:item)*) => {$(
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        $item
    )*};
}
/// Derives what every wire enum without data has; names in `snake_case`.
macro_rules! words {
    ($($item:item)*) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        $item
    )*};
}
pub(crate) use {wire, words};
