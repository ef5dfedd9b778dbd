//! Documents drawn at random that domain takes: every kind of rule, every optional member, texts that are hard to keep.
//! They are built to be without fault; a test that gets one refused has found a defect here.

use proptest::prelude::*;
use proto::document::{
    Answer, Band, Bound, Catalogue, CatalogueUnit, Claims, CountStep, Delay, Differing, Effective, Extra, FigureName,
    Form, Group, KindTotal, Leaf, MissingGroup, Node, OptionPoints, Question, Rule, Rulebook, ShortGroup, Sign, Source,
    Text, Tier, WhenNone,
};
use proto::{Code, Day, Decimal, UnitId};
use unicode_normalization::UnicodeNormalization;

fn code(text: impl AsRef<str>) -> Code {
    Code::parse(text.as_ref()).expect("a code")
}

fn nanos(n: i64) -> Decimal {
    Decimal::new(n, 9).expect("in range")
}

/// A text that a workbook could spoil: spaces at its ends, line ends, quotes, signs of formulas, escapes, any character.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-zÀ-ỹ0-9 ,.;:()%/-]{0,40}",
        1 => "\"{0,4}",
        1 => "[ \t\n\r]{1,3}[a-z]{0,3}[ \t\n\r]{0,3}",
        1 => "(_x[0-9A-Fa-f]{4}_|_x005F_|&amp;|<b>|=1\\+1|'x|@|x|Có|STT){1,3}",
        1 => ".{0,12}",
        1 => prop::collection::vec(any::<char>(), 0..6).prop_map(String::from_iter),
    ]
    .prop_map(|t| t.nfc().collect())
}

fn text() -> impl Strategy<Value = Text> {
    (any_text(), any_text()).prop_map(|(vi, en)| Text { vi, en })
}

/// A text that says something in Vietnamese.
fn title() -> impl Strategy<Value = Text> {
    (any_text(), text()).prop_map(|(more, text)| Text { vi: format!("Tên {more}").nfc().collect(), en: text.en })
}

fn maybe<T: std::fmt::Debug + Clone>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(of)
}

fn day() -> impl Strategy<Value = Day> {
    (1970_u32..=9999, 1_u32..=12, 1_u32..=28)
        .prop_map(|(y, m, d)| Day::parse(&format!("{y:04}-{m:02}-{d:02}")).expect("a day"))
}

fn effective() -> impl Strategy<Value = Effective> {
    (day(), maybe(day())).prop_map(|(from, until)| Effective { from, until: until.filter(|until| *until >= from) })
}

fn figures() -> impl Strategy<Value = [FigureName; 2]> {
    (title(), title(), any::<bool>()).prop_map(|(one, two, long)| {
        let name = |n: &str| if long { code(format!("{n}.{}", "0".repeat(50))) } else { code(n) };
        [FigureName { name: name("a"), title: one }, FigureName { name: name("b"), title: two }]
    })
}

fn when_none() -> impl Strategy<Value = WhenNone> {
    prop_oneof![Just(WhenNone::Zero), Just(WhenNone::Maximum), Just(WhenNone::Refuse)]
}

/// Ends within 0 to 100 that make intervals without gap or overlap, and for each interval a number from 0 to `most`, once `most` itself.
fn intervals(most: i64) -> impl Strategy<Value = Vec<(Bound, Bound, Decimal)>> {
    let cut = (1_i64..100_000_000_000, any::<bool>());
    let upto = move || (0_i64..=most).prop_map(nanos);
    (
        prop::collection::btree_map(1_i64..100_000_000_000, any::<bool>(), 0..4),
        cut,
        prop::collection::vec(upto(), 6),
        0_usize..6,
    )
        .prop_map(move |(cuts, _, mut points, top)| {
            let at = |n: i64, closed| Bound { at: nanos(n), closed };
            let mut from = at(0, true);
            let mut found = Vec::new();
            let count = cuts.len() + 1;
            points[top % count] = nanos(most);
            for (place, (cut, below)) in cuts.into_iter().enumerate() {
                found.push((from, at(cut, below), points[place]));
                from = at(cut, !below);
            }
            found.push((from, at(100_000_000_000, true), points[count - 1]));
            found
        })
}

/// A rule of each kind for a maximum.
fn rule(maximum: i64) -> BoxedStrategy<Rule> {
    let upto = move || (0..=maximum).prop_map(nanos);
    let top = nanos(maximum);
    let each = move || (1..=maximum).prop_map(nanos);
    prop_oneof![
        (prop::collection::vec((text(), upto()), 1..5), 0_usize..5).prop_map(move |(options, best)| {
            let count = options.len();
            let option = |(n, (title, points)): (usize, (Text, Decimal))| {
                let points = if n == best % count { top } else { points };
                OptionPoints { code: code(format!("o.{n}")), title, points }
            };
            Rule::Options { options: options.into_iter().enumerate().map(option).collect() }
        }),
        (1_i64..5).prop_map(move |n| Rule::Number { step: if maximum % n == 0 { nanos(maximum / n) } else { top } }),
        upto().prop_map(move |no| Rule::YesNo { yes: top, no }),
        (figures(), intervals(maximum), when_none()).prop_map(|([part, whole], found, none)| {
            let bands = found.into_iter().map(|(from, to, points)| Band { from, to, points }).collect();
            Rule::RatioBands { part, whole, bands, none }
        }),
        (figures(), when_none()).prop_map(|([part, whole], none)| Rule::Linear { part, whole, none }),
        (figures(), when_none(), 0_i64..100_000_000_000, any::<bool>()).prop_map(
            |([part, whole], none, at, closed)| {
                Rule::LinearFloor { part, whole, floor: Bound { at: nanos(at), closed }, none }
            }
        ),
        (figures(), prop::collection::btree_map(1_u32.., upto(), 0..4)).prop_map(move |([count, _], more)| {
            let mut steps = vec![CountStep { from: 0, points: top }];
            steps.extend(more.into_iter().map(|(from, points)| CountStep { from, points }));
            Rule::Steps { count, steps }
        }),
        (figures(), each()).prop_map(|([count, _], each)| Rule::PerUnit { count, each }),
        (figures(), each()).prop_map(|([count, _], each)| Rule::Deduct { count, each }),
        (figures(), intervals(1_000_000_000), when_none()).prop_map(|([part, whole], found, none)| {
            let tiers = found.into_iter().map(|(from, to, share)| Tier { from, to, share }).collect();
            Rule::Tiers { part, whole, tiers, none }
        }),
        (figures(), 1_i64..999_999_999_999_999_999)
            .prop_map(|([value, _], scale)| Rule::ExternalIndex { value, scale: nanos(scale) }),
        (day(), prop::collection::btree_map(1_u32.., upto(), 0..3), upto(), upto()).prop_map(
            move |(due, more, after, never)| {
                let mut delays = vec![Delay { days: 0, points: top }];
                delays.extend(more.into_iter().map(|(days, points)| Delay { days, points }));
                Rule::Deadline { due, delays, after, never }
            }
        ),
        (title(), title(), when_none(), any::<bool>()).prop_map(|(one, two, none, spaced)| {
            let figures = [("a", one), ("b", two)].map(|(name, title)| FigureName { name: code(name), title });
            let expression = if spaced { "  min( a ,b )\n + 2 / b" } else { "a/b*max(a,1)" }.to_owned();
            Rule::Formula { figures: figures.to_vec(), expression, none }
        }),
        Just(Rule::SurveyAverage {}),
    ]
    .boxed()
}

fn leaf() -> impl Strategy<Value = (i64, Text, Leaf)> {
    let maximum = prop_oneof![(1_i64..400).prop_map(|n| n * 250_000_000), 1_i64..1_000_000_000_000];
    (maximum.prop_flat_map(|m| (Just(m), rule(m))), title(), any::<bool>(), maybe(text()), any::<bool>()).prop_map(
        |((maximum, rule), title, evidence, asks, exemptible)| {
            let source = match rule {
                Rule::SurveyAverage {} => Source::Survey,
                Rule::ExternalIndex { .. } => Source::External,
                _ => Source::Appraisal,
            };
            let surveyed = source == Source::Survey;
            let (evidence, exemptible) = (evidence && !surveyed, exemptible && !surveyed);
            (maximum, title, Leaf { source, rule, evidence, asks, exemptible })
        },
    )
}

/// A tree of one kind: fields with leaves directly or one level further down.
fn tree(kind: &'static str) -> impl Strategy<Value = (KindTotal, Vec<Node>)> {
    let field = (title(), title(), prop::collection::vec(leaf(), 1..4), any::<bool>());
    prop::collection::vec(field, 0..3).prop_map(move |fields| {
        let mut nodes = Vec::new();
        let mut total = 0;
        for (n, (title, middle, leaves, deep)) in (1..).zip(fields) {
            let sum: i64 = leaves.iter().map(|(m, ..)| m).sum();
            total += sum;
            let mut node = |code: String, title: Text, maximum: i64, leaf: Option<Leaf>| {
                let code = Code::parse(&code).expect("a code");
                nodes.push(Node { kind: self::code(kind), code, title, maximum: nanos(maximum), leaf });
            };
            node(n.to_string(), title, sum, None);
            let above = if deep { format!("{n}.10") } else { n.to_string() };
            if deep {
                node(above.clone(), middle, sum, None);
            }
            for (place, (maximum, title, leaf)) in (1..).zip(leaves) {
                node(format!("{above}.{place}"), title, maximum, Some(leaf));
            }
        }
        (KindTotal { kind: code(kind), total: nanos(total) }, nodes)
    })
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let share = maybe((0_i64..=1_000_000_000).prop_map(nanos));
    prop::collection::vec((share, maybe(text())), 1..5).prop_map(|answers| {
        let answer = |(n, (share, title)): (usize, (Option<Decimal>, Option<Text>))| Answer {
            code: code(format!("a{n}")),
            share: if n == 0 { Some(Decimal::ONE) } else { share },
            title,
        };
        answers.into_iter().enumerate().map(answer).collect()
    })
}

const KINDS: [&str; 3] = ["so", "huyen", "loai-don-vi-co-ma-rat-dai-de-thu-ten-trang-tinh-trong-bang-x"];

fn groups() -> impl Strategy<Value = Vec<Group>> {
    let weight = maybe((1_i64..9_000_000_000).prop_map(nanos));
    let margin = maybe((1_i64..1_000_000_000).prop_map(nanos));
    prop::collection::vec((text(), weight, maybe(1_u32..), margin), 3..6).prop_map(|groups| {
        let group = |(n, (title, weight, sample, margin)): (usize, (Text, _, _, _))| Group {
            kind: code(KINDS[n % 3]),
            code: code(format!("g{n}")),
            title,
            weight,
            sample,
            margin,
        };
        groups.into_iter().enumerate().map(group).collect()
    })
}

/// Any rulebook that domain takes.
pub fn rulebook() -> impl Strategy<Value = Rulebook> {
    let trees = (tree(KINDS[0]), tree(KINDS[1]), tree(KINDS[2]), 1_usize..=3, any::<bool>());
    let head = (title(), text(), maybe(effective()), any::<bool>(), 0_u8..=6, any::<bool>());
    let extras = prop::collection::vec((text(), any::<bool>(), 0_i64..9_000_000_000), 0..4);
    let survey = (groups(), answers(), any::<bool>(), any::<bool>(), maybe((0_i64..=1_000_000_000).prop_map(nanos)));
    (trees, head, extras, survey).prop_map(|((a, b, c, count, mixed), head, extras, survey)| {
        let (title, basis, effective, fragment, digits, ground) = head;
        let (groups, answers, zero, missing, agreement) = survey;
        let trees: Vec<_> = [a, b, c].into_iter().take(count).collect();
        let known = |kind: &Code| KINDS[..count].contains(&kind.as_str());
        let mut nodes: Vec<Node> = trees.iter().flat_map(|(_, nodes)| nodes.clone()).collect();
        if mixed {
            // Kinds take turns, each in its own order.
            let mut turns: Vec<(usize, Node)> = Vec::new();
            for (_, tree) in &trees {
                turns.extend(tree.iter().cloned().enumerate());
            }
            turns.sort_by_key(|(place, _)| *place);
            nodes = turns.into_iter().map(|(_, node)| node).collect();
        }
        let extra = |(n, (title, bonus, cap)): (usize, (Text, bool, i64))| Extra {
            kind: code(KINDS[n % count]),
            code: code(format!("e{n}")),
            title,
            sign: if bonus { Sign::Bonus } else { Sign::Penalty },
            cap: nanos(cap),
        };
        Rulebook {
            title,
            basis,
            effective,
            fragment,
            claims: Claims { digits, differing: if ground { Differing::Ground } else { Differing::Refuse } },
            kinds: trees.iter().map(|(total, _)| total.clone()).collect(),
            nodes,
            extras: extras.into_iter().enumerate().map(extra).collect(),
            groups: groups.into_iter().filter(|g| known(&g.kind)).collect(),
            answers,
            missing_group: if zero { MissingGroup::Zero } else { MissingGroup::Others },
            short_group: if missing { ShortGroup::Missing } else { ShortGroup::Counts },
            agreement,
        }
    })
}

/// Any catalogue that domain takes: some units ended before those that came from them began.
pub fn catalogue() -> impl Strategy<Value = Catalogue> {
    let unit = (text(), any_text(), any_text(), maybe(effective()), prop::collection::btree_set(0_usize..8, 0..4));
    (text(), text(), prop::collection::vec(unit, 1..8)).prop_map(|(title, basis, units)| {
        let mut found: Vec<CatalogueUnit> = Vec::new();
        for (n, (name, short, statistical, effective, before)) in units.into_iter().enumerate() {
            let begins = effective.as_ref().map(|e| e.from);
            let ended = |u: &&CatalogueUnit| {
                let end = u.effective.as_ref().and_then(|e| e.until);
                matches!((end, begins), (Some(end), Some(begins)) if end < begins)
            };
            let succeeds = before.iter().filter_map(|b| found.get(*b)).filter(ended).map(|u| u.unit.clone()).collect();
            let unit = UnitId::parse(&format!("{n:03}")).expect("an id");
            found.push(CatalogueUnit { unit, name, short, code: statistical, kind: code("so"), effective, succeeds });
        }
        Catalogue { title, basis, units: found }
    })
}

/// Any form that domain takes.
pub fn form() -> impl Strategy<Value = Form> {
    let weight = maybe((1_i64..9_000_000_000).prop_map(nanos));
    let question = (title(), weight, prop_oneof![Just(Vec::new()), answers()]);
    (title(), text(), 1_usize..4, prop::collection::vec(question, 1..6)).prop_map(
        |(title, basis, groups, questions)| {
            let question = |(n, (text, weight, answers)): (usize, (Text, _, _))| Question {
                code: code(format!("{n}.10")),
                leaf: code(format!("8.{n}")),
                text,
                weight,
                answers,
            };
            Form {
                title,
                basis,
                kind: code("so"),
                groups: (0..groups).map(|n| code(format!("g{n}"))).collect(),
                questions: questions.into_iter().enumerate().map(question).collect(),
            }
        },
    )
}
