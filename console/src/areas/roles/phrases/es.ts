import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

export default {
  title: 'Roles',
  role: 'Rol',
  assign: 'Asignar roles',
  remove: 'Quitar rol',
  emptyTitle: 'Aún no hay roles',
  user: {
    detail: 'Los roles deciden qué permisos llevan los tokens de acceso del usuario.',
    emptyDetail: 'Asigna un rol para que el usuario pueda hacer más en tus aplicaciones y API.',
  },
  application: {
    detail: 'Lo que la aplicación puede hacer en tus API, en su propio nombre.',
    emptyDetail: 'Un rol para aplicaciones de máquina a máquina da acceso a las API.',
  },
  removeDetail: '{name} pierde los permisos de {role} con el próximo token de acceso.',
} as const satisfies Translated<typeof en>;
