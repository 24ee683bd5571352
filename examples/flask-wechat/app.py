"""A small Flask app whose users sign in at Aldaba, through the published `logto` package.

Configuration comes from the environment:

    LOGTO_ENDPOINT    base URL of Aldaba, default http://localhost:3001
    LOGTO_APP_ID      client id of the application
    LOGTO_APP_SECRET  its secret; leave it out for an application without one
    APP_PORT          port to listen on, default 3000 (PORT is Aldaba's own)
    APP_URL           URL that browsers use, default http://localhost:<APP_PORT>
    FLASK_SECRET_KEY  signs the session cookie; made anew at each start when missing
"""

import os
import secrets

from aiohttp import ClientError
from flask import Flask, flash, redirect, render_template, request, session
from jwt import PyJWTError
from logto import LogtoClient, LogtoConfig, LogtoException, Storage, UserInfoScope
from pydantic import ValidationError

APP_PORT = int(os.environ.get("APP_PORT", "3000"))
APP_URL = os.environ.get("APP_URL", f"http://localhost:{APP_PORT}").rstrip("/")
CALLBACK_URI = f"{APP_URL}/callback"
AFTER_SIGN_OUT_URI = f"{APP_URL}/"

app = Flask(__name__)
app.secret_key = os.environ.get("FLASK_SECRET_KEY") or secrets.token_hex(32)
app.config.update(
    # A name of its own: cookies do not tell ports apart, so other apps on localhost would share `session`.
    SESSION_COOKIE_NAME="flask_wechat",
    SESSION_COOKIE_SAMESITE="Lax",
    SESSION_COOKIE_SECURE=APP_URL.startswith("https://"),
)


class SessionStorage(Storage):
    """Keeps what the SDK remembers about one person in that person's Flask session."""

    prefix = "logto."

    def get(self, key):
        return session.get(self.prefix + key)

    def set(self, key, value):
        session[self.prefix + key] = value

    def delete(self, key):
        session.pop(self.prefix + key, None)


# One client for all requests: it reads the provider's metadata once, and its storage finds the person by the request.
client = LogtoClient(
    LogtoConfig(
        endpoint=os.environ.get("LOGTO_ENDPOINT", "http://localhost:3001").rstrip("/"),
        appId=os.environ["LOGTO_APP_ID"],
        appSecret=os.environ.get("LOGTO_APP_SECRET") or None,
        scopes=[UserInfoScope.identities],
    ),
    SessionStorage(),
)


@app.get("/")
async def home():
    if not client.isAuthenticated():
        return render_template("home.html", claims=None)
    return render_template(
        "home.html",
        claims=client.getIdTokenClaims().model_dump(exclude_none=True),
        profile=(await client.fetchUserInfo()).model_dump(exclude_none=True),
    )


@app.get("/sign-in")
async def sign_in():
    """Leaves for Aldaba. With ?mode=signUp the first page is the one that creates an account."""
    mode = "signUp" if request.args.get("mode") == "signUp" else None
    return redirect(await client.signIn(CALLBACK_URI, interactionMode=mode))


@app.get("/callback")
async def callback():
    """Aldaba sends the browser back to here; the SDK trades the code for tokens and checks them."""
    # Built on the public URL, since behind a reverse proxy the request itself carries another one.
    await client.handleSignInCallback(f"{CALLBACK_URI}?{request.query_string.decode()}")
    return redirect("/")


@app.get("/sign-out")
async def sign_out():
    """Forgets the tokens here and ends the session at Aldaba."""
    return redirect(await client.signOut(AFTER_SIGN_OUT_URI))


@app.get("/refresh")
async def refresh():
    """Gets a new access token, as the SDK does by itself when the old one runs out."""
    if not client.isAuthenticated():
        return redirect("/sign-in")
    # The SDK refreshes only what it does not hold, so the tokens that it keeps are dropped first.
    SessionStorage().delete("accessTokenMap")
    token = await client.getAccessToken()
    flash("There is a new access token." if token else "There is no refresh token: sign in again.")
    return redirect("/")


@app.get("/userinfo")
async def userinfo():
    """What Aldaba says about the person now, as JSON."""
    if not client.isAuthenticated():
        return {"error": "Not signed in"}, 401
    return (await client.fetchUserInfo()).model_dump(exclude_none=True)


@app.errorhandler(LogtoException)
@app.errorhandler(PyJWTError)
def sign_in_failed(error):
    """The person cancelled, the callback was opened twice, or Aldaba no longer accepts the tokens kept here."""
    app.logger.warning("Sign-in failed: %s", error)
    if request.endpoint != "callback":
        # Tokens that stopped working would fail on every page; a callback opened twice leaves the good ones alone.
        session.clear()
    return render_template("failed.html", reason=str(error), advice="Start the sign-in again."), 400


@app.errorhandler(ClientError)
@app.errorhandler(ValidationError)
def aldaba_unreachable(error):
    """Nothing answers at the endpoint, or something that is not an OpenID Connect provider."""
    app.logger.error("No OpenID Connect provider at LOGTO_ENDPOINT: %s", error)
    advice = "Check that Aldaba runs and that LOGTO_ENDPOINT is its address."
    return render_template("failed.html", reason="Aldaba does not answer.", advice=advice), 502


if __name__ == "__main__":
    app.run(port=APP_PORT)
