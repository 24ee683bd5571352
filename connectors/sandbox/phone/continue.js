// Sends the answer of the authorization request on by POST (OAuth 2.0 Form Post Response Mode) without a click.
document.forms[0]?.submit();
