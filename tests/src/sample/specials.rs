//! Units with a story of their own: late, extended, withdrawn, exempted, rewarded, corrected.
//! Everything here is illustrative; it shows what a round must be able to hold.

use super::rulebook::{Form, LeafSpec};
use super::units::Unit;

/// Submits too late: closed by the timer, reopened with a reason.
pub const LATE: &str = "280";
/// Gets a later deadline before the first one passes.
pub const EXTENDED: &str = "277";
/// Takes its submitted sheet back, changes it, submits again.
pub const WITHDRAWN: &str = "xaydung";
/// Its deputy chief signs in the chief's place.
pub const DEPUTY: &str = "268";
/// Sends its figures on paper; its drafter's entries say so.
pub const FROM_PAPER: &str = "282";
/// Appeals and is right in part.
pub const UPHELD: &str = "273";
/// Appeals and is not right.
pub const DISMISSED: &str = "278";
/// Claim exemptions that are accepted, and the field of the leaf.
const EXEMPTED: [(&str, &str); 2] = [("271", "2"), ("282", "4")];
/// Claims an exemption that is refused, and the field.
const REFUSED: (&str, &str) = ("bandantoc", "2");
/// Bonuses in hundredths.
pub const BONUSES: [(&str, i64); 2] = [("018", 50), ("004", 30)];
/// A penalty in hundredths.
pub const PENALTIES: [(&str, i64); 1] = [("279", 50)];
/// Units where the council sets points: the one of a council member, and two districts.
pub const COUNCIL: [(&str, Council); 3] =
    [("yte", Council::Lowers), ("019", Council::Raises), ("276", Council::Restores)];
/// What the correction adds at the upheld appeal, in hundredths, and how far below the maximum it stays.
const CORRECTED: (i64, i64) = (10, 6);

/// What the council does at one leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Council {
    /// The appraisers confirmed the self-score; the council lowers it.
    Lowers,
    /// The appraisers took too much off; the council raises it, not to the self-score.
    Raises,
    /// The council restores the self-score.
    Restores,
}

/// What is special about one unit; places are those of its own leaves.
#[derive(Debug, Clone, Default)]
pub struct Special {
    /// A leaf whose exemption is accepted.
    pub exempt: Option<usize>,
    /// A leaf whose exemption is claimed and refused.
    pub refused: Option<usize>,
    /// A leaf with given final points, and by how much a correction raised them.
    pub fixed: Option<(usize, i64)>,
    /// How much of the fixed leaf's points came by correction.
    pub corrected: i64,
    /// Bonus in hundredths.
    pub bonus: i64,
    /// Penalty in hundredths.
    pub penalty: i64,
    /// What the council does.
    pub council: Option<Council>,
}

/// What is special about a unit.
#[must_use]
pub fn special(unit: &Unit, leaves: &[LeafSpec]) -> Special {
    let id = unit.id().as_str();
    let own: Vec<&LeafSpec> = leaves.iter().filter(|l| !matches!(l.form, Form::Survey)).collect();
    let exemptible = |field: &str| own.iter().position(|l| l.exemptible && l.code.field() == field);
    let points = |of: &[(&str, i64)]| of.iter().find(|(u, _)| *u == id).map_or(0, |(_, points)| *points);
    let mut special = Special {
        exempt: EXEMPTED.iter().find(|(u, _)| *u == id).and_then(|(_, field)| exemptible(field)),
        refused: (REFUSED.0 == id).then(|| exemptible(REFUSED.1)).flatten(),
        bonus: points(&BONUSES),
        penalty: points(&PENALTIES),
        council: COUNCIL.iter().find(|(u, _)| *u == id).map(|(_, council)| *council),
        ..Special::default()
    };
    if id == UPHELD {
        let (place, leaf) = corrected_leaf(&own);
        special.fixed = Some((place, leaf.maximum - CORRECTED.1));
        special.corrected = CORRECTED.0;
    }
    special
}

/// The leaf of the upheld appeal: the weightiest number of field 3.
fn corrected_leaf<'a>(own: &[&'a LeafSpec]) -> (usize, &'a LeafSpec) {
    let numbers = own.iter().enumerate().filter(|(_, l)| matches!(l.form, Form::Number(1)) && l.code.field() == "3");
    let (place, leaf) = numbers.max_by_key(|(_, l)| l.maximum).expect("field 3 has numbers");
    (place, leaf)
}
