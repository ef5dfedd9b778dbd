//! Laws of formulas: what they are worth, where they are refused, and that the printed form is worth the same.
//! Values are compared as exact fractions only.

use domain::{
    Comparison, Condition, Expr, FORMULA_BYTES_MAX, FORMULA_DEPTH_MAX, FORMULA_PARTS_MAX, List, Operator, Undefined,
    is_formula_name,
};
use proptest::prelude::*;
use proto::{Code, Exact};

/// done is 7, due is 8, none is 0, share is 2/3; nothing else has a value.
fn value(name: &Code) -> Option<Exact> {
    match name.as_str() {
        "done" => Some(Exact::whole(7)),
        "due" => Some(Exact::whole(8)),
        "none" => Some(Exact::zero()),
        "share" => Exact::ratio(2, 3),
        _ => None,
    }
}

fn parse(text: &str) -> Expr {
    Expr::parse(text).unwrap_or_else(|bad| panic!("{text}: {bad}"))
}

fn eval(text: &str) -> Result<Exact, Undefined> {
    parse(text).eval(&value)
}

fn code(name: &str) -> Code {
    Code::parse(name).expect("a code")
}

#[test]
fn a_formula_has_an_exact_value() {
    let table = [
        ("8.25", "8.25"),
        (" 12 ", "12"),
        ("0.1 + 0.2", "0.3"),
        ("1 - 2 - 3", "-4"),
        ("1 - (2 - 3)", "2"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("12 / 3 / 2", "2"),
        ("12 / (3 / 2)", "8"),
        ("2 / 3 + share", "4/3"),
        ("-done + 1", "-6"),
        ("--done", "7"),
        ("2 - -3", "5"),
        ("-2 * -3", "6"),
        ("done / due * 1.5", "1.3125"),
        ("done\n/ due", "0.875"),
        ("min(done, due, 7.5)", "7"),
        ("max(done)", "7"),
        ("max(0, min(1, done / due - 0.5)) * 2", "0.75"),
        ("if(done >= due, 1, 0)", "0"),
        ("if(done / due >= 0.875, 1, 0)", "1"),
        ("if(done = 7, 1, 0) + if(done != 7, 10, 20)", "21"),
        ("if(done<due,1, 0)+if(done<=7, 1, 0)+if(due>done,1, 0)", "3"),
        ("if(and(done > 5, due > 5), 1, 0)", "1"),
        ("if(or(done > 7, due > 8), 1, 0)", "0"),
        ("if(not(or(done > 7, due > 8)), 1, 0)", "1"),
        ("99999999999999999999 * 10", "999999999999999999990"),
        ("12345678901.5", "12345678901.5"),
    ];
    for (text, worth) in table {
        assert_eq!(eval(text).map(|v| v.plain()).as_deref(), Ok(worth), "{text}");
    }
}

#[test]
fn a_zero_divisor_or_an_input_without_value_is_said_and_only_where_it_is_reached() {
    let unknown = |name| Err(Undefined::Unknown(code(name)));
    let table = [
        ("done / none", Err(Undefined::DivisionByZero)),
        ("1 / (done - 7)", Err(Undefined::DivisionByZero)),
        ("0 / none", Err(Undefined::DivisionByZero)),
        ("missing + 1", unknown("missing")),
        ("a + b", unknown("a")),
        ("a + 1 / 0", unknown("a")),
        ("min(1, 1 / 0)", Err(Undefined::DivisionByZero)),
        ("if(none = 0, 0, done / none)", Ok(Exact::zero())),
        ("if(none != 0, missing, 1)", Ok(Exact::one())),
        ("if(done / none > 1, 1, 0)", Err(Undefined::DivisionByZero)),
        ("if(and(none != 0, done / none > 1), 1, 0)", Ok(Exact::zero())),
        ("if(or(none = 0, done / none > 1), 1, 0)", Ok(Exact::one())),
    ];
    for (text, worth) in table {
        assert_eq!(eval(text), worth, "{text}");
    }
}

#[test]
fn what_is_no_formula_is_refused_at_its_byte() {
    let table = [
        ("", 0, "a number, a name or ( is wanted"),
        ("   ", 3, "a number, a name or ( is wanted"),
        ("1 +", 3, "a number, a name or ( is wanted"),
        ("+1", 0, "a number, a name or ( is wanted"),
        ("1 + * 2", 4, "a number, a name or ( is wanted"),
        ("()", 1, "a number, a name or ( is wanted"),
        ("(1", 2, ") is wanted"),
        ("1)", 1, "an operator is wanted"),
        ("2x", 1, "an operator is wanted"),
        ("2 x", 2, "an operator is wanted"),
        ("2 ^ 3", 2, "an operator is wanted"),
        ("1 < 2", 2, "an operator is wanted"),
        ("a.b", 1, "an operator is wanted"),
        (".5", 0, "a number, a name or ( is wanted"),
        ("Done", 0, "a number, a name or ( is wanted"),
        ("_a", 0, "a number, a name or ( is wanted"),
        ("1 + điểm", 4, "a number, a name or ( is wanted"),
        ("do\u{301}ne", 2, "an operator is wanted"),
        ("1 + 5.", 4, "shortest form"),
        ("1.50", 0, "shortest form"),
        ("007", 0, "shortest form"),
        ("1.2.3", 0, "shortest form"),
        ("0.0000000001", 0, "shortest form"),
        ("1e3", 1, "an operator is wanted"),
        ("8,25", 1, "written with a point"),
        ("min(8,25)", 5, "written with a point"),
        ("min()", 4, "a number, a name or ( is wanted"),
        ("min(1, )", 7, "a number, a name or ( is wanted"),
        ("min 1", 4, "( is wanted"),
        ("max", 3, "( is wanted"),
        ("1 + abs(2)", 4, "no function"),
        ("if(1, 2, 3)", 4, "a comparison is wanted"),
        ("if(1 < 2, 3)", 11, ", is wanted"),
        ("if(1 < 2, 3, 4, 5)", 14, ") is wanted"),
        ("if((1 < 2), 3, 4)", 6, ") is wanted"),
        ("if(1 == 2, 3, 4)", 6, "a number, a name or ( is wanted"),
        ("if(1 < 2 < 3, 4, 5)", 9, ", is wanted"),
        ("if(not 1 < 2, 3, 4)", 7, "( is wanted"),
        ("and(1 < 2)", 0, "in the condition of an if"),
        ("if(min < 2, 3, 4)", 7, "( is wanted"),
    ];
    for (text, at, what) in table {
        let bad = Expr::parse(text).expect_err(text);
        assert!(bad.at == at && bad.what.en.contains(what), "{text}: {bad}");
        assert!(!bad.what.vi.is_empty() && bad.what.vi != bad.what.en, "{text}: {}", bad.what.vi);
    }
}

#[test]
fn each_limit_is_reached_and_not_passed() {
    let repeated = |before: &str, n: usize, middle: &str, after: &str| before.repeat(n) + middle + &after.repeat(n);
    let deep = FORMULA_DEPTH_MAX;
    for (before, after) in [("(", ")"), ("-", ""), ("min(", ")"), ("if(1 < ", ", 2, 3)")] {
        assert!(Expr::parse(&repeated(before, deep, "x", after)).is_ok(), "{before}");
        let bad = Expr::parse(&repeated(before, deep + 1, "x", after)).expect_err(before);
        let opened = before.len() * deep + before.find(['(', '-']).expect("it opens") + 1;
        assert!(bad.what.en.contains("deep") && bad.at == opened, "{before}: {bad}");
    }
    // n terms and n - 1 sums between them.
    let terms = FORMULA_PARTS_MAX / 2;
    assert!(Expr::parse(&format!("1{}", "+1".repeat(terms - 1))).is_ok());
    let bad = Expr::parse(&format!("1{}", "+1".repeat(terms))).expect_err("one too many");
    assert!(bad.what.en.contains("parts") && bad.at == 1 + 2 * terms, "{bad}");

    let digits = "9".repeat(FORMULA_BYTES_MAX);
    assert!(Expr::parse(&format!(" {digits}  ")).is_ok());
    let bad = Expr::parse(&format!(" {digits} 9")).expect_err("one too many");
    assert!(bad.what.en.contains("bytes") && bad.at == FORMULA_BYTES_MAX + 2, "{bad}");

    assert!(Expr::parse(&"a".repeat(64)).is_ok());
    assert!(Expr::parse(&"a".repeat(65)).expect_err("too long").what.en.contains("64"));
}

#[test]
fn the_deepest_formulas_fit_a_quarter_of_a_threads_stack() {
    let chain = format!("x{}", " + x".repeat(FORMULA_PARTS_MAX / 2 - 1));
    let calls = format!("{}1{}", "if(not(x > ".repeat(FORMULA_DEPTH_MAX / 2), "), 2, x)".repeat(FORMULA_DEPTH_MAX / 2));
    let tests = format!("if({}x < 1{}, 2, 3)", "and(".repeat(FORMULA_DEPTH_MAX - 1), ")".repeat(FORMULA_DEPTH_MAX - 1));
    let run = move || {
        for text in [chain, calls, tests] {
            let expr = parse(&text);
            assert!(expr.eval(&|_| Some(Exact::one())).is_ok() && expr.inputs().len() == 1, "{text}");
            assert_eq!(parse(&expr.to_string()), expr);
        }
    };
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(run).expect("a thread");
    thread.join().expect("no panic");
}

#[test]
fn long_runs_of_anything_are_refused_without_a_panic() {
    for run in ["(", "-", ")", "min(", "if(", "if(not(", "if(and(", "1", "1+", "a", ".", ",", " ", "1,", "ế", "\u{0}"]
    {
        for n in [1, 31, 32, 33, 999, 1_000, 1_001, 100_000] {
            let text = run.repeat(n);
            if let Err(bad) = Expr::parse(&text) {
                assert!(text.is_char_boundary(bad.at), "{run} {n} times: {bad}");
            }
        }
    }
}

#[test]
fn inputs_are_the_names_of_all_branches_sorted_and_each_once() {
    let expr = parse("if(and(z > 1, not(y = x)), max(b, a, b), -(c / z)) + 1");
    assert_eq!(expr.inputs().into_iter().map(Code::as_str).collect::<Vec<_>>(), ["a", "b", "c", "x", "y", "z"]);
    assert!(parse("1 + 2").inputs().is_empty());
}

#[test]
fn a_formula_name_is_a_code_that_cannot_be_taken_for_anything_else() {
    for good in ["a", "so_van_ban_2022", "iff", "minimum", &"a".repeat(64)] {
        assert!(is_formula_name(good) && Expr::parse(good) == Ok(Expr::Input(code(good))), "{good}");
    }
    for bad in
        ["", "1a", "1.2", "a.b", "a-b", "_a", "A", "ế", "a b", "min", "max", "if", "and", "or", "not", &"a".repeat(65)]
    {
        assert!(!is_formula_name(bad) && !matches!(Expr::parse(bad), Ok(Expr::Input(_))), "{bad}");
    }
}

#[test]
fn the_printed_form_has_the_fewest_brackets() {
    let table = [
        ("((1))+(2*3)", "1 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("(1-2)-3", "1 - 2 - 3"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("1+(2+3)", "1 + (2 + 3)"),
        ("(1*2)/3", "1 * 2 / 3"),
        ("1*(2/3)", "1 * (2 / 3)"),
        ("-(a*b)", "-(a * b)"),
        ("(-a)*b", "-a * b"),
        ("-(5)--5", "-5 - -5"),
        ("-(min((a),b))", "-min(a, b)"),
        ("if(and((a+1)<2,not(b!=3)),(1),(2+3))", "if(and(a + 1 < 2, not(b != 3)), 1, 2 + 3)"),
    ];
    for (text, printed) in table {
        assert_eq!(parse(text).to_string(), printed);
    }
    let third = || Expr::Number(Exact::ratio(-1, 3).expect("not zero"));
    let print = |operator, left, right| Expr::binary(operator, left, right).to_string();
    assert_eq!(print(Operator::Add, third(), third()), "-1/3 + -1/3");
    assert_eq!(print(Operator::Mul, third(), third()), "-1/3 * (-1/3)");
    assert_eq!(Expr::Minus(Box::new(third())).to_string(), "-(-1/3)");
}

fn list<T: Clone + std::fmt::Debug + 'static>(item: impl Strategy<Value = T> + 'static) -> BoxedStrategy<List<T>> {
    let build = |mut items: Vec<T>| List { first: Box::new(items.remove(0)), rest: items };
    prop::collection::vec(item, 1..4).prop_map(build).boxed()
}

fn number() -> impl Strategy<Value = Exact> {
    let small = (-9_i128..10, 1_i128..5);
    let large = (any::<i64>().prop_map(i128::from), 1_i128..10_000_000_000_000);
    prop_oneof![3 => small, 1 => large].prop_map(|(n, d)| Exact::ratio(n, d).expect("not zero"))
}

fn condition(expr: impl Strategy<Value = Expr> + Clone + 'static) -> impl Strategy<Value = Condition> + Clone {
    use Comparison::{AtLeast, AtMost, Equal, Less, More, Unequal};
    let comparison = prop::sample::select(vec![Less, AtMost, More, AtLeast, Equal, Unequal]);
    let compare =
        (comparison, expr.clone(), expr).prop_map(|(c, left, right)| Condition::Compare(c, Box::new([left, right])));
    compare.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            list(inner.clone()).prop_map(Condition::And),
            list(inner.clone()).prop_map(Condition::Or),
            inner.prop_map(|c| Condition::Not(Box::new(c))),
        ]
    })
}

/// Any expression over formula names, also such as the parser never makes.
fn expr() -> impl Strategy<Value = Expr> {
    use Operator::{Add, Div, Mul, Sub};
    let name = prop::sample::select(vec!["done", "due", "none", "share", "missing"]);
    let leaf = prop_oneof![number().prop_map(Expr::Number), name.prop_map(|n| Expr::Input(code(n)))];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let operator = prop::sample::select(vec![Add, Sub, Mul, Div]);
        let choice = (condition(inner.clone()), inner.clone(), inner.clone());
        prop_oneof![
            6 => (operator, inner.clone(), inner.clone()).prop_map(|(o, left, right)| Expr::binary(o, left, right)),
            2 => inner.clone().prop_map(|e| Expr::Minus(Box::new(e))),
            1 => list(inner.clone()).prop_map(Expr::Min),
            1 => list(inner).prop_map(Expr::Max),
            2 => choice.prop_map(|(c, then, otherwise)| Expr::If(Box::new(c), Box::new([then, otherwise]))),
        ]
    })
}

/// A text of the language's own pieces, so that parsing gets far.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "(",
        "(",
        ")",
        ")",
        "-",
        "+",
        "*",
        "/",
        ",",
        ", ",
        "<",
        "<=",
        "=",
        "!=",
        "!",
        " ",
        "1",
        "0",
        "8.25",
        ".",
        "a",
        "done",
        "min(",
        "max(",
        "if(",
        "and(",
        "or(",
        "not(",
        "if(a < 1, ",
        "ế",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused_at_one_of_its_characters(text in prop_oneof![pieces(), ".{0,200}"]) {
        match Expr::parse(&text) {
            Ok(expr) => {
                prop_assert_eq!(Expr::parse(&expr.to_string()), Ok(expr.clone()), "{}", expr);
                // To have a value or none is all one here; it must only come back.
                let _ = expr.eval(&value);
            }
            Err(bad) => prop_assert!(text.is_char_boundary(bad.at), "{text}: {bad}"),
        }
    }

    #[test]
    fn the_printed_form_is_worth_what_it_prints(expr in expr()) {
        let printed = expr.to_string();
        // Every part takes a byte at least, so that this many hold no more parts than are allowed.
        prop_assume!(printed.len() <= FORMULA_PARTS_MAX);
        let parsed = Expr::parse(&printed);
        prop_assert!(parsed.is_ok(), "{printed}: {parsed:?}");
        let parsed = parsed.expect("parses");
        prop_assert_eq!(parsed.eval(&value), expr.eval(&value), "{}", printed);
        prop_assert_eq!(parsed.inputs(), expr.inputs());
        // What was parsed once is printed and parsed to the same expression from then on.
        prop_assert_eq!(Expr::parse(&parsed.to_string()), Ok(parsed));
    }
}
