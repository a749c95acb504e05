import type { Translate } from '../platform/i18n.ts'

type Schema = {
  type?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  default?: unknown
  minimum?: number
  maximum?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}
type Operation = {
  operationId?: string
  parameters?: { name: string; required?: boolean; schema?: Schema }[]
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>
}
type Document = { paths?: Record<string, object | undefined>; servers: { url: string }[] }

/** An OpenAPI document as a page reads it: each operation with what it takes and what it answers. */
export function presentOperations({ paths = {}, servers }: Document, t: Translate) {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations ?? {}).map(([method, operation]) => {
      const { operationId = '', parameters = [], responses = {} } = operation as Operation
      const told = (name: string) => t(`api.${operationId}.${name}`)
      return {
        method: method.toUpperCase(),
        path,
        summary: told('summary'),
        about: told('about'),
        example: `curl '${servers[0]?.url}${path}?q=wi-fi'`,
        parameters: parameters.map(({ name, required, schema = {} }) => ({
          name,
          required,
          shape: shapeOf(schema, t),
          about: told(name === 'solved' || name === 'guaranteed' ? `${name}Only` : name),
        })),
        fields: fieldsOf(responses['200']?.content?.['application/json']?.schema ?? {}, '', told, t),
      }
    }),
  )
}

function fieldsOf(
  schema: Schema,
  before: string,
  told: (name: string) => string,
  t: Translate,
): { name: string; shape: string; about: string }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    { name: before + name, shape: shapeOf(field, t), about: told(name) },
    ...(field.items ? fieldsOf(field.items, `${before}${name}[].`, told, t) : []),
  ])
}

/** What a value looks like, in a word or two. */
function shapeOf(schema: Schema, t: Translate): string {
  const choices = (schema.anyOf ?? []).flatMap(({ const: value, enum: values = [] }) =>
    [value, ...values].filter(each => each !== undefined),
  )
  if (choices.length > 0) return choices.join(' | ')
  if (schema.enum) return schema.enum.join(' | ')
  if (schema.anyOf) return schema.anyOf.map(each => shapeOf(each, t)).join(' | ')
  const range = schema.maximum === undefined || schema.maximum > 1e6 ? '' : ` ${schema.minimum}-${schema.maximum}`
  const usual = schema.default === undefined ? '' : ` (${t('api.usual')} ${schema.default})`
  return `${schema.type ?? 'null'}${range}${usual}`
}
