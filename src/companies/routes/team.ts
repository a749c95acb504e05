import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { isGuest } from '../../accounts/actor.ts'
import { COMPANY_ROLES } from '../../accounts/schema.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { presentAuthor } from '../../topics/present.ts'
import { companyPath, managePath } from '../paths.ts'
import { canRun } from '../policy.ts'
import { nameIn } from '../present.ts'
import { findCompanyById, findOwnCompany, findTeamMember, listInvitations, listTeam } from '../queries.ts'
import { acceptInvitation, changeMemberRole, endMembership, findInvitation, invite, withdrawInvitation } from '../team.ts'
import { showLinkOver } from './applications.ts'
import { showManaging } from './manage.ts'

const Role = Type.Union(COMPANY_ROLES.map(role => Type.Literal(role)))
const InviteForm = Type.Object({ email: Type.String({ minLength: 1, maxLength: 254 }), role: Role })
const RoleForm = Type.Object({ role: Role })
const LeaveForm = Type.Object({ successor: Type.String({ maxLength: 20, default: '' }) })
type Team<Body = unknown> = { Params: { company: string; handle: string; id: string }; Body: Body }
type Link = { Params: { token: string } }

/** A company's team: who is in it, invited, given roles, and goes. */
export async function teamRoutes(app: App, { db }: Services): Promise<void> {
  const companies = { config: { access: 'companies' } as const }
  const of = (request: FastifyRequest) => request.params as Team['Params']

  app.get<Team>('/c/:company/manage/team', companies, (request, reply) => showTeam(request, reply))
  app.post<Team<Static<typeof InviteForm>>>(
    '/c/:company/manage/team',
    { ...companies, schema: { body: InviteForm }, errorHandler: showAgain(showTeam) },
    async ({ actor, params, body }, reply) => {
      const company = await findOwnCompany(db, actor, params.company, { admin: true })
      await invite(db, actor, company, body)
      return reply.flash('invited').see(managePath(company, 'team'))
    },
  )
  app.delete<Team>('/c/:company/manage/invitations/:id', companies, async ({ actor, params }, reply) => {
    const company = await findOwnCompany(db, actor, params.company, { admin: true })
    await withdrawInvitation(db, actor, company, /^\d{1,15}$/.test(params.id) ? Number(params.id) : 0)
    return reply.flash('saved').see(managePath(company, 'team'))
  })

  app.get<Team>('/c/:company/manage/team/:handle', companies, (request, reply) => showMember(request, reply))
  app.post<Team<Static<typeof RoleForm>>>(
    '/c/:company/manage/team/:handle',
    { ...companies, schema: { body: RoleForm }, errorHandler: showAgain(showMember) },
    async ({ actor, params, body }, reply) => {
      const company = await findOwnCompany(db, actor, params.company, { admin: true })
      await changeMemberRole(db, actor, await findTeamMember(db, company.id, params.handle), body.role)
      const stays = actor.handle !== params.handle
      return reply.flash('saved').see(stays ? managePath(company, 'team') : managePath(company))
    },
  )
  app.delete<Team<Static<typeof LeaveForm>>>(
    '/c/:company/manage/team/:handle',
    { ...companies, schema: { body: LeaveForm }, errorHandler: showAgain(showMember) },
    async ({ actor, params, body }, reply) => {
      const company = await findOwnCompany(db, actor, params.company)
      const member = await findTeamMember(db, company.id, params.handle)
      await endMembership(db, actor, member, /^\d{1,15}$/.test(body.successor) ? Number(body.successor) : undefined)
      return reply.flash('memberLeft').see(member.accountId === actor.id ? '/login' : managePath(company, 'team'))
    },
  )

  app.get<Link>(
    '/invitations/:token',
    { config: { access: 'everyone' }, errorHandler: showAgain(showLinkOver) },
    async (request, reply) => {
      const { t, actor, params, preferences } = request
      const invitation = await findInvitation(db, params.token)
      const company = await findCompanyById(db, invitation.companyId)
      const next = encodeURIComponent(`/invitations/${params.token}`)
      return reply.header('cache-control', 'no-store').page('companies/invitation', {
        title: t('companies.invitation.title'),
        noIndex: true,
        company: { name: nameIn(company, preferences.locale), path: companyPath(company) },
        role: t(`companies.roles.${invitation.role}`),
        isGuest: isGuest(actor),
        mustConfirm: !isGuest(actor) && !actor.confirmed,
        name: actor.name,
        loginPath: `/login?next=${next}`,
        signupPath: '/signup',
      })
    },
  )
  app.post<Link>(
    '/invitations/:token',
    { config: { access: 'members' }, errorHandler: showAgain(showLinkOver) },
    async ({ actor, params }, reply) => {
      await acceptInvitation(db, actor, params.token)
      return reply.flash('joinedCompany').see('/login')
    },
  )

  async function showTeam(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const company = await findOwnCompany(db, actor, of(request).company)
    const [team, invitations] = await Promise.all([listTeam(db, company.id), listInvitations(db, company.id)])
    return showManaging(request, reply, company, 'team', {
      team: team.map(({ person, role, since, accountId }) => ({
        ...presentAuthor(person, null, actor.preferences.locale, t),
        role: t(`companies.roles.${role}`),
        since,
        memberPath: canRun(actor, company.id) || accountId === actor.id ? managePath(company, `team/${person.handle}`) : undefined,
      })),
      invitations: invitations.map(({ id, email, role, createdAt }) => ({
        email,
        role: t(`companies.roles.${role}`),
        createdAt,
        withdrawPath: `${managePath(company, `invitations/${id}`)}?_method=DELETE`,
      })),
      roles: roleChoices(t, form?.values.role ?? 'agent'),
      values: {},
      ...form,
    })
  }

  async function showMember(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const company = await findOwnCompany(db, actor, of(request).company)
    const member = await findTeamMember(db, company.id, of(request).handle)
    const isSelf = member.accountId === actor.id
    if (!isSelf) await findOwnCompany(db, actor, company.slug, { admin: true })
    const others = (await listTeam(db, company.id)).filter(other => other.accountId !== member.accountId)
    return showManaging(request, reply, company, 'team', {
      view: 'member',
      title: t('people.named', { name: member.person.name }),
      member: presentAuthor(member.person, null, actor.preferences.locale, t),
      memberPath: managePath(company, `team/${member.person.handle}`),
      isSelf,
      roles: roleChoices(t, form?.values.role ?? member.role),
      successors: others.map(({ accountId, person, role }) => ({
        value: accountId,
        label: t('companies.worksAs', { company: person.name, role: t(`companies.roles.${role}`) }),
      })),
      ...form,
    })
  }
}

const roleChoices = (t: FastifyRequest['t'], chosen: unknown) =>
  COMPANY_ROLES.map(role => ({
    value: role,
    label: t(`companies.roles.${role}`),
    hint: t(`companies.roles.hint.${role}`),
    isChosen: role === chosen,
  }))
