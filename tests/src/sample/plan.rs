//! Final points of every leaf, fitted so that each unit's index prints as wanted.
//! Whole numbers of hundredths only; the survey's exact points are counted in.

use super::prng::Rng;
use super::rulebook::{Form, LeafSpec};
use super::specials::Special;
use super::survey::{DENOMINATOR, Surveyed};
use super::units::Unit;

/// What an appraised leaf of a unit comes to in the end.
#[derive(Debug, Clone)]
pub struct Final {
    /// The leaf.
    pub leaf: LeafSpec,
    /// Its final points in hundredths; none where it is exempted.
    pub points: Option<i64>,
}

/// Fits a unit's appraised points.
///
/// # Panics
/// When the wanted index cannot be reached, which is a defect of the sample's figures.
#[must_use]
pub fn fit(unit: &Unit, leaves: &[LeafSpec], surveyed: &Surveyed, special: &Special) -> Vec<Final> {
    let own = leaves.iter().filter(|l| !matches!(l.form, Form::Survey));
    let mut finals: Vec<Final> = own.map(|leaf| Final { leaf: leaf.clone(), points: Some(leaf.maximum) }).collect();
    if let Some(place) = special.exempt {
        finals[place].points = None;
    }
    if let Some((place, points)) = special.fixed {
        finals[place].points = Some(points);
    }
    let maximum: i64 = finals.iter().filter(|f| f.points.is_some()).map(|f| f.leaf.maximum).sum();
    let wanted = wanted_points(unit, surveyed, maximum, special.bonus - special.penalty);
    let there: i64 = finals.iter().filter_map(|f| f.points).sum();
    assert!(wanted <= there, "{}: {wanted} of {there} hundredths", unit.id());
    let mut rng = Rng::of(&format!("fit {}", unit.id()));
    lower(&mut finals, there - wanted, special, &mut rng);
    assert_eq!(finals.iter().filter_map(|f| f.points).sum::<i64>(), wanted, "{}", unit.id());
    finals
}

/// The appraised hundredths that bring (appraised + survey + extra) / maximum nearest to the wanted index.
fn wanted_points(unit: &Unit, surveyed: &Surveyed, appraised_maximum: i64, extra: i64) -> i64 {
    // All in hundredths of a point x DENOMINATOR x 10,000 (the index is in hundredths of a per cent).
    let [scale, denominator] = [10_000, i128::from(DENOMINATOR)];
    let maximum = i128::from(appraised_maximum + surveyed.maximum);
    let reached = i128::from(unit.index) * maximum * denominator;
    let rest = reached - (i128::from(surveyed.reached()) + i128::from(extra) * denominator) * scale;
    let unit_of = denominator * scale;
    let nearest = (2 * rest + unit_of).div_euclid(2 * unit_of);
    i64::try_from(nearest).expect("points are small")
}

/// Takes `deficit` hundredths away: options first, then numbers, which take what is left to the last hundredth.
fn lower(finals: &mut [Final], mut deficit: i64, special: &Special, rng: &mut Rng) {
    let free =
        |p: &usize, finals: &[Final]| finals[*p].points.is_some() && special.fixed.is_none_or(|(fixed, _)| fixed != *p);
    let mut order: Vec<usize> = (0..finals.len()).filter(|p| free(p, finals)).collect();
    rng.shuffle(&mut order);
    let in_numbers = deficit * 45 / 100;
    for &p in &order {
        let Form::Options(rule, options) = &finals[p].leaf.form else { continue };
        // What is simply there or not is seldom missing.
        if rng.chance(if *rule == "yes" { 800 } else { 400 }) {
            continue;
        }
        let down = if options.len() > 3 && rng.chance(250) { 2 } else { 1 };
        let less = options[0].1 - options[down].1;
        if deficit - less >= in_numbers {
            finals[p].points = Some(options[down].1);
            deficit -= less;
        }
    }
    let numbers: Vec<(usize, i64)> = order
        .iter()
        .filter_map(|&p| match finals[p].leaf.form {
            Form::Number(step) => Some((p, step)),
            Form::Options(..) | Form::Survey => None,
        })
        .collect();
    for round in 1.. {
        assert!(round < 20, "{deficit} hundredths find no place");
        for &(p, step) in &numbers {
            let (points, maximum) = (finals[p].points.unwrap_or(0), finals[p].leaf.maximum);
            let room = points - maximum * 2 / 5;
            let most = room.min(deficit).min(maximum * 3 / 10 + 2);
            if deficit == 0 || most < step || rng.chance(550) {
                continue;
            }
            let less = rng.between(1, most / step) * step;
            finals[p].points = Some(points - less);
            deficit -= less;
        }
        if deficit == 0 {
            return;
        }
    }
}
