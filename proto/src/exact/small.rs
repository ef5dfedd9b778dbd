//! Fractions of two machine words, in lowest terms, and their arithmetic in double words.
//! Nothing here overflows: whatever leaves two words is handed back as a pair of double words in lowest terms.

use std::cmp::Ordering;

use num_integer::Integer;

use super::RoundingMode;

/// n / d in lowest terms, d > 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Small {
    n: i64,
    d: i64,
}

/// 10^digits, for at most 38 digits.
pub fn ten_to(digits: u8) -> i128 {
    10_i128.pow(u32::from(digits))
}

/// Whether a magnitude goes up; `twice_rest` compares twice what is left with the denominator.
pub fn goes_up(twice_rest: Ordering, odd: bool, mode: RoundingMode) -> bool {
    match mode {
        RoundingMode::Down => false,
        RoundingMode::HalfUp => twice_rest != Ordering::Less,
        RoundingMode::HalfEven => twice_rest == Ordering::Greater || (twice_rest == Ordering::Equal && odd),
    }
}

/// The greatest common divisor of a number and one above zero.
fn gcd(n: u64, d: i64) -> i64 {
    i64::try_from(n.gcd(&d.unsigned_abs())).expect("no greater than the second, which is above zero")
}

impl Small {
    pub fn whole(n: i64) -> Self {
        Self { n, d: 1 }
    }

    /// n / d for d that is not zero; none where the sign cannot be brought up.
    pub fn ratio(n: i64, d: i64) -> Option<Self> {
        let (n, d) = if d < 0 { (n.checked_neg()?, d.checked_neg()?) } else { (n, d) };
        let g = gcd(n.unsigned_abs(), d);
        Some(Self { n: n / g, d: d / g })
    }

    /// What is in lowest terms already; none where it does not fit.
    pub fn of_lowest(n: i128, d: i128) -> Option<Self> {
        Some(Self { n: n.try_into().ok()?, d: d.try_into().ok()? })
    }

    pub fn numer(self) -> i64 {
        self.n
    }

    pub fn denom(self) -> i64 {
        self.d
    }

    /// a/b + c/d, by the common divisor of the denominators (Knuth, The Art of Computer Programming 2, 4.5.1): each
    /// product is below 2^126, so their sum stays below 2^127.
    pub fn add(self, other: Self) -> (i128, i128) {
        self.added(i128::from(other.n), other.d)
    }

    pub fn sub(self, other: Self) -> (i128, i128) {
        self.added(-i128::from(other.n), other.d)
    }

    fn added(self, n: i128, d: i64) -> (i128, i128) {
        let g = gcd(self.d.unsigned_abs(), d);
        let sum = i128::from(self.n) * i128::from(d / g) + n * i128::from(self.d / g);
        let rest = u64::try_from(sum.unsigned_abs() % u128::from(g.unsigned_abs())).expect("below g");
        let again = gcd(rest, g);
        (sum / i128::from(again), i128::from(self.d / g) * i128::from(d / again))
    }

    pub fn mul(self, other: Self) -> (i128, i128) {
        let (g, h) = (gcd(self.n.unsigned_abs(), other.d), gcd(other.n.unsigned_abs(), self.d));
        (i128::from(self.n / g) * i128::from(other.n / h), i128::from(self.d / h) * i128::from(other.d / g))
    }

    /// The quotient by what is not zero.
    pub fn div(self, other: Self) -> (i128, i128) {
        let g = i128::from(self.n).gcd(&i128::from(other.n)).max(1);
        let h = i128::from(gcd(self.d.unsigned_abs(), other.d));
        let n = i128::from(self.n) / g * (i128::from(other.d) / h);
        let d = i128::from(self.d) / h * (i128::from(other.n) / g);
        if d < 0 { (-n, -d) } else { (n, d) }
    }

    /// The magnitude times 10^digits (at most 9: the product stays below 2^94), rounded to a whole number.
    pub fn magnitude(self, digits: u8, mode: RoundingMode) -> u128 {
        let (scaled, d) = (u128::from(self.n.unsigned_abs()) * ten_to(digits).unsigned_abs(), self.d.unsigned_abs());
        let (whole, rest) = scaled.div_rem(&u128::from(d));
        whole + u128::from(goes_up((rest * 2).cmp(&d.into()), whole % 2 == 1, mode))
    }
}

impl PartialOrd for Small {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Small {
    fn cmp(&self, other: &Self) -> Ordering {
        (i128::from(self.n) * i128::from(other.d)).cmp(&(i128::from(other.n) * i128::from(self.d)))
    }
}
