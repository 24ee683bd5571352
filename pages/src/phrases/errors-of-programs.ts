/**
 * Sentences for the error codes that only callers of an API meet, as `[Spanish, Simplified Chinese]`; codes that users
 * see on a page are in the files of the languages (`codesOfPeople`). English is the catalog of the contract. A test
 * demands that every code of it, and no other, has a sentence.
 */
export const sentencesOfPrograms: Readonly<Record<string, readonly [spanish: string, chinese: string]>> = {
  'auth.authorization_header_missing': [
    'Envía un token de acceso en la cabecera Authorization.',
    '请在 Authorization 标头中发送访问令牌。',
  ],
  'auth.authorization_token_type_not_supported': [
    'Envía el token de acceso como token Bearer.',
    '请以 Bearer 令牌的形式发送访问令牌。',
  ],
  'auth.unauthorized': [
    'El token de acceso falta, ha caducado o no sirve para esta API. Obtén otro.',
    '访问令牌缺失、已过期或不适用于此 API。请重新获取。',
  ],
  'auth.forbidden': [
    'No tienes permiso para hacer esto. Pide el permiso a un administrador.',
    '你没有执行此操作的权限。请向管理员申请权限。',
  ],
  'auth.expected_role_not_found': ['A la cuenta le falta el rol necesario.', '账号缺少所需的角色。'],
  'guard.invalid_input': [
    'La petición no es válida: {reason}. Corrígela y envíala de nuevo.',
    '请求无效：{reason}。请更正后重新发送。',
  ],
  'guard.invalid_pagination': [
    'Usa una página (page) a partir de 1 y un page_size de 1 a 100.',
    'page 应不小于 1，page_size 应在 1 到 100 之间。',
  ],
  'guard.invalid_target': ['El destino de la petición no es válido.', '请求的目标无效。'],
  'guard.unsupported_media_type': [
    'Envía el cuerpo como application/json.',
    '请以 application/json 格式发送请求正文。',
  ],
  'request.invalid_input': ['La petición no es válida: {details}', '请求无效：{details}'],
  'request.range_not_satisfiable': [
    'El archivo tiene {size} bytes. Pide un intervalo de bytes dentro de él.',
    '该文件共 {size} 字节，请请求其范围内的字节。',
  ],
  'request.feature_not_supported': [
    'Este servidor no admite esa función con su configuración actual.',
    '此服务器的当前配置不支持该功能。',
  ],
  'request.not_ready': [
    'El servidor no está listo: ha fallado {failed}. El motivo está en el registro del servidor.',
    '服务器尚未就绪：{failed} 检查失败，原因见服务器日志。',
  ],
  'entity.not_found': ['El elemento no existe o se ha eliminado.', '该项目不存在或已被删除。'],
  'entity.not_exists_with_id': ['No existe ningún elemento «{name}» con el ID {id}.', '不存在 ID 为 {id} 的“{name}”。'],
  'entity.unique_integrity_violation': [
    'Ya existe un elemento con el mismo valor en «{field}». Elige otro.',
    '已存在“{field}”相同的项目，请换一个。',
  ],
  'entity.relation_foreign_key_not_found': [
    'No existe un elemento relacionado. Comprueba los ID de la petición.',
    '相关联的项目不存在。请检查请求中的 ID。',
  ],
  'entity.db_constraint_violated': ['Un valor está fuera de lo permitido.', '有一个值超出了允许的范围。'],
  'entity.value_too_long': ['Un valor es demasiado largo.', '有一个值太长。'],
  'entity.create_failed': ['No se ha podido crear el elemento.', '无法创建该项目。'],
  'oidc.invalid_grant': [
    'El código o el token ha caducado, ya se ha usado o no es para esta aplicación. Inicia sesión de nuevo.',
    '授权码或令牌已过期、已使用或不属于此应用。请重新登录。',
  ],
  'oidc.unauthorized_client': [
    'Esta aplicación no puede usar este tipo de concesión (grant type).',
    '此应用不能使用该授权类型（grant type）。',
  ],
  'oidc.unsupported_grant_type': [
    'No se admite este tipo de concesión (grant type).',
    '不支持该授权类型（grant type）。',
  ],
  'oidc.unsupported_response_type': ['No se admite este tipo de respuesta.', '不支持此响应类型。'],
  'oidc.unsupported_response_mode': ['No se admite este modo de respuesta.', '不支持此响应模式。'],
  'oidc.unsupported_token_type': ['Aquí no se admite este tipo de token.', '此处不支持这种令牌。'],
  'oidc.insufficient_scope': ['Al token le falta un permiso (scope) necesario.', '令牌缺少所需的权限（scope）。'],
  'oidc.insufficient_user_authentication': [
    'Inicia sesión de nuevo con un segundo factor.',
    '请用第二种验证方式重新登录。',
  ],
  'oidc.invalid_token': [
    'El token de acceso ha caducado o no es válido. Inicia sesión de nuevo.',
    '访问令牌已过期或无效。请重新登录。',
  ],
  'oidc.login_required': ['El usuario tiene que iniciar sesión.', '需要用户登录。'],
  'oidc.unmet_authentication_requirements': [
    'El inicio de sesión no cumple los requisitos de la aplicación.',
    '登录不符合应用的要求。',
  ],
  'oidc.consent_required': ['El usuario tiene que dar su consentimiento.', '需要用户同意授权。'],
  'oidc.interaction_required': ['El inicio de sesión requiere la intervención del usuario.', '需要用户参与登录。'],
  'oidc.request_not_supported': ['No se admiten objetos de petición (request).', '不支持请求对象（request）。'],
  'oidc.request_uri_not_supported': [
    'No se admiten direcciones de petición (request_uri).',
    '不支持请求地址（request_uri）。',
  ],
  'oidc.registration_not_supported': [
    'No se admite el registro dentro de la petición (registration).',
    '不支持在请求中注册（registration）。',
  ],
  'oidc.session_not_found': ['Esta sesión no existe. Puede que haya terminado.', '此会话不存在，可能已经结束。'],
  'oidc.only_previous_key_can_be_deleted': [
    'Solo se puede eliminar una clave anterior. Primero rota las claves y luego elimina la que fue sustituida.',
    '只能删除之前的密钥。请先轮换密钥，再删除被替换的密钥。',
  ],
  'oidc.signing_key_missing': [
    'El tenant no tiene una clave vigente para este algoritmo. Crea una con «aldaba keys rotate --algorithm <algorithm>» o POST /api/configs/oidc/private-keys/rotate; firmará 10 minutos después.',
    '租户没有适用于此算法的当前密钥。请用“aldaba keys rotate --algorithm <algorithm>”或 POST /api/configs/oidc/private-keys/rotate 创建；10 分钟后开始用于签名。',
  ],
  'session.unsupported_prompt_name': ['No se admite este tipo de prompt.', '不支持这种 prompt。'],
  'user.identity_exists_in_profile': ['Tu cuenta ya tiene vinculada esta cuenta social.', '你的账号已关联此社交账号。'],
  'user.terms_required': ['Acepta las condiciones antes de continuar.', '请先同意条款再继续。'],
  'user.username_exists_in_profile': ['Tu cuenta ya tiene un nombre de usuario.', '你的账号已有用户名。'],
  'user.username_rejected': [
    'Este nombre de usuario no cumple las reglas. Elige otro; data.issues indica el motivo.',
    '此用户名不符合规则。请换一个；原因见 data.issues。',
  ],
  'user.username_uppercase_not_allowed': [
    'En un nombre de usuario no se permiten mayúsculas. Usa minúsculas.',
    '用户名不能包含大写字母，请使用小写字母。',
  ],
  'user.password_exists_in_profile': ['Tu cuenta ya tiene una contraseña.', '你的账号已有密码。'],
  'user.personal_access_token_name_exists': [
    'La cuenta ya tiene un token de acceso personal con este nombre. Elige otro nombre.',
    '账号已有同名的个人访问令牌，请换一个名称。',
  ],
  'user.totp_secret_invalid': [
    'El secreto debe tener al menos 16 caracteres en base32 (de la A a la Z y del 2 al 7).',
    '密钥至少要有 16 个 base32 字符（A 到 Z，2 到 7）。',
  ],
  'user.passkey_already_in_use': [
    'Esta llave de acceso ya pertenece a una cuenta. Crea otra.',
    '此通行密钥已属于某个账号，请创建另一个。',
  ],
  'user.wrong_backup_code_format': [
    'Los códigos de respaldo son diez códigos distintos de diez dígitos hexadecimales.',
    '备用码应为十个互不相同的十位十六进制代码。',
  ],
  'user.email_not_verified': [
    'El correo electrónico no está verificado y podría pertenecer a otra persona.',
    '此电子邮箱未经验证，可能属于其他人。',
  ],
  'user.role_exists': ['La cuenta ya tiene este rol.', '账号已有此角色。'],
  'user.invalid_role_type': ['Un rol de ese tipo no se puede asignar a un usuario.', '该类型的角色不能分配给用户。'],
  'password.invalid_legacy_password_format': [
    'El resumen (hash) de la contraseña no tiene el formato de su algoritmo, o sus parámetros de coste son demasiado altos.',
    '密码摘要不符合其算法的格式，或开销参数过高。',
  ],
  'connector.unexpected_type': ['El conector no es del tipo que se necesita aquí.', '连接器的类型与此处所需的不同。'],
  'connector.not_implemented': ['El conector no admite esta operación.', '连接器不支持此操作。'],
  'connector.invalid_metadata': ['Los metadatos del conector no son válidos.', '连接器的元数据无效。'],
  'connector.invalid_config_guard': ['El conector no declara su configuración.', '连接器没有声明其配置。'],
  'connector.invalid_request_parameters': ['El conector ha rechazado la petición.', '连接器拒绝了请求。'],
  'connector.insufficient_request_parameters': [
    'Faltan parámetros que el conector necesita.',
    '缺少连接器所需的参数。',
  ],
  'connector.invalid_certificate': ['El certificado del conector no es válido.', '连接器的证书无效。'],
  'connector.template_not_found': ['El conector no tiene plantilla para este mensaje.', '连接器没有此消息的模板。'],
  'connector.template_not_supported': ['El conector no admite esta plantilla.', '连接器不支持此模板。'],
  'connector.multiple_instances_not_supported': [
    'Este conector ya está añadido. Modifica el que existe.',
    '此连接器已添加，请修改现有的连接器。',
  ],
  'connector.multiple_target_with_same_platform': [
    'Ya existe un conector con el mismo destino y plataforma.',
    '已存在目标和平台相同的连接器。',
  ],
  'connector.can_not_modify_target': [
    'El destino de un conector no se puede cambiar. Añade un conector nuevo.',
    '不能更改连接器的目标，请添加新的连接器。',
  ],
  'connector.token_storage_not_supported': ['Este conector no puede guardar tokens.', '此连接器不能保存令牌。'],
  'connector.more_than_one_connector_factory': [
    'Dos paquetes de conectores usan el mismo ID. Quita uno de ellos.',
    '两个连接器包使用了相同的 ID，请移除其中一个。',
  ],
  'application.role_exists': ['La aplicación ya tiene este rol.', '应用已有此角色。'],
  'application.invalid_role_type': [
    'Un rol de ese tipo no se puede asignar a una aplicación.',
    '该类型的角色不能分配给应用。',
  ],
  'application.invalid_type': ['Las aplicaciones de este tipo no admiten esta operación.', '此类应用不支持该操作。'],
  'application.secret_not_found': ['No existe ningún secreto con este nombre.', '没有使用此名称的密钥。'],
  'application.secret_name_exists': [
    'Ya existe un secreto con este nombre. Elige otro nombre.',
    '已有同名的密钥，请换一个名称。',
  ],
  'application.no_legacy_secret_found': ['La aplicación no tiene un secreto antiguo.', '应用没有旧版密钥。'],
  'application.third_party_application_only': [
    'Solo las aplicaciones de terceros admiten esta operación.',
    '只有第三方应用支持此操作。',
  ],
  'application.user_consent_scopes_not_found': [
    'Un permiso (scope) de la petición no existe. Comprueba su ID.',
    '请求中有不存在的权限（scope），请检查其 ID。',
  ],
  'application.invalid_third_party_application_type': [
    'Las aplicaciones de este tipo no pueden ser de terceros.',
    '此类应用不能作为第三方应用。',
  ],
  'application.cannot_delete_built_in': [
    'Esta aplicación forma parte de Aldaba y no se puede eliminar.',
    '此应用是 Aldaba 的一部分，不能删除。',
  ],
  'application.use_saml_app_api': [
    'Configura las aplicaciones SAML con /api/saml-applications.',
    '请通过 /api/saml-applications 设置 SAML 应用。',
  ],
  'application.saml_entity_id_in_use': [
    'Otra aplicación SAML tiene este entity ID. Usa esa aplicación.',
    '另一个 SAML 应用已使用此 entity ID，请使用该应用。',
  ],
  'application.saml_secret_active': [
    'Las respuestas se firman con este certificado. Activa antes otro.',
    '响应正在使用此证书签名，请先启用另一个证书。',
  ],
  'application.saml_secret_expired': ['Este certificado ha caducado. Crea otro.', '此证书已过期，请创建新的证书。'],
  'application.saml_too_many_secrets': [
    'La aplicación tiene 10 certificados. Elimina antes uno.',
    '此应用已有 10 个证书，请先删除一个。',
  ],
  'role.name_in_use': ['Ya existe un rol con este nombre. Elige otro nombre.', '已有同名的角色，请换一个名称。'],
  'single_sign_on.forbidden_domains': [
    'Cualquiera puede tener un correo en estos dominios. Quita los dominios indicados en data.',
    '任何人都能在这些域名下获得邮箱。请移除 data 中的域名。',
  ],
  'single_sign_on.duplicated_domains': [
    'Hay un dominio repetido. Quita los repetidos indicados en data.',
    '有重复的域名。请移除 data 中重复的域名。',
  ],
  'single_sign_on.invalid_domain_format': [
    'Estos no son dominios. Escribe cada uno como example.com. Consulta data.',
    '这些不是有效的域名。请按 example.com 的格式填写，详见 data。',
  ],
  'single_sign_on.logout_token_invalid': [
    'El token de cierre de sesión no es válido o ya se usó.',
    '登出令牌无效或已被使用。',
  ],
  'single_sign_on.idp_initiated_authentication_not_supported': [
    'Los inicios de sesión que empiezan en este servicio no están configurados. Empieza desde la aplicación.',
    '尚未设置从此服务发起的登录。请从应用开始登录。',
  ],
  'single_sign_on.idp_initiated_authentication_invalid_application_type': [
    'La aplicación debe ser propia: web tradicional, o de una sola página que inicie la autorización ella misma.',
    '应用必须是你自己的：传统网页应用，或自行发起授权的单页应用。',
  ],
  'single_sign_on.idp_initiated_authentication_redirect_uri_not_registered': [
    'El URI de redirección no está registrado en la aplicación.',
    '该重定向 URI 未在应用中注册。',
  ],
  'single_sign_on.idp_initiated_authentication_client_callback_uri_not_found': [
    'Indica la dirección donde la aplicación inicia la autorización, en un origen de sus URI de redirección.',
    '请提供应用发起授权的地址，其来源须与应用的重定向 URI 一致。',
  ],
  'single_sign_on.saml_only': [
    'Solo los conectores de proveedores SAML tienen esto.',
    '只有 SAML 提供商的连接器才有此项。',
  ],
  'single_sign_on.ldap_only': [
    'Solo los conectores de directorios que hablan LDAP tienen esto.',
    '仅使用 LDAP 的目录连接器支持此操作。',
  ],
  'single_sign_on.not_configured': [
    'El conector aún no tiene configuración. Añade primero config.',
    '该连接器尚未配置，请先添加 config。',
  ],
  'single_sign_on.sync_running': [
    'El directorio se está leyendo en este momento. Inténtalo de nuevo cuando termine.',
    '正在读取目录，请在完成后重试。',
  ],
  'single_sign_on.signing_key_in_use': [
    'Esta clave firma las peticiones. Activa otra clave primero.',
    '此密钥正在签名请求。请先启用另一个密钥。',
  ],
  'single_sign_on.duplicate_connector_name': [
    'Ya existe un conector con este nombre. Elige otro.',
    '已存在同名的连接器，请换一个名称。',
  ],
  'role.scope_exists': ['El rol ya tiene este permiso.', '角色已有此权限。'],
  'role.user_exists': ['La cuenta ya tiene este rol.', '账号已有此角色。'],
  'role.application_exists': ['La aplicación ya tiene este rol.', '应用已有此角色。'],
  'role.management_api_scopes_not_assignable_to_user_role': [
    'Los permisos de la Management API son solo para roles de máquina a máquina del tenant, no para roles de organizaciones.',
    'Management API 的权限只能用于租户的机器对机器角色，不能用于组织中的角色。',
  ],
  'role.default_role_missing': ['Un rol predeterminado no existe.', '有一个默认角色不存在。'],
  'role.internal_role_violation': ['Los roles internos no se pueden cambiar.', '不能更改内部角色。'],
  'organization.require_membership': [
    'El usuario o la aplicación no pertenece a la organización.',
    '该用户或应用不是此组织的成员。',
  ],
  'organization.role_names_not_found': [
    'No existen roles de organización con estos nombres.',
    '没有使用这些名称的组织角色。',
  ],
  'resource.resource_identifier_in_use': ['Ya existe un recurso con este identificador.', '已有使用此标识符的资源。'],
  'resource.cannot_delete_management_api': [
    'El recurso de la Management API no se puede eliminar.',
    '不能删除 Management API 资源。',
  ],
  'resource.cannot_modify_management_api': [
    'El recurso de la Management API no se puede cambiar.',
    '不能更改 Management API 资源。',
  ],
  'scope.name_exists': ['Ya existe un permiso con este nombre.', '已有同名的权限。'],
  'scope.name_with_space': ['El nombre de un permiso no puede contener espacios.', '权限的名称不能包含空格。'],
  'sign_in_experiences.enabled_connector_not_found': [
    'Un conector activado no existe. Añádelo primero.',
    '有一个已启用的连接器不存在，请先添加。',
  ],
  'sign_in_experiences.not_one_and_only_one_primary_sign_in_method': [
    'Elige exactamente un método principal de inicio de sesión.',
    '请只选择一种主要登录方式。',
  ],
  'sign_in_experiences.username_requires_password': [
    'Para registrarse con nombre de usuario hace falta una contraseña.',
    '用用户名注册时需要密码。',
  ],
  'sign_in_experiences.passwordless_requires_verify': [
    'Para registrarse con correo electrónico o teléfono hace falta verificarlos.',
    '用电子邮箱或手机号码注册时需要验证。',
  ],
  'sign_in_experiences.miss_sign_up_identifier_in_sign_in': [
    'Cada identificador de registro debe servir también para iniciar sesión.',
    '每种注册标识也必须是登录方式。',
  ],
  'sign_in_experiences.password_sign_in_must_be_enabled': [
    'El registro exige una contraseña. Activa el inicio de sesión con contraseña para este identificador.',
    '注册需要密码，请为此标识启用密码登录。',
  ],
  'sign_in_experiences.code_sign_in_must_be_enabled': [
    'El registro no exige contraseña. Activa el inicio de sesión con código para este identificador.',
    '注册不需要密码，请为此标识启用验证码登录。',
  ],
  'sign_in_experiences.at_least_one_authentication_factor': [
    'Deja al menos una forma de iniciar sesión.',
    '请至少保留一种登录方式。',
  ],
  'sign_in_experiences.unsupported_default_language': ['Este idioma no está disponible.', '不提供此语言。'],
  'sign_in_experiences.username_policy_case_conflicts_exist': [
    'Algunos nombres de usuario solo se distinguen por las mayúsculas. Cámbialos primero; data indica cuántos son.',
    '有些用户名只在大小写上不同。请先修改；数量见 data。',
  ],
  'sign_in_experiences.duplicated_mfa_factors': [
    'Indica cada segundo factor una sola vez.',
    '每种第二验证方式只能列出一次。',
  ],
  'sign_in_experiences.email_verification_code_cannot_be_used_for_mfa': [
    'Los códigos por correo electrónico ya sirven para iniciar sesión, así que no pueden ser también un segundo factor.',
    '邮件验证码已用于登录，不能再作为第二验证方式。',
  ],
  'sign_in_experiences.phone_verification_code_cannot_be_used_for_mfa': [
    'Los códigos por SMS ya sirven para iniciar sesión, así que no pueden ser también un segundo factor.',
    '短信验证码已用于登录，不能再作为第二验证方式。',
  ],
  'sign_in_experiences.forgot_password_method_requires_connector': [
    'Para restablecer una contraseña hace falta un código. Añade primero el conector que lo envía.',
    '忘记密码要凭验证码重设。请先添加发送验证码的连接器。',
  ],
  'sign_in_experiences.backup_code_cannot_be_enabled_alone': [
    'Los códigos de respaldo son una alternativa a otro segundo factor. Activa también otro factor.',
    '备用码要配合其他第二验证方式使用，请同时启用另一种。',
  ],
  'secrets.third_party_token_set.token_not_found': [
    'No hay ningún token guardado de este proveedor. Inicia sesión otra vez con él.',
    '没有保存此服务商的令牌。请重新使用该服务商登录。',
  ],
  'secrets.third_party_token_set.access_token_expired': [
    'El token del proveedor ha caducado y no se puede renovar. Inicia sesión otra vez con él.',
    '服务商的令牌已过期且无法续期。请重新使用该服务商登录。',
  ],
  'storage.unavailable': [
    'Los archivos no están disponibles en este momento. Inténtalo de nuevo en unos segundos.',
    '暂时无法访问文件，请几秒后重试。',
  ],
  'storage.refused': [
    'El almacén de archivos ha rechazado la petición. Contacta con el operador: el motivo está en el registro.',
    '文件存储拒绝了请求。请联系管理员，原因见日志。',
  ],
  'custom_ui.archive_invalid': [
    'El archivo no es un zip legible: {reason}. Créalo de nuevo.',
    '文件不是可读取的 zip 压缩包：{reason}。请重新打包。',
  ],
  'custom_ui.too_large': [
    'El archivo descomprimido ocupa más de {maximum} bytes. Quita los archivos que no hagan falta.',
    '压缩包解压后超过 {maximum} 字节。请去掉页面不需要的内容。',
  ],
  'custom_ui.file_too_large': [
    'El archivo descomprimido {path} ocupa más de {maximum} bytes. Redúcelo o cárgalo desde otro servidor.',
    '{path} 解压后超过 {maximum} 字节。请将其缩小，或从其他服务器加载。',
  ],
  'custom_ui.too_many_files': [
    'El archivo comprimido contiene más de {maximum} archivos. Quita los que no hagan falta.',
    '压缩包中的文件超过 {maximum} 个。请去掉页面不需要的内容。',
  ],
  'custom_ui.path_not_allowed': [
    'El archivo comprimido contiene una ruta que sale de él: {path}. Usa solo rutas relativas.',
    '压缩包中有指向外部的路径：{path}。请只使用相对路径。',
  ],
  'custom_ui.link_not_allowed': [
    'El archivo comprimido contiene un enlace o un archivo especial: {path}. Incluye solo archivos normales.',
    '压缩包中有链接或特殊文件：{path}。请只打包普通文件。',
  ],
  'custom_ui.index_missing': [
    'Falta index.html en el primer nivel del archivo comprimido. Comprime los archivos, no su carpeta.',
    '压缩包的顶层没有 index.html。请打包文件本身，而不是所在的文件夹。',
  ],
  'custom_ui.not_found': [
    'No hay páginas subidas con el ID {id}. Súbelas primero.',
    '没有 ID 为 {id} 的已上传页面，请先上传。',
  ],
  'hook.missing_events': ['Indica al menos un evento para el webhook.', '请至少为 webhook 指定一个事件。'],
  'hook.endpoint_responded_with_error': [
    'El endpoint ha respondido con un error. La respuesta está en data.',
    '该地址返回了错误，其响应见 data。',
  ],
  'hook.send_test_payload_failed': [
    'No se ha podido enviar la petición al endpoint: {reason}',
    '向该地址发送请求失败：{reason}',
  ],
  'localization.invalid_translation_structure': [
    'Algunas claves de traducción son desconocidas. Consulta data.',
    '有些翻译键未知，见 data。',
  ],
  'localization.cannot_delete_default_language': [
    'Los textos del idioma predeterminado no se pueden eliminar.',
    '不能删除默认语言的文字。',
  ],
  'custom_profile_fields.name_exists': [
    'Ya existe un campo con este nombre. Elige otro.',
    '已有同名的字段，请换一个名称。',
  ],
  'custom_profile_fields.name_conflict_sign_in_identifier': [
    'Los identificadores no son campos del perfil. Elige otro nombre.',
    '登录标识不是资料字段，请换一个名称。',
  ],
  'custom_profile_fields.entity_not_exists_with_names': [
    'Algunos de los campos no existen. Consulta data.',
    '有些字段不存在，见 data。',
  ],
  'custom_profile_fields.invalid_min_max_input': ['El mínimo no debe superar el máximo.', '最小值不能大于最大值。'],
  'custom_profile_fields.invalid_options': [
    'Indica al menos una opción y cada valor una sola vez.',
    '请至少给出一个选项，且每个值只出现一次。',
  ],
  'custom_profile_fields.invalid_default_value': [
    'El valor predeterminado de una casilla es «true» o «false».',
    '复选框的默认值只能是“true”或“false”。',
  ],
  'custom_profile_fields.invalid_regex_format': [
    'El patrón no es una expresión regular válida.',
    '该模式不是有效的正则表达式。',
  ],
  'custom_profile_fields.invalid_address_components': [
    'Un campo de dirección solo usa las partes de una dirección. Activa al menos una.',
    '地址字段只能包含地址的组成部分，请至少启用一个。',
  ],
  'custom_profile_fields.invalid_fullname_components': [
    'Un campo de nombre solo usa las partes de un nombre. Activa al menos una.',
    '姓名字段只能包含姓名的组成部分，请至少启用一个。',
  ],
  'connector.not_found_with_connector_id': [
    'No hay ningún conector disponible con este connectorId. Compruébalo.',
    '没有使用此 connectorId 的可用连接器，请检查 connectorId。',
  ],
  'connector.cannot_overwrite_metadata_for_non_standard_connector': [
    'El nombre, el target y el logo de este conector son fijos. Quita metadata de la petición.',
    '此连接器的名称、target 和图标是固定的，请从请求中去掉 metadata。',
  ],
  'custom_profile_fields.name_required': ['Dale un nombre al campo.', '请给字段命名。'],
  'custom_profile_fields.invalid_name': [
    'El nombre de un campo tiene hasta 128 letras, cifras y guiones bajos, y empieza por una letra.',
    '字段名只能用字母、数字和 _，最多 128 个字符，并以字母开头。',
  ],
  'custom_profile_fields.name_conflict_built_in_prop': [
    'Una propiedad predefinida ya tiene ese nombre. Elige otro.',
    '已有同名的内置属性，请换一个名称。',
  ],
  'custom_profile_fields.name_conflict_custom_data': [
    'Ese nombre está reservado para los datos personalizados. Elige otro.',
    '此名称保留给自定义数据，请换一个。',
  ],
  'custom_profile_fields.invalid_sub_component_type': [
    'Un subcampo no puede tener subcampos. Elige otro tipo.',
    '子字段不能再包含子字段，请换一种类型。',
  ],
  'custom_profile_fields.conflicted_sie_order': [
    'Da a cada campo una posición distinta.',
    '请给每个字段一个不同的位置。',
  ],
  'team.administrators_only': [
    'Solo pueden hacerlo los administradores: inicia sesión en la consola o usa un token del tenant de administración.',
    '只有管理员可以执行此操作：请登录控制台，或使用管理租户的令牌。',
  ],
  'account_center.not_enabled': [
    'Los usuarios no pueden gestionar su cuenta aquí: el centro de cuenta está desactivado.',
    '用户无法在此管理账号：账号中心已停用。',
  ],
  'account_center.field_not_enabled': ['El centro de cuenta no muestra este campo.', '账号中心未显示此字段。'],
  'account_center.field_not_editable': [
    'El centro de cuenta no permite cambiar este campo.',
    '账号中心不允许用户修改此字段。',
  ],
  'account_center.company_address': [
    'Tu empresa gestiona esta dirección de correo. Pide el cambio a su administrador.',
    '此邮箱地址由你的公司管理。如需更改，请联系公司的管理员。',
  ],
  'account_center.identifier_required': [
    'Es obligatorio, o es la única forma de iniciar sesión. Añade antes otra.',
    '此项为必填项，或是唯一的登录方式。请先添加其他方式。',
  ],
  'auth.third_party_application_forbidden': [
    'Las aplicaciones de terceros no pueden gestionar la cuenta de un usuario. Usa una aplicación propia.',
    '第三方应用不能管理用户的账号。请使用你自己的应用。',
  ],
  'verification_record.not_found': [
    'La verificación ha caducado o ya se usó. Empieza de nuevo.',
    '验证已过期或已使用。请重新开始。',
  ],
  'verification_record.permission_denied': [
    'Verifica antes que la cuenta es tuya y envía el ID de esa verificación en la cabecera “logto-verification-id”.',
    '请先验证这是你的账号，并在“logto-verification-id”标头中发送该验证的 ID。',
  ],
  'verification_record.identifier_mismatch': ['Esta dirección no pertenece a tu cuenta.', '这不是你账号的地址。'],
  'organization.exceeds_own_rights': [
    'Para esto hacen falta permisos que no tienes en la organización. Pídeselo a un administrador que los tenga.',
    '此操作需要你在该组织中没有的权限。请联系拥有这些权限的管理员。',
  ],
  'organization.own_membership': [
    'No puedes cambiar tu propia pertenencia. Pídeselo a otro administrador.',
    '你不能更改自己的成员身份。请联系其他管理员。',
  ],
  'organization.foreign_link': [
    'Los enlaces de las invitaciones llevan a un origen de los URI de redirección de la aplicación.',
    '邀请中的链接必须指向应用重定向 URI 所在的源。',
  ],
  'single_sign_on.domains_of_organization': [
    'Los dominios de este conector son los dominios verificados de su organización. Cambia esos, o hazte cargo del conector.',
    '此连接器的域名是其组织的已验证域名。请更改组织的域名，或接管此连接器。',
  ],
  'organization_sso.too_many': [
    'Una organización puede tener {maximum} conexiones de inicio de sesión. Quita una primero.',
    '一个组织最多可以有 {maximum} 个登录连接。请先移除一个。',
  ],
  'organization_sso.too_many_groups': [
    'Una conexión de inicio de sesión puede dar roles a {maximum} grupos. Quita primero el rol de otro grupo.',
    '一个登录连接最多可以为 {maximum} 个群组分配角色。请先取消其他群组的角色。',
  ],
  'organization_sso.not_tested': [
    'Primero inicia sesión con la prueba. Tiene que funcionar con estos ajustes.',
    '请先进行测试登录。必须使用这些设置登录成功。',
  ],
  'organization_sso.no_domain': [
    'Primero verifica un dominio. Decide qué personas inician sesión con tu proveedor.',
    '请先验证一个域名。它决定哪些人通过你的提供商登录。',
  ],
  'organization_sso.switched_off': [
    'El inicio de sesión único está desactivado en este servicio. Pide al operador que lo active.',
    '此服务未启用单点登录。请联系运营方启用。',
  ],
  'organization_sso.test_ended': [
    'Esta prueba ya terminó, caducó o empezó en otro navegador. Empieza otra prueba.',
    '此测试已完成、已过期，或是在其他浏览器中开始的。请重新开始测试。',
  ],
  'organization_sso.secret_required': [
    'Vuelve a escribir el secreto del cliente: solo se conserva mientras no cambien el emisor ni el ID de cliente.',
    '请重新输入客户端密钥：只有在签发者和客户端 ID 不变时才会保留密钥。',
  ],
  'scim_token.too_many': [
    'Un directorio puede tener {maximum} tokens. Elimina antes uno.',
    '一个目录最多可以有 {maximum} 个令牌。请先删除一个。',
  ],
  'organization_domain.invalid': [
    'Esto no es un dominio. Escribe un nombre como example.com.',
    '这不是域名。请输入类似 example.com 的名称。',
  ],
  'organization_domain.public': [
    'Cualquiera puede tener una dirección en {domain}. Añade un dominio que pertenezca a tu organización.',
    '任何人都可以拥有 {domain} 的邮箱地址。请添加属于你的组织的域名。',
  ],
  'organization_domain.too_many': [
    'Una organización puede tener {maximum} dominios. Quita antes uno.',
    '一个组织最多可以有 {maximum} 个域名。请先移除一个。',
  ],
  'organization_domain.record_not_found': [
    'No hay ningún registro TXT con este valor en {name}. Un registro nuevo puede tardar una hora en verse: inténtalo más tarde.',
    '在 {name} 未找到带有此值的 TXT 记录。新记录最长可能需要一小时才能生效，请稍后重试。',
  ],
  'organization_domain.lookup_failed': [
    'No se han podido leer los registros DNS de {domain}. Inténtalo de nuevo en unos minutos.',
    '无法读取 {domain} 的 DNS 记录。请几分钟后重试。',
  ],
  'organization_domain.taken': [
    'Este dominio ya está verificado para otra organización. Contacta con el operador de este servicio.',
    '此域名已由另一个组织验证。请联系此服务的运营方。',
  ],
  'team.last_administrator': [
    'Es el último administrador con acceso completo. Da antes acceso completo a otra persona del equipo.',
    '这是最后一位拥有完全权限的管理员。请先授予另一位成员完全权限。',
  ],
  'one_time_token.cannot_reactivate_token': ['Este token ya no está activo. Crea otro.', '此令牌已失效，请新建一个。'],
  'jwt_customizer.general': ['El script ha fallado: {reason}', '脚本运行失败：{reason}'],
  'jwt_customizer.can_not_create_for_admin_tenant': [
    'Los claims personalizados no están disponibles en el tenant de administración.',
    '管理租户不支持自定义声明。',
  ],
};
