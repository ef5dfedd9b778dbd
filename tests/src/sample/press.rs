//! The published table of departments as the press printed it on 23 March 2023, misprints and all.
//! Nothing is corrected here: the checks before a publication are to find it.

use super::units::DEPARTMENTS;

/// What the press printed otherwise than the sample's index: the misprint of GTVT, and TN&MT, cut off in the source.
const PRINTED: [(&str, &str); 2] = [("gtvt", "81.41"), ("tnmt", "")];

/// The table in printed order.
#[must_use]
pub fn table() -> String {
    let mut csv = String::from("place,unit,short,name,index\n");
    for (place, (unit, short, name, _, index)) in (1..).zip(DEPARTMENTS) {
        let printed = PRINTED.iter().find(|(u, _)| *u == unit).map(|(_, printed)| (*printed).to_owned());
        let printed = printed.unwrap_or_else(|| format!("{}.{:02}", index / 100, index % 100));
        csv.push_str(&format!("{place},{unit},{short},{name},{printed}\n"));
    }
    csv
}

/// The stated means; the districts' survey mean as it was printed, with its comma.
#[must_use]
pub fn means() -> String {
    "block,index,appraisal,survey\nso,85.73,84.19,89.19\nhuyen,92.75,91.56,\"42,11\"\n".to_owned()
}
