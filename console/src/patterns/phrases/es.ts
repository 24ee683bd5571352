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
    noResultHelp: 'Revisa la ortografía o muestra todo.',
    noResultFilteredHelp: 'Elige otros filtros o muestra todo.',
    showAll: 'Mostrar todo',
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
  order: {
    handle: 'Mover {name}: arrastra, o pulsa las flechas arriba y abajo',
    up: 'Subir {name}',
    down: 'Bajar {name}',
    remove: 'Quitar {name}',
    moved: '{name} ocupa ahora el puesto {place} de {count}',
    removed: '{name}: quitado',
  },
  choices: {
    searching: 'Buscando…',
    none: 'No hay resultados',
    loading: 'Cargando…',
    more: '{count} más: escribe para encontrarlos',
  },
  image: {
    upload: 'Subir',
    uploadNamed: 'Subir: {name}',
    remove: 'Quitar',
    removeNamed: 'Quitar: {name}',
  },
  color: {
    readable: 'El texto en este color se lee bien ({ratio}).',
    textFails:
      'Los enlaces en este color tienen poco contraste ({ratio}; hace falta 4.5:1). Las páginas usan {used} en los enlaces.',
    textAndButtonFail:
      'Los enlaces en este color tienen poco contraste ({ratio}; hace falta 4.5:1) y los botones apenas destacan sobre la página (3:1). Las páginas usan {used} en los enlaces; elige un color más intenso para los botones.',
  },
  wrong: {
    link: 'Escribe una dirección completa, p. ej. https://example.com/terms.',
    color: 'Escribe un color como #4f46e5.',
  },
  detail: { tabs: 'Secciones' },
  close: 'Cerrar',
  retry: 'Reintentar',
  unreachable: 'El servidor no responde. Comprueba tu conexión y vuelve a intentarlo.',
} satisfies Translated<typeof en>;
