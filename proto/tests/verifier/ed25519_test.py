"""Ed25519: the vectors of RFC 8032, and all that must be refused (T32).

The equation is the one without cofactor; no signature is taken that a strict verifier would refuse.
"""

import hashlib

from given import Case, maker, verify
from maker import LOG

# RFC 8032, 7.1: TEST 1, 2, 3 and 1024, each secret seed, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
    (
        "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5",
        "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
        "08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e9f77b1"
        "e355f6c50544e23fb1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a1b270b20329d"
        "658675fc6ea534e0810a4432826bf58c941efb65d57a338bbd2e26640f89ffbc1a858efcb8550ee3a5e1998bd177e93a"
        "7363c344fe6b199ee5d02e82d522c4feba15452f80288a821a579116ec6dad2b3b310da903401aa62100ab5d1a36553e"
        "06203b33890cc9b832f79ef80560ccb9a39ce767967ed628c6ad573cb116dbefefd75499da96bd68a8a97b928a8bbc10"
        "3b6621fcde2beca1231d206be6cd9ec7aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53f1d8ac70bdcb7ed1"
        "85ce81bd84359d44254d95629e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d"
        "502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf2b13fd65f270"
        "88d78b7e883c8759d2c4f5c65adb7553878ad575f9fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089b"
        "eccf80cfe2df16a2cf65bd92dd597b0707e0917af48bbb75fed413d238f5555a7a569d80c3414a8d0859dc65a46128ba"
        "b27af87a71314f318c782b23ebfe808b82b0ce26401d2e22f04d83d1255dc51addd3b75a2b1ae0784504df543af8969b"
        "e3ea7082ff7fc9888c144da2af58429ec96031dbcad3dad9af0dcbaaaf268cb8fcffead94f3c7ca495e056a9b47acdb7"
        "51fb73e666c6c655ade8297297d07ad1ba5e43f1bca32301651339e22904cc8c42f58c30c04aafdb038dda0847dd988d"
        "cda6f3bfd15c4b4c4525004aa06eeff8ca61783aacec57fb3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34df"
        "f7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08d78ff4ef5d63653a65040cf9bfd4aca7"
        "984a74d37145986780fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276cd419c17a3ca8e1b939ae49e4"
        "88acba6b965610b5480109c8b17b80e1b7b750dfc7598d5d5011fd2dcc5600a32ef5b52a1ecc820e308aa342721aac09"
        "43bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a43dd497f01f17c0e2cb3797aa2a2f256656168e6c496afc5f"
        "b93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b50d334ba77c225bc307ba537152f3f161"
        "0e4eafe595f6d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fde7cb68606937380d"
        "b2eaaa707b4c4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8ca"
        "c60c905c15fc910840b94c00a0b9d0",
        "0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ecea23c436d94b5e8fcd4f681e30a6"
        "ac00a9704a188a03",
    ),
]


class Ed25519(Case):
    def test_the_vectors_of_rfc_8032_hold_for_maker_and_verifier(self):
        for seed, public, message, signature in (map(bytes.fromhex, case) for case in RFC_8032):
            self.assertEqual(maker.public(seed), public)
            self.assertEqual(maker.signed(seed, message), signature)
            verify.check_ed25519(public, message, signature)

    def test_every_changed_part_is_refused(self):
        seed, public, message, signature = map(bytes.fromhex, RFC_8032[2])
        for at in range(64):
            changed = bytearray(signature)
            changed[at] ^= 1 << at % 8
            with self.assertRaises(verify.Fault):
                verify.check_ed25519(public, message, bytes(changed))
        self.refused("not the key's", verify.check_ed25519, public, message + b"\0", signature)
        self.refused("not the key's", verify.check_ed25519, maker.public(b"\1" * 32), message, signature)
        for length in (0, 63, 65, 72):
            self.refused(f"{length} bytes", verify.check_ed25519, public, message, (signature + bytes(8))[:length])

    def test_a_number_that_is_not_reduced_is_refused(self):
        _, public, message, signature = map(bytes.fromhex, RFC_8032[2])
        s = maker.little(signature[32:])
        for more in range(1, 15):
            other = signature[:32] + (s + more * maker.L).to_bytes(32, "little")
            self.refused("shortest form", verify.check_ed25519, public, message, other)
        self.refused("shortest form", verify.check_ed25519, public, message, signature[:32] + b"\xff" * 32)

    def test_points_of_small_order_and_second_spellings_are_refused_as_key_and_as_r(self):
        eighth = next(
            point
            for point in (maker.times(maker.L, maker.point_at(y)) for y in range(2, 100) if maker.point_at(y))
            if maker.times(4, point) != maker.NEUTRAL
        )
        small = {maker.spelled(maker.times(times, eighth)) for times in range(8)}
        self.assertEqual(len(small), 8)
        # y = 0, 1 and -1 may be spelled with P more, and x = 0 with the wrong sign: 0, 1, P-1, P, P+1 with either sign.
        small |= {
            (y | odd << 255).to_bytes(32, "little") for y in (0, 1, maker.P - 1, maker.P, maker.P + 1) for odd in (0, 1)
        }
        self.assertEqual(len(small), 14)
        # And those of any order with a second spelling: y from P to 2^255-1.
        second = {(y | odd << 255).to_bytes(32, "little") for y in range(maker.P, 2**255) for odd in (0, 1)}
        _, public, message, signature = map(bytes.fromhex, RFC_8032[2])
        for raw in sorted(small | second):
            with self.subTest(raw.hex()):
                self.refused("a point", verify.check_ed25519, raw, message, signature)
                self.refused("a point", verify.check_ed25519, public, message, raw + signature[32:])
                self.refused("a point", verify.check_ed25519, raw, message, raw + bytes(32))
                self.refused("is a point", verify.Key, maker.vkey("a", bytes([LOG]) + raw).encode())

    def test_zero_has_no_sign(self):
        for y in (1, maker.P - 1):
            verify.point(y.to_bytes(32, "little"))
            self.refused("shortest form", verify.point, (y | 1 << 255).to_bytes(32, "little"))

    def test_r_is_compared_in_both_coordinates(self):
        """The equation gives R; the signature holds a point with the same y, or with the same x."""
        seed, message = b"\7" * 32, b"message"
        number, _ = maker.secret(seed)
        x, y = maker.times(12345, maker.BASE)
        for other, taken in (((x, y), True), ((maker.P - x, y), False), ((x, maker.P - y), False)):
            r = maker.spelled(other)
            k = maker.little(hashlib.sha512(r + maker.public(seed) + message).digest())
            signature = r + ((12345 + k * number) % maker.L).to_bytes(32, "little")
            if taken:
                verify.check_ed25519(maker.public(seed), message, signature)
            else:
                self.refused("not the key's", verify.check_ed25519, maker.public(seed), message, signature)

    def test_bytes_that_are_no_point_are_refused(self):
        _, public, message, signature = map(bytes.fromhex, RFC_8032[2])
        raw = (2).to_bytes(32, "little")
        self.assertIsNone(maker.point_at(2))
        self.refused("not on the curve", verify.check_ed25519, raw, message, signature)
        self.refused("not on the curve", verify.check_ed25519, public, message, raw + signature[32:])

    def test_the_equation_is_the_one_without_cofactor(self):
        """A key with a part of small order: s and R fit but for that part, which shows unless k is a multiple of 8."""
        seed = b"\7" * 32
        number, _ = maker.secret(seed)
        eighth = next(
            point
            for point in (maker.times(maker.L, maker.point_at(y)) for y in range(2, 100) if maker.point_at(y))
            if maker.times(4, point) != maker.NEUTRAL
        )
        key = maker.spelled(maker.added(maker.times(number, maker.BASE), eighth))
        r = maker.spelled(maker.times(12345, maker.BASE))
        taken = 0
        for message in (bytes([i]) for i in range(24)):
            k = maker.little(hashlib.sha512(r + key + message).digest()) % maker.L
            signature = r + ((12345 + k * number) % maker.L).to_bytes(32, "little")
            if k % 8 == 0:
                verify.check_ed25519(key, message, signature)
                taken += 1
            else:
                self.refused("not the key's", verify.check_ed25519, key, message, signature)
        self.assertGreater(taken, 0)
