import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

const es: Translated<typeof en> = {
  title: 'Multifactor',
  detail: 'Una segunda prueba después de la contraseña, el código o la cuenta social.',
  factors: {
    title: 'Segundos factores',
    detail: 'Los usuarios eligen entre estos. A quien tiene uno se le pide en cada inicio de sesión.',
    Totp: 'Aplicación de autenticación',
    TotpHelp: 'Un código de seis cifras que cambia cada 30 segundos.',
    WebAuthn: 'Llave de acceso o llave de seguridad',
    WebAuthnHelp: 'Resiste al phishing. Necesita HTTPS y un nombre de host.',
    EmailVerificationCode: 'Código por correo',
    EmailVerificationCodeHelp: 'Solo si con códigos por correo no se inicia sesión.',
    PhoneVerificationCode: 'Código por SMS',
    PhoneVerificationCodeHelp: 'Solo si con códigos por SMS no se inicia sesión.',
    BackupCode: 'Códigos de respaldo',
    BackupCodeHelp: 'Diez códigos para quien pierde el otro factor. Necesita otro factor además.',
  },
  policy: {
    title: 'Quién necesita uno',
    detail: 'Pide a los usuarios sin segundo factor que configuren uno.',
    policy: 'Configuración de un segundo factor',
    organizations: 'En organizaciones que exigen multifactor',
    organizationsHelp: 'Cada organización decide si exige multifactor a sus miembros.',
  },
  policies: {
    NoPrompt: 'Cada usuario lo configura por su cuenta; nada se lo pide',
    UserControlled: 'Se ofrece al registrarse y al iniciar sesión; se puede omitir',
    PromptOnlyAtSignIn: 'Se ofrece al iniciar sesión; se puede omitir',
    Mandatory: 'Obligatorio al registrarse y al iniciar sesión',
    PromptOnlyAtSignInMandatory: 'Obligatorio al iniciar sesión',
  },
  organizationPolicies: {
    NoPrompt: 'Como arriba',
    Mandatory: 'Obligatorio para sus miembros al iniciar sesión',
  },
  occasions: {
    title: 'Más y menos a menudo',
    detail: 'Cuándo se pide el segundo factor aunque no toque, y cuándo no se pide.',
    needsFactor: 'Necesita un segundo factor.',
    adaptive: 'Inicios de sesión inusuales',
    adaptiveHelp:
      'Una cuenta sin uso durante 30 días y, con un proxy que informa del lugar, un país nuevo o un viaje imposible.',
    trusted: 'Navegadores de confianza',
    trustedHelp: 'Los usuarios pueden elegir que no se les pida en este navegador durante unos días.',
    days: 'Días de confianza de un navegador',
    daysHelp: 'De 1 a 365. Un plazo más corto vale también para los que ya son de confianza.',
  },
};
export default es;
