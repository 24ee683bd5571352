import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

export default {
  getStarted: 'Primeros pasos',
  getStartedDetail: 'Desde aquí hasta tu primer inicio de sesión hay unos cinco minutos.',
  dashboard: 'Panel',
  steps: {
    title: 'Primeros pasos',
    progress: '{done} de {total} hechos',
    done: 'Hecho',
    open: 'Pendiente',
    dismiss: 'Ocultar esta lista',
    show: 'Mostrar «Primeros pasos»',
    application: 'Crea una aplicación',
    applicationDetail: 'Elige tu framework y sigue su guía.',
    signIn: 'Inicia sesión una vez',
    signInDetail: 'Arranca tu aplicación e inicia sesión como lo haría un usuario.',
    connector: 'Añade un conector',
    connectorDetail: 'Para iniciar sesión con WeChat, Google y otros, o para enviar códigos.',
    brand: 'Personaliza la página de inicio de sesión',
    brandDetail: 'Tu logotipo y tus colores, en claro y en oscuro.',
    team: 'Invita a alguien',
    teamDetail: 'Da acceso a esta consola a tu equipo, completo o solo para mirar.',
  },
  users: {
    title: 'Usuarios',
    total: 'Usuarios en total',
    today: 'Nuevos hoy',
    week: 'Nuevos en 7 días',
    daily: 'Activos hoy',
    weekly: 'Activos en 7 días',
    monthly: 'Activos en 30 días',
    more: '{delta} respecto al periodo anterior',
  },
  signIns: {
    title: 'Últimos inicios de sesión',
    user: 'Usuario',
    time: 'Hora',
    none: 'Aún no hay inicios de sesión',
    deleted: 'Usuario eliminado',
  },
} satisfies Translated<typeof en>;
