//! How the points of a survey leaf came about: question by question, group by group, and the batches they rest on.
//! Every expression evaluates to the value beside it.

use proto::document::{MissingGroup, Text};
use proto::inquiry::{EventAt, Line};
use proto::text;
use proto::{Code, Exact, Stream};

use super::{line, number, words};
use crate::batch::{Batch, Recheck};
use crate::round::Round;
use crate::survey::{GroupMean, Mean, QuestionMean, SurveyLeaf};

/// The steps from the answers to the points.
pub fn survey_lines(round: &Round, kind: &Code, found: &SurveyLeaf, maximum: &Exact) -> Vec<Line> {
    let mut lines: Vec<Line> = found.groups.iter().flat_map(|g| group_lines(round, kind, g)).collect();
    let counts = |g: &&GroupMean| g.mean.counts().is_some() || round.book.missing_group == MissingGroup::Zero;
    let share = |g: &GroupMean| Some(format!("{} * {}", g.weight, number(g.mean.counts()?)));
    let sum: Vec<String> = found.groups.iter().filter_map(share).collect();
    let weights: Vec<String> = found.groups.iter().filter(counts).map(|g| g.weight.to_string()).collect();
    let expression = format!("({}) / ({}) * {}", sum.join(" + "), weights.join(" + "), number(maximum));
    let what =
        text!("trung bình có trọng số của các nhóm nhân điểm tối đa", "the groups' weighted mean times the maximum");
    lines.push(line(what, expression, found.points.clone()));
    let batches = found.batches.iter().filter_map(|id| round.batches.get(id));
    lines.extend(batches.map(|batch| batch_line(round, batch)));
    lines
}

fn group_lines(round: &Round, kind: &Code, g: &GroupMean) -> Vec<Line> {
    let (group, weight, answered) = (&g.group, g.weight, g.answered);
    let title = round.book.groups.iter().find(|of| of.kind == *kind && of.code == *group).map(|of| &of.title);
    let Text { vi, en } = title.cloned().unwrap_or_else(|| Text::new("", ""));
    let planned = g.planned.map_or(String::new(), |n| format!("/{n}"));
    match &g.mean {
        Mean::Nobody => vec![words(text!("nhóm {group} ({vi}): không có trả lời", "group {group} ({en}): no answers"))],
        Mean::Short => vec![words(text!(
            "nhóm {group} ({vi}): {answered}{planned} trả lời, dưới cỡ mẫu: coi như không trả lời",
            "group {group} ({en}): {answered}{planned} answers, under its sample: treated as none"
        ))],
        Mean::Counts(mean) => {
            let what = text!(
                "nhóm {group} ({vi}): {answered}{planned} trả lời, trọng số {weight}, trung bình",
                "group {group} ({en}): {answered}{planned} answers, weight {weight}, mean";
                weight
            );
            let answering: Vec<&QuestionMean> = g.questions.iter().filter(|q| q.mean.is_some()).collect();
            if let [only] = &answering[..] {
                return vec![line(what, of_answers(only), mean.clone())];
            }
            let mut lines: Vec<Line> = answering.iter().map(|q| question_line(q)).collect();
            let sum = answering.iter().filter_map(|q| Some(format!("{} * {}", q.weight, number(q.mean.as_ref()?))));
            let weights: Vec<String> = answering.iter().map(|q| q.weight.to_string()).collect();
            let expression = format!("({}) / ({})", sum.collect::<Vec<_>>().join(" + "), weights.join(" + "));
            lines.push(line(what, expression, mean.clone()));
            lines
        }
    }
}

fn question_line(q: &QuestionMean) -> Line {
    let (code, weight) = (q.question.as_ref().map_or("", |code| code.as_str()), q.weight);
    let what = text!("câu {code}, trọng số {weight}, trung bình", "question {code}, weight {weight}, mean"; weight);
    line(what, of_answers(q), q.mean.clone().unwrap_or_default())
}

/// Answers times their shares, by the answers that count.
fn of_answers(q: &QuestionMean) -> String {
    let sum: Vec<String> = q.answers.iter().map(|(n, share)| format!("{n} * {share}")).collect();
    let counted: i128 = q.answers.iter().map(|(n, _)| n).sum();
    format!("({}) / {counted}", sum.join(" + "))
}

/// A batch, and what became of its re-checks.
fn batch_line(round: &Round, batch: &Batch) -> Line {
    let (id, respondents) = (&batch.recorded.batch, batch.recorded.respondents);
    let rechecks: Vec<String> = batch.rechecks.iter().map(Recheck::told).collect();
    let what = match rechecks.is_empty() {
        true => text!("đợt {id}: {respondents} phiếu", "batch {id}: {respondents} respondents"),
        false => {
            let again = rechecks.join("; ");
            text!(
                "đợt {id}: {respondents} phiếu; hỏi lại, trả lời giống nhau: {again}",
                "batch {id}: {respondents} respondents; asked again, answered alike: {again}";
                again
            )
        }
    };
    let event = EventAt { stream: Stream::Survey(round.id().clone(), id.clone()), version: 1 };
    Line { event: Some(event), ..words(what) }
}
