// A web app with coreos/go-oidc and golang.org/x/oauth2 as their documentation shows them. Every check of go-oidc is on: the
// default algorithms, which are RS256 alone where a verifier is made without a discovery document, and the access token hash.
package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"log"
	"net/http"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func main() {
	ctx := context.Background()
	issuer, clientID, port := os.Getenv("ISSUER"), os.Getenv("CLIENT_ID"), os.Getenv("PORT")
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		log.Fatal(err)
	}
	config := oauth2.Config{
		ClientID:     clientID,
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  "http://localhost:" + port + "/callback",
		Scopes:       []string{oidc.ScopeOpenID, "profile", "email", oidc.ScopeOfflineAccess},
	}
	// As kube-apiserver verifies: keys by address, no list of algorithms.
	keys := oidc.NewRemoteKeySet(ctx, issuer+"/jwks")
	verifier := oidc.NewVerifier(issuer, keys, &oidc.Config{ClientID: clientID})

	state, verifierCode := random(), oauth2.GenerateVerifier()
	var user string

	http.HandleFunc("/sign-in", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, config.AuthCodeURL(state, oidc.Nonce(state), oauth2.S256ChallengeOption(verifierCode)), http.StatusFound)
	})
	http.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		claims, err := exchange(r, config, provider, verifier, state, verifierCode)
		if err != nil {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, "<pre id=error>%s</pre>", html.EscapeString(err.Error()))
			return
		}
		user = claims
		http.Redirect(w, r, "/", http.StatusFound)
	})
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<pre id=user>%s</pre>", html.EscapeString(user))
	})
	fmt.Println("Listening")
	log.Fatal(http.ListenAndServe("localhost:"+port, nil))
}

// exchange redeems the code, verifies both tokens, refreshes once and reads user info. It returns the claims as JSON.
func exchange(r *http.Request, config oauth2.Config, provider *oidc.Provider, verifier *oidc.IDTokenVerifier, state, code string) (string, error) {
	ctx := r.Context()
	if r.FormValue("state") != state {
		return "", fmt.Errorf("state differs")
	}
	token, err := config.Exchange(ctx, r.FormValue("code"), oauth2.VerifierOption(code))
	if err != nil {
		return "", err
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := verifier.Verify(ctx, raw)
	if err != nil {
		return "", err
	}
	if idToken.Nonce != state {
		return "", fmt.Errorf("nonce differs")
	}
	if err := idToken.VerifyAccessToken(token.AccessToken); err != nil {
		return "", err
	}
	if token.RefreshToken == "" {
		return "", fmt.Errorf("no refresh token")
	}
	refreshed, err := config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token()
	if err != nil {
		return "", err
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(refreshed))
	if err != nil {
		return "", err
	}
	claims := map[string]any{}
	if err := idToken.Claims(&claims); err != nil {
		return "", err
	}
	claims["userinfo"] = map[string]any{"sub": info.Subject, "email": info.Email, "email_verified": info.EmailVerified}
	body, err := json.Marshal(claims)
	return string(body), err
}

func random() string {
	bytes := make([]byte, 16)
	if _, err := rand.Read(bytes); err != nil {
		log.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(bytes)
}
