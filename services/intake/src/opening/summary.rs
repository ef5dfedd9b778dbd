//! What a document holds, for whoever looks before it goes on record or chooses it afterwards: counts and titles. It judges nothing.

use proto::canon::{Value, to_vec};
use proto::document::{Catalogue, DocKind, Form, Node, Question, Rulebook, Source};
use proto::opening::{DocumentSummary, FieldSummary, QuestionSummary, TreeSummary};
use serde::de::DeserializeOwned;

/// What it holds; none of a tally, nor of what is no such document.
pub fn of(kind: DocKind, whole: &Value) -> Option<DocumentSummary> {
    match kind {
        DocKind::Rulebook => {
            let book: Rulebook = typed(whole)?;
            let trees = book.kinds.iter().map(|total| {
                let nodes: Vec<&Node> = book.nodes.iter().filter(|node| node.kind == total.kind).collect();
                let (leaves, survey) = leaves(&nodes);
                TreeSummary { kind: total.kind.clone(), total: total.total, fields: fields(&nodes), leaves, survey }
            });
            let trees = trees.collect();
            Some(DocumentSummary {
                title: book.title,
                basis: book.basis,
                trees,
                units: Vec::new(),
                questions: Vec::new(),
            })
        }
        DocKind::Catalogue => {
            let Catalogue { title, basis, units } = typed(whole)?;
            Some(DocumentSummary { title, basis, trees: Vec::new(), units, questions: Vec::new() })
        }
        DocKind::Form => {
            let Form { title, basis, questions, .. } = typed(whole)?;
            let asked = |question: Question| {
                let Question { code, leaf, text, .. } = question;
                QuestionSummary { question: code, leaf, text }
            };
            let questions = questions.into_iter().map(asked).collect();
            Some(DocumentSummary { title, basis, trees: Vec::new(), units: Vec::new(), questions })
        }
        DocKind::Tally => None,
    }
}

/// A document as its type; none where it is no such document.
pub fn typed<T: DeserializeOwned>(whole: &Value) -> Option<T> {
    serde_json::from_slice(&to_vec(whole).ok()?).ok()
}

/// How many leaves there are, and how many of them the survey scores.
fn leaves(nodes: &[&Node]) -> (u64, u64) {
    let leaves = nodes.iter().filter_map(|node| node.leaf.as_ref());
    let survey = leaves.clone().filter(|leaf| leaf.source == Source::Survey);
    (leaves.count() as u64, survey.count() as u64)
}

/// The nodes below none.
fn fields(nodes: &[&Node]) -> Vec<FieldSummary> {
    let field = |node: &&&Node| !node.code.as_str().contains('.');
    let summary = |node: &&Node| {
        let below = format!("{}.", node.code);
        let own = |other: &&&Node| other.code == node.code || other.code.as_str().starts_with(&below);
        let (leaves, survey) = leaves(&nodes.iter().filter(own).copied().collect::<Vec<_>>());
        FieldSummary { field: node.code.clone(), title: node.title.clone(), maximum: node.maximum, leaves, survey }
    };
    nodes.iter().filter(field).map(summary).collect()
}
