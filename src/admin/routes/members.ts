import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { presentMember } from '../../accounts/present_member.ts'
import { findMember, listMembers } from '../../accounts/queries.ts'
import { changeRole } from '../../accounts/roles.ts'
import { ROLES } from '../../accounts/schema.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { showAdmin } from './page.ts'

const Search = Type.Object({ q: Type.Optional(Type.String({ maxLength: 100 })), after: Type.Optional(Type.String({ maxLength: 80 })) })
const RoleForm = Type.Object({
  role: Type.Union(ROLES.map(role => Type.Literal(role))),
  current: Type.String({ minLength: 1, maxLength: 1000 }),
})
type One = { Params: { handle: string }; Body: Static<typeof RoleForm> }

/** Members for the operator: found by handle or name, given their roles. */
export async function memberRoutes(app: App, { db }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }

  app.get<{ Querystring: Static<typeof Search> }>(
    '/admin/members',
    { ...operators, schema: { querystring: Search } },
    async (request, reply) => {
      const { query, t } = request
      const page = await listMembers(db, { search: query.q, after: query.after })
      const members = page.rows.map(row => ({
        ...row,
        path: `/admin/members/${row.handle}`,
        roleLabel: t(`admin.roles.${row.role}`),
        isConfirmed: row.confirmedAt !== null,
      }))
      const nextPath = page.next && `/admin/members?${new URLSearchParams({ ...(query.q && { q: query.q }), after: page.next })}`
      return showAdmin(request, reply, 'members', 'members', { members, search: query.q, nextPath })
    },
  )

  app.get<One>('/admin/members/:handle', operators, (request, reply) => show(request, reply))

  app.post<One>(
    '/admin/members/:handle/role',
    { ...operators, schema: { body: RoleForm }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      const member = await findMember(db, params.handle)
      await changeRole(db, actor, member.id, body)
      return reply.flash('roleChanged').see(`/admin/members/${member.handle}`)
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { t, params } = request
    const account = await findMember(db, (params as One['Params']).handle)
    const chosen = form?.values.role ?? account.role
    const roles = ROLES.map(role => ({ value: role, label: t(`admin.roles.${role}`), isChosen: role === chosen }))
    return showAdmin(request, reply, 'member', 'members', {
      title: t('people.named', { name: account.name }),
      member: presentMember(account, t),
      roles,
      ...form,
    })
  }
}
