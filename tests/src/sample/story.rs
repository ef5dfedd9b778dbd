//! The way of every score: what was claimed, what the appraisers made of it, what was flagged and explained.
//! Told backwards from the final points, so that the last stage is always what the plan wants.

use proto::act::sheet::{Figure, Inputs};

use super::plan::Final;
use super::prng::Rng;
use super::rulebook::{Form, LeafSpec};
use super::specials::{Council, Special};
use super::units::Unit;
use super::words::{code, hundredths};

/// What an appraisal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Nothing: the leaf is left to the second appraisal, or the first one stands.
    Leave,
    /// Confirms.
    Confirm,
    /// Sets other points, in hundredths.
    Adjust(i64),
}

/// A claim that a leaf does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is accepted.
    Accepted,
    /// It is refused, and the leaf is scored by the appraiser.
    Refused,
}

/// The way of one score; points in hundredths.
#[derive(Debug, Clone)]
pub struct Story {
    /// The leaf.
    pub leaf: LeafSpec,
    /// The self-scores in order; the last one is signed. Empty where an exemption is claimed.
    pub drafts: Vec<i64>,
    /// The exemption.
    pub claim: Option<Claim>,
    /// The first appraisal.
    pub first: Move,
    /// Whether the first appraisal flags it.
    pub flag: bool,
    /// Whether the unit explains the flag.
    pub explained: bool,
    /// The second appraisal.
    pub second: Move,
    /// The council's points.
    pub council: Option<i64>,
    /// The points of a correction after an appeal.
    pub correction: Option<i64>,
}

impl Story {
    /// The self-score that is signed.
    #[must_use]
    pub fn claimed(&self) -> Option<i64> {
        self.drafts.last().copied()
    }

    /// The points that stand after the first appraisal.
    #[must_use]
    pub fn after_first(&self) -> Option<i64> {
        match self.first {
            Move::Adjust(points) => Some(points),
            Move::Confirm | Move::Leave => self.claimed(),
        }
    }
}

impl LeafSpec {
    /// The inputs that give so many hundredths.
    #[must_use]
    pub fn inputs(&self, points: i64) -> Inputs {
        match &self.form {
            Form::Options(_, options) => {
                let option = options.iter().find(|(_, p)| *p == points);
                let (option, _) = option.unwrap_or_else(|| panic!("{}: no option of {points}", self.code));
                Inputs { option: Some(option.clone()), ..Inputs::default() }
            }
            Form::Number(_) => {
                let value = hundredths(points * 10_000 / self.maximum);
                Inputs { figures: vec![Figure { name: code("percent"), value }], ..Inputs::default() }
            }
            Form::Survey => panic!("{}: a survey leaf has no inputs", self.code),
        }
    }

    /// Some points above those given, not over the maximum; the same where there are none.
    fn above(&self, points: i64, rng: &mut Rng) -> i64 {
        match &self.form {
            Form::Options(_, options) => {
                let higher: Vec<i64> = options.iter().map(|(_, p)| *p).filter(|p| *p > points).collect();
                let nearest = higher.last().copied().unwrap_or(points);
                if rng.chance(700) { nearest } else { higher.first().copied().unwrap_or(points) }
            }
            Form::Number(step) if points + step <= self.maximum => {
                points + rng.between(1, (self.maximum - points) / step) * step
            }
            Form::Number(_) | Form::Survey => points,
        }
    }

    /// The next points below those given, if there are any.
    fn below(&self, points: i64) -> Option<i64> {
        match &self.form {
            Form::Options(_, options) => options.iter().map(|(_, p)| *p).find(|p| *p < points),
            Form::Number(step) => {
                let down = (self.maximum / 10).max(*step) / step * step;
                (points > self.maximum / 3).then_some(points - down)
            }
            Form::Survey => None,
        }
        .filter(|p| *p >= 0)
    }
}

/// The ways of all of a unit's own leaves.
#[must_use]
pub fn stories(unit: &Unit, finals: &[Final], special: &Special) -> Vec<Story> {
    let mut rng = Rng::of(&format!("story {}", unit.id()));
    let mut stories: Vec<Story> = finals.iter().map(|f| plain(f, &mut rng)).collect();
    if let Some(place) = special.refused {
        let points = finals[place].points.expect("a refused leaf has points");
        let leaf = &finals[place].leaf;
        stories[place] = Story { claim: Some(Claim::Refused), first: Move::Adjust(points), ..blank(leaf) };
    }
    let mut taken: Vec<usize> = special.exempt.into_iter().chain(special.refused).collect();
    if let Some((place, points)) = special.fixed {
        let story = &mut stories[place];
        story.drafts = vec![story.leaf.maximum];
        story.first = Move::Adjust(points - special.corrected);
        story.correction = Some(points);
        taken.push(place);
    }
    if let Some(council) = special.council {
        taken.push(by_council(&mut stories, finals, council));
    }
    flag_some(&mut stories, finals, &taken, &mut rng);
    stories
}

/// A score before anything is told of it.
fn blank(leaf: &LeafSpec) -> Story {
    Story {
        leaf: leaf.clone(),
        drafts: Vec::new(),
        claim: None,
        first: Move::Leave,
        flag: false,
        explained: false,
        second: Move::Leave,
        council: None,
        correction: None,
    }
}

/// A score without any special turn: claimed as it ends, or higher.
fn plain(end: &Final, rng: &mut Rng) -> Story {
    let leaf = &end.leaf;
    let Some(points) = end.points else { return Story { claim: Some(Claim::Accepted), ..blank(leaf) } };
    let modest = leaf.below(points).filter(|_| rng.chance(2));
    let own = match modest {
        Some(lower) if points == leaf.maximum => lower,
        _ if points < leaf.maximum && rng.chance(620) => leaf.above(points, rng),
        _ => points,
    };
    let mut drafts = vec![own];
    if rng.chance(6) {
        drafts.insert(0, leaf.below(own).unwrap_or(leaf.maximum));
        if rng.chance(350) {
            drafts.insert(0, leaf.maximum);
        }
    }
    let first = if own == points { Move::Confirm } else { Move::Adjust(points) };
    Story { drafts, first, ..blank(leaf) }
}

/// Gives one leaf to the council and says which.
fn by_council(stories: &mut [Story], finals: &[Final], council: Council) -> usize {
    let fits = |leaf: &LeafSpec, points: i64| match council {
        Council::Lowers | Council::Raises => leaf.below(points).is_some() && points < leaf.maximum,
        Council::Restores => leaf.below(points).is_some() && points == leaf.maximum,
    };
    let place = finals.iter().position(|f| {
        let options = matches!(&f.leaf.form, Form::Options(_, options) if options.len() > 2);
        options && f.leaf.code.field() == "5" && f.points.is_some_and(|p| fits(&f.leaf, p))
    });
    let place = place.expect("field 5 has a leaf for the council");
    let points = finals[place].points.expect("it was asked for");
    let story = &mut stories[place];
    let leaf = story.leaf.clone();
    let lower = leaf.below(points).expect("it was asked for");
    (story.drafts, story.first) = match council {
        Council::Lowers => (vec![leaf.maximum], Move::Confirm),
        Council::Raises => (vec![leaf.maximum], Move::Adjust(lower)),
        Council::Restores => (vec![points], Move::Adjust(lower)),
    };
    story.council = Some(points);
    place
}

/// Flags up to three leaves, mostly of those that claim too much.
fn flag_some(stories: &mut [Story], finals: &[Final], taken: &[usize], rng: &mut Rng) {
    // Whoever claims less than he gets has nothing to explain.
    let modest = |p: &usize| stories[*p].claimed() < finals[*p].points;
    let mut places: Vec<usize> = (0..stories.len()).filter(|p| !taken.contains(p) && !modest(p)).collect();
    rng.shuffle(&mut places);
    places.sort_by_key(|&p| stories[p].first == Move::Confirm);
    for i in 0..rng.between(0, 3) {
        let at = if i == 2 && rng.chance(400) { places.len() - 1 } else { rng.place(6) };
        let place = places.remove(at);
        let points = finals[place].points.expect("an exempted leaf is taken");
        let story = &mut stories[place];
        story.flag = true;
        story.explained = !rng.chance(90);
        let lower = story.leaf.below(points);
        (story.first, story.second) = match (story.first, lower) {
            (Move::Confirm | Move::Leave, _) => (Move::Leave, Move::Confirm),
            (Move::Adjust(_), Some(lower)) if story.explained && rng.chance(350) => {
                (Move::Adjust(lower), Move::Adjust(points))
            }
            (Move::Adjust(_), _) if rng.chance(500) => (story.first, Move::Confirm),
            (Move::Adjust(_), _) => (Move::Leave, Move::Adjust(points)),
        };
    }
}
