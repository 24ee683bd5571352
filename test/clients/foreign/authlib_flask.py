"""Authlib in Flask as its documentation shows it: one registration with the discovery document."""

import json
import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session, url_for

app = Flask(__name__)
app.secret_key = "a secret of the example"
oauth = OAuth(app)
oauth.register(
    "aldaba",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=os.environ["ISSUER"] + "/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email"},
)


@app.get("/")
def home():
    user = session.get("user")
    return f"<pre id=user>{json.dumps(user)}</pre>" if user else "<p>You are not signed in.</p>"


@app.get("/sign-in")
def sign_in():
    return oauth.aldaba.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    token = oauth.aldaba.authorize_access_token()
    session["user"] = {**token["userinfo"], "userinfo": dict(oauth.aldaba.userinfo(token=token))}
    return redirect("/")


app.run(host="localhost", port=int(os.environ["PORT"]))
