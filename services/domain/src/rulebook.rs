//! A rulebook as trees that can be looked up, and the faults that keep one from being sealed.
//! A tree never changes once it is built.

use std::collections::HashMap;
use std::sync::Arc;

use proto::document::{Answer, DocRef, Extra, Group, Leaf, Rule, Rulebook, Source, Text};
use proto::rows::Level;
use proto::{Code, Decimal};

/// How deep a tree may be (fields are at depth 1).
pub const DEPTH_MAX: usize = 6;

/// A sealed rulebook.
#[derive(Debug)]
pub struct Book {
    /// What in it is real and what illustrative.
    pub basis: Text,
    /// A tree for each kind of unit.
    pub trees: HashMap<Code, Arc<Tree>>,
    /// Respondent groups.
    pub groups: Vec<Group>,
    /// The scale of answers.
    pub answers: Vec<Answer>,
    /// Bonuses and penalties.
    pub extras: Vec<Extra>,
    /// Its id and digest.
    pub doc: DocRef,
}

/// The tree of one kind of unit.
#[derive(Debug)]
pub struct Tree {
    /// The kind.
    pub kind: Code,
    /// The stated total.
    pub total: Decimal,
    /// All nodes, parents before children.
    pub nodes: Vec<TreeNode>,
    /// The leaves in the tree's order.
    pub leaves: Vec<LeafNode>,
    by_code: HashMap<Code, usize>,
}

/// A field, criterion or leaf.
#[derive(Debug)]
pub struct TreeNode {
    /// Its code.
    pub code: Code,
    /// Its parent's place in `nodes`.
    pub parent: Option<usize>,
    /// Field, criterion or leaf.
    pub level: Level,
    /// Its title.
    pub title: Text,
    /// Its maximum.
    pub maximum: Decimal,
    /// Its place in `leaves`, if it is one.
    pub leaf: Option<usize>,
}

/// A scoring leaf.
#[derive(Debug)]
pub struct LeafNode {
    /// Its code.
    pub code: Code,
    /// Its maximum.
    pub maximum: Decimal,
    /// How it is scored.
    pub leaf: Leaf,
    /// The places in `nodes` of its ancestors and itself.
    pub path: Vec<usize>,
}

impl Tree {
    /// A leaf by its code: its place and itself.
    #[must_use]
    pub fn leaf(&self, code: &Code) -> Option<(usize, &LeafNode)> {
        self.by_code.get(code).map(|&i| (i, &self.leaves[i]))
    }
}

impl Book {
    /// Builds the trees of a rulebook.
    ///
    /// # Errors
    /// All faults at once, each with its path.
    pub fn build(doc: DocRef, rulebook: Rulebook) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let mut trees = HashMap::new();
        for total in &rulebook.kinds {
            let tree = Tree::build(&rulebook, &total.kind, total.total, &mut faults);
            if trees.insert(total.kind.clone(), Arc::new(tree)).is_some() {
                faults.push(format!("kinds: {} stands twice", total.kind));
            }
        }
        if trees.is_empty() {
            faults.push("kinds: none".to_owned());
        }
        for node in rulebook.nodes.iter().filter(|n| !trees.contains_key(&n.kind)) {
            faults.push(format!("{} {}: the kind has no total", node.kind, node.code));
        }
        survey_faults(&rulebook, &trees, &mut faults);
        for extra in &rulebook.extras {
            if extra.cap.is_negative() || !trees.contains_key(&extra.kind) {
                faults.push(format!("extra {} {}: its cap is negative or its kind unknown", extra.kind, extra.code));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let Rulebook { basis, groups, answers, extras, .. } = rulebook;
        Ok(Self { basis, trees, groups, answers, extras, doc })
    }

    /// A bonus or penalty of a kind of unit.
    #[must_use]
    pub fn extra(&self, kind: &Code, code: &Code) -> Option<&Extra> {
        self.extras.iter().find(|e| e.kind == *kind && e.code == *code)
    }
}

impl Tree {
    fn build(rulebook: &Rulebook, kind: &Code, total: Decimal, faults: &mut Vec<String>) -> Self {
        let mut tree =
            Self { kind: kind.clone(), total, nodes: Vec::new(), leaves: Vec::new(), by_code: HashMap::new() };
        let mut places: HashMap<Code, usize> = HashMap::new();
        for node in rulebook.nodes.iter().filter(|n| n.kind == *kind) {
            let path = format!("{kind} {}", node.code);
            let parent = node.code.as_str().rsplit_once('.').map(|(parent, _)| places.get(parent).copied());
            let parent = match parent {
                None => None,
                Some(Some(place)) => Some(place),
                Some(None) => {
                    faults.push(format!("{path}: its parent does not stand before it"));
                    None
                }
            };
            if node.maximum <= Decimal::ZERO {
                faults.push(format!("{path}: its maximum is not above zero"));
            }
            if parent.is_some_and(|p| tree.nodes[p].leaf.is_some()) {
                faults.push(format!("{path}: its parent is a leaf"));
            }
            let place = tree.nodes.len();
            if places.insert(node.code.clone(), place).is_some() {
                faults.push(format!("{path}: the code stands twice"));
            }
            if node.code.as_str().split('.').count() > DEPTH_MAX {
                faults.push(format!("{path}: deeper than {DEPTH_MAX} levels"));
            }
            let level = match (&node.leaf, parent) {
                (Some(_), _) => Level::Leaf,
                (None, None) => Level::Field,
                (None, Some(_)) => Level::Criterion,
            };
            let leaf = node.leaf.as_ref().map(|leaf| {
                rule_faults(&path, leaf, node.maximum, faults);
                let mut above = Vec::from_iter(parent);
                while let Some(next) = above.last().and_then(|&p| tree.nodes[p].parent) {
                    above.push(next);
                }
                above.reverse();
                above.push(place);
                let index = tree.leaves.len();
                tree.by_code.insert(node.code.clone(), index);
                let (code, maximum) = (node.code.clone(), node.maximum);
                tree.leaves.push(LeafNode { code, maximum, leaf: leaf.clone(), path: above });
                index
            });
            let (code, title, maximum) = (node.code.clone(), node.title.clone(), node.maximum);
            tree.nodes.push(TreeNode { code, parent, level, title, maximum, leaf });
        }
        tree.sum_faults(faults);
        tree
    }

    /// Maxima must add up exactly at every node and to the stated total.
    fn sum_faults(&self, faults: &mut Vec<String>) {
        let mut below: Vec<i128> = vec![0; self.nodes.len()];
        let mut children = vec![0_usize; self.nodes.len()];
        let mut total = 0;
        for node in &self.nodes {
            match node.parent {
                Some(p) => {
                    below[p] += node.maximum.nanos();
                    children[p] += 1;
                }
                None => total += node.maximum.nanos(),
            }
        }
        for (i, node) in self.nodes.iter().enumerate().filter(|(_, n)| n.leaf.is_none()) {
            if children[i] == 0 {
                faults.push(format!("{} {}: neither a leaf nor a parent", self.kind, node.code));
            } else if below[i] != node.maximum.nanos() {
                faults.push(format!("{} {}: the maxima below do not add up to {}", self.kind, node.code, node.maximum));
            }
        }
        if total != self.total.nanos() {
            faults.push(format!("{}: the fields' maxima do not add up to {}", self.kind, self.total));
        }
    }
}

fn rule_faults(path: &str, leaf: &Leaf, maximum: Decimal, faults: &mut Vec<String>) {
    let mut fault = |what: &str| faults.push(format!("{path}: {what}"));
    match &leaf.rule {
        Rule::Options { options } => {
            let mut codes: Vec<&Code> = options.iter().map(|o| &o.code).collect();
            codes.sort();
            codes.dedup();
            if codes.len() != options.len() {
                fault("an option's code stands twice");
            }
            if options.iter().any(|o| o.points.is_negative() || o.points > maximum) {
                fault("an option's points are outside 0 to the maximum");
            }
            if !options.iter().any(|o| o.points == maximum) {
                fault("no option reaches the maximum");
            }
        }
        Rule::Number { step } => {
            if *step <= Decimal::ZERO || !maximum.is_multiple_of(*step) {
                fault("the maximum is no multiple of the step");
            }
        }
        Rule::SurveyAverage {} => {}
    }
    if (leaf.source == Source::Survey) != matches!(leaf.rule, Rule::SurveyAverage {}) {
        fault("source and rule disagree about the survey");
    }
    if leaf.source == Source::Survey && (leaf.evidence || leaf.exemptible) {
        fault("a survey leaf asks for no evidence and no exemption");
    }
}

fn survey_faults(rulebook: &Rulebook, trees: &HashMap<Code, Arc<Tree>>, faults: &mut Vec<String>) {
    let one = Decimal::new(1, 0).expect("one is a decimal");
    for answer in &rulebook.answers {
        if answer.share.is_negative() || answer.share > one {
            faults.push(format!("answer {}: its share is outside 0 to 1", answer.code));
        }
    }
    for (kind, tree) in trees {
        let surveyed = tree.leaves.iter().any(|l| l.leaf.source == Source::Survey);
        if surveyed && rulebook.answers.is_empty() {
            faults.push(format!("{kind}: survey leaves, but no scale of answers"));
        }
        if surveyed && !rulebook.groups.iter().any(|g| g.kind == *kind) {
            faults.push(format!("{kind}: survey leaves, but no respondent group"));
        }
    }
    let mut seen: Vec<(&Code, &Code)> = rulebook.groups.iter().map(|g| (&g.kind, &g.code)).collect();
    seen.sort();
    if seen.windows(2).any(|w| w[0] == w[1]) {
        faults.push("groups: one stands twice".to_owned());
    }
}
