//! For how long things are kept, out of a small file: years after a round's closing. What the archives' law leaves to configuration
//! has no default here, and whatever is wrong with the file is told at once.

use inspector::Years;

/// The section, and its keys.
const SECTION: &str = "keep";
const KEYS: [&str; 3] = ["evidence_years", "ballots_years", "access_years"];
/// The most years.
const YEARS_MAX: i64 = 100;

/// A rule of this text.
///
/// # Errors
/// Every fault, each where it stands.
pub fn read(text: &str) -> Result<Years, Vec<String>> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
        vec![format!("line {line}: {}", error.message())]
    })?;
    let mut faults = Vec::new();
    for name in table.keys().filter(|name| *name != SECTION) {
        faults.push(format!("{name}: there is no such section"));
    }
    let empty = toml::Table::new();
    let keep = match table.get(SECTION) {
        Some(toml::Value::Table(keep)) => keep,
        Some(_) => {
            faults.push(format!("{SECTION}: keys stand in the section [{SECTION}]"));
            &empty
        }
        None => &empty,
    };
    for name in keep.keys().filter(|name| !KEYS.contains(&name.as_str())) {
        faults.push(format!("{SECTION}.{name}: there is no such key"));
    }
    let [evidence, ballots, access] = KEYS.map(|key| match keep.get(key) {
        None => {
            faults.push(format!("{SECTION}.{key}: it is missing"));
            0
        }
        Some(toml::Value::Integer(years @ 1..=YEARS_MAX)) => u32::try_from(*years).expect("it is at most 100"),
        Some(_) => {
            faults.push(format!("{SECTION}.{key}: a whole number of years, 1 to {YEARS_MAX}"));
            0
        }
    });
    if faults.is_empty() { Ok(Years { evidence, ballots, access }) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::read;
    use inspector::Years;

    const GOOD: &str = "[keep]\nevidence_years = 10\nballots_years = 2\naccess_years = 5\n";

    #[test]
    fn a_rule_has_three_numbers_of_years() {
        assert_eq!(read(GOOD), Ok(Years { evidence: 10, ballots: 2, access: 5 }));
    }

    #[test]
    fn all_faults_of_a_rule_are_told_at_once() {
        let text = GOOD.replace("= 10", "= 0").replace("ballots_years", "ballot_years") + "[other]\n";
        let faults = read(&text).expect_err("it has four faults");
        let expected = [
            "other: there is no such section",
            "keep.ballot_years: there is no such key",
            "keep.evidence_years: a whole number of years, 1 to 100",
            "keep.ballots_years: it is missing",
        ];
        assert_eq!(faults, expected);
        for (text, fault) in [
            ("[keep", "line 1: "),
            ("keep = 1", "keep: keys stand in the section [keep]"),
            ("", "keep.evidence_years: it is missing"),
            ("[keep]\nevidence_years = 10.5\nballots_years = 2\naccess_years = 5", "keep.evidence_years: "),
            ("[keep]\nevidence_years = 101\nballots_years = 2\naccess_years = 5", "keep.evidence_years: "),
        ] {
            assert!(read(text).expect_err(text)[0].starts_with(fault), "{text}");
        }
    }
}
