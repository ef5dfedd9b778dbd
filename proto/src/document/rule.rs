//! The kinds of scoring rule, as data. `domain::rule` computes them; README.md, section 9, says what each gives.

use super::Text;
use crate::act::{wire, words};
use crate::decimal::Decimal;
use crate::ids::Code;
use crate::instant::Day;

wire! {
    /// One option of a rule.
    pub struct OptionPoints {
        /// Its code.
        pub code: Code,
        /// Its title.
        pub title: Text,
        /// Its points.
        pub points: Decimal,
    }

    /// A declared figure of a rule.
    pub struct FigureName {
        /// Its name in the inputs.
        pub name: Code,
        /// What is counted.
        pub title: Text,
    }

    /// One end of an interval.
    pub struct Bound {
        /// Where.
        pub at: Decimal,
        /// Whether the end belongs to the interval.
        pub closed: bool,
    }

    /// An interval of a ratio in percent, and its points.
    pub struct Band {
        /// The lower end.
        pub from: Bound,
        /// The upper end.
        pub to: Bound,
        /// Its points.
        pub points: Decimal,
    }

    /// An interval of a ratio in percent, and its share of the maximum.
    pub struct Tier {
        /// The lower end.
        pub from: Bound,
        /// The upper end.
        pub to: Bound,
        /// The share of the maximum, 0 to 1.
        pub share: Decimal,
    }

    /// A step on a count.
    pub struct CountStep {
        /// The least count that reaches it.
        pub from: u32,
        /// Its points.
        pub points: Decimal,
    }

    /// What is given for a delay.
    pub struct Delay {
        /// The most days behind the due day; 0 for on time.
        pub days: u32,
        /// Its points.
        pub points: Decimal,
    }
}

words! {
    /// What a rule gives where it would divide by zero.
    pub enum WhenNone {
        /// 0 points.
        Zero,
        /// The maximum.
        Maximum,
        /// The inputs are refused: the unit may claim that the leaf does not apply.
        Refuse,
    }
}

/// How points follow from inputs. Each kind of rule is data; `domain::rule` computes it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// A list of options with fixed points.
    Options {
        /// The options.
        options: Vec<OptionPoints>,
    },
    /// Points given as a plain number from 0 to the maximum, in steps.
    Number {
        /// The step.
        step: Decimal,
    },
    /// Yes or no, by the options `yes` and `no`; "not applicable" is an exemption.
    YesNo {
        /// The points of yes.
        yes: Decimal,
        /// The points of no.
        no: Decimal,
    },
    /// Bands of a ratio in percent.
    RatioBands {
        /// What was reached.
        part: FigureName,
        /// Out of what.
        whole: FigureName,
        /// The bands, from 0 to 100.
        bands: Vec<Band>,
        /// Where there is nothing to reach.
        none: WhenNone,
    },
    /// part / whole x maximum.
    Linear {
        /// What was reached.
        part: FigureName,
        /// Out of what.
        whole: FigureName,
        /// Where there is nothing to reach.
        none: WhenNone,
    },
    /// part / whole x maximum, but 0 below a floor.
    LinearFloor {
        /// What was reached.
        part: FigureName,
        /// Out of what.
        whole: FigureName,
        /// The lowest ratio in percent that counts; `closed` says whether it counts itself.
        floor: Bound,
        /// Where there is nothing to reach.
        none: WhenNone,
    },
    /// A table on a count.
    Steps {
        /// What is counted.
        count: FigureName,
        /// The steps, from 0 upwards.
        steps: Vec<CountStep>,
    },
    /// Each one counts, up to the maximum.
    PerUnit {
        /// What is counted.
        count: FigureName,
        /// The points of each.
        each: Decimal,
    },
    /// Each one is taken off the maximum, down to 0.
    Deduct {
        /// What is counted.
        count: FigureName,
        /// What each takes off.
        each: Decimal,
    },
    /// Shares of the maximum by a ratio in percent.
    Tiers {
        /// What was reached.
        part: FigureName,
        /// Out of what.
        whole: FigureName,
        /// The tiers, from 0 to 100.
        tiers: Vec<Tier>,
        /// Where there is nothing to reach.
        none: WhenNone,
    },
    /// Another index: value / scale x maximum.
    ExternalIndex {
        /// The other index.
        value: FigureName,
        /// Its own maximum.
        scale: Decimal,
    },
    /// A date against a deadline.
    Deadline {
        /// The last day that is on time.
        due: Day,
        /// What delays give, the shortest first.
        delays: Vec<Delay>,
        /// Later than all of them.
        after: Decimal,
        /// Not done: no date is declared.
        never: Decimal,
    },
    /// A formula over declared figures.
    Formula {
        /// The figures.
        figures: Vec<FigureName>,
        /// The formula; what it gives above the maximum or below 0 is cut off there.
        expression: String,
        /// Where it divides by zero.
        none: WhenNone,
    },
    /// The average of a survey's answers, converted by the scale.
    SurveyAverage {},
}
