//! Two people have changed one leaf: what each of them has changed, field by field, and what comes of both. What only one has changed is
//! taken as he has changed it; where both have changed one field otherwise, whoever sends last chooses, and nothing is put over anything.

use std::collections::BTreeMap;

use proto::document::Lang;
use proto::filling::{LeafForm, Typed, TypedFigure, figure_field};

use super::text;
use crate::number::Printer;
use crate::sign_in::Fields;
use crate::words::{FillWords, MergeWords, Words, fill};

/// Before the name of a field, what stood in it when the form was made.
const BEFORE: &str = "was.";
/// Before the name of a field, whose it is to be.
const CHOICE: &str = "choose.";
/// Whose a field is to be: his who sends the form, or the other's.
const CHOICES: [&str; 2] = ["mine", "theirs"];

/// What stands in the fields of a leaf, by their names.
type Values = BTreeMap<String, String>;

/// What a form was made from, as it carries it along: hidden, by the names of its fields. Until what is contested is chosen, that stays what
/// it was before either of both changed it.
pub fn before(leaf: &LeafForm, over: Option<(&Fields, &Merge)>) -> Vec<(String, String)> {
    let standing = values(leaf, &standing(leaf)).into_iter();
    let contested = over.filter(|(_, merge)| merge.changes.iter().any(|change| matches!(change.of, Of::Both(_))));
    let named = standing.map(|(field, value)| {
        let name = format!("{BEFORE}{field}");
        let value = contested.map_or(value, |(fields, _)| fields.get(&name).to_owned());
        (name, value)
    });
    named.collect()
}

/// What stands in a leaf's fields on record.
fn standing(leaf: &LeafForm) -> Typed {
    leaf.claimed.as_ref().map_or_else(Typed::default, |claimed| claimed.typed.clone())
}

/// Both changes of a leaf, and what comes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// What is typed into the fields now: each as the one who changed it has it.
    pub typed: Typed,
    /// What each field was, and is for each of both, where they differ.
    changes: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    field: String,
    before: String,
    theirs: String,
    mine: String,
    of: Of,
}

/// Who has changed a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Mine,
    Theirs,
    /// Both, and otherwise; with what was chosen, if anything was.
    Both(Option<bool>),
}

/// A line of the table that shows them.
pub struct Line {
    /// The field's label.
    pub label: String,
    /// What it was when the form was made.
    pub before: String,
    /// What it is on record.
    pub theirs: String,
    /// What was typed.
    pub mine: String,
    /// What comes of it, where that is clear.
    pub merged: &'static str,
    /// The name of the choice, where one must be made.
    pub choice: Option<String>,
    /// Its ways: what is sent, what it says, and whether it is chosen.
    pub ways: [(&'static str, String, bool); 2],
}

/// What is shown of a merge.
pub struct Shown {
    /// What is said of it.
    pub lead: &'static str,
    /// Its lines; none where the other has changed something else than a field.
    pub lines: Vec<Line>,
    /// The fields of which a choice must be made, as the form names them.
    pub contested: String,
}

/// Holds what was typed over an older revision against what stands now.
pub fn merged(leaf: &LeafForm, fields: &Fields, typed: &Typed) -> Merge {
    let (mine, theirs) = (values(leaf, typed), values(leaf, &standing(leaf)));
    let mut put = mine.clone();
    let mut changes = Vec::new();
    for (field, mine) in &mine {
        let (before, theirs) = (fields.get(&format!("{BEFORE}{field}")).replace("\r\n", "\n"), &theirs[field]);
        let of = match (alike(mine, &before), alike(theirs, &before)) {
            _ if alike(mine, theirs) => continue,
            (true, _) => Of::Theirs,
            (_, true) => Of::Mine,
            (false, false) => Of::Both(chosen(fields, field)),
        };
        if matches!(of, Of::Theirs | Of::Both(Some(false))) {
            put.insert(field.clone(), theirs.clone());
        }
        changes.push(Change { field: field.clone(), before, theirs: theirs.clone(), mine: mine.clone(), of });
    }
    Merge { typed: filled(leaf, &put), changes }
}

/// What was typed into a form of which choices were asked, with what was chosen; the fields of which nothing was.
pub fn chosen_of(leaf: &LeafForm, fields: &Fields, typed: &Typed) -> (Typed, Vec<String>) {
    let (mut put, theirs) = (values(leaf, typed), values(leaf, &standing(leaf)));
    let mut open = Vec::new();
    for field in fields.get("contested").split(' ').filter(|field| theirs.contains_key(*field)) {
        match chosen(fields, field) {
            Some(true) => {}
            Some(false) => {
                put.insert(field.to_owned(), theirs[field].clone());
            }
            None => open.push(field.to_owned()),
        }
    }
    (filled(leaf, &put), open)
}

/// The sentence that names the fields of which nothing was chosen.
pub fn unchosen(lang: Lang, leaf: &LeafForm, open: &[String]) -> String {
    let all: Vec<String> = open.iter().map(|field| label(lang, leaf, field)).collect();
    fill(MergeWords::of(lang).unchosen, &[&all.join(", ")])
}

/// Whether his own was chosen of a field; none where nothing was.
fn chosen(fields: &Fields, field: &str) -> Option<bool> {
    match fields.get(&format!("{CHOICE}{field}")) {
        way if way == CHOICES[0] => Some(true),
        way if way == CHOICES[1] => Some(false),
        _ => None,
    }
}

/// The table of a merge.
pub fn shown(printer: &Printer, leaf: &LeafForm, merge: &Merge) -> Shown {
    let w = MergeWords::of(printer.lang);
    let line = |change: &Change| {
        let said = |value: &str| said(printer, leaf, &change.field, value);
        let (choice, merged) = match change.of {
            Of::Mine => (None, w.mine_kept),
            Of::Theirs => (None, w.theirs_taken),
            Of::Both(_) => (Some(format!("{CHOICE}{}", change.field)), ""),
        };
        let way = |at: usize, word: &str, value: &str| {
            let is_chosen = change.of == Of::Both(Some(at == 0));
            (CHOICES[at], fill(word, &[&said(value)]), is_chosen)
        };
        Line {
            label: label(printer.lang, leaf, &change.field),
            before: said(&change.before),
            theirs: said(&change.theirs),
            mine: said(&change.mine),
            merged,
            choice,
            ways: [way(0, w.choose_mine, &change.mine), way(1, w.choose_theirs, &change.theirs)],
        }
    };
    let contested = merge.changes.iter().filter(|change| matches!(change.of, Of::Both(_)));
    let contested: Vec<&str> = contested.map(|change| change.field.as_str()).collect();
    let theirs = merge.changes.iter().any(|change| change.of != Of::Mine);
    Shown {
        lead: match (contested.is_empty(), theirs) {
            (false, _) => w.to_choose,
            (true, true) => w.merged,
            (true, false) => w.nothing_meets,
        },
        lines: merge.changes.iter().map(line).collect(),
        contested: contested.join(" "),
    }
}

/// Whether two people have typed the same: a number's comma or point makes no difference, nor do spaces around it.
fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    let number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || ",.-".contains(c));
    one == other || (number(one) && number(other) && one.replace(',', ".") == other.replace(',', "."))
}

/// What stands in every field that a leaf asks for, by its name.
fn values(leaf: &LeafForm, typed: &Typed) -> Values {
    let mut values = Values::new();
    let mut put = |field: &str, value: &str| values.insert(field.to_owned(), value.to_owned());
    if !leaf.fields.choices.is_empty() {
        put("option", &typed.option);
    }
    for figure in &leaf.fields.figures {
        let value = typed.figures.iter().find(|typed| typed.name == figure.name).map_or("", |typed| &typed.value);
        put(&figure_field(&figure.name), value);
    }
    if leaf.fields.day {
        put("day", &typed.day);
    }
    put("points", &typed.points);
    put("explanation", &typed.explanation);
    values
}

/// The same as it is typed.
fn filled(leaf: &LeafForm, values: &Values) -> Typed {
    let value = |field: &str| values.get(field).cloned().unwrap_or_default();
    let figures = leaf
        .fields
        .figures
        .iter()
        .map(|figure| TypedFigure { name: figure.name.clone(), value: value(&figure_field(&figure.name)) });
    Typed {
        option: value("option"),
        figures: figures.filter(|figure| !figure.value.trim().is_empty()).collect(),
        day: value("day"),
        points: value("points"),
        explanation: value("explanation"),
    }
}

/// What a field is called.
fn label(lang: Lang, leaf: &LeafForm, field: &str) -> String {
    let w = FillWords::of(lang);
    let figure = leaf.fields.figures.iter().find(|figure| figure_field(&figure.name) == field);
    match (field, figure) {
        (_, Some(figure)) => text(lang, &figure.title),
        ("option", None) => w.choice.to_owned(),
        ("day", None) => w.day.to_owned(),
        ("points", None) => MergeWords::of(lang).points.to_owned(),
        (_, None) => w.explanation.to_owned(),
    }
}

/// What a field says, in words.
fn said(printer: &Printer, leaf: &LeafForm, field: &str, value: &str) -> String {
    let chosen = leaf.fields.choices.iter().find(|choice| field == "option" && choice.value == value);
    match chosen {
        Some(choice) => text(printer.lang, &choice.text),
        None if value.trim().is_empty() => Words::of(printer.lang).none.to_owned(),
        None => value.to_owned(),
    }
}
