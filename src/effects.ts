import {
  clearAway,
  mailConfirmation,
  mailEmailChange,
  mailKnownAddress,
  mailPasswordChanged,
  mailReset,
  mailTwoStepChanged,
} from './accounts/effects.ts'
import { endWorkOf, layOnTable, mailDecision, mailDomainProof, mailInvitation, mailOverdue, takeOffTable } from './companies/effects.ts'
import type { EventName, EventOf, NOTHING_FOLLOWS } from './events.ts'
import {
  alarmGuarantor,
  askForVersion,
  followAnswer,
  followHidden,
  handOverGuarantees,
  mailOwnAnswer,
  mailPersonInCharge,
  mailRelying,
  mailSecondPair,
  mailWriter,
} from './guarantees/effects.ts'
import { mailWeek } from './insights/effects.ts'
import {
  emptyBox,
  holdLikeAccount,
  lookAtVoted,
  mailAppealDecided,
  mailSanction,
  mailTakedownAsked,
  mailTakedownDecided,
  mailTakedownReceipt,
  measureHeat,
  type Warming,
} from './moderation/effects.ts'
import { settleNotices, tellAbout } from './notifications/effects.ts'
import type { Services } from './platform/services.ts'
import {
  badgeForAddendum,
  badgeForCertificate,
  badgeForPick,
  badgeForTalk,
  badgeForThanks,
  deletePicture,
  endCertifications,
  mailCheckers,
  mailContester,
  mailHolder,
  mailMentor,
  noteAnswers,
  noteQuestion,
  recountTopic,
  settleBest,
  settleFinding,
  settleParted,
  settlePosts,
  settleReaction,
  settleTopic,
} from './reputation/effects.ts'
import {
  mailAlert,
  refreshAuthor,
  refreshBoard,
  refreshFixed,
  refreshHelpful,
  refreshParted,
  refreshPosts,
  refreshProduct,
  refreshTopic,
  tellSynonyms,
} from './search/effects.ts'

/**
 * One consequence of an event. Each is safe to repeat. What is written for many events of one name at once (`together`) asks the database
 * once for all of them: that keeps an event cheap however much follows from it.
 */
export type Effect<Name extends EventName> = ((services: Services, event: EventOf<Name>) => Promise<void>) & { together?: Together<Name> }
type Together<Name extends EventName> = (services: Services, events: EventOf<Name>[]) => Promise<void>

/** An effect that takes many events of one name at once; alone, it takes one. */
export function together<Name extends EventName>(work: Together<Name>): Effect<Name> {
  const alone: Effect<Name> = (services, event) => work(services, [event])
  return Object.defineProperty(Object.assign(alone, { together: work }), 'name', { value: work.name })
}

const settlePost = together(settlePosts)
const tellPeople = together(tellAbout)
const warm = together<Warming['name']>(measureHeat)

/** What follows from each event. Each consequence that fails is tried again alone. */
export const effects: { [Name in Exclude<EventName, (typeof NOTHING_FOLLOWS)[number]>]?: Effect<Name>[] } = {
  'account.signed_up': [mailConfirmation],
  'account.signup_repeated': [mailKnownAddress],
  'account.confirmation_asked': [mailConfirmation],
  'account.reset_asked': [mailReset],
  'account.password_changed': [mailPasswordChanged],
  'account.two_step_changed': [mailTwoStepChanged],
  'account.email_change_asked': [mailEmailChange],
  'account.closed': [clearAway, endCertifications, refreshAuthor, endWorkOf],
  'account.changed': [refreshAuthor],
  'company.domain_mail_asked': [mailDomainProof],
  'company.admitted': [mailDecision, tellPeople],
  'company.declined': [mailDecision, tellPeople],
  'company.invited': [mailInvitation],
  'company.member_left': [handOverGuarantees],
  'product.changed': [refreshProduct],
  'product.version_added': [askForVersion, refreshProduct],
  'guarantee.asked': [mailWriter, tellPeople],
  'guarantee.pending': [mailSecondPair, refreshTopic, settlePost, tellPeople],
  'guarantee.given': [refreshTopic, settlePost, mailOwnAnswer, tellPeople],
  'guarantee.rechecked': [refreshTopic, settlePost],
  'guarantee.resumed': [refreshTopic, settlePost],
  'guarantee.suspended': [refreshTopic, settlePost, mailPersonInCharge, tellPeople],
  'guarantee.expired': [refreshTopic, settlePost, mailPersonInCharge, mailOwnAnswer, tellPeople],
  'guarantee.revoked': [refreshTopic, settlePost, mailRelying, tellPeople],
  'guarantee.recalled': [refreshTopic, settlePost, mailRelying, tellPeople],
  'guarantee.renewal_due': [mailPersonInCharge, tellPeople],
  'topic.products_named': [layOnTable, refreshTopic, recountTopic],
  'board.changed': [refreshBoard],
  'company.alerted': [mailAlert],
  'synonyms.changed': [tellSynonyms],
  'topic.asked': [noteQuestion, refreshTopic, tellPeople, warm],
  'topic.changed': [refreshTopic, recountTopic],
  'topic.moved': [refreshTopic, recountTopic, tellPeople],
  'topic.merged': [refreshTopic, settleTopic, tellPeople],
  'topic.split': [refreshParted, settleParted, tellPeople],
  'topic.hidden': [refreshTopic, settleTopic, settleNotices],
  'topic.shown': [refreshTopic, settleTopic],
  'topic.closed': [refreshTopic, emptyBox],
  'topic.reopened': [refreshTopic],
  'topic.withdrawn': [refreshTopic, settleTopic, settleNotices, emptyBox],
  'answer.posted': [
    together(takeOffTable),
    together(noteAnswers),
    together(refreshPosts),
    settlePost,
    together(badgeForTalk),
    tellPeople,
    warm,
  ],
  'comment.posted': [tellPeople, warm],
  'addendum.added': [refreshTopic, badgeForAddendum, tellPeople],
  'post.edited': [followAnswer, refreshTopic, recountTopic, tellPeople, warm],
  'post.withdrawn': [followAnswer, refreshTopic, settlePost, settleNotices],
  'post.hidden': [lookAtVoted, followHidden, refreshTopic, settlePost, settleNotices, warm],
  'post.flagged': [warm],
  'topic.heated': [tellPeople],
  'post.shown': [followHidden, refreshTopic, settlePost],
  'suggestion.accepted': [settlePost, tellPeople],
  'best_answer.picked': [refreshTopic, settleBest, badgeForPick, tellPeople],
  'best_answer.unpicked': [refreshTopic, settleBest, warm],
  'reaction.given': [settleReaction, refreshHelpful, badgeForThanks, tellPeople],
  'answer.failing': [alarmGuarantor, tellPeople, warm],
  'inbox.assigned': [tellPeople],
  'inbox.handed_back': [tellPeople],
  'inbox.overdue': [mailOverdue, tellPeople],
  'insights.week_ended': [mailWeek],
  'edit.suggested': [tellPeople],
  'suggestion.declined': [tellPeople],
  'level.changed': [tellPeople],
  'badge.granted': [tellPeople],
  'review.opened': [tellPeople],
  'fix.given': [refreshFixed, tellPeople],
  'fix.withdrawn': [refreshFixed],
  'sanction.given': [mailSanction, tellPeople],
  'sanction.lifted': [tellPeople],
  'sanction.ended': [tellPeople],
  'care.settled': [tellPeople],
  'takedown.filed': [mailTakedownReceipt],
  'takedown.asked': [mailTakedownAsked, tellPeople],
  'takedown.decided': [mailTakedownDecided, tellPeople],
  'appeal.decided': [mailAppealDecided, tellPeople],
  'finding.opened': [holdLikeAccount],
  'finding.confirmed': [settleFinding, holdLikeAccount],
  'finding.overturned': [settleFinding],
  'flag.settled': [tellPeople],
  'post.judged': [tellPeople],
  'contest.decided': [mailContester, tellPeople],
  'reaction.withdrawn': [settleReaction, refreshHelpful, warm],
  'mentor.called': [mailMentor, tellPeople],
  'certification.applied': [mailCheckers],
  'certification.second_look_asked': [mailCheckers],
  'certification.decided': [mailHolder, deletePicture, refreshAuthor, badgeForCertificate, tellPeople],
  'certification.expiring': [mailHolder, tellPeople],
  'certification.ended': [mailHolder, deletePicture, refreshAuthor, tellPeople],
}

/** Which cached pages no longer tell the truth after an event, by the tags they were kept under. */
export function staleAfter(event: EventOf): string[] {
  return FIGURES.test(event.name) ? ['transparency', ...stalePages(event)] : stalePages(event)
}

/** What the transparency report counts. */
const FIGURES = /^(review|sanction|appeal|takedown)\.|^topic\.(moved|merged|split|hidden|shown|closed|reopened|changed)$/

function stalePages({ name, data }: EventOf): string[] {
  if (name === 'account.changed' || name === 'account.closed' || name === 'account.role_changed' || name === 'level.changed')
    return ['people', `account:${data.accountId}`]
  if (name === 'certification.decided' || name === 'certification.ended') return ['people', `account:${data.accountId}`]
  if (name === 'helpers.counted') return data.places.map(place => `helpers:${place}`)
  if (name === 'badge.granted' || name === 'badge.changed') return ['badges', `badge:${data.badge}`]
  if (name === 'board.changed') return ['boards', 'lists', `board:${data.boardId}`]
  if (name === 'topics.imported') return ['boards', 'lists', ...data.boardIds.map(id => `board:${id}`)]
  if (name === 'inbox.overdue' || name === 'inbox.assigned' || name === 'inbox.handed_back' || name === 'insights.week_ended') return []
  const ofCompany = 'companyId' in data ? staleCompany(data as CompanyData) : []
  if (!('topicId' in data) || name === 'ask.deflected' || name === 'mentor.called' || name === 'post.flagged') return ofCompany
  const inLists = !BESIDE_LISTS.has(name)
  const inProducts = inLists || ('kind' in data && data.kind === 'me_too')
  return [
    ...ofCompany,
    ...staleOther(data as OtherData),
    `topic:${data.topicId}`,
    ...(inProducts ? ['products'] : []),
    ...(inLists ? ['lists', `board:${data.boardId}`] : []),
  ]
}

/** The other topic and the other board of what moved, merged or parted. */
type OtherData = { fromBoardId?: number; newBoardId?: number; fromId?: number; newId?: number }
const staleOther = (data: OtherData) => [
  ...[data.fromBoardId, data.newBoardId].flatMap(id => (id ? [`board:${id}`] : [])),
  ...[data.fromId, data.newId].flatMap(id => (id ? [`topic:${id}`] : [])),
]

/** What a topic's own page shows and lists do not. */
const BESIDE_LISTS = new Set<EventName>([
  'reaction.given',
  'reaction.withdrawn',
  'comment.posted',
  'topic.slowed',
  'topic.unslowed',
  'topic.heated',
  'topic.cooled',
  'topic.rested',
  'topic.woken',
  'fix.given',
  'fix.withdrawn',
  'answer.failing',
])

/** A company's page, its products' pages, and the topics that name them. */
type CompanyData = { companyId: number; productId?: number }
const staleCompany = (data: CompanyData) => [
  'companies',
  `company:${data.companyId}`,
  ...(data.productId ? [`product:${data.productId}`] : []),
]
