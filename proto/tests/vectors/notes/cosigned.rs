//! Cosignatures and quorums, changes of keys, and signatures that only a lenient verifier takes.
//! They are made by the same people as the notes in `signed.rs`, of which these go on.

use proto::note::KeyKind;

use super::signed::{Notes, with_lines};
use super::{Believed, ORIGIN, REFUSED, SIZE, TIME, Verdict, believed, by_log, line, signer, text};
use crate::curve;

impl Notes<'_> {
    /// Cosignatures and how many of them are enough.
    pub fn of_witnesses(&mut self) {
        let good = self.good();
        let [one, two, three] = [0, 1, 2].map(|i| self.cosigned(i));
        let mut add = |name: &str, policy, lines: &[&String], verdict| {
            let lines: String = lines.iter().map(|line| line.as_str()).collect();
            self.add(name, policy, good.clone() + &lines, verdict);
        };
        add("one of two of three", "two of three", &[&one], believed(&["w1"], false));
        add("two of two of three", "two of three", &[&three, &one], believed(&["w3", "w1"], true));
        add("none of two of three", "two of three", &[], believed(&[], false));
        add("witnesses that are not asked for", "alone", &[&one, &two], believed(&[], true));
        add("the one witness", "w1", &[&one], believed(&["w1"], true));
        add("another witness than the one", "w1", &[&two], believed(&[], false));
        add("nested: one of each", "nested", &[&two, &three], believed(&["w2", "w3"], true));
        add("nested: two of one", "nested", &[&one, &two], believed(&["w1", "w2"], false));
        add("the same witness twice", "two of three", &[&one, &one], REFUSED);
        let later = self.people.witnesses[0].sign(&text(), TIME + 1).to_string();
        self.add("the same witness at two times", "two of three", good.clone() + &one + &later, REFUSED);
        let all = [&one, &two, &three].map(String::as_str);
        self.add("witnesses alone", "two of three", with_lines(&all), REFUSED);
        self.of_cosignatures();
    }

    fn of_cosignatures(&mut self) {
        let (good, witness) = (self.good(), &self.people.witnesses[0]);
        let key = witness.key();
        let of = |bytes: &[u8]| good.clone() + &line(key.name().as_str(), &[&key.id(), bytes].concat());
        let honest = witness.sign(&text(), TIME).signature;
        let at = |time: u64| [&time.to_be_bytes(), &honest[8..]].concat();
        let signed_at = |time: u64| {
            // What the same key makes as a log's is a plain signature over whatever text it is given.
            let plain = signer("any", KeyKind::Log, 11);
            let message = format!("cosignature/v1\ntime {time}\n{}", text());
            [&time.to_be_bytes()[..], &plain.sign(&message, 0).signature].concat()
        };
        assert_eq!(signed_at(TIME), honest);
        let last = u64::MAX >> 1;
        let verdict = Verdict::Believed(Believed {
            size: SIZE,
            extensions: Vec::new(),
            signed: 1,
            cosigned: vec![("w1".to_owned(), last)],
            quorum_met: true,
        });
        let cases = [
            ("the last time that there is", signed_at(last), verdict),
            ("time 0", signed_at(0), REFUSED),
            ("time 2^63", signed_at(last + 1), REFUSED),
            ("time 2^64-1", signed_at(u64::MAX), REFUSED),
            ("another time than was signed", at(TIME + 1), REFUSED),
            ("a cosignature of 71 bytes", honest[..71].to_vec(), REFUSED),
            ("a cosignature of 73 bytes", [honest.as_slice(), &[0]].concat(), REFUSED),
            ("a cosignature of 7 bytes", honest[..7].to_vec(), REFUSED),
            ("a plain signature as a cosignature", signer("any", KeyKind::Log, 11).sign(&text(), 0).signature, REFUSED),
            (
                "a plain signature with a time before it",
                { [&TIME.to_be_bytes()[..], &signer("any", KeyKind::Log, 11).sign(&text(), 0).signature].concat() },
                REFUSED,
            ),
        ];
        for (name, bytes, verdict) in cases {
            self.add(name, "w1", of(&bytes), verdict);
        }
        let by_key_of_log = signer(ORIGIN, KeyKind::Witness, 1);
        let cosigned = by_key_of_log.sign(&text(), TIME);
        let as_log = by_log(self.people, &cosigned.signature);
        self.bad("a cosignature as a log's signature", with_lines(&[&as_log]));
        let without_time = by_log(self.people, &cosigned.signature[8..]);
        self.bad("a cosignature without its time as a log's signature", with_lines(&[&without_time]));
        self.bad("a cosignature by the log's own key", with_lines(&[&cosigned.to_string()]));
        let spaced = format!("cosignature/v1\ntime 0{TIME}\n{}", text());
        let spaced = [&TIME.to_be_bytes()[..], &signer("any", KeyKind::Log, 11).sign(&spaced, 0).signature].concat();
        self.add("a time with a leading zero was signed", "w1", of(&spaced), REFUSED);
    }

    /// The log's keys one after the other, and policies that are exchanged.
    pub fn of_rotation(&mut self) {
        let both = self.good() + &self.people.next.sign(&text(), 0).to_string();
        let two = Believed { size: SIZE, extensions: Vec::new(), signed: 2, cosigned: Vec::new(), quorum_met: true };
        self.add("the old key and the new one", "rotating", both.clone(), Verdict::Believed(two));
        self.add("the new key is not known yet", "alone", both.clone(), believed(&[], true));
        let new = with_lines(&[&self.people.next.sign(&text(), 0).to_string()]);
        self.add("the new key alone, known", "rotating", new.clone(), believed(&[], true));
        self.bad("the new key alone, not known", new);
        self.add("another log's policy", "another", both, REFUSED);
        let bad = self.people.next.sign(&(text() + "x\n"), 0).to_string();
        self.add("the old key good, the new one bad", "rotating", self.good() + &bad, REFUSED);
    }

    /// Signatures that only a lenient verifier takes.
    pub fn of_curve(&mut self) {
        let (seed, text) = ([1; 32], text());
        let own: [u8; 64] = self.people.log.sign(&text, 0).signature.try_into().expect("64 bytes");
        let mut signatures = vec![
            ("s + L".to_owned(), curve::with_larger_s(&own)),
            ("R of mixed order".to_owned(), curve::with_torsion(&seed, text.as_bytes())),
        ];
        for (i, r) in curve::small_order().into_iter().enumerate() {
            signatures.push((format!("R of small order {i}"), curve::with_r(r, &seed, text.as_bytes())));
        }
        for (i, (r, small)) in curve::second_spellings().into_iter().enumerate() {
            if small {
                signatures.push((format!("R in a second spelling {i}"), curve::with_r(r, &seed, text.as_bytes())));
            }
        }
        let mut infinite = own;
        infinite[32..].fill(0xff);
        signatures.push(("s = 2^256-1".to_owned(), infinite));
        signatures.push(("a signature of zeros".to_owned(), [0; 64]));
        for (name, signature) in signatures {
            self.bad(&name, with_lines(&[&by_log(self.people, &signature)]));
        }
    }
}
