//! A rulebook as trees that can be looked up, and the faults that keep one from being sealed.
//! A tree never changes once it is built.

use std::collections::HashMap;
use std::sync::Arc;

use proto::document::{
    Answer, Claims, DocRef, Effective, Extra, Group, Leaf, MissingGroup, Rulebook, ShortGroup, Source, Text,
};
use proto::rows::Level;
use proto::text;
use proto::{Code, Decimal};

use crate::faults::Faults;
use crate::form::scale_faults;
use crate::rule::faults::rule_faults;

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
    /// What becomes of a group that gave no answer.
    pub missing_group: MissingGroup,
    /// What becomes of a group that did not reach its sample.
    pub short_group: ShortGroup,
    /// The least agreement of a re-check.
    pub agreement: Option<Decimal>,
    /// How claims are held against the rules.
    pub claims: Claims,
    /// The days that it is for.
    pub effective: Option<Effective>,
    /// Whether it is a part of a set, which no round can bind.
    pub fragment: bool,
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
    pub fn build(doc: DocRef, rulebook: Rulebook) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let mut trees = HashMap::new();
        for total in &rulebook.kinds {
            let tree = Tree::build(&rulebook, &total.kind, total.total, &mut faults);
            if trees.insert(total.kind.clone(), Arc::new(tree)).is_some() {
                let kind = &total.kind;
                faults.push("kinds", "kind_twice", text!("{kind} có hai lần", "{kind} stands twice"));
            }
        }
        if trees.is_empty() {
            faults.push("kinds", "kinds_none", text!("không có loại đơn vị nào", "none"));
        }
        for node in rulebook.nodes.iter().filter(|n| !trees.contains_key(&n.kind)) {
            let path = format!("{} {}", node.kind, node.code);
            faults.push(path, "kind_unknown", text!("loại đơn vị không có tổng điểm", "the kind has no total"));
        }
        survey_faults(&rulebook, &trees, &mut faults);
        extra_faults(&rulebook, &trees, &mut faults);
        header_faults(&rulebook, &mut faults);
        faults.none()?;
        Ok(Self {
            basis: rulebook.basis,
            trees,
            groups: rulebook.groups,
            answers: rulebook.answers,
            extras: rulebook.extras,
            missing_group: rulebook.missing_group,
            short_group: rulebook.short_group,
            agreement: rulebook.agreement,
            claims: rulebook.claims,
            effective: rulebook.effective,
            fragment: rulebook.fragment,
            doc,
        })
    }

    /// A bonus or penalty of a kind of unit.
    #[must_use]
    pub fn extra(&self, kind: &Code, code: &Code) -> Option<&Extra> {
        self.extras.iter().find(|e| e.kind == *kind && e.code == *code)
    }
}

impl Tree {
    fn build(rulebook: &Rulebook, kind: &Code, total: Decimal, faults: &mut Faults) -> Self {
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
                    faults.push(
                        path.clone(),
                        "parent_missing",
                        text!("mục cha không đứng trước", "its parent does not stand before it"),
                    );
                    None
                }
            };
            // In a fragment 0 stands for a maximum that is not known.
            if node.maximum < Decimal::ZERO || (node.maximum == Decimal::ZERO && !rulebook.fragment) {
                faults.push(
                    path.clone(),
                    "maximum_not_positive",
                    text!("điểm tối đa không lớn hơn 0", "its maximum is not above zero"),
                );
            }
            if parent.is_some_and(|p| tree.nodes[p].leaf.is_some()) {
                faults.push(
                    path.clone(),
                    "parent_is_leaf",
                    text!("mục cha là tiêu chí chấm điểm", "its parent is a leaf"),
                );
            }
            let place = tree.nodes.len();
            if places.insert(node.code.clone(), place).is_some() {
                faults.push(path.clone(), "code_twice", text!("mã có hai lần", "the code stands twice"));
            }
            if node.code.as_str().split('.').count() > DEPTH_MAX {
                faults.push(
                    path.clone(),
                    "too_deep",
                    text!("sâu hơn {DEPTH_MAX} cấp", "deeper than {DEPTH_MAX} levels"),
                );
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
        // Of a fragment some leaves are known, and so some sums.
        if !rulebook.fragment {
            tree.sum_faults(faults);
        }
        tree
    }

    /// Maxima must add up exactly at every node and to the stated total.
    fn sum_faults(&self, faults: &mut Faults) {
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
            let path = format!("{} {}", self.kind, node.code);
            if children[i] == 0 {
                faults.push(
                    path,
                    "childless",
                    text!("không có tiêu chí con và không được chấm điểm", "neither a leaf nor a parent"),
                );
            } else if below[i] != node.maximum.nanos() {
                let maximum = node.maximum;
                let what =
                    text!("tổng tối đa các mục con khác {maximum}", "the maxima below do not add up to {maximum}");
                faults.push(path, "sum_differs", what);
            }
        }
        if total != self.total.nanos() {
            let total = self.total;
            let what = text!("tổng tối đa các lĩnh vực khác {total}", "the fields' maxima do not add up to {total}");
            faults.push(self.kind.to_string(), "total_differs", what);
        }
    }
}

/// The most digits that a claim may be rounded to.
const CLAIM_DIGITS_MAX: u8 = 6;

fn header_faults(rulebook: &Rulebook, faults: &mut Faults) {
    if rulebook.title.vi.trim().is_empty() {
        faults.push("title", "untitled", text!("bộ tiêu chí không có tên", "the rulebook has no title"));
    }
    if rulebook.claims.digits > CLAIM_DIGITS_MAX {
        let what = text!("quá {CLAIM_DIGITS_MAX} chữ số", "more than {CLAIM_DIGITS_MAX} digits");
        faults.push("claims.digits", "claim_digits", what);
    }
    if rulebook.effective.as_ref().is_some_and(|e| e.until.is_some_and(|until| until < e.from)) {
        faults.push("effective", "effective_order", text!("kết thúc trước khi bắt đầu", "it ends before it begins"));
    }
    for node in rulebook.nodes.iter().filter(|n| n.title.vi.trim().is_empty()) {
        let path = format!("{} {}", node.kind, node.code);
        faults.push(path, "node_untitled", text!("không có tên gọi", "it has no title"));
    }
}

fn extra_faults(rulebook: &Rulebook, trees: &HashMap<Code, Arc<Tree>>, faults: &mut Faults) {
    let mut seen: Vec<(&Code, &Code)> = Vec::new();
    for extra in &rulebook.extras {
        let path = format!("extra {} {}", extra.kind, extra.code);
        if extra.cap.is_negative() || !trees.contains_key(&extra.kind) {
            let what = text!("mức tối đa âm hoặc loại đơn vị không có", "its cap is negative or its kind unknown");
            faults.push(path.clone(), "extra_cap", what);
        }
        if trees.get(&extra.kind).is_some_and(|tree| tree.nodes.iter().any(|n| n.code == extra.code)) {
            faults.push(
                path.clone(),
                "extra_is_node",
                text!("mã trùng với một mục của bộ tiêu chí", "its code is that of a node"),
            );
        }
        if seen.contains(&(&extra.kind, &extra.code)) {
            faults.push(path, "extra_twice", text!("mã có hai lần", "the code stands twice"));
        }
        seen.push((&extra.kind, &extra.code));
    }
}

fn survey_faults(rulebook: &Rulebook, trees: &HashMap<Code, Arc<Tree>>, faults: &mut Faults) {
    scale_faults("", &rulebook.answers, faults);
    if rulebook.agreement.is_some_and(|a| a.is_negative() || a > Decimal::ONE) {
        let what = text!("tỷ lệ ngoài khoảng 0 đến 1", "its share is outside 0 to 1");
        faults.push("agreement", "agreement_share", what);
    }
    for (kind, tree) in trees {
        let surveyed = tree.leaves.iter().any(|l| l.leaf.source == Source::Survey);
        if surveyed && rulebook.answers.is_empty() {
            let what =
                text!("có tiêu chí điều tra nhưng không có thang trả lời", "survey leaves, but no scale of answers");
            faults.push(kind.to_string(), "answers_none", what);
        }
        if surveyed && !rulebook.groups.iter().any(|g| g.kind == *kind) {
            let what =
                text!("có tiêu chí điều tra nhưng không có nhóm đối tượng", "survey leaves, but no respondent group");
            faults.push(kind.to_string(), "groups_none", what);
        }
    }
    for group in &rulebook.groups {
        let path = format!("group {} {}", group.kind, group.code);
        if !trees.contains_key(&group.kind) {
            faults.push(path.clone(), "group_kind", text!("loại đơn vị không có", "its kind is unknown"));
        }
        if group.weight.is_some_and(|w| w <= Decimal::ZERO) {
            faults.push(
                path.clone(),
                "group_weight",
                text!("trọng số không lớn hơn 0", "its weight is not above zero"),
            );
        }
        if group.sample == Some(0) {
            faults.push(path.clone(), "group_sample", text!("cỡ mẫu bằng 0", "its sample is 0"));
        }
        if group.margin.is_some_and(|e| e <= Decimal::ZERO || e >= Decimal::ONE) {
            let what = text!("sai số không nằm giữa 0 và 1", "its margin of error is not between 0 and 1");
            faults.push(path, "group_margin", what);
        }
    }
    let mut seen: Vec<(&Code, &Code)> = rulebook.groups.iter().map(|g| (&g.kind, &g.code)).collect();
    seen.sort();
    if seen.windows(2).any(|w| w[0] == w[1]) {
        faults.push("groups", "group_twice", text!("một nhóm có hai lần", "one stands twice"));
    }
}
