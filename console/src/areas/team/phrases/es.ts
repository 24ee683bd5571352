import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

export default {
  title: 'Equipo',
  description: 'Las personas que pueden usar esta consola para el tenant.',
  you: 'Tú',
  none: '–',
  never: 'Nunca',
  suspended: 'Suspendida',
  yes: 'Activado',
  no: 'Desactivado',
  columns: { name: 'Nombre', access: 'Acceso', mfa: 'Segundo factor', lastSignIn: 'Último acceso' },
  roles: { full: 'Acceso completo', 'read-only': 'Solo lectura' },
  roleHelp: {
    full: 'Gestiona todo en este tenant, incluido el equipo.',
    'read-only': 'Ve todo en este tenant sin cambiar nada.',
  },
  invite: {
    action: 'Invitar a alguien',
    detail: 'La persona recibe un enlace, crea con él su cuenta o inicia sesión, y entra aquí.',
    email: 'Dirección de correo',
    emailHelp: 'Si el tenant de administración tiene un conector de correo, el enlace se envía a esta dirección.',
    emailInvalid: 'Escribe una dirección como mei@example.com o deja el campo vacío.',
    access: 'Acceso',
    submit: 'Crear invitación',
  },
  created: {
    title: 'Invitación creada',
    none: 'Envía este enlace a la persona. Funciona una sola vez, hasta el {date}, y no se muestra de nuevo.',
    sent: 'El enlace se envió a {email}. También puedes pasarlo tú: funciona una sola vez, hasta el {date}, y no se muestra de nuevo.',
    failed:
      'No se pudo enviar el correo a {email}. Pasa tú el enlace: funciona una sola vez, hasta el {date}, y no se muestra de nuevo.',
    link: 'Enlace de invitación',
    done: 'Hecho',
  },
  invitations: {
    title: 'Invitaciones pendientes',
    for: 'Para',
    anyone: 'Quien tenga el enlace',
    invitedBy: 'Invita',
    expires: 'Caduca',
    void: 'El enlace no funciona',
    renew: 'Crear un enlace nuevo',
    renewDetail:
      'El enlace anterior deja de funcionar. El nuevo es una invitación tuya y se envía de nuevo si el primero se envió.',
    revoke: 'Revocar invitación',
    revokeDetail: 'El enlace deja de funcionar al momento.',
  },
  change: {
    action: 'Cambiar acceso',
    title: 'Cambiar el acceso de {name}',
    save: 'Guardar',
  },
  remove: {
    action: 'Quitar acceso',
    title: 'Quitar a {name} del equipo',
    detail: 'Sus sesiones terminan al momento. La cuenta se elimina si no tiene otros roles.',
  },
} satisfies Translated<typeof en>;
