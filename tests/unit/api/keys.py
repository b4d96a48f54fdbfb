"""Private keys for the tests, each made once."""

import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurve, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
PKCS1, PKCS8 = PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8


@cache
def rsa(bits: int = 2048) -> RSAPrivateKey:
    return generate_rsa(65_537, bits)


@cache
def ec(curve: type[EllipticCurve] = SECP384R1) -> EllipticCurvePrivateKey:
    return generate_ec(curve())


def pem(key: PrivateKey, form: PrivateFormat = PKCS8, passphrase: bytes | None = None) -> bytes:
    sealed: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, sealed)


def public_pem(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def jwk(key: PrivateKey, **more: Any) -> dict[str, Any]:
    if isinstance(key, RSAPrivateKey):
        return RSAAlgorithm.to_jwk(key, as_dict=True) | more
    return ECAlgorithm.to_jwk(key, as_dict=True) | more


def text(value: Any) -> bytes:
    return json.dumps(value).encode()
