//! What a round is opened with: the documents that it binds, what keeps it from being opened, each with the member that it is about, and whom
//! it will want. The decision stands on the same rules as whoever looks before.

mod unfit;

use std::collections::BTreeSet;
use std::sync::Arc;

use proto::act::round::{OpenRound, Phase};
use proto::document::{Catalogue, DocKind, DocRef, Form, Lang, Source};
use proto::said::Named;
use proto::work::Role;
use proto::{Capacity, Code, Instant, Principal, Rejection, text};

use crate::documents::Meaning;
use crate::faults::Faults;
use crate::people::{Grant, GrantState};
use crate::rulebook::Book;
use crate::world::World;

/// Who is told what stands on record for an opening: those who open rounds, grant who works in them, or audit it.
const TOLD: [Capacity; 3] = [Capacity::Secretariat, Capacity::Administrator, Capacity::Inspector];

/// In which capacities somebody acts outside any one round, for whoever may look at how rounds are opened; or, where that is all that is wanted, at
/// what is entered in one capacity, for whoever acts in it.
///
/// # Errors
/// A credential that speaks for nobody; `capacity_missing`.
pub fn opening_roles(
    world: &World,
    principal: &Principal,
    at: Instant,
    enters: Option<Capacity>,
) -> Result<Vec<Role>, Rejection> {
    let person = world.speaks(principal)?;
    let held: Vec<&Grant> = Capacity::ALL.into_iter().flat_map(|c| person.grants_of(c, None, at)).collect();
    let is_told = |capacity: Capacity| TOLD.contains(&capacity) || enters == Some(capacity);
    if !held.iter().any(|held| is_told(held.grant.capacity)) {
        let capacity = enters.unwrap_or(Capacity::Secretariat);
        return Err(Rejection::CapacityMissing { actor: principal.actor.clone(), capacity });
    }
    let role = |held: &Grant| {
        let grant = &held.grant;
        Role { capacity: grant.capacity, unit: grant.unit.clone(), fields: grant.fields.clone() }
    };
    Ok(held.into_iter().map(role).collect())
}

/// All that keeps a round from being opened: that there is one of its name, a document that is not on record, or what does not fit them.
///
/// # Errors
/// All faults at once, each with the member that it is about.
pub fn unfit_opening(world: &World, act: &OpenRound) -> Result<(), Faults> {
    let mut faults = Faults::default();
    if world.rounds.contains_key(&act.round) {
        faults.push("round", "round_exists", text!("đã có kỳ này", "there is such a round already"));
    }
    let documents = [(DocKind::Rulebook, &act.rulebook), (DocKind::Catalogue, &act.catalogue)].into_iter();
    for (kind, doc) in documents.chain(act.forms.iter().map(|form| (DocKind::Form, form))) {
        if world.meaning(kind, &doc.id, doc.digest).is_none() {
            let id = &doc.id;
            faults.push(
                kind.as_str(),
                "document_unknown",
                text!("tài liệu {id} chưa có trong nhật ký", "the document {id} is not on record"),
            );
        }
    }
    if let Ok(bound) = Bound::by(world, act)
        && let Err(unfit) = bound.unfit(act)
    {
        faults.0.extend(unfit.0);
    }
    faults.none()
}

/// Whom a round will want, and nobody is granted it at a moment or from a later one on: what is about a unit, names it; a field, its code.
#[must_use]
pub fn unstaffed(world: &World, act: &OpenRound, at: Instant) -> Faults {
    let stands = |grant: &&Grant| grant.state == GrantState::Active && grant.grant.until.is_none_or(|until| at < until);
    let grants: Vec<&Grant> = world.people.values().flat_map(|person| &person.grants).filter(stands).collect();
    let of = |capacity| grants.iter().filter(move |g| g.grant.capacity == capacity && g.covers(Some(&act.round)));
    let mut faults = Faults::default();
    let has_survey = act.phases.iter().any(|window| window.phase == Phase::Survey);
    let always = [Capacity::Secretariat, Capacity::Council, Capacity::Publisher];
    for capacity in always.into_iter().chain(has_survey.then_some(Capacity::SurveyStaff)) {
        if of(capacity).next().is_none() {
            let (vi, en) = (capacity.name(Lang::Vi).to_lowercase(), capacity.as_str());
            faults.push(capacity.as_str(), "nobody_granted", text!("chưa có {vi}", "there is no {en}"));
        }
    }
    if let Ok(bound) = Bound::by(world, act) {
        for (kind, field) in bound.appraised_fields(act) {
            if !of(Capacity::Appraiser).any(|grant| grant.covers_field(field.as_str())) {
                let what = text!(
                    "chưa có người thẩm định lĩnh vực {field} ({kind})",
                    "nobody appraises field {field} ({kind})"
                );
                faults.push(format!("field {field}"), "appraiser_none", what);
            }
        }
    }
    for unit in act.blocks.iter().flat_map(|block| &block.units) {
        let own = |capacity| of(capacity).any(|grant| grant.grant.unit.as_ref() == Some(unit));
        let what = match (own(Capacity::Drafter), own(Capacity::Chief)) {
            (true, true) => continue,
            (true, false) => text!("{unit}: chưa có thủ trưởng", "{unit} has no chief"),
            (false, true) => text!("{unit}: chưa có người lập phiếu", "{unit} has no drafter"),
            (false, false) => {
                text!("{unit}: chưa có người lập phiếu, thủ trưởng", "{unit} has neither a drafter nor a chief")
            }
        };
        faults.push(format!("unit {unit}"), "unit_unstaffed", what);
    }
    faults
}

/// The documents that a round binds.
pub struct Bound {
    book: Arc<Book>,
    catalogue: Arc<Catalogue>,
    forms: Vec<(DocRef, Arc<Form>)>,
}

impl Bound {
    /// Those that a round names.
    ///
    /// # Errors
    /// `document_unknown`, with the first that is not on record.
    pub fn by(world: &World, act: &OpenRound) -> Result<Self, Rejection> {
        let unknown = |doc: &DocRef| Rejection::DocumentUnknown { id: doc.id.clone() };
        let meaning = |kind, doc: &DocRef| world.meaning(kind, &doc.id, doc.digest);
        let Some(Meaning::Rulebook(book)) = meaning(DocKind::Rulebook, &act.rulebook) else {
            return Err(unknown(&act.rulebook));
        };
        let Some(Meaning::Catalogue(catalogue)) = meaning(DocKind::Catalogue, &act.catalogue) else {
            return Err(unknown(&act.catalogue));
        };
        let mut forms = Vec::new();
        for doc in &act.forms {
            let Some(Meaning::Form(form)) = meaning(DocKind::Form, doc) else { return Err(unknown(doc)) };
            forms.push((doc.clone(), form));
        }
        Ok(Self { book, catalogue, forms })
    }

    /// What of a round does not fit its documents, or itself.
    ///
    /// # Errors
    /// All faults at once.
    pub fn unfit(&self, act: &OpenRound) -> Result<(), Faults> {
        unfit::unfit(self, act).none()
    }

    /// The fields, of the kinds of units that take part, in which somebody has to appraise.
    fn appraised_fields<'b>(&'b self, act: &'b OpenRound) -> impl Iterator<Item = (&'b Code, &'b Code)> {
        let kinds: BTreeSet<&Code> = act.blocks.iter().map(|block| &block.kind).collect();
        kinds.into_iter().filter_map(|kind| Some((kind, self.book.trees.get(kind)?))).flat_map(|(kind, tree)| {
            let appraised = tree.leaves.iter().filter(|leaf| leaf.leaf.source != Source::Survey);
            let fields: BTreeSet<usize> = appraised.filter_map(|leaf| leaf.path.first().copied()).collect();
            fields.into_iter().map(move |field| (kind, &tree.nodes[field].code))
        })
    }
}
