"""Samples in `verify.py`: what a seed draws is found again, and anything else is refused."""

import hashlib
import unittest

from given import verify

SEED, ROOT = bytes([1]) * 32, hashlib.sha256(b"ballots").digest()


def event(kind, position, **data):
    return {"kind": kind, "position": position, "data": data}


def committed(position=1, seed=SEED):
    return event("seed_committed", position, round="r", sample="s", commitment=verify.seed_commitment(seed).hex())


def recorded(position=2, batch="b", **more):
    ballots = {"root": ROOT.hex()}
    return event("batch_recorded", position, **{"round": "r", "batch": batch, "respondents": 50, "ballots": ballots, **more})


def drawn(position=3, indexes=None, **more):
    act = {"round": "r", "sample": "s", "batch": "b", "seed": SEED.hex(), "count": 5, **more}
    act = {name: value for name, value in act.items() if value is not None}
    return event("sample_drawn", position, act=act, indexes=indexes or verify.drawn(SEED, ROOT, 50, 5))


def taken(*events):
    samples = verify.Samples()
    for one in events:
        samples.take(one)


class SampleTest(unittest.TestCase):
    def refused(self, *events):
        with self.assertRaises(verify.Fault):
            taken(*events)

    def test_what_a_seed_draws_is_taken(self):
        taken(committed(), recorded(), drawn())
        # Ten of a hundred of 50 ballots are 5.
        taken(committed(), recorded(), drawn(count=None, share=10))

    def test_ballots_that_the_seed_does_not_draw_are_refused(self):
        own = verify.drawn(SEED, ROOT, 50, 5)
        other = sorted(set(range(50)) - set(own))[:1] + own[1:]
        for indexes in (sorted(other), own[::-1], own[:4], own + [50]):
            self.refused(committed(), recorded(), drawn(indexes=indexes))

    def test_a_seed_that_was_not_committed_to_before_the_batch_is_refused(self):
        self.refused(recorded(), drawn())
        self.refused(committed(seed=ROOT), recorded(), drawn())
        self.refused(recorded(1), committed(2), drawn())

    def test_a_batch_that_does_not_stand_or_has_no_ballots_is_refused(self):
        self.refused(committed(), drawn())
        self.refused(committed(), recorded(), event("batch_voided", 3, round="r", batch="b"), drawn(4))
        replaced = recorded(3, "c", replaces={"batch": "b", "reason": "again"})
        self.refused(committed(), recorded(), replaced, drawn(4))
        bare = recorded()
        del bare["data"]["ballots"]
        self.refused(committed(), bare, drawn())

    def test_a_sample_is_drawn_once_and_has_one_number(self):
        self.refused(committed(), recorded(), drawn(), drawn(4))
        self.refused(committed(), recorded(), drawn(share=10))
        self.refused(committed(), recorded(), drawn(count=None))

    def test_data_without_its_form_is_refused(self):
        broken = drawn()
        del broken["data"]["act"]
        self.refused(committed(), recorded(), broken)

    def test_no_ballot_is_likelier_than_another(self):
        """3 of 10 over 2,000 seeds: each 600 times, give or take 6 standard deviations of 20.5."""
        times = [0] * 10
        for n in range(2000):
            for index in verify.drawn(hashlib.sha256(n.to_bytes(4, "big")).digest(), ROOT, 10, 3):
                times[index] += 1
        self.assertTrue(all(abs(n - 600) < 123 for n in times), times)


if __name__ == "__main__":
    unittest.main()
