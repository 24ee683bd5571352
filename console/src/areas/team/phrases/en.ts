export default {
  title: 'Team',
  description: 'Who may use this Console for the tenant.',
  you: 'You',
  none: '–',
  never: 'Never',
  suspended: 'Suspended',
  yes: 'On',
  no: 'Off',
  columns: { name: 'Name', access: 'Access', mfa: 'Second factor', lastSignIn: 'Last sign-in' },
  roles: { full: 'Full access', 'read-only': 'Read-only' },
  roleHelp: {
    full: 'Manages everything in this tenant, and the team.',
    'read-only': 'Sees everything in this tenant and changes nothing.',
  },
  invite: {
    action: 'Invite a colleague',
    detail: 'Your colleague gets a link, creates an account with it and lands here.',
    email: 'Email address',
    emailHelp: 'If the admin tenant has an email connector, the link is sent to this address.',
    emailInvalid: 'Enter an address like mei@example.com, or leave the field empty.',
    access: 'Access',
    submit: 'Create invitation',
  },
  created: {
    title: 'Invitation created',
    none: 'Send this link to your colleague. It works once, until {date}, and is not shown again.',
    sent: 'The link was sent to {email}. You can also pass it on yourself: it works once, until {date}, and is not shown again.',
    failed:
      'The email to {email} could not be sent. Pass the link on yourself: it works once, until {date}, and is not shown again.',
    link: 'Invitation link',
    done: 'Done',
  },
  invitations: {
    title: 'Pending invitations',
    for: 'For',
    anyone: 'Anyone with the link',
    invitedBy: 'Invited by',
    expires: 'Expires',
    revoke: 'Revoke invitation',
    revokeDetail: 'The link stops working at once.',
  },
  change: {
    action: 'Change access',
    title: 'Change the access of {name}',
    save: 'Save',
  },
  remove: {
    action: 'Remove access',
    title: 'Remove {name} from the team',
    detail:
      'Sessions end at once. The account is deleted unless it has roles elsewhere. A page that is open can still read and change data for up to an hour.',
  },
} as const;
