import { z } from 'zod';

/**
 * How a form shows one member of a body. Texts are English; `form-phrases/` has the other languages, by the English
 * text.
 */
export interface FieldMeta {
  readonly label: string;
  readonly help?: string;
  /** The value is a secret: forms hide it and do not fill it in again. */
  readonly secret?: true;
  /** The value is long text or code. */
  readonly multiline?: true;
}
/** Each member of a body: its field, or null where no form shows it. A member without an entry does not compile. */
export type FormFields<Shape> = { readonly [Name in keyof Shape]: FieldMeta | null };

interface Form {
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldMeta | null>>;
}
/** The forms of the contract by the schema whose members they show. */
const forms = z.registry<Form>();

/**
 * Declares how forms show the members of a schema, beside the schema.
 * @param name unique; the first part of the keys of its fields
 */
export function form<S extends z.ZodObject>(name: string, schema: S, fields: FormFields<S['shape']>): S {
  forms.add(schema, { name, fields: fields as Form['fields'] });
  return schema;
}

export interface FormField extends FieldMeta {
  readonly name: string;
  /** Unique, e.g. `webhooks.name`. */
  readonly key: string;
  readonly schema: z.ZodType;
  readonly isRequired: boolean;
}

/** The fields of a schema that was declared with `form`, in their order; undefined for another schema. */
export function fieldsOf(schema: z.ZodObject): readonly FormField[] | undefined {
  const found = forms.get(schema);
  return (
    found &&
    Object.entries(found.fields).flatMap(([name, meta]) => {
      const member = schema.shape[name] as z.ZodType | undefined;
      if (!meta || !member) return [];
      return [
        {
          ...meta,
          name,
          key: `${found.name}.${name}`,
          schema: member,
          isRequired: !member.safeParse(undefined).success,
        },
      ];
    })
  );
}

/** The help of a member, for documents that describe the schema. */
export const helpOf = (schema: z.core.$ZodType, name: string): string | undefined =>
  forms.get(schema as z.ZodObject)?.fields[name]?.help;
