"""A service provider on pysaml2 that signs its requests and wants signed, encrypted assertions."""

import html
import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pysaml2_crypto  # noqa: F401  the signatures
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

PORT = int(os.environ["PORT"])
BASE = f"http://localhost:{PORT}"
FOLDER = os.environ["FOLDER"]

config = SPConfig()
config.load(
    {
        "entityid": f"{BASE}/metadata",
        "xmlsec_binary": "/bin/true",
        "key_file": f"{FOLDER}/key.pem",
        "cert_file": f"{FOLDER}/cert.pem",
        "encryption_keypairs": [{"key_file": f"{FOLDER}/key.pem", "cert_file": f"{FOLDER}/cert.pem"}],
        "signing_algorithm": SIG_RSA_SHA256,
        "digest_algorithm": DIGEST_SHA256,
        "allow_unknown_attributes": True,
        "metadata": {"local": [f"{FOLDER}/idp.xml"]},
        "service": {
            "sp": {
                "endpoints": {
                    "assertion_consumer_service": [(f"{BASE}/acs", BINDING_HTTP_POST)],
                    "single_logout_service": [(f"{BASE}/logout", BINDING_HTTP_REDIRECT)],
                },
                "authn_requests_signed": True,
                "logout_requests_signed": True,
                "want_response_signed": True,
                "want_assertions_signed": True,
                "allow_unsolicited": False,
            }
        },
    }
)
client = Saml2Client(config)
outstanding = {}
signed_in = {}


def page(text, node="user"):
    return f"<!doctype html><title>Partner</title><pre id={node}>{html.escape(text)}</pre>"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_args):
        pass

    def answer(self, status, body="", location=None):
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8")
        if location:
            self.send_header("location", location)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        path = urlsplit(self.path)
        try:
            if path.path == "/sign-in":
                binding = BINDING_HTTP_POST if path.query == "post" else BINDING_HTTP_REDIRECT
                request_id, info = client.prepare_for_authenticate(relay_state="/reports", binding=binding, sign=True, sigalg=SIG_RSA_SHA256, digest_alg=DIGEST_SHA256)
                outstanding[request_id] = "/"
                headers = dict(info["headers"])
                return self.answer(303, location=headers["Location"]) if "Location" in headers else self.answer(200, str(info["data"]))
            if path.path == "/allow-unsolicited":
                client.allow_unsolicited = True
                return self.answer(200, page("allowed", "status"))
            if path.path == "/sign-out":
                name_id = signed_in["name_id"]
                messages = client.global_logout(
                    name_id, sign=True, sign_alg=SIG_RSA_SHA256, digest_alg=DIGEST_SHA256
                )
                (_binding, info) = next(iter(messages.values()))
                return self.answer(303, location=dict(info["headers"])["Location"])
            if path.path == "/logout":
                query = parse_qs(path.query)
                if "SAMLRequest" in query:
                    info = client.handle_logout_request(
                        query["SAMLRequest"][0],
                        signed_in["name_id"],
                        BINDING_HTTP_REDIRECT,
                        sign=True,
                        sign_alg=SIG_RSA_SHA256,
                        digest_alg=DIGEST_SHA256,
                        relay_state=query["RelayState"][0],
                        sigalg=query["SigAlg"][0],
                        signature=query["Signature"][0],
                    )
                    signed_in["user"] = {"signedOut": "by the identity provider"}
                    return self.answer(303, location=dict(info["headers"])["Location"])
                response = client.parse_logout_request_response(query["SAMLResponse"][0], BINDING_HTTP_REDIRECT)
                return self.answer(200, page(json.dumps({"signedOut": response.status_ok()})))
            return self.answer(200, page(json.dumps(signed_in.get("user"))))
        except Exception as error:  # noqa: BLE001  the test reads it
            return self.answer(500, page(repr(error), "error"))

    def do_POST(self):
        fields = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        try:
            response = client.parse_authn_request_response(fields["SAMLResponse"][0], BINDING_HTTP_POST, outstanding)
            signed_in["name_id"] = response.name_id
            signed_in["user"] = {
                "name": response.name_id.text,
                "format": response.name_id.format,
                "attributes": response.ava,
                "relayState": fields["RelayState"][0],
                "session": response.session_info()["session_index"],
            }
            return self.answer(303, location="/")
        except Exception as error:  # noqa: BLE001
            return self.answer(500, page(repr(error), "error"))


print("Listening", flush=True)
HTTPServer(("localhost", PORT), Handler).serve_forever()
