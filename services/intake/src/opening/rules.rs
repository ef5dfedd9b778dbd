//! What one rulebook has otherwise than the one before: nodes that are new, gone, or changed in title, maximum, source, rule or what they ask for; and
//! what stands beside the trees. It judges nothing.

use std::collections::HashMap;

use proto::canon::to_vec;
use proto::document::{Answer, Extra, Group, Leaf, Node, Rulebook, Sign, Source, Text};
use proto::opening::{RuleChange, UnitChanged};
use proto::{Code, Decimal, text};
use serde::Serialize;

use super::same;
use crate::unit_sheet::rule_said;

/// In the order of the new one; then what is gone; then what stands beside the trees.
pub fn of(before: &Rulebook, now: &Rulebook) -> Vec<RuleChange> {
    let key = |node: &Node| (node.kind.clone(), node.code.clone());
    let old: HashMap<(Code, Code), &Node> = before.nodes.iter().map(|node| (key(node), node)).collect();
    let new: HashMap<(Code, Code), &Node> = now.nodes.iter().map(|node| (key(node), node)).collect();
    let mut changes: Vec<RuleChange> = now.nodes.iter().filter_map(|node| differs(old.get(&key(node)), node)).collect();
    let gone = before.nodes.iter().filter(|node| !new.contains_key(&key(node)));
    changes.extend(gone.map(|node| change(of_node(node), UnitChanged::Gone, whole(node), nothing())));
    changes.extend(beside(before, now));
    changes
}

fn differs(was: Option<&&Node>, now: &Node) -> Option<RuleChange> {
    let Some(was) = was else { return Some(change(of_node(now), UnitChanged::Added, nothing(), whole(now))) };
    if **was == *now {
        return None;
    }
    let differing: Vec<(Text, Text)> = told(was).into_iter().zip(told(now)).filter(|(was, now)| was != now).collect();
    let (was, now_is): (Vec<Text>, Vec<Text>) = differing.into_iter().unzip();
    Some(change(of_node(now), UnitChanged::Changed, joined(was), joined(now_is)))
}

fn change(of: Text, change: UnitChanged, was: Text, now: Text) -> RuleChange {
    RuleChange { of, change, was, now }
}

fn nothing() -> Text {
    same("")
}

fn of_node(node: &Node) -> Text {
    same(&format!("{} {}", node.kind, node.code))
}

fn whole(node: &Node) -> Text {
    joined(told(node).into())
}

fn joined(mut parts: Vec<Text>) -> Text {
    parts.retain(|part| !part.vi.is_empty());
    Text::join(&parts)
}

/// Every member of a node, each in words that hold all of it.
fn told(node: &Node) -> [Text; 7] {
    let maximum = Text::new(
        format!("tối đa {}", node.maximum.to_string().replace('.', ",")),
        format!("{} at most", node.maximum),
    );
    let Some(Leaf { source, rule, evidence, asks, exemptible }) = &node.leaf else {
        return [titled(&node.title), maximum, nothing(), nothing(), nothing(), nothing(), nothing()];
    };
    let source = match source {
        Source::Appraisal => text!("tự chấm, thẩm định", "self-scored and appraised"),
        Source::Survey => text!("điều tra xã hội học", "by survey"),
        Source::External => text!("chỉ số của nơi khác", "another authority's index"),
    };
    let evidence = match evidence {
        true => text!("cần tài liệu kiểm chứng", "evidence is needed"),
        false => text!("không cần tài liệu kiểm chứng", "no evidence is needed"),
    };
    let asks = asks.as_ref().map_or_else(nothing, |asks| {
        let Text { vi, en } = asks;
        Text::new(format!("tài liệu: {vi}"), format!("documents: {en}"))
    });
    let exempt = match exemptible {
        true => text!("có thể đề nghị không áp dụng", "a unit may claim that it does not apply"),
        false => text!("áp dụng cho mọi đơn vị", "it applies to every unit"),
    };
    [titled(&node.title), maximum, source, rule_said(rule, node.maximum), evidence, asks, exempt]
}

/// A title in both languages: English alone may differ.
fn titled(title: &Text) -> Text {
    Text::new(format!("{} [{}]", title.vi, title.en), title.en.clone())
}

/// What stands beside the trees.
fn beside(before: &Rulebook, now: &Rulebook) -> Vec<RuleChange> {
    let totals = |book: &Rulebook| listed(book.kinds.iter().map(|of| same(&format!("{}: {}", of.kind, of.total))));
    let extra = |e: &Extra| {
        let sign = match e.sign {
            Sign::Bonus => text!("thưởng", "bonus"),
            Sign::Penalty => text!("trừ", "penalty"),
        };
        let (vi, en) = (&e.title.vi, &e.title.en);
        Text::new(
            format!("{} {} {vi} ({} ≤ {})", e.kind, e.code, sign.vi, e.cap),
            format!("{} {} {en} ({} ≤ {})", e.kind, e.code, sign.en, e.cap),
        )
    };
    let number = |n: Option<Decimal>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let group = |g: &Group| {
        let sample = g.sample.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let (weight, margin) = (number(g.weight), number(g.margin));
        let (vi, en) = (&g.title.vi, &g.title.en);
        Text::new(
            format!("{} {} {vi} (hệ số {weight}, mẫu {sample}, sai số {margin})", g.kind, g.code),
            format!("{} {} {en} (weight {weight}, sample {sample}, margin {margin})", g.kind, g.code),
        )
    };
    let answer = |a: &Answer| same(&format!("{}: {}", a.code, number(a.share)));
    let optional = |n: Option<Decimal>| same(&number(n));
    let members = [
        (text!("tổng điểm", "totals"), totals(before), totals(now)),
        (text!("năm áp dụng", "years"), same(&spelled(&before.effective)), same(&spelled(&now.effective))),
        (text!("chỉ là một phần", "a fragment"), same(&spelled(&before.fragment)), same(&spelled(&now.fragment))),
        (text!("điểm tự chấm khác quy tắc", "claims"), same(&spelled(&before.claims)), same(&spelled(&now.claims))),
        (
            text!("điểm thưởng, điểm trừ", "bonus and penalty"),
            listed(before.extras.iter().map(extra)),
            listed(now.extras.iter().map(extra)),
        ),
        (
            text!("nhóm được hỏi", "respondent groups"),
            listed(before.groups.iter().map(group)),
            listed(now.groups.iter().map(group)),
        ),
        (
            text!("thang trả lời", "answers"),
            listed(before.answers.iter().map(answer)),
            listed(now.answers.iter().map(answer)),
        ),
        (
            text!("nhóm không có trả lời", "groups without answers"),
            same(&spelled(&before.missing_group)),
            same(&spelled(&now.missing_group)),
        ),
        (
            text!("nhóm thiếu mẫu", "groups short of their sample"),
            same(&spelled(&before.short_group)),
            same(&spelled(&now.short_group)),
        ),
        (text!("mức trùng khi hỏi lại", "agreement"), optional(before.agreement), optional(now.agreement)),
    ];
    let differing = members.into_iter().filter(|(_, was, now)| was != now);
    differing.map(|(of, was, now)| change(of, UnitChanged::Changed, was, now)).collect()
}

fn listed(parts: impl Iterator<Item = Text>) -> Text {
    joined(parts.collect())
}

/// A member as the document spells it.
fn spelled<T: Serialize>(value: &T) -> String {
    to_vec(value).map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use proto::document::{Rule, Rulebook, Text};
    use proto::opening::UnitChanged;
    use proto::{Code, Decimal};

    use super::of;

    fn book() -> Rulebook {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/rulebooks/all-kinds.json");
        serde_json::from_slice(&std::fs::read(file).expect("a book")).expect("a rulebook")
    }

    fn at<'b>(book: &'b mut Rulebook, code: &str) -> &'b mut proto::document::Node {
        book.nodes.iter_mut().find(|node| node.code.as_str() == code).expect("a node")
    }

    #[test]
    fn of_two_rulebooks_each_leaf_that_is_new_gone_or_otherwise_is_told_with_what_has_changed_of_it_alone() {
        let before = book();
        assert!(of(&before, &before).is_empty());
        let mut now = book();
        at(&mut now, "1.1").maximum = Decimal::parse("2").expect("a number");
        at(&mut now, "1.2").title = Text::new("Tên khác", "Another title");
        at(&mut now, "2.5").leaf.as_mut().expect("a leaf").rule =
            Rule::Number { step: Decimal::parse("0.25").expect("a number") };
        at(&mut now, "1.7").code = Code::parse("1.9").expect("a code");
        now.agreement = Some(Decimal::parse("0.8").expect("a number"));
        now.extras.pop();
        let changes = of(&before, &now);
        let told: Vec<(&str, UnitChanged)> = changes.iter().map(|c| (c.of.en.as_str(), c.change)).collect();
        use UnitChanged::{Added, Changed, Gone};
        assert_eq!(
            told,
            [
                ("so 1.1", Changed),
                ("so 1.2", Changed),
                ("so 1.9", Added),
                ("so 2.5", Changed),
                ("so 1.7", Gone),
                ("bonus and penalty", Changed),
                ("agreement", Changed),
            ]
        );
        assert_eq!((changes[0].was.en.as_str(), changes[0].now.en.as_str()), ("1 at most", "2 at most"));
        assert!(changes[1].now.vi.starts_with("Tên khác [") && !changes[1].now.vi.contains("tối đa"));
        assert!(changes[3].was.vi.contains("bước 0,5") && changes[3].now.vi.contains("bước 0,25"), "{:?}", changes[3]);
        assert!(changes[4].was.vi.contains("tối đa 3") && changes[4].now.vi.is_empty());
        assert_eq!((changes[6].was.vi.as_str(), changes[6].now.vi.as_str()), ("-", "0.8"));
    }

    #[test]
    fn whatever_of_a_leaf_is_otherwise_the_two_tellings_differ() {
        let before = book();
        let edits: [fn(&mut proto::document::Leaf); 3] = [
            |leaf| leaf.evidence = !leaf.evidence,
            |leaf| leaf.exemptible = !leaf.exemptible,
            |leaf| leaf.asks = Some(Text::new("Giấy khác", "Another paper")),
        ];
        for edit in edits {
            let mut now = book();
            edit(at(&mut now, "1.1").leaf.as_mut().expect("a leaf"));
            let changes = of(&before, &now);
            assert!(changes.len() == 1 && changes[0].was != changes[0].now, "{changes:?}");
        }
    }
}
