import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { hideOrVote, showRecorded } from '../../moderation/threads/recorded.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { wordDiff } from '../../platform/text_diff.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { newDraftKey } from '../drafts.ts'
import { HIDE_REASONS, VOTES_TO_HIDE } from '../helping/hiding.ts'
import { canDecideEdit, canEditTags, canSuggestEdit, canVoteToHide } from '../helping/policy.ts'
import { decideSuggestion, findSuggestion, listSuggestions, suggestEdit } from '../helping/suggesting.ts'
import { editTags, listTagChanges } from '../helping/tagging.ts'
import { findPost } from '../page_queries.ts'
import { postLink, postPath, topicPath } from '../paths.ts'
import { presentAuthor } from '../present.ts'
import { findTopic } from '../queries.ts'
import { TopicParams } from './topic.ts'

const TagsForm = Type.Object({ tags: Type.String({ maxLength: 300 }), reason: Type.String({ maxLength: 200, default: '' }) })
const HideForm = Type.Object({ reason: Type.Union(HIDE_REASONS.map(reason => Type.Literal(reason))) })
const SuggestForm = Type.Object({
  body: Type.String({ maxLength: 100_000 }),
  reason: Type.String({ maxLength: 200, default: '' }),
  draftKey: Type.String({ minLength: 8, maxLength: 60 }),
})
type Route<Body = unknown> = { Params: Static<typeof TopicParams>; Body: Body }

/** What levels open: mending tags, offering a better wording, hiding what has to go. */
export async function helpingRoutes(app: App, { db }: Services): Promise<void> {
  const id = (request: FastifyRequest) => (request.params as { id: number }).id
  const members = { config: { access: 'members' } as const, schema: { params: TopicParams } }

  app.get<Route>('/t/:id/tags', members, (request, reply) => showTags(request, reply))
  app.post<Route<Static<typeof TagsForm>>>(
    '/t/:id/tags',
    { ...members, schema: { params: TopicParams, body: TagsForm }, errorHandler: showAgain(showTags) },
    async ({ actor, params, body }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      await editTags(db, actor, topic, body)
      return reply.flash('edited').see(topicPath(topic))
    },
  )

  app.get<Route>('/posts/:id/hiding', members, (request, reply) => showHiding(request, reply))
  app.post<Route<Static<typeof HideForm>>>(
    '/posts/:id/hiding',
    { ...members, schema: { params: TopicParams, body: HideForm }, errorHandler: showAgain(showHiding) },
    async ({ actor, params, body }, reply) => {
      const post = await findPost(db, actor, params.id)
      const isHidden = await hideOrVote(db, actor, post, body.reason)
      return reply.flash(isHidden ? 'postHidden' : 'hideVoted').see(topicPath(post.topic))
    },
  )
  app.delete<Route>('/posts/:id/hiding', members, async ({ actor, params }, reply) => {
    const post = await findPost(db, actor, params.id)
    await showRecorded(db, actor, post)
    return reply.flash('postShown').see(postPath(post.topic, post))
  })

  app.get<Route>('/posts/:id/suggestions', members, (request, reply) => showSuggestions(request, reply))
  app.post<Route<Static<typeof SuggestForm>>>(
    '/posts/:id/suggestions',
    {
      config: { access: 'members', draftPlace: request => `edit:${id(request)}` },
      schema: { params: TopicParams, body: SuggestForm },
      errorHandler: showAgain(showSuggestions),
    },
    async ({ actor, params, body }, reply) => {
      const post = await findPost(db, actor, params.id)
      await suggestEdit(db, actor, post, body)
      return reply.flash('suggested').see(postPath(post.topic, post))
    },
  )
  for (const [method, outcome] of [
    ['post', 'accepted'],
    ['delete', 'declined'],
  ] as const)
    app[method]<Route>('/suggestions/:id/acceptance', members, async ({ actor, params }, reply) => {
      const offered = await findSuggestion(db, params.id)
      const post = await findPost(db, actor, offered.postId)
      await decideSuggestion(db, actor, post, offered, outcome)
      return reply.flash(outcome === 'accepted' ? 'edited' : 'suggestionDeclined').see(postPath(post.topic, post))
    })

  async function showTags(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const topic = await findTopic(db, actor, id(request))
    if (!canEditTags(actor, topic)) throw new Missing()
    const changes = await listTagChanges(db, topic.id)
    return reply.page('topics/tags', {
      title: t('topics.tagging.title'),
      noIndex: true,
      topic: { title: topic.title, path: topicPath(topic), action: `/t/${topic.id}/tags` },
      changes: changes.map(change => ({
        ...change,
        before: change.before.join(' '),
        after: change.after.join(' '),
        editor: presentAuthor(change.editor, null, actor.preferences.locale, t),
      })),
      ...form,
      values: form?.values ?? { tags: topic.tags.join(' ') },
      errors: form?.errors ?? {},
    })
  }

  async function showHiding(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const post = await findPost(db, actor, id(request))
    if (!canVoteToHide(actor, post.topic, post)) throw new Missing()
    return reply.page('topics/hiding', {
      title: t('topics.hiding.title'),
      noIndex: true,
      post: {
        action: `${postLink(post)}/hiding`,
        backPath: postPath(post.topic, post),
        topicTitle: post.topic.title,
        bodyHtml: post.bodyHtml,
      },
      lead: t('topics.hiding.lead', { count: VOTES_TO_HIDE }),
      reasons: HIDE_REASONS.map(value => ({ value, label: t(`topics.hiding.reasons.${value}`), isChosen: form?.values.reason === value })),
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }

  async function showSuggestions(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const post = await findPost(db, actor, id(request))
    const [maySuggest, mayDecide] = [canSuggestEdit(actor, post.topic, post), canDecideEdit(actor, post.topic, post)]
    if (!maySuggest && !mayDecide) throw new Missing()
    const offered = mayDecide ? await listSuggestions(db, post.id) : []
    return reply.page('topics/suggestions', {
      title: t('topics.suggest.title'),
      noIndex: true,
      post: {
        action: `${postLink(post)}/suggestions`,
        backPath: postPath(post.topic, post),
        topicTitle: post.topic.title,
        place: `edit:${post.id}`,
      },
      maySuggest,
      mayDecide,
      suggestions: offered.map(({ suggestion, author }) => ({
        author: presentAuthor(author, null, actor.preferences.locale, t),
        at: suggestion.createdAt,
        reason: suggestion.reason,
        isOutdated: suggestion.revision !== post.revision,
        isOwn: suggestion.authorId === actor.id,
        action: `/suggestions/${suggestion.id}/acceptance`,
        parts: wordDiff(post.body, suggestion.body).map(({ kind, text }) => ({
          text,
          isAdded: kind === 'added',
          isRemoved: kind === 'removed',
        })),
      })),
      ...form,
      values: form?.values ?? { body: post.body, draftKey: newDraftKey() },
      errors: form?.errors ?? {},
    })
  }
}
