import type { PortalSsoProvider } from '@aldaba/contract/pages';

export type Guides = Readonly<Record<PortalSsoProvider, readonly string[]>>;

export const guidesInEnglish: Guides = {
  AzureAdOidc: [
    'In the Microsoft Entra admin center, open “App registrations” and press “New registration”.',
    'Choose “Accounts in this organizational directory only”. Under “Redirect URI”, choose “Web” and enter our redirect URI.',
    'Copy “Application (client) ID” from “Overview”: it is the client ID. The issuer is https://login.microsoftonline.com/, then “Directory (tenant) ID”, then /v2.0.',
    'Open “Certificates & secrets”, press “New client secret”, and copy its “Value” (not its “Secret ID”). Note when it expires.',
    'For roles by group: open “Token configuration”, press “Add groups claim” and choose “Groups assigned to the application”. Groups arrive as object IDs.',
    'In “Enterprise applications”, open the application and assign people in “Users and groups”.',
  ],
  AzureAD: [
    'In the Microsoft Entra admin center, open “Enterprise applications”, press “New application” and “Create your own application”, and choose the non-gallery one.',
    'Open “Single sign-on” and choose “SAML”.',
    'In “Basic SAML Configuration”, enter our entity ID as “Identifier (Entity ID)” and our ACS URL as “Reply URL (Assertion Consumer Service URL)”.',
    'In “SAML Certificates”, copy “App Federation Metadata Url”: it is the address of the metadata.',
    'For roles by group: in “Attributes & Claims”, press “Add a group claim” and choose “Groups assigned to the application”.',
    'Assign people in “Users and groups”.',
  ],
  GoogleWorkspace: [
    'In the Google Cloud console, choose or create a project of your organization, and open “Google Auth Platform”.',
    'In “Audience”, choose “Internal”, so that only accounts of your organization can sign in.',
    'In “Clients”, press “Create client”, choose “Web application”, and enter our redirect URI in “Authorized redirect URIs”.',
    'Copy the client ID and the client secret. Google shows the secret once.',
    'Google sends no groups, so roles by group are not available.',
  ],
  Okta: [
    'In the Okta Admin Console, open “Applications”, press “Create App Integration”, and choose “OIDC - OpenID Connect” and “Web Application”.',
    'Enter our redirect URI in “Sign-in redirect URIs”. In “Assignments”, choose who may sign in, and save.',
    'Copy the client ID and the client secret. The issuer is the address of your Okta organization, such as https://acme.okta.com.',
    'For roles by group: in “Sign On”, edit “OpenID Connect ID Token”, enter the claim “groups” with “Matches regex” and “.*”, and enter the scopes “openid profile email groups” in step 2.',
  ],
  OneLogin: [
    'In the OneLogin administration, open “Applications”, press “Add App” and choose “OpenId Connect (OIDC)”.',
    'In “Configuration”, enter our redirect URI in “Redirect URI’s”.',
    'In “SSO”, choose “POST” as the authentication method of “Token Endpoint”, and copy “Client ID”, “Client Secret” and “Issuer URL”.',
    'In “Access”, choose the roles whose people may sign in.',
    'For roles by group: in “Parameters”, set “Groups” to “User Roles”, and enter the scopes “openid profile email groups” in step 2.',
  ],
  JumpCloud: [
    'In the JumpCloud Admin Portal, open “SSO Applications”, press “Add New Application”, choose “Custom Application”, and “Configure SSO with OIDC”.',
    'In “SSO”, enter our redirect URI in “Redirect URIs”, and choose “Client Secret Post” as “Client Authentication Type”.',
    'In “Attribute Mapping”, choose the standard scopes “Email” and “Profile”. For roles by group, tick “include group attribute” and name it “groups”.',
    'Press “Activate”, and copy the client ID and the client secret. The issuer is https://oauth.id.jumpcloud.com/ with the slash.',
    'In “User Groups”, choose who may sign in.',
  ],
  Ping: [
    'In the PingOne admin console, open “Applications”, add one, and choose “OIDC Web App”.',
    'In “Configuration”, enter our redirect URI in “Redirect URIs”, and choose “Client Secret Post” as “Token Auth Method”.',
    'In “Resources”, add the scopes “email” and “profile”.',
    'Copy “Client ID”, “Client Secret” and “Issuer ID” from “Overview”, and switch the application on.',
    'For roles by group: in “Attribute Mappings”, add “groups” with “Group Names”.',
  ],
  Keycloak: [
    'In the Keycloak admin console, choose your realm, open “Clients”, press “Create client” and choose “OpenID Connect”.',
    'Switch “Client authentication” on, and keep “Standard flow”.',
    'Enter our redirect URI in “Valid redirect URIs”.',
    'Copy “Client Secret” from “Credentials”. The issuer is the address of the realm, such as https://sso.acme.com/realms/acme.',
    'For roles by group: in “Client scopes”, open the dedicated scope and add the mapper “Group Membership” with the claim name “groups”.',
  ],
  OIDC: [
    'Create an OpenID Connect application for a web server (a confidential client) with the authorization code flow.',
    'Enter our redirect URI, exactly as shown.',
    'Choose “client_secret_post” as the authentication at the token endpoint, and allow the scopes “openid”, “profile” and “email”.',
    'Copy the issuer, the client ID and the client secret. The issuer is the one in the discovery document of your provider, character by character.',
    'Assign people. For roles by group, configure the provider to send a claim such as “groups”.',
  ],
  SAML: [
    'Create a SAML 2.0 application. If your provider reads metadata, give it the address of ours; otherwise enter the entity ID and the ACS URL.',
    'Choose a persistent name ID or the email address, and sign the assertion with RSA and SHA-256.',
    'Send the email address and the name as attributes, and for roles by group an attribute such as “groups”.',
    'Copy the address of your provider’s metadata. If there is none, copy the XML, or the entity ID, the sign-in address and the certificate.',
    'Assign people to the application.',
  ],
};
