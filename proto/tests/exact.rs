//! Exact fractions against fractions of big integers: the same value, the same text, the same order, whatever is drawn.
//! Values about the limits of a machine word are drawn often, for there one form gives way to the other.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use proptest::prelude::*;
use proto::exact::RoundingMode;
use proto::{Decimal, Exact};

fn number() -> impl Strategy<Value = i128> {
    let edge =
        prop::sample::select(vec![0, 1, -1, 10, i64::MAX.into(), i64::MIN.into(), 1 << 63, i128::from(u64::MAX)]);
    prop_oneof![3 => -1_000_i128..1_000, 2 => any::<i64>().prop_map(i128::from), 2 => edge, 1 => any::<i128>()]
}

fn fraction() -> impl Strategy<Value = (Exact, BigRational)> {
    let pair = (number(), number()).prop_filter("a denominator", |(_, d)| *d != 0);
    pair.prop_map(|(n, d)| (Exact::ratio(n, d).expect("not zero"), BigRational::new(n.into(), d.into())))
}

fn written(big: &BigRational) -> String {
    format!("{}/{}", big.numer(), big.denom())
}

/// Rounded as the README of proto says, by big integers alone.
fn rounded(big: &BigRational, digits: u8, mode: RoundingMode) -> BigInt {
    let scaled = big.abs() * BigInt::from(10).pow(digits.into());
    let (floor, half) = (scaled.floor(), BigRational::new(1.into(), 2.into()));
    let rest = &scaled - &floor;
    let odd = (floor.to_integer() % BigInt::from(2)) != BigInt::zero();
    let up = match mode {
        RoundingMode::Down => false,
        RoundingMode::HalfUp => rest >= half,
        RoundingMode::HalfEven => rest > half || (rest == half && odd),
    };
    floor.to_integer() + BigInt::from(u8::from(up))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arithmetic_is_that_of_big_integers((a, x) in fraction(), (b, y) in fraction()) {
        prop_assert_eq!((&a + &b).to_string(), written(&(&x + &y)));
        prop_assert_eq!((&a - &b).to_string(), written(&(&x - &y)));
        prop_assert_eq!((&a * &b).to_string(), written(&(&x * &y)));
        prop_assert_eq!((-a.clone()).to_string(), written(&-x.clone()));
        let quotient = a.checked_div(&b).map(|q| q.to_string());
        prop_assert_eq!(quotient, (!y.is_zero()).then(|| written(&(&x / &y))));
        prop_assert_eq!((a.is_zero(), a.is_negative()), (x.is_zero(), x.is_negative()));
    }

    #[test]
    fn equal_values_are_equal_however_they_came_about((a, x) in fraction(), (b, y) in fraction()) {
        prop_assert_eq!(a.cmp(&b), x.cmp(&y));
        let there_and_back = &(&a + &b) - &b;
        prop_assert_eq!(&there_and_back, &a);
        prop_assert_eq!(Exact::parse(&a.to_string()).expect("as written"), a);
    }

    #[test]
    fn what_is_printed_is_rounded_once((a, x) in fraction(), digits in 0_u8..=12) {
        for mode in [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Down] {
            let printed = a.rounded(digits, mode).replace(['.', '-'], "");
            prop_assert_eq!(printed.parse::<BigInt>().expect("digits"), rounded(&x, digits, mode));
        }
        let back = a.decimal().map(Exact::from);
        prop_assert!(back.is_none_or(|back| back == a));
        prop_assert!(a.floor(digits) <= a && a <= a.ceil(digits));
    }

    #[test]
    fn a_decimal_is_a_fraction_and_comes_back(mantissa in -999_999_999_999_999_999_i64..=999_999_999_999_999_999, scale in 0_u8..=9) {
        let decimal = Decimal::new(mantissa, scale).expect("within 18 digits and 9 places");
        prop_assert_eq!(Exact::from(decimal).decimal(), Some(decimal));
    }
}
