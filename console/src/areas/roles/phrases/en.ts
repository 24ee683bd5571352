export default {
  title: 'Roles',
  role: 'Role',
  assign: 'Assign roles',
  remove: 'Remove role',
  emptyTitle: 'No roles yet',
  user: {
    detail: 'Roles decide which permissions the user’s access tokens have.',
    emptyDetail: 'Assign a role to let the user do more in your applications and APIs.',
  },
  application: {
    detail: 'What the application may do in your APIs, as itself.',
    emptyDetail: 'A role for machine-to-machine applications gives access to APIs.',
  },
  removeDetail: '{name} loses the permissions of {role} with the next access token.',
} as const;
