//! The fields of a leaf as its rule asks for them, with what stands in them: for whoever scores it, adjusts it or puts it to the vote.
//! What was typed goes on from here as it was written; the intake reads it.

use proto::Exact;
use proto::document::{FigureName, Text};
use proto::filling::{Choice, LeafForm, Typed, TypedFault, TypedFigure, figure_field};

use crate::number::Printer;
use crate::sign_in::Fields;
use crate::words::{FillWords, fill, pick};

/// The fields of a leaf.
pub struct Inputs {
    /// The name of the choice.
    pub option: String,
    /// What can be chosen; none where nothing is.
    pub choices: Vec<Chosen>,
    /// What is wrong with the choice.
    pub choice_fault: Option<String>,
    /// The figures.
    pub figures: Vec<Input>,
    /// The day.
    pub day: Option<Input>,
    /// The points that are stated, or differ.
    pub points: Option<Input>,
    /// The explanation, or the reason.
    pub explanation: Input,
}

/// What can be chosen.
pub struct Chosen {
    /// What is sent for it.
    pub value: String,
    /// What it says.
    pub text: String,
    /// Its points.
    pub points: Option<String>,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A field.
pub struct Input {
    /// Its name, and its id.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What stands in it.
    pub value: String,
    /// What is wrong with it.
    pub fault: Option<String>,
}

/// How the fields are called where they stand.
pub struct Naming<'a> {
    /// Before each name, where a page has the fields of several leaves.
    pub prefix: &'a str,
    /// The label of the points; none where none are asked for.
    pub points: Option<String>,
    /// The label of the explanation.
    pub explanation: &'a str,
}

/// The fields of a leaf, with what was typed and what is wrong with it.
pub fn inputs(printer: &Printer, leaf: &LeafForm, naming: Naming, typed: &Typed, faults: &[TypedFault]) -> Inputs {
    let w = FillWords::of(printer.lang);
    let said = |text: &Text| pick(printer.lang, &text.vi, &text.en).to_owned();
    let fault = |field: &str| faults.iter().find(|f| f.field == field).map(|f| said(&f.text));
    let named = |field: &str| format!("{}{field}", naming.prefix);
    let input = |field: &str, label: String, value: &str| Input {
        name: named(field),
        label,
        value: value.to_owned(),
        fault: fault(field),
    };
    let choice = |choice: &Choice| Chosen {
        value: choice.value.clone(),
        text: said(&choice.text),
        points: choice.points.map(|points| fill(w.choice_points, &[&printer.exact(&Exact::from(points))])),
        chosen: choice.value == typed.option,
    };
    let figure = |asked: &FigureName| {
        let value = typed.figures.iter().find(|f| f.name == asked.name).map_or("", |f| f.value.as_str());
        input(&figure_field(&asked.name), said(&asked.title), value)
    };
    Inputs {
        option: named("option"),
        choices: leaf.fields.choices.iter().map(choice).collect(),
        choice_fault: fault("option"),
        figures: leaf.fields.figures.iter().map(figure).collect(),
        day: leaf.fields.day.then(|| input("day", w.day.to_owned(), &typed.day)),
        points: naming.points.map(|label| input("points", label, &typed.points)),
        explanation: input("explanation", naming.explanation.to_owned(), &typed.explanation),
    }
}

/// What was typed into the fields of a leaf.
pub fn typed(leaf: &LeafForm, fields: &Fields, prefix: &str) -> Typed {
    let given = |field: &str| fields.get(&format!("{prefix}{field}"));
    let figure = |asked: &FigureName| {
        let value = given(&figure_field(&asked.name)).to_owned();
        (!value.trim().is_empty()).then(|| TypedFigure { name: asked.name.clone(), value })
    };
    Typed {
        option: given("option").to_owned(),
        figures: leaf.fields.figures.iter().filter_map(figure).collect(),
        day: given("day").to_owned(),
        points: given("points").to_owned(),
        explanation: written(given("explanation")),
    }
}

/// A text of several lines, as every other way brings it.
pub fn written(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}
