//! What was declared, held against what a rule takes: the figures by name, their ranges, nothing besides.

use proto::act::sheet::{FIGURES_MAX, Inputs};
use proto::document::FigureName;
use proto::document::Text;
use proto::text;
use proto::{Decimal, Exact, Rejection};

use crate::rulebook::LeafNode;

/// The inputs of a leaf.
pub struct Declared<'a> {
    pub leaf: &'a LeafNode,
    pub inputs: &'a Inputs,
}

impl Declared<'_> {
    fn bad(&self, detail: Text) -> Rejection {
        Rejection::BadInputs { leaf: self.leaf.code.clone(), detail }
    }

    pub fn option(&self) -> &str {
        self.inputs.option.as_ref().map_or("", |o| o.as_str())
    }

    pub fn unknown_option(&self) -> Rejection {
        Rejection::OptionUnknown { leaf: self.leaf.code.clone(), option: self.option().to_owned() }
    }

    pub fn no_option(&self) -> Result<(), Rejection> {
        if self.inputs.option.is_none() { Ok(()) } else { Err(self.unknown_option()) }
    }

    pub fn nothing_to_reach(&self) -> Rejection {
        self.bad(text!(
            "mẫu số bằng 0; nếu không phát sinh, hãy đề nghị không áp dụng",
            "the whole is 0; where there is nothing to reach, claim that the leaf does not apply"
        ))
    }

    /// Nothing is declared but figures of these names, and a date only where one is taken.
    pub fn only(&self, names: &[&FigureName], date: bool) -> Result<(), Rejection> {
        let figures = &self.inputs.figures;
        if figures.len() > FIGURES_MAX {
            return Err(self.bad(text!("quá nhiều số liệu", "too many figures")));
        }
        for (i, figure) in figures.iter().enumerate() {
            let name = &figure.name;
            if figures[..i].iter().any(|f| f.name == *name) {
                return Err(self.bad(text!("số liệu {name} có hai lần", "the figure {name} stands twice")));
            }
            if !names.is_empty() && !names.iter().any(|n| n.name == *name) {
                return Err(self.bad(text!("quy tắc không có số liệu {name}", "the rule takes no figure {name}")));
            }
        }
        if self.inputs.date.is_some() && !date {
            return Err(self.bad(text!("quy tắc không có thời hạn", "the rule takes no date")));
        }
        Ok(())
    }

    /// A declared figure: there, and not negative.
    pub fn figure(&self, name: &FigureName) -> Result<Decimal, Rejection> {
        let name = &name.name;
        let figure = self.inputs.figures.iter().find(|f| f.name == *name);
        let missing = || self.bad(text!("thiếu số liệu {name}", "the figure {name} is missing"));
        let value = figure.ok_or_else(missing)?.value;
        if value.is_negative() {
            return Err(self.bad(text!("số liệu {name} không được âm", "the figure {name} may not be negative")));
        }
        Ok(value)
    }

    /// A count: a whole number.
    pub fn count(&self, name: &FigureName) -> Result<Exact, Rejection> {
        self.only(&[name], false)?;
        self.no_option()?;
        let value = self.figure(name)?;
        if value.scale() > 0 {
            let name = &name.name;
            return Err(self.bad(text!("số liệu {name} phải là số nguyên", "the figure {name} must be a whole number")));
        }
        Ok(Exact::from(value))
    }

    /// A value of another index, up to that index's own maximum.
    pub fn value(&self, name: &FigureName, scale: Decimal) -> Result<Exact, Rejection> {
        self.only(&[name], false)?;
        self.no_option()?;
        let value = self.figure(name)?;
        if value > scale {
            let name = &name.name;
            return Err(self.bad(text!("số liệu {name} vượt {scale}", "the figure {name} is over {scale}")));
        }
        Ok(Exact::from(value))
    }

    /// part / whole, at most 1; none where the whole is 0.
    pub fn ratio(&self, part: &FigureName, whole: &FigureName) -> Result<Option<Exact>, Rejection> {
        self.only(&[part, whole], false)?;
        self.no_option()?;
        let (reached, out_of) = (self.figure(part)?, self.figure(whole)?);
        if reached > out_of {
            let (part, whole) = (&part.name, &whole.name);
            return Err(self.bad(text!("số liệu {part} vượt {whole}", "the figure {part} is over {whole}")));
        }
        Ok(Exact::from(reached).checked_div(&Exact::from(out_of)))
    }
}
