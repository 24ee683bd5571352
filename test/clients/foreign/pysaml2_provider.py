"""Prints a response of an identity provider on pysaml2, in base64. Arguments: a folder, and the request as JSON."""

import base64
import json
import sys

import pysaml2_crypto  # noqa: F401  the signatures
from saml2 import BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

folder, request = sys.argv[1], json.loads(sys.argv[2])
config = IdPConfig()
config.load(
    {
        "entityid": request["issuer"],
        "xmlsec_binary": "/bin/true",
        "key_file": f"{folder}/key.pem",
        "cert_file": f"{folder}/cert.pem",
        "metadata": {"local": [f"{folder}/sp.xml"]},
        "signing_algorithm": SIG_RSA_SHA256,
        "digest_algorithm": DIGEST_SHA256,
        "service": {
            "idp": {
                "endpoints": {"single_sign_on_service": [("https://idp.example.com/sso", BINDING_HTTP_REDIRECT)]},
                "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None}},
            }
        },
    }
)
server = Server(config=config)
response = server.create_authn_response(
    {"givenName": ["Ada"], "mail": ["ada@example.com"]},
    request["inResponseTo"],
    request["acsUrl"],
    request["audience"],
    name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text="ada & co"),
    authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password", "authn_auth": "https://idp.example.com"},
    sign_response=request["signResponse"],
    sign_assertion=request["signAssertion"],
    encrypt_assertion=request["encrypt"],
    encrypted_advice_attributes=False,
    sign_alg=SIG_RSA_SHA256,
    digest_alg=DIGEST_SHA256,
)
print(base64.b64encode(str(response).encode()).decode())
