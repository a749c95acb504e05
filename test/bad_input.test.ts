import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '../src/accounts/actor.ts'
import { accounts } from '../src/accounts/schema.ts'
import type { BoardRow } from '../src/boards/schema.ts'
import { nameProducts } from '../src/companies/naming.ts'
import type { Product } from '../src/companies/product_queries.ts'
import { type CompanyRow, inboxQuestions } from '../src/companies/schema.ts'
import { addMember } from '../src/companies/team.ts'
import type { GuaranteeRow } from '../src/guarantees/schema.ts'
import { sanctions } from '../src/moderation/sanctions/schema.ts'
import { reviewItems } from '../src/moderation/schema.ts'
import { takedowns } from '../src/moderation/takedowns/schema.ts'
import { listWords } from '../src/moderation/words/queries.ts'
import { nudges } from '../src/moderation/words/schema.ts'
import { addWords } from '../src/moderation/words/words.ts'
import { contest } from '../src/reputation/contesting.ts'
import { certifications } from '../src/reputation/people/schema.ts'
import { contests, findings } from '../src/reputation/schema.ts'
import { addSynonyms } from '../src/search/synonyms.ts'
import { postAnswer } from '../src/topics/answers.ts'
import type { Post } from '../src/topics/page_queries.ts'
import type { Topic } from '../src/topics/queries.ts'
import { posts, topics } from '../src/topics/schema.ts'
import { type Browser, type Form, startTestApp, type TestApp } from './app.ts'
import { corporateNumber, makeCompany, makeProduct, productDraft } from './companies.ts'
import { makeGuarantee, makeOfficial } from './guarantees.ts'
import { makeAnswer, makeBoard, makeTopic, openingOf, postNow, topicNow } from './making.ts'
import { knownAgain, makeAgent, makeCompanyAdmin, makeMember, makeOperator } from './people.ts'

let forum: TestApp
let operator: Actor
let browser: Browser
let guest: Browser
let manager: Browser
let company: CompanyRow
let second: CompanyRow
let product: Product
let applied: CompanyRow
let vouched: Post
let asked: Post
let guarantee: GuaranteeRow
let board: BoardRow
let topic: Topic
let own: Post
let answer: Post
let closing: Topic
let certificates: number[]
let group: number
let contestId: number
let wordId: number
let hideable: number[]
let findingIds: number[]
let itemId: number
let liftable: number
let hiddenOfMine: number
let heldId: number
let askedOfMe: number
let decidable: number

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  operator = await makeOperator(db)
  await makeOperator(db)
  board = await makeBoard(db)
  topic = await makeTopic(db, operator, board)
  own = await openingOf(db, topic)
  answer = await makeAnswer(db, await makeMember(db), topic)
  closing = await makeTopic(db, operator, board)
  const held = { accountId: answer.authorId, scheme: 'it_passport', grade: 'passed', issuedOn: '2020-01-01', number: 'AB1234' }
  const rows = Array.from({ length: 100 }, (_, edition) => ({ ...held, edition, numberHash: Buffer.from('x') }))
  certificates = (await db.insert(certifications).values(rows).returning()).map(({ id }) => id)
  group = await addSynonyms(db, operator, { way: 'both', words: 'スマホ,スマートフォン', from: '' })
  const ids = { accountId: operator.id, topicId: topic.id, boardId: board.id }
  await db.insert(nudges).values({ ...ids, draftKey: 'nudge-draft-1', score: 50, words: Buffer.from('x') })
  const word = { words: 'とんま', exceptions: '', exact: false, aimed: false, language: 'any', boardId: null } as const
  await addWords(db, operator, { ...word, kind: 'insult', weight: 2, action: 'nudge' })
  wordId = (await listWords(db, {})).rows[0]?.rule.id ?? 0
  await contest(db, await makeMember(db), { words: 'この点数には納得がいきません。' })
  contestId = (await db.select({ id: contests.id }).from(contests))[0]?.id ?? 0
  const spam = {
    topicId: topic.id,
    kind: 'answer' as const,
    authorId: answer.authorId,
    body: 'x',
    bodyHtml: 'x',
    bodyText: 'x',
    rendererVersion: 1,
  }
  hideable = (
    await db
      .insert(posts)
      .values(Array.from({ length: 100 }, () => spam))
      .returning()
  ).map(({ id }) => id)
  const suspicions = Array.from({ length: 100 }, (_, n) => ({
    kind: 'pair' as const,
    memberIds: [operator.id, answer.authorId],
    mark: `pair:${n}`,
    evidence: {},
  }))
  findingIds = (await db.insert(findings).values(suspicions).returning()).map(({ id }) => id)
  // About a post that is not there: it waits however often it is decided.
  const waiting = { kind: 'flag', subject: 'post' as const, subjectId: 999_999, tier: 3 }
  itemId = (await db.insert(reviewItems).values(waiting).returning())[0]?.id ?? 0
  const strict = { accountId: answer.authorId, kind: 'limits' as const, rule: 'respect' as const, words: 'x', perDay: 3 }
  liftable = (await db.insert(sanctions).values(strict).returning())[0]?.id ?? 0
  const request = {
    right: 'privacy' as const,
    relation: 'self' as const,
    locale: 'ja' as const,
    dueAt: new Date(),
    words: 'x',
    name: 'x',
    email: 'x@example.com',
  }
  const soon = { askedAt: new Date(), viewUntil: new Date(Date.now() + 86_400_000) }
  const filed = await db
    .insert(takedowns)
    .values([
      { ...request, ...soon, postId: own.id, draftKey: 'request-1' },
      { ...request, postId: answer.id, draftKey: 'request-2' },
    ])
    .returning()
  askedOfMe = filed[0]?.id ?? 0
  decidable = filed[1]?.id ?? 0
  hiddenOfMine = (await makeAnswer(db, operator, topic)).id
  await db.execute(sql`update posts set hidden_at = now() where id = ${hiddenOfMine}`)
  heldId = (await postAnswer(db, operator, topic, { body: '待っています。', draftKey: 'held-draft-key', held: true })).id
  browser = await forum.as(operator)
  guest = await forum.as()
  company = await makeCompany(db)
  product = await makeProduct(db, company)
  await db.insert(inboxQuestions).values({ companyId: company.id, topicId: topic.id, openedAt: new Date(), dueAt: new Date() })
  applied = await makeCompany(db, { admittedAt: null, domainProvenAt: null, applicantId: operator.id })
  const { id } = await makeCompanyAdmin(db, company, { handle: 'the_manager' })
  second = await makeCompany(db)
  await addMember(db, second.id, id, 'admin')
  const managing = await knownAgain(db, id)
  manager = await forum.as(managing)
  await nameProducts(db, operator, await topicNow(db, closing), product.nameJa)
  const about = await topicNow(db, closing)
  vouched = await makeOfficial(db, managing, company, about)
  asked = await makeAnswer(db, await makeMember(db), about)
  guarantee = await makeGuarantee(db, managing, company, vouched, product)
  await makeCompanyAdmin(db, company)
  await makeAgent(db, company, { handle: 'the_agent' })
})
afterAll(() => forum.close())

const BOARD = {
  slug: 'new-board',
  parentId: '',
  nameJa: '新しい広場',
  nameEn: 'New board',
  descriptionJa: '説明です',
  descriptionEn: 'About it',
  rulesJa: '仲良く',
  rulesEn: 'Be kind',
  kinds: ['question'],
  visibility: 'public',
  position: 1,
  moderators: '',
}
const WORDS = { words: 'とんま', exceptions: '', language: 'any', boardId: '', kind: 'insult', weight: '2', action: 'nudge' }
let keys = 0
const draftKey = () => `bad-input-key-${++keys}`

const inboxPath = (deed: string) => `/c/${company.slug}/manage/inbox/${topic.id}/${deed}`

type FormDoor = { path(): string; form(): Form; as?: 'guest' | 'manager'; numbers?: string[] }

/** Every form of the forum: where it goes, and what a careful person would send. Whatever is not here has to be put here. */
const FORMS: Record<string, FormDoor> = {
  'POST /ask': {
    path: () => '/ask',
    form: () => ({
      kind: 'question',
      boardId: board.id,
      title: 'ひとつの質問です',
      body: '本文を書きました',
      tags: 'ルーター',
      products: '',
      company: '',
      draftKey: draftKey(),
    }),
  },
  'POST /ask/similar': { path: () => '/ask/similar', form: () => ({ title: 'ひとつの質問です', body: '本文', draftKey: draftKey() }) },
  'POST /ask/solved': { path: () => `/ask/solved?post=${answer.id}`, form: () => ({ draftKey: draftKey() }) },
  'POST /search/clicks': { path: () => '/search/clicks', form: () => ({ q: 'ルーター', topic: topic.id }), numbers: ['topic'] },
  'POST /search/found': {
    path: () => '/search/found',
    form: () => ({ q: 'ルーター', topic: topic.id, found: 'yes', next: '/search?q=a' }),
    numbers: ['topic'],
  },
  'POST /notifications/read': { path: () => '/notifications/read', form: () => ({ upTo: 1 }), numbers: ['upTo'] },
  'POST /notifications/follow': { path: () => '/notifications/follow', form: () => ({ of: `topic:${topic.id}`, level: 'all' }) },
  'POST /posts/:id/flags': { path: () => `/posts/${answer.id}/flags`, form: () => ({ reason: 'abuse', words: '困っています' }) },
  'POST /moderation/:id/decision': {
    path: () => `/moderation/${itemId}/decision`,
    form: () => ({ decision: 'hide', reason: 'abuse', words: '理由を書きました', mark: '' }),
  },
  'POST /me/notices': {
    path: () => '/me/notices',
    form: () => ({ way_talk: 'all', rhythm: 'daily', hour: 8, weekday: 1, zone: 'Asia/Tokyo', quietFrom: 22, quietTo: '' }),
    numbers: ['hour', 'weekday'],
  },
  'POST /t/:id/sealed': {
    path: () => `/t/${closing.id}/sealed`,
    form: () => ({ words: 'お客様番号です', company: company.id }),
    numbers: ['company'],
  },
  'PUT /me/held/:id': {
    path: () => `/me/held/${heldId}`,
    form: () => ({ body: '出し直した本文です', revision: 1 }),
  },
  'POST /moderation/rules': {
    path: () => '/moderation/rules',
    form: () => ({ firstPosts: 0, links: 2, burst: 4, pictures: 3, repeated: 'yes' }),
    numbers: ['firstPosts', 'links', 'burst', 'pictures'],
  },
  'POST /me/push-devices': {
    path: () => '/me/push-devices',
    form: () => ({ endpoint: 'https://fcm.googleapis.com/fcm/send/one', p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) }),
  },
  'POST /preview': { path: () => '/preview', form: () => ({ body: '本文を書きました' }) },
  'POST /t/:id/answers': {
    path: () => `/t/${topic.id}/answers`,
    form: () => ({ body: '回答を書きました', company: '', product: '', since: '', purpose: '', good: '', bad: '', draftKey: draftKey() }),
  },
  'POST /t/:id/addenda': { path: () => `/t/${topic.id}/addenda`, form: () => ({ body: '補足を書きました', draftKey: draftKey() }) },
  'POST /t/:id/close': { path: () => `/t/${closing.id}/close`, form: () => ({ solved: 'true' }) },
  'POST /c/:company/manage/inbox/:id/assignee': { path: () => inboxPath('assignee'), form: () => ({ assignee: '' }), as: 'manager' },
  'POST /c/:company/manage/inbox/:id/notes': { path: () => inboxPath('notes'), form: () => ({ note: 'メモです' }), as: 'manager' },
  'POST /c/:company/manage/inbox/:id/back': { path: () => inboxPath('back'), form: () => ({ reason: '理由です' }), as: 'manager' },
  'POST /c/:company/manage/inbox/:id/answer': {
    path: () => inboxPath('answer'),
    form: () => ({ body: '公式の回答です', checkedBy: '技術部', vouch: '', draftKey: draftKey() }),
    as: 'manager',
  },
  'POST /c/:company/manage/inbox/texts': {
    path: () => `/c/${company.slug}/manage/inbox/texts`,
    form: () => ({ title: 'ごあいさつ', text: '{お名前}様' }),
    as: 'manager',
  },
  'POST /c/:company/manage/inbox/hours': {
    path: () => `/c/${company.slug}/manage/inbox/hours`,
    form: () => ({ from: '09:00', to: '18:00', days: ['1'], target: 8, restsOnHolidays: 'yes' }),
    as: 'manager',
    numbers: ['target'],
  },
  'POST /c/:company/manage/insights/assumptions': {
    path: () => `/c/${company.slug}/manage/insights/assumptions`,
    form: () => ({ wouldAsk: '25', isHelped: '60', elsewhere: '10', cost: '1200' }),
    as: 'manager',
  },
  'POST /c/:company/manage/insights/letters': {
    path: () => `/c/${company.slug}/manage/insights/letters`,
    form: () => ({ wants: 'yes' }),
    as: 'manager',
  },
  'POST /posts/:id/fixed': { path: () => `/posts/${answer.id}/fixed`, form: () => ({ fixed: 'yes', having: '' }) },
  'POST /posts/:id/comments': {
    path: () => `/posts/${answer.id}/comments`,
    form: () => ({ body: '一言を書きました', draftKey: draftKey() }),
  },
  'PUT /posts/:id': {
    path: () => `/posts/${own.id}`,
    form: () => ({ title: '直した題名です', body: '直した本文です', tags: 'ルーター', reason: '言い直し', revision: 1 }),
  },
  'PUT /me/drafts': { path: () => '/me/drafts', form: () => ({ place: 'ask', draftKey: draftKey() }) },
  'POST /me/drafts': { path: () => '/me/drafts?place=ask', form: () => ({ title: '書きかけ', body: '途中', draftKey: draftKey() }) },
  'POST /login/second': { path: () => '/login/second', form: () => ({ step: 'nonsense', code: '123456', next: '/' }), as: 'guest' },
  'POST /me/two-step/app': { path: () => '/me/two-step/app', form: () => ({ current: 'wrong', digits: '123456' }) },
  'POST /me/two-step/passkey': {
    path: () => '/me/two-step/passkey',
    form: () => ({ current: 'wrong', step: 'x', passkey: '{}', name: 'PC' }),
  },
  'POST /me/two-step/codes': { path: () => '/me/two-step/codes', form: () => ({ current: 'wrong' }) },
  'POST /me/two-step/removal': { path: () => '/me/two-step/removal', form: () => ({ current: 'wrong', passkey: 'some-passkey' }) },
  'POST /login': { path: () => '/login', form: () => ({ login: 'nobody_here', password: 'wrong-password', next: '/' }), as: 'guest' },
  'POST /signup': {
    path: () => '/signup',
    form: () => ({ email: 'someone@example.com', handle: 'someone_new', name: 'だれか', password: 'short', terms: 'yes' }),
    as: 'guest',
  },
  'POST /reset': { path: () => '/reset', form: () => ({ email: 'someone@example.com' }), as: 'guest' },
  'POST /reset/:token': { path: () => '/reset/nonsense', form: () => ({ password: 'a-long-enough-one-4711' }), as: 'guest' },
  'POST /confirm/:token': { path: () => '/confirm/nonsense', form: () => ({}) },
  'POST /email/:token': { path: () => '/email/nonsense', form: () => ({}) },
  'POST /setup': {
    path: () => '/setup',
    form: () => ({ code: 'x', site: 'x', email: 'a@example.com', handle: 'first_one', name: 'だれか', password: 'short' }),
    as: 'guest',
  },
  'POST /preferences': { path: () => '/preferences', form: () => ({ locale: 'ja', size: 'normal', theme: 'auto', next: '/' }) },
  'POST /me/profile': { path: () => '/me/profile', form: () => ({ name: 'よびな', about: '自己紹介です', boardIds: [String(board.id)] }) },
  'POST /me/password': { path: () => '/me/password', form: () => ({ current: 'wrong', password: 'another-long-one-4711' }) },
  'POST /me/email': { path: () => '/me/email', form: () => ({ current: 'wrong', email: 'other@example.com' }) },
  'POST /me/close': { path: () => '/me/close', form: () => ({ current: 'wrong' }) },
  'POST /companies/apply': {
    path: () => '/companies/apply',
    form: () => ({
      nameJa: 'ヒノキ家電株式会社',
      nameEn: 'Hinoki Appliances',
      slug: `hinoki-${++keys}`,
      domain: 'hinoki.example',
      corporateNumber: corporateNumber(),
      aboutJa: '冷蔵庫の会社です',
      aboutEn: 'We make fridges',
    }),
  },
  'POST /companies/applications/:id/mail': {
    path: () => `/companies/applications/${applied.id}/mail`,
    form: () => ({ mailbox: 'info' }),
  },
  'POST /c/:company/manage/settings': {
    path: () => `/c/${second.slug}/manage/settings`,
    form: () => ({ aboutJa: '老舗の会社です', aboutEn: 'An old company', demandsSecondPair: 'yes' }),
    as: 'manager',
  },
  'POST /c/:company/manage/team': {
    path: () => `/c/${company.slug}/manage/team`,
    form: () => ({ email: 'invited@example.com', role: 'agent' }),
    as: 'manager',
  },
  'POST /c/:company/manage/team/:handle': {
    path: () => `/c/${company.slug}/manage/team/the_agent`,
    form: () => ({ role: 'agent' }),
    as: 'manager',
  },
  'POST /c/:company/manage/products': {
    path: () => `/c/${company.slug}/manage/products`,
    form: () => productDraft({ aliases: 'PX-100', specsJa: '色：しろ', specsEn: 'Colour: white' }),
    as: 'manager',
  },
  'POST /c/:company/manage/products/:product': {
    path: () => `/c/${company.slug}/manage/products/${product.slug}`,
    form: () => productDraft({ slug: product.slug, aliases: 'PX-100', specsJa: '色：しろ' }),
    as: 'manager',
  },
  'POST /c/:company/manage/products/:product/versions': {
    path: () => `/c/${company.slug}/manage/products/${product.slug}/versions`,
    form: () => ({ label: `1.${++keys}`, releasedOn: '2026-04-01' }),
    as: 'manager',
  },
  'POST /c/:company/manage/products/:product/picture': {
    path: () => `/c/${company.slug}/manage/products/${product.slug}/picture`,
    form: () => ({ alt: '写真' }),
    as: 'manager',
  },
  'POST /c/:company/manage/answers/:id/guarantee': {
    path: () => `/c/${company.slug}/manage/answers/${asked.id}/guarantee`,
    form: () => ({
      revision: 1,
      [`product-${product.id}`]: 'yes',
      [`from-${product.id}`]: '',
      [`to-${product.id}`]: '',
      conditions: '日本国内',
      validUntil: '2020-01-01',
      evidenceUrl: 'https://example.com/manual',
      checkedBy: '技術部の二人',
    }),
    as: 'manager',
  },
  'PUT /c/:company/manage/guarantees/:code': {
    path: () => guaranteeOf(),
    form: () => ({
      revision: 1,
      seen: 1,
      [`product-${product.id}`]: 'yes',
      conditions: '日本国内',
      validUntil: '2020-01-01',
      evidenceUrl: 'https://example.com/manual',
      checkedBy: '技術部の二人',
    }),
    as: 'manager',
  },
  'POST /c/:company/manage/guarantees/:code/renewal': {
    path: () => `${guaranteeOf()}/renewal`,
    form: () => ({ seen: 1, validUntil: '2020-01-01' }),
    as: 'manager',
  },
  'POST /c/:company/manage/guarantees/:code/revocation': {
    path: () => `${guaranteeOf()}/revocation`,
    form: () => ({ seen: 1, reason: '' }),
    as: 'manager',
  },
  'POST /c/:company/manage/guarantees/:code/recall': {
    path: () => `${guaranteeOf()}/recall`,
    form: () => ({ seen: 1, reason: '' }),
    as: 'manager',
  },
  'POST /c/:company/manage/guarantees/:code/evidence': {
    path: () => `${guaranteeOf()}/evidence`,
    form: () => ({ name: '検査の記録' }),
    as: 'manager',
  },
  'POST /admin/guarantees/:code/suspension': {
    path: () => `/admin/guarantees/${guarantee.code}/suspension`,
    form: () => ({ seen: 1, reason: '' }),
  },
  'POST /t/:id/moderation/:form': {
    path: () => `/t/${topic.id}/moderation/duplicate`,
    form: () => ({ of: '', reason: '同じ質問です' }),
  },
  'POST /moderation/members/:handle/sanctions': {
    path: () => '/moderation/members/the_agent/sanctions',
    form: () => ({
      ...{ kind: 'limits', boardId: String(board.id), rule: 'respect', days: '7', perDay: '3', words: 'ご注意ください', postIds: ['1'] },
      draftKey: draftKey(),
    }),
    numbers: ['days', 'perDay'],
  },
  'POST /moderation/sanctions/:id/lift': { path: () => `/moderation/sanctions/${liftable}/lift`, form: () => ({ why: '' }) },
  'POST /me/appeals/:subject/:id': { path: () => `/me/appeals/post/${hiddenOfMine}`, form: () => ({ words: '' }) },
  'POST /u/:handle/ignoring': { path: () => '/u/the_agent/ignoring', form: () => ({ way: 'ignore' }) },
  'POST /takedown': {
    path: () => '/takedown',
    form: () => ({
      ...{
        post: `/posts/${answer.id}`,
        right: 'privacy',
        relation: 'self',
        name: '山田',
        email: 'yamada@example.com',
        words: '名前が書かれています',
      },
      draftKey: draftKey(),
    }),
    as: 'guest',
  },
  'POST /takedown/receipts/:key/proofs': { path: () => `/takedown/receipts/${'x'.repeat(32)}/proofs`, form: () => ({}), as: 'guest' },
  'POST /me/takedowns/:id': { path: () => `/me/takedowns/${askedOfMe}`, form: () => ({ view: 'objects', words: '理由です' }) },
  'POST /moderation/takedowns/:id': { path: () => `/moderation/takedowns/${decidable}`, form: () => ({ outcome: 'kept', answer: '' }) },
  'PUT /posts/:id/moderation': {
    path: () => `/posts/${answer.id}/moderation`,
    form: () => ({ body: '直した文です', reason: '', revision: 1 }),
  },
  'PUT /t/:id/products': { path: () => `/t/${topic.id}/products`, form: () => ({ products: '' }) },
  'POST /products/guess': { path: () => '/products/guess', form: () => ({ text: 'ルーターの話です' }) },
  'POST /admin/companies/:id/decline': {
    path: () => `/admin/companies/${applied.id}/decline`,
    form: () => ({ reason: '' }),
  },
  'POST /admin/settings': { path: () => '/admin/settings', form: () => ({ name: '広場', description: '説明です' }) },
  'POST /admin/search/synonyms': {
    path: () => '/admin/search/synonyms',
    form: () => ({ way: 'one', words: 'プリンター、印刷機', from: 'プリンタ' }),
  },
  'POST /admin/search/synonyms/:id': {
    path: () => `/admin/search/synonyms/${group}`,
    form: () => ({ way: 'one', words: 'プリンター、印刷機', from: 'プリンタ' }),
  },
  'POST /admin/search/alerts': {
    path: () => '/admin/search/alerts',
    form: () => ({ words: 'ルーター', companyId: company.id }),
    numbers: ['companyId'],
  },
  'POST /admin/search/synonyms/try': {
    path: () => '/admin/search/synonyms/try',
    form: () => ({ way: 'one', words: 'プリンター、印刷機', from: 'プリンタ', try: '印刷したい', id: group }),
  },
  'POST /t/:id/rest': { path: () => `/t/${topic.id}/rest`, form: () => ({ length: '1', reason: 'check', words: '' }) },
  'POST /nudges/leaving': { path: () => '/nudges/leaving', form: () => ({ draftKey: 'nudge-draft-1' }) },
  'POST /admin/words': { path: () => '/admin/words', form: () => ({ ...WORDS, words: `言葉${++keys}` }), numbers: ['boardId'] },
  'POST /admin/words/try': {
    path: () => '/admin/words/try',
    form: () => ({ ...WORDS, text: '試す文章', id: wordId }),
    numbers: ['boardId'],
  },
  'POST /admin/words/:id': {
    path: () => `/admin/words/${wordId}`,
    form: () => ({ ...WORDS, words: `言葉${++keys}` }),
    numbers: ['boardId'],
  },
  'POST /admin/boards': { path: () => '/admin/boards', form: () => ({ ...BOARD, slug: `new-board-${++keys}` }) },
  'POST /admin/boards/:slug': { path: () => `/admin/boards/${board.slug}`, form: () => ({ ...BOARD, slug: board.slug }) },
  'POST /admin/boards/:slug/archive': { path: () => `/admin/boards/${board.slug}/archive`, form: () => ({ archived: 'no' }) },
  'POST /admin/members/:handle/role': {
    path: () => `/admin/members/${operator.handle}/role`,
    form: () => ({ role: 'operator', current: 'wrong' }),
  },
  'POST /me/profile/parts': { path: () => '/me/profile/parts', form: () => ({ parts: ['solved', 'badges'] }) },
  'POST /me/guide': { path: () => '/me/guide?on=no', form: () => ({ title: '題名です', happened: '動きません', draftKey: draftKey() }) },
  'POST /me/badges/:key': { path: () => '/me/badges/first_answer', form: () => ({ shown: 'no' }) },
  'POST /me/certification': {
    path: () => '/me/certification',
    form: () => ({ grade: 'it_passport/passed', edition: '2020', number: 'AB-1234', issuedOn: '2020-01-01', expiresOn: '2090-01-01' }),
  },
  'POST /admin/certifications/:id/second-look': {
    path: () => `/admin/certifications/${certificates[0]}/second-look`,
    form: () => ({ note: '日付を見てください' }),
  },
  'POST /admin/certifications/:id/decision': {
    // One that is decided takes no second decision.
    path: () => `/admin/certifications/${certificates[++keys % 100]}/decision`,
    form: () => ({ verdict: 'declined', reason: '氏名が読めません' }),
  },
  'POST /admin/certifications/:id/revocation': {
    path: () => `/admin/certifications/${certificates[0]}/revocation`,
    form: () => ({ reason: '誤って確認しました' }),
  },
  'POST /t/:id/tags': { path: () => `/t/${topic.id}/tags`, form: () => ({ tags: 'ルーター', reason: '言い直し' }) },
  'POST /t/:id/slow': { path: () => `/t/${topic.id}/slow`, form: () => ({ minutes: '5', hours: '1', reason: '少し落ち着きましょう' }) },
  'POST /posts/:id/hiding': { path: () => `/posts/${hideable[++keys % 100]}/hiding`, form: () => ({ reason: 'spam' }) },
  'POST /posts/:id/suggestions': {
    path: () => `/posts/${answer.id}/suggestions`,
    form: () => ({ body: '言い直した回答です', reason: '読みやすく', draftKey: draftKey() }),
  },
  'POST /me/contests': { path: () => '/me/contests', form: () => ({ words: 'この点数には納得がいきません。' }) },
  'POST /admin/contests/:id': {
    path: () => `/admin/contests/${contestId}`,
    form: () => ({ outcome: 'changed', level: 2, reason: '数え直したところ、そのとおりでした。' }),
  },
  'POST /admin/findings/:id': {
    path: () => `/admin/findings/${findingIds[++keys % 100]}`,
    form: () => ({ outcome: 'dismissed', reason: '仲のよい家族でした。' }),
  },
  'POST /admin/findings/:id/overturning': {
    path: () => `/admin/findings/${findingIds[0]}/overturning`,
    form: () => ({ reason: '思い違いでした。' }),
  },
  'POST /pictures': { path: () => '/pictures', form: () => ({ alt: '写真' }) },
  'POST /me/avatar': { path: () => '/me/avatar', form: () => ({ alt: '写真' }) },
}

/** Buttons: nothing is typed, only the address says what is meant. */
const DECISION_BUTTONS = 'POST /posts/:id/care · POST /moderation/takedowns/:id/person · POST /moderation/takedowns/:id/asking'
const BUTTONS =
  'POST /c/:company/manage/sealed/:id · POST /mail/events · POST /mail/inbound · POST /mail/:token · POST /moderation/:id/lease · POST /moderation/changes/:id/undo · POST /me/tour · POST /admin/newcomers/guides · POST /people/mentoring · POST /logout · POST /logout/everywhere · POST /me/confirmation · POST /posts/:id/best · POST /suggestions/:id/acceptance · POST /posts/:id/reactions/:kind · ' +
  'POST /companies/applications/:id/record · POST /companies/prove/:token · POST /invitations/:token · POST /admin/companies/:id/admit · ' +
  'POST /c/:company/manage/guarantees/:code/confirmation · POST /me/guarantees/:code'

/** What was typed wrong or sent on purpose. Each replaces one field of a good form. */
const BAD: [name: string, value: string | string[]][] = [
  ['nothing', ''],
  ['blanks', ' \t\n　'],
  ['ten thousand letters', 'あ'.repeat(10_000)],
  ['more than any field takes', 'x'.repeat(120_000)],
  ['control characters', '\u0001\u0007\u001b[31m\u007f\u0085'],
  ['NUL', 'a\u0000b'],
  ['only NUL', '\u0000'],
  ['signs that turn text', '\u202e\u2066\u200f'],
  ['a negative number', '-1'],
  ['a huge number', '9'.repeat(30)],
  ['a number with an exponent', '1e308'],
  ['not a number', 'NaN'],
  ['a fraction', '1.5'],
  ['a list', ['one', 'two', 'three']],
  ['markup', '<script>alert(1)</script>"\'`{{7*7}}'],
  ['SQL', "'; drop table posts; --"],
  ['a pattern that is slow to read', `${'['.repeat(5000)}${'*_`'.repeat(500)}`],
]

/** What only a program sends: JSON values where texts belong. */
const STRANGE: [name: string, value: unknown][] = [
  ['null', null],
  ['an object', { a: { b: 1 } }],
  ['nested lists', [[['x']]]],
  ['a number', 12.5],
  ['true', true],
  ['half a letter', 'x\ud800y'],
  ['the other half', '\udfff'],
  ['an object that says it is a text', { toString: 'x', length: 1 }],
]

const guaranteeOf = () => `/c/${company.slug}/manage/guarantees/${guarantee.code}`
const who = (door: FormDoor) => (door.as === 'guest' ? guest : door.as === 'manager' ? manager : browser)
const methodOf = (name: string) => name.split(' ')[0] as 'POST' | 'PUT'

/** Throttles are for people who guess; here they would only hide what comes after them. */
const forgetTries = () => forum.db.execute(sql`delete from throttles`)

test('every form of the forum is tried here', () => {
  const writing = forum.app.doors.filter(({ method }) => method === 'POST' || method === 'PUT').map(({ method, url }) => `${method} ${url}`)
  expect(writing.toSorted()).toEqual([...Object.keys(FORMS), ...BUTTONS.split(' · '), ...DECISION_BUTTONS.split(' · ')].toSorted())
})

describe.each(Object.keys(FORMS))('%s', name => {
  const door = FORMS[name] ?? expect.fail()
  const send = (form: Form) => who(door)[methodOf(name) === 'PUT' ? 'put' : 'post'](door.path(), form)
  const sendJson = (body: string) =>
    who(door).send({ method: methodOf(name), url: door.path(), headers: { 'content-type': 'application/json' }, payload: body })

  test('takes whatever is typed into any field, and says what is wrong with the rest kept', async () => {
    for (const field of Object.keys(door.form()))
      for (const [what, value] of BAD) {
        await forgetTries()
        const form = door.form()
        const { statusCode, body } = await send({ ...form, [field]: value })
        expect(statusCode, `${field}: ${what}`).toBeLessThan(500)
        if (statusCode !== 422) continue
        expect(body, `${field}: ${what} says nothing`).toMatch(/role="alert"|class="error"|class="sorry"|class="card auth"/)
        for (const [other, text] of Object.entries(form)) {
          const isKept =
            other === field ||
            typeof text !== 'string' ||
            text.length < 4 ||
            /password|current|token|code|step|digits|next|Key/i.test(other)
          // Where no form was left to show, what was written is shown by itself.
          const isElsewhere = body.includes('class="sorry"') && other !== 'body'
          if (!isKept && !isElsewhere) expect(body, `${field}: ${what} loses ${other}`).toContain(text)
        }
      }
  }, 60_000)

  test('takes whatever a program sends in place of a text', async () => {
    const form = door.form()
    for (const field of Object.keys(form))
      for (const [what, value] of STRANGE) {
        await forgetTries()
        expect((await sendJson(JSON.stringify({ ...form, [field]: value }))).statusCode, `${field}: ${what}`).toBeLessThan(500)
      }
    for (const body of [
      '',
      'null',
      '[]',
      '"text"',
      '12',
      '{',
      '{"__proto__":{"role":"operator"}}',
      '{"constructor":{"prototype":{}}}',
      `${'['.repeat(5000)}`,
    ]) {
      await forgetTries()
      expect((await sendJson(body)).statusCode, body.slice(0, 20)).toBeLessThan(500)
    }
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data', 'multipart/form-data; boundary=x', 'nonsense', '']) {
      const request = { method: methodOf(name), url: door.path(), headers: { 'content-type': type }, payload: 'body=x&__proto__[a]=b' }
      expect((await who(door).send(request)).statusCode, type).toBeLessThan(500)
    }
  }, 60_000)

  test('takes anything at all', async () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\u0000', '\ud83d', '9'.repeat(25)),
    )
    const anyValue = fc.oneof({ arbitrary: anyText, weight: 4 }, { arbitrary: fc.jsonValue(), weight: 1 })
    const fields = Object.keys(door.form())
    const anyForm = fc.dictionary(fc.constantFrom(...fields, 'unknown'), anyValue)
    await fc.assert(
      fc.asyncProperty(anyForm, async form => {
        await forgetTries()
        const { statusCode } = await sendJson(JSON.stringify({ ...door.form(), ...form }))
        expect(statusCode).toBeLessThan(500)
      }),
      { numRuns: 15, seed: 20261124 },
    )
  }, 60_000)
})

test('addresses nobody gave out are not there, whatever stands in them', async () => {
  const parts = [
    '0',
    '-1',
    '9'.repeat(25),
    '1e5',
    '1.5',
    'NaN',
    '%00',
    '%ff',
    '%ed%a0%80',
    "'",
    '%27%3B--',
    '..%2f..%2fetc%2fpasswd',
    '%E3%81%82'.repeat(80),
    '\u202e',
  ]
  for (const { method, url } of forum.app.doors) {
    if (!url.includes(':') || (method !== 'GET' && method !== 'DELETE')) continue
    for (const part of parts) {
      const path = url.replace(/:\w+\??/g, encodeURI(part).replaceAll('%25', '%'))
      const { statusCode } = await browser.send({ method, url: path })
      expect(statusCode, `${method} ${path}`).toBeLessThan(500)
    }
  }
})

test('questions put to a page’s address do not break it', async () => {
  const values = [
    '',
    '%00',
    '%ff',
    '9'.repeat(30),
    '-1',
    '1e400',
    'x'.repeat(5000),
    "'",
    '%ed%a0%80',
    '2026-01-01T00:00:00.000Z~1',
    '999999999~999999999999999',
    '[]',
    '{}',
  ]
  const names = ['list', 'after', 'order', 'at', 'quote', 'q', 'board', 'kind', 'solved', 'tag', 'title', 'next', 'place', 'limit']
  const reading = forum.app.doors.filter(({ method, url }) => method === 'GET' && url !== '/assets/*')
  for (const { url } of reading) {
    const path = url
      .replace('/t/:id', `/t/${topic.id}`)
      .replace('/posts/:id', `/posts/${answer.id}`)
      .replace(':slug', board.slug)
      .replace(/:\w+\??/g, 'x')
    for (const value of values) {
      const query = names.map(name => `${name}=${value}`).join('&')
      for (const asked of [query, `${query}&${query}`]) {
        const { statusCode } = await browser.get(`${path}?${asked}`)
        expect(statusCode, `${path} ${value.slice(0, 20)}`).toBeLessThan(500)
      }
    }
  }
  for (const path of [
    '/',
    '/boards',
    `/b/${board.slug}`,
    `/t/${topic.id}`,
    '/search',
    '/ask/similar',
    '/api/v1/search',
    `/u/${operator.handle}`,
  ])
    for (const name of names)
      for (const value of values) {
        const { statusCode } = await guest.get(`${path}?${name}=${value}`)
        expect(statusCode, `${path}?${name}=${value.slice(0, 20)}`).toBeLessThan(500)
      }
}, 120_000)

test('what was written for a topic that closed meanwhile is shown, to be taken along', async () => {
  const { db } = forum
  const asker = await makeMember(db)
  const shut = await makeTopic(db, asker, board, { kind: 'question' })
  const helper = await forum.as(await makeMember(db))
  await (await forum.as(asker)).post(`/t/${shut.id}/close`)
  const { statusCode, body } = await helper.post(`/t/${shut.id}/answers`, {
    body: '長い時間をかけて書いた<回答>です',
    draftKey: draftKey(),
  })
  expect(statusCode).toBe(403)
  expect(body).toMatch(/<textarea[^>]*readonly[^>]*>長い時間をかけて書いた&lt;回答&gt;です<\/textarea>/)
})

test('headers and cookies of any kind do not break a page', async () => {
  const strange = [
    '',
    '\u00ff\u00fe',
    'x'.repeat(3000),
    '%00',
    ';;;===',
    'ja;q=NaN',
    '"',
    '../..',
    'prefs=x.y.z; sid=; flash=<i>x',
    'sid=a.b',
    `sid=${'a'.repeat(20)}.${'b'.repeat(43)}`,
    'flash=constructor',
    'flash=__proto__',
  ]
  for (const name of [
    'cookie',
    'accept-language',
    'user-agent',
    'accept',
    'referer',
    'origin',
    'turbo-frame',
    'accept-encoding',
    'if-none-match',
    'x-forwarded-for',
    'content-type',
  ])
    for (const value of strange) {
      const { statusCode, body } = await guest.get('/', { [name]: value })
      expect(statusCode, `${name}: ${value.slice(0, 20)}`).toBeLessThan(500)
      expect(body).not.toContain('<i>x')
    }
})

describe('fields nobody asked for do nothing', () => {
  const EXTRA = {
    id: 999_999,
    authorId: 1,
    author_id: 1,
    accountId: 1,
    role: 'operator',
    points: 9999,
    moderates: 'true',
    confirmedAt: '2020-01-01T00:00:00Z',
    suspendedUntil: '',
    helpfulCount: 9999,
    answerCount: 9999,
    viewCount: 9999,
    guaranteedAt: '2020-01-01T00:00:00Z',
    solvedAt: '2020-01-01T00:00:00Z',
    hiddenAt: '2020-01-01T00:00:00Z',
    createdAt: '2020-01-01T00:00:00Z',
    visibility: 'staff',
    bodyHtml: '<script>alert(1)</script>',
    isFirst: 'true',
    bestAnswerId: 1,
    rendererVersion: 0,
    sourceId: 'x',
    passwordHash: 'x',
    email: 'taken@example.com',
    handle: 'taken_over',
  }

  test('when asking and answering', async () => {
    const { db } = forum
    const person = await makeMember(db)
    const open = await makeBoard(db)
    const member = await forum.as(person)
    const { kind, title, body } = { kind: 'tip', title: '余分な欄のある質問', body: '本文です' }
    const asked = await member.post('/ask', { ...EXTRA, kind, title, body, boardId: open.id, draftKey: draftKey() })
    const id = Number(/\/t\/(\d+)\//.exec(String(asked.headers.location))?.[1])
    const [row] = await db.select().from(topics).where(sql`${topics.id} = ${id}`)
    expect(row).toMatchObject({
      authorId: person.id,
      visibility: 'public',
      answerCount: 0,
      viewCount: 0,
      isFirst: false,
      solvedAt: null,
      guaranteedAt: null,
      hiddenAt: null,
      bestAnswerId: null,
      sourceId: null,
    })
    expect(row?.createdAt.getFullYear()).not.toBe(2020)
    await member.post(`/t/${id}/answers`, { ...EXTRA, body, draftKey: draftKey() })
    const [post] = await db.select().from(posts).where(sql`${posts.topicId} = ${id} and ${posts.kind} = 'answer'`)
    expect(post).toMatchObject({ authorId: person.id, helpfulCount: 0, guaranteedAt: null, hiddenAt: null, bodyHtml: '<p>本文です</p>\n' })
  })

  test('when editing', async () => {
    const before = await topicNow(forum.db, topic)
    const { revision } = await postNow(forum.db, own)
    await browser.put(`/posts/${own.id}`, { ...EXTRA, title: 'もう一度直した題名', body: 'もう一度直した本文', reason: '', revision })
    const { title: _, excerpt: __, tags: ___, board: ____, ...rest } = before
    expect(await topicNow(forum.db, topic)).toMatchObject(rest)
    expect(await postNow(forum.db, own)).toMatchObject({ authorId: operator.id, helpfulCount: 0, guaranteedAt: null })
  })

  test('when signing up, changing the profile and the preferences', async () => {
    const { db } = forum
    await forgetTries()
    await guest.post('/signup', {
      ...EXTRA,
      email: 'new@example.com',
      handle: 'really_new',
      name: 'あたらしい',
      password: 'kasanaru-yama-1874',
      terms: 'yes',
    })
    const [account] = await db.select().from(accounts).where(sql`handle = 'really_new'`)
    expect(account).toMatchObject({ role: 'member', points: 0, moderates: false, confirmedAt: null, email: 'new@example.com' })
    const person = await makeMember(db, { handle: 'stays_himself' })
    const member = await forum.as(person)
    await member.post('/me/profile', { ...EXTRA, name: 'あたらしい名前', about: '' })
    await member.post('/preferences', { ...EXTRA, locale: 'en', size: 'large', theme: 'dark' })
    const [changed] = await db.select().from(accounts).where(sql`id = ${person.id}`)
    expect(changed).toMatchObject({
      name: 'あたらしい名前',
      locale: 'en',
      role: 'member',
      points: 0,
      moderates: false,
      handle: 'stays_himself',
      email: 'stays_himself@example.com',
      passwordHash: null,
    })
  })
})
