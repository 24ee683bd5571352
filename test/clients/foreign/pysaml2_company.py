"""The identity provider of a company on pysaml2: wants signed requests, encrypts assertions, signs its users out."""

import html
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pysaml2_crypto  # noqa: F401  the signatures
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.samlp import STATUS_REQUEST_DENIED
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

PORT = int(os.environ["PORT"])
BASE = f"http://localhost:{PORT}"
FOLDER = os.environ["FOLDER"]
PARTNER = os.environ["PARTNER"]
PERSON = NameID(format=NAMEID_FORMAT_PERSISTENT, text="ada-7")

config = IdPConfig()
config.load(
    {
        "entityid": f"{BASE}/metadata",
        "xmlsec_binary": "/bin/true",
        "key_file": f"{FOLDER}/key.pem",
        "cert_file": f"{FOLDER}/cert.pem",
        "metadata": {"local": [f"{FOLDER}/sp.xml"]},
        "signing_algorithm": SIG_RSA_SHA256,
        "digest_algorithm": DIGEST_SHA256,
        "service": {
            "idp": {
                "endpoints": {
                    "single_sign_on_service": [(f"{BASE}/sso", BINDING_HTTP_REDIRECT)],
                    "single_logout_service": [(f"{BASE}/slo", BINDING_HTTP_REDIRECT)],
                },
                "want_authn_requests_signed": True,
                "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None}},
            }
        },
    }
)
server = Server(config=config)
# Nothing is asked of the program that is not there.
config.xmlsec_binary = None
refusing = []
own_metadata = str(entity_descriptor(config))


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_args):
        pass

    def answer(self, status, body="", location=None, kind="text/html; charset=utf-8"):
        self.send_response(status)
        self.send_header("content-type", kind)
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        path = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(path.query).items()}
        try:
            if path.path == "/metadata":
                return self.answer(200, own_metadata, kind="application/samlmetadata+xml")
            if path.path == "/sso":
                return self.sign_in(query)
            if path.path == "/portal":
                return self.portal()
            if path.path == "/refuse":
                refusing.append(True)
                return self.answer(200, "<p id=status>refuses the next request</p>")
            if path.path == "/sign-out":
                return self.sign_out()
            if path.path == "/slo":
                response = server.parse_logout_request_response(query["SAMLResponse"], BINDING_HTTP_REDIRECT)
                return self.answer(200, f"<p id=status>{'signed out' if response.status_ok() else 'refused'}</p>")
            return self.answer(404)
        except Exception as error:  # noqa: BLE001  the test reads it
            return self.answer(500, f"<p id=error>{html.escape(repr(error))}</p>")

    def sign_in(self, query):
        asked = server.parse_authn_request(
            query["SAMLRequest"],
            BINDING_HTTP_REDIRECT,
            relay_state=query.get("RelayState"),
            sigalg=query.get("SigAlg"),
            signature=query.get("Signature"),
        ).message
        acs = asked.assertion_consumer_service_url
        if refusing:
            refusing.clear()
            denied = (STATUS_REQUEST_DENIED, "Ada left the company")
            error = server.create_error_response(
                asked.id, acs, denied, sign=True, sign_alg=SIG_RSA_SHA256, digest_alg=DIGEST_SHA256
            )
            return self.respond(error, acs, query["RelayState"])
        return self.respond(self.assertion(asked.id, acs), acs, query["RelayState"])

    def portal(self):
        """The user opens an application from the company's portal: no request was made."""
        [service, *_others] = server.metadata.assertion_consumer_service(PARTNER, BINDING_HTTP_POST)
        acs = service["location"]
        return self.respond(self.assertion(None, acs), acs, "")

    def assertion(self, asked_id, acs):
        return server.create_authn_response(
            {
                "mail": ["ada@acme.example"],
                "displayName": ["Ada “Ñ” & Co"],
                "eduPersonAffiliation": ["staff", "engineers"],
            },
            asked_id,
            acs,
            PARTNER,
            name_id=PERSON,
            authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password", "authn_auth": BASE},
            sign_response=True,
            sign_assertion=True,
            encrypt_assertion=True,
            encrypted_advice_attributes=False,
            sign_alg=SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
        )

    def respond(self, response, acs, relay_state):
        form = server.apply_binding(BINDING_HTTP_POST, str(response), acs, relay_state, response=True)
        return self.answer(200, str(form["data"]))

    def sign_out(self):
        [service, *_others] = server.metadata.single_logout_service(PARTNER, BINDING_HTTP_REDIRECT, "spsso")
        _id, request = server.create_logout_request(service["location"], PARTNER, name_id=PERSON, sign=False)
        sent = server.apply_binding(
            BINDING_HTTP_REDIRECT, str(request), service["location"], "back", sign=True, sigalg=SIG_RSA_SHA256
        )
        return self.answer(303, location=dict(sent["headers"])["Location"])


print("Listening", flush=True)
HTTPServer(("localhost", PORT), Handler).serve_forever()
