import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

export default {
  title: 'Bandeja de entrada',
  description: {
    both: 'Los correos y los mensajes de texto llegan aquí hasta que configures conectores que los envíen.',
    Email: 'Los correos llegan aquí hasta que configures un conector que los envíe.',
    Sms: 'Los mensajes de texto llegan aquí hasta que configures un conector que los envíe.',
  },
  messages: 'Mensajes',
  message: 'Mensaje',
  empty: {
    title: 'Todavía no hay mensajes',
    detail:
      'Pide un código, por ejemplo con «¿Has olvidado tu contraseña?» en la página de inicio de sesión. Llega aquí al momento.',
    tryIt: 'Abrir la app de demostración',
  },
  off: {
    title: 'La bandeja está desactivada',
    detail: 'No se pueden enviar códigos ni enlaces hasta que la actives o configures un conector.',
    action: 'Activar la bandeja',
  },
  unused: {
    title: 'Los conectores envían todos los mensajes',
    detail: 'La bandeja solo recibe los mensajes para los que el tenant no tiene conector.',
    action: 'Ver los conectores',
  },
  unavailable: {
    title: 'Este tenant no tiene bandeja',
    detail:
      'La bandeja es para el desarrollo, en tenants cuya dirección empieza por http://. Configura conectores en su lugar.',
    action: 'Ver los conectores',
  },
  arrived: 'Nuevo mensaje para {to}',
  kinds: { Email: 'Correo', Sms: 'Mensaje de texto' },
  types: {
    SignIn: 'Inicio de sesión',
    Register: 'Registro',
    ForgotPassword: 'Restablecer la contraseña',
    OrganizationInvitation: 'Invitación a una organización',
    Generic: 'Código',
    UserPermissionValidation: 'Cambio de la propia cuenta',
    BindNewIdentifier: 'Nueva dirección de una cuenta',
    MfaVerification: 'Segundo factor',
    BindMfa: 'Nuevo segundo factor',
  },
  code: 'Código',
  codeTo: 'código para {to}',
  link: 'Enlace',
  openLink: 'Abrir el enlace',
  content: 'Contenido del mensaje',
  back: 'Todos los mensajes',
  gone: 'Este mensaje se eliminó. Los mensajes se conservan 24 horas.',
  kept: 'Se conservan los 100 mensajes más recientes durante 24 horas. Solo los compañeros con acceso completo ven los códigos.',
  emptyIt: {
    action: 'Eliminar todo',
    title: 'Eliminar todos los mensajes',
    detail: 'Los mensajes y sus códigos dejan de mostrarse. Los códigos siguen siendo válidos.',
  },
  switchOff: {
    action: 'Desactivar',
    title: 'Desactivar la bandeja',
    detail: 'Se eliminan todos los mensajes. Sin conectores ya no se pueden enviar códigos ni enlaces.',
  },
} satisfies Translated<typeof en>;
