"""mozilla-django-oidc in a one-file Django project. RS256 is the algorithm that its documentation names for providers with keys."""

import json
import os
import sys

from django.conf import settings

issuer = os.environ["ISSUER"]
settings.configure(
    DEBUG=True,
    SECRET_KEY="a secret of the example",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"]}},
    AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
    LOGIN_REDIRECT_URL="/",
    LOGIN_REDIRECT_URL_FAILURE="/failed",
    OIDC_RP_CLIENT_ID=os.environ["CLIENT_ID"],
    OIDC_RP_CLIENT_SECRET=os.environ["CLIENT_SECRET"],
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_RP_SCOPES="openid email profile",
    OIDC_OP_AUTHORIZATION_ENDPOINT=issuer + "/auth",
    OIDC_OP_TOKEN_ENDPOINT=issuer + "/token",
    OIDC_OP_USER_ENDPOINT=issuer + "/me",
    OIDC_OP_JWKS_ENDPOINT=issuer + "/jwks",
)

import django  # noqa: E402

django.setup()

from django.core.management import call_command, execute_from_command_line  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.shortcuts import redirect  # noqa: E402
from django.urls import include, path  # noqa: E402


def home(request):
    if not request.user.is_authenticated:
        return HttpResponse("<p>You are not signed in.</p>")
    user = {"email": request.user.email}
    return HttpResponse(f"<pre id=user>{json.dumps(user)}</pre>")


urlpatterns = [
    path("", home),
    path("sign-in", lambda request: redirect("/oidc/authenticate/")),
    path("failed", lambda request: HttpResponse("<pre id=error>The sign-in failed.</pre>")),
    path("oidc/", include("mozilla_django_oidc.urls")),
]

call_command("migrate", verbosity=0)
execute_from_command_line([sys.argv[0], "runserver", "--noreload", f"localhost:{os.environ['PORT']}"])
