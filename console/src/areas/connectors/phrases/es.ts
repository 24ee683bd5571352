import type { Translated } from '../../../language/phrases.ts';
import type en from './en.ts';

export default {
  title: 'Conectores',
  description:
    'Los proveedores con los que tus usuarios inician sesión y los servicios que entregan tus correos y SMS.',
  add: { Social: 'Añadir conector social', Email: 'Configurar el correo', Sms: 'Configurar los SMS' },
  addNamed: 'Añadir {name}',
  next: 'Siguiente',
  provider: 'Proveedor',
  platform: 'Dónde inician sesión los usuarios',
  package: 'paquete',
  several: 'Para apps y para sitios web.',
  searchProviders: 'Buscar proveedores',
  noProvider: 'Ningún proveedor se llama así. Para otros, usa OpenID Connect u OAuth 2.0.',
  alreadyAdded: 'Ya está añadido.',
  connectorId: 'ID del conector',
  guide: 'Guía',
  saveAndDone: 'Guardar y terminar',
  saveAndTry: 'Guardar y probar',
  types: { Social: 'Social', Email: 'Correo electrónico', Sms: 'SMS' },
  typeHelp: {
    Social: 'Los usuarios inician sesión con una cuenta que ya tienen.',
    Email: 'Entrega códigos de verificación e invitaciones por correo. Cada tenant tiene uno.',
    Sms: 'Entrega códigos de verificación por SMS. Cada tenant tiene uno.',
  },
  emptyTitle: {
    Social: 'Permite iniciar sesión con WeChat, Google o GitHub',
    Email: 'Aún no hay servicio de correo',
    Sms: 'Aún no hay servicio de SMS',
  },
  empty: {
    Social: 'Añade un conector, rellena los datos que te da el proveedor y pruébalo en el entorno de pruebas.',
    Email: 'Configura uno para verificar correos, restablecer contraseñas e invitar a personas.',
    Sms: 'Configura uno para verificar teléfonos e iniciar sesión con un código.',
  },
  noKinds: 'No hay ningún conector de este tipo instalado. En el servidor, ejecuta {command} y reinicia.',
  columns: { name: 'Nombre', platform: 'Plataforma', kind: 'Tipo', state: 'Inicio de sesión' },
  platforms: {
    Native: 'Nativa: en apps de iOS y Android',
    Web: 'Web: en sitios web',
    Universal: 'Apps y sitios web',
    OfficialAccount: 'Cuenta oficial: dentro de WeChat',
    MiniProgram: 'Miniprograma',
  },
  state: { incomplete: 'Incompleto', used: 'En uso', unused: 'Sin uso' },
  tabs: { settings: 'Ajustes', try: 'Probar' },
  sections: {
    config: 'Conexión',
    configHelp: {
      Social: 'Los datos que te da el proveedor cuando registras tu app.',
      Email: 'Cómo llegar al servicio que entrega tus correos.',
      Sms: 'Cómo llegar al servicio que entrega tus SMS.',
    },
    appearance: 'Proveedor',
    appearanceHelp: 'Cómo llama la página de inicio de sesión al proveedor.',
    profile: 'Perfil',
  },
  fields: {
    document: 'Configuración',
    redirectUri: 'URI de redirección',
    redirectUriHelp: 'Regístrala en el proveedor: los usuarios vuelven a ella después de iniciar sesión.',
    name: 'Nombre',
    nameHelp: 'Aparece en el botón: «Continuar con Acme ID».',
    target: 'Destino',
    targetHelp: 'Las identidades se guardan con este nombre, así que no se puede cambiar. Letras, cifras, - y _.',
    logo: 'Logotipo',
    logoHelp: 'Dirección de una imagen cuadrada.',
    logoDark: 'Logotipo para páginas oscuras',
    syncProfile: 'Mantener los perfiles al día',
    syncProfileHelp: 'Copia el nombre y la foto del proveedor en cada inicio de sesión, no solo en el primero.',
    emailDomains: 'Dominios de correo del proveedor',
    emailDomainsHelp:
      'Dominios cuyos buzones aloja el proveedor. Sus direcciones verificadas acreditan una cuenta si las cuentas se vinculan automáticamente.',
    enableTokenStorage: 'Guardar los tokens del proveedor',
    enableTokenStorageHelp:
      'Tus aplicaciones obtienen de la Account API el token de acceso del usuario que inició sesión, para llamar a la API del proveedor. Se guardan cifrados y se renuevan cuando caducan.',
    tokensAreDeleted: 'Al guardar se eliminan los tokens almacenados de este conector.',
    invalidJson: 'No es un JSON válido: {problem}',
    refused: 'El conector no lo acepta: {problem}',
  },
  offer: {
    label: 'Mostrar en la página de inicio de sesión',
    help: 'Los usuarios pueden iniciar sesión con {name}.',
  },
  test: {
    title: 'Enviar una prueba',
    detail: 'Usa los valores de arriba, guardados o no. El código del mensaje es 000000.',
    email: 'Correo electrónico',
    phone: 'Teléfono con prefijo internacional',
    send: 'Enviar',
    sent: 'El servicio aceptó el mensaje para {to}. Comprueba que llegue.',
  },
  try: {
    incomplete: 'Rellena antes en la pestaña Ajustes: {fields}.',
    sandbox: 'Entorno de pruebas',
    sandboxHelp:
      'Simula {name} con usuarios inventados para que pruebes el inicio de sesión antes de que el proveedor apruebe tu app.',
    sandboxWarning:
      'Mientras está activo, cualquier visitante puede entrar como un usuario inventado. Desactívalo antes de que lleguen usuarios reales.',
    real: 'El entorno de pruebas no simula {name}: responde el proveedor real.',
    inWeChat: 'Prueba {name} dentro de la app de WeChat: otros navegadores no lo ofrecen.',
    noPhone: 'El teléfono de pruebas solo simula la app de WeChat. Prueba {name} en un teléfono real.',
    open: 'Abrir la app de demostración',
    openHelp:
      'Se abre en otra pestaña, porque las páginas de inicio de sesión no se pueden mostrar dentro de otra. Elige {name} en ella.',
    phone: 'Teléfono',
    platform: 'Teléfono que se simula',
    restart: 'Empezar de nuevo',
    notReady:
      'Activa el entorno de pruebas y muestra {name} en la página de inicio de sesión. El teléfono se enciende aquí mismo.',
    openPhone: 'Abrir el teléfono en otra pestaña',
  },
  delete: {
    title: 'Eliminar conector',
    offered:
      'El botón de {name} desaparece de la página de inicio de sesión. Quienes entran solo con él ya no podrán iniciar sesión.',
    notOffered: 'La página de inicio de sesión no muestra {name}. Se elimina su configuración.',
    used: 'Esto deja de funcionar, porque sus códigos ya no se pueden entregar: {uses}.',
    unused: 'Ningún método de inicio de sesión lo necesita. Ya no se podrán entregar invitaciones ni códigos.',
  },
  uses: {
    signIn: 'inicio de sesión con código',
    signUp: 'verificación al registrarse',
    forgotPassword: 'restablecimiento de la contraseña',
    mfa: 'códigos como segundo factor',
  },
} satisfies Translated<typeof en>;
