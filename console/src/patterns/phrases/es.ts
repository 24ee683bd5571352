import type { Translated } from '../../language/phrases.ts';
import type en from './en.ts';

export default {
  list: {
    range: '{from}–{to} de {total}',
    rangeCapped: '{from}–{to} de más de {total}',
    previous: 'Página anterior',
    next: 'Página siguiente',
    search: 'Buscar',
    clear: 'Borrar la búsqueda',
    noResult: 'Nada coincide con «{query}»',
    noResultFiltered: 'Nada coincide con los filtros',
    noResultHelp: 'Revisa la ortografía o borra la búsqueda para verlo todo.',
    failed: 'No se pudo cargar la lista',
    menu: 'Acciones de {name}',
    docs: 'Leer la documentación',
    found: '{count, plural, =0 {Sin resultados} one {# resultado} other {# resultados}}',
  },
  form: {
    changes: '{count, plural, one {# cambio sin guardar} other {# cambios sin guardar}}',
    save: 'Guardar',
    discard: 'Descartar',
    saved: 'Guardado',
    optional: 'opcional',
    leaveTitle: '¿Salir sin guardar?',
    leaveDetail: 'Si sales ahora, se pierden los cambios de esta página.',
    stay: 'Seguir editando',
    leave: 'Salir sin guardar',
    cancel: 'Cancelar',
    add: 'Añadir otra',
    remove: 'Quitar la entrada {number}',
    requestId: 'ID de la solicitud: {id}',
    required: 'Introduce un valor.',
  },
  copy: { copy: 'Copiar', copied: 'Copiado', copyNamed: 'Copiar {name}' },
  secret: { show: 'Mostrar {name}', hide: 'Ocultar {name}' },
  danger: {
    title: 'Zona de peligro',
    confirm: 'Escribe {name} para confirmar',
  },
  detail: { tabs: 'Secciones' },
  retry: 'Reintentar',
} satisfies Translated<typeof en>;
