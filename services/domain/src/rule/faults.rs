//! Whether a rule is total: every input that it can get leads to points, and everything written in it can be reached.
//! Each fault has a stable code and says where in the rule it is.

use std::collections::BTreeSet;

use proto::act::sheet::FIGURES_MAX;
use proto::document::Text;
use proto::document::{Bound, CountStep, Delay, FigureName, Leaf, Rule, Source};
use proto::text;
use proto::{Code, Decimal};

use crate::faults::Faults;
use crate::formula::{Expr, is_formula_name};

/// The faults of one leaf's rule.
pub struct RuleFaults<'a> {
    path: &'a str,
    maximum: Decimal,
    faults: &'a mut Faults,
}

/// Finds the faults of a leaf.
pub fn rule_faults(path: &str, leaf: &Leaf, maximum: Decimal, faults: &mut Faults) {
    let mut of = RuleFaults { path, maximum, faults };
    of.rule(&leaf.rule);
    of.leaf(leaf);
}

impl RuleFaults<'_> {
    fn fault(&mut self, code: &'static str, what: Text) {
        self.faults.push(self.path, code, what);
    }

    fn leaf(&mut self, leaf: &Leaf) {
        let surveyed = leaf.source == Source::Survey;
        if surveyed != matches!(leaf.rule, Rule::SurveyAverage {}) {
            self.fault(
                "source_rule",
                text!("nguồn điểm và quy tắc không khớp về điều tra", "source and rule disagree about the survey"),
            );
        }
        if surveyed && (leaf.evidence || leaf.exemptible) {
            self.fault(
                "survey_evidence",
                text!(
                    "tiêu chí điều tra không đòi tài liệu và không được miễn",
                    "a survey leaf asks for no evidence and no exemption"
                ),
            );
        }
        if (leaf.source == Source::External) != matches!(leaf.rule, Rule::ExternalIndex { .. }) {
            self.fault(
                "source_external",
                text!(
                    "nguồn điểm và quy tắc không khớp về chỉ số khác",
                    "source and rule disagree about the external index"
                ),
            );
        }
    }

    fn rule(&mut self, rule: &Rule) {
        match rule {
            Rule::SurveyAverage {} => {}
            Rule::Options { options } => {
                let codes: BTreeSet<&Code> = options.iter().map(|o| &o.code).collect();
                if codes.len() != options.len() {
                    self.fault("option_twice", text!("mã phương án có hai lần", "an option's code stands twice"));
                }
                if options.iter().any(|o| o.points.is_negative() || o.points > self.maximum) {
                    self.fault(
                        "option_points",
                        text!(
                            "điểm phương án ngoài khoảng 0 đến tối đa",
                            "an option's points are outside 0 to the maximum"
                        ),
                    );
                }
                if !options.iter().any(|o| o.points == self.maximum) {
                    self.fault(
                        "option_maximum",
                        text!("không phương án nào đạt tối đa", "no option reaches the maximum"),
                    );
                }
            }
            Rule::YesNo { yes, no } => self.values(&[*yes, *no]),
            Rule::Number { step } => {
                if *step <= Decimal::ZERO || !self.maximum.is_multiple_of(*step) {
                    let what = text!("tối đa không phải là bội số của bước", "the maximum is no multiple of the step");
                    self.fault("number_step", what);
                }
            }
            Rule::RatioBands { part, whole, bands, .. } => {
                self.figures(&[part, whole]);
                self.cover(&bands.iter().map(|b| (b.from.clone(), b.to.clone())).collect::<Vec<_>>());
                self.values(&bands.iter().map(|b| b.points).collect::<Vec<_>>());
            }
            Rule::Tiers { part, whole, tiers, .. } => {
                self.figures(&[part, whole]);
                self.cover(&tiers.iter().map(|t| (t.from.clone(), t.to.clone())).collect::<Vec<_>>());
                let one = Decimal::new(1, 0).expect("one is a decimal");
                if tiers.iter().any(|t| t.share.is_negative() || t.share > one) {
                    let what = text!("tỷ lệ ngoài khoảng 0 đến 1", "a share is outside 0 to 1");
                    self.fault("share_outside", what);
                }
                if !tiers.iter().any(|t| t.share == one) {
                    self.fault(
                        "maximum_unreached",
                        text!("không mức nào đạt tối đa", "nothing in the rule reaches the maximum"),
                    );
                }
            }
            Rule::Linear { part, whole, .. } => self.figures(&[part, whole]),
            Rule::LinearFloor { part, whole, floor, .. } => {
                self.figures(&[part, whole]);
                let hundred = Decimal::new(100, 0).expect("a hundred is a decimal");
                let beyond = floor.at > hundred || (floor.at == hundred && !floor.closed);
                if floor.at.is_negative() || beyond {
                    let what = text!("ngưỡng ngoài khoảng 0 đến 100", "the floor is outside 0 to 100");
                    self.fault("floor_outside", what);
                }
            }
            Rule::Steps { count, steps } => {
                self.figures(&[count]);
                self.steps(steps);
                self.values(&steps.iter().map(|s| s.points).collect::<Vec<_>>());
            }
            Rule::PerUnit { count, each } | Rule::Deduct { count, each } => {
                self.figures(&[count]);
                if *each <= Decimal::ZERO {
                    let what = text!("điểm mỗi đơn vị phải lớn hơn 0", "the points of each are not above zero");
                    self.fault("each_not_positive", what);
                }
                if *each > self.maximum {
                    let what = text!("điểm mỗi đơn vị vượt tối đa", "the points of each are over the maximum");
                    self.fault("each_over_maximum", what);
                }
            }
            Rule::Formula { figures, expression, .. } => {
                self.figures(&figures.iter().collect::<Vec<_>>());
                self.formula(figures, expression);
            }
            Rule::ExternalIndex { value, scale } => {
                self.figures(&[value]);
                if *scale <= Decimal::ZERO {
                    let what =
                        text!("thang của chỉ số kia phải lớn hơn 0", "the other index's scale is not above zero");
                    self.fault("scale_not_positive", what);
                }
            }
            Rule::Deadline { delays, after, never, .. } => {
                self.delays(delays);
                let mut values: Vec<Decimal> = delays.iter().map(|d| d.points).collect();
                values.extend([*after, *never]);
                self.values(&values);
            }
        }
    }

    /// All values lie between 0 and the maximum, and one of them is the maximum.
    fn values(&mut self, values: &[Decimal]) {
        if values.iter().any(|v| v.is_negative() || *v > self.maximum) {
            let what = text!("điểm ngoài khoảng 0 đến tối đa", "points are outside 0 to the maximum");
            self.fault("points_outside", what);
        }
        if !values.contains(&self.maximum) {
            let what = text!("không mức nào đạt tối đa", "nothing in the rule reaches the maximum");
            self.fault("maximum_unreached", what);
        }
    }

    fn figures(&mut self, names: &[&FigureName]) {
        let distinct: BTreeSet<&Code> = names.iter().map(|n| &n.name).collect();
        if distinct.len() != names.len() {
            self.fault("figure_twice", text!("tên số liệu có hai lần", "a figure's name stands twice"));
        }
        if names.iter().any(|n| n.title.vi.trim().is_empty()) {
            self.fault("figure_untitled", text!("số liệu không có tên gọi", "a figure has no title"));
        }
    }

    fn formula(&mut self, figures: &[FigureName], expression: &str) {
        if figures.is_empty() || figures.len() > FIGURES_MAX {
            let what = text!("cần từ 1 đến {FIGURES_MAX} số liệu", "it needs 1 to {FIGURES_MAX} figures");
            self.fault("formula_figures", what);
        }
        let expr = match Expr::parse(expression) {
            Ok(expr) => expr,
            Err(bad) => {
                let (at, vi, en) = (bad.at, &bad.what.vi, &bad.what.en);
                let what = text!("công thức sai tại ký tự {at}: {vi}", "the formula is wrong at byte {at}: {en}");
                return self.fault("formula_wrong", what);
            }
        };
        let used = expr.inputs();
        for name in figures.iter().map(|f| &f.name) {
            if !is_formula_name(name.as_str()) {
                let what = text!("{name} không dùng được làm tên trong công thức", "{name} is no name for a formula");
                self.fault("formula_name", what);
            } else if !used.contains(name) {
                self.fault("formula_unused", text!("công thức không dùng {name}", "the formula does not use {name}"));
            }
        }
        for name in used.into_iter().filter(|name| !figures.iter().any(|f| f.name == **name)) {
            let what =
                text!("công thức dùng {name}, không được khai", "the formula uses {name}, which is not declared");
            self.fault("formula_undeclared", what);
        }
    }

    fn steps(&mut self, steps: &[CountStep]) {
        if steps.first().is_none_or(|s| s.from != 0) {
            self.fault("steps_begin", text!("bậc thấp nhất phải bắt đầu từ 0", "the steps do not begin at 0"));
        }
        if steps.windows(2).any(|w| w[0].from >= w[1].from) {
            self.fault("steps_order", text!("các bậc không tăng dần", "the steps do not rise"));
        }
    }

    fn delays(&mut self, delays: &[Delay]) {
        if delays.first().is_none_or(|d| d.days != 0) {
            let what = text!("mức đầu phải là đúng hạn (0 ngày)", "the first delay is not that of 0 days");
            self.fault("delays_begin", what);
        }
        if delays.windows(2).any(|w| w[0].days >= w[1].days) {
            self.fault("delays_order", text!("các mức trễ không tăng dần", "the delays do not rise"));
        }
    }

    /// Intervals cover 0 to 100, both ends included, without gap or overlap; their order does not matter.
    fn cover(&mut self, intervals: &[(Bound, Bound)]) {
        let hundred = Decimal::new(100, 0).expect("a hundred is a decimal");
        let empty = |(from, to): &(Bound, Bound)| from.at > to.at || (from.at == to.at && !(from.closed && to.closed));
        if intervals.iter().any(empty) {
            self.fault("interval_empty", text!("có khoảng rỗng", "an interval is empty"));
            return;
        }
        let mut sorted = intervals.to_vec();
        // Of two that begin at one point, the one that holds the point comes first.
        sorted.sort_by_key(|(from, to)| (from.at, !from.closed, to.at));
        let begins = sorted.first().is_some_and(|(from, _)| from.at == Decimal::ZERO && from.closed);
        if !begins {
            self.fault(
                "cover_begin",
                text!("các khoảng không bắt đầu từ 0", "the intervals do not begin at 0, included"),
            );
        }
        let ends = sorted.last().is_some_and(|(_, to)| to.at == hundred && to.closed);
        if !ends {
            self.fault(
                "cover_end",
                text!("các khoảng không kết thúc ở 100", "the intervals do not end at 100, included"),
            );
        }
        for pair in sorted.windows(2) {
            let (to, from) = (&pair[0].1, &pair[1].0);
            let at = from.at;
            if to.at < from.at || (to.at == from.at && !to.closed && !from.closed) {
                self.fault("cover_gap", text!("hở tại {at}", "a gap at {at}"));
            } else if to.at > from.at || (to.closed && from.closed) {
                self.fault("cover_overlap", text!("chồng lấn tại {at}", "an overlap at {at}"));
            }
        }
    }
}
