/**
 * Everything that can happen, by name, with the ids of what it concerns. Data holds ids only:
 * it travels to every web process and must not say anything private.
 */
export type Events = {
  'account.signed_up': { accountId: number }
  'account.signup_repeated': { accountId: number }
  'account.confirmation_asked': { accountId: number }
  'account.confirmed': { accountId: number }
  'account.changed': { accountId: number }
  'account.reset_asked': { accountId: number }
  'account.two_step_changed': { accountId: number }
  'account.password_changed': { accountId: number }
  'account.email_change_asked': { accountId: number }
  'account.email_changed': { accountId: number }
  'account.role_changed': { accountId: number }
  'account.closed': { accountId: number }
  'level.changed': { accountId: number }
  'finding.opened': { findingId: number }
  'finding.confirmed': { findingId: number }
  'finding.dismissed': { findingId: number }
  'finding.overturned': { findingId: number }
  'contest.opened': { contestId: number; accountId: number }
  'contest.decided': { contestId: number; accountId: number }
  'sanction.given': { sanctionId: number; accountId: number }
  'sanction.lifted': { sanctionId: number; accountId: number }
  'sanction.ended': { sanctionId: number; accountId: number }
  'appeal.opened': { appealId: number; accountId: number }
  'appeal.decided': { appealId: number; accountId: number }
  'care.settled': { itemId: number; accountId: number }
  'takedown.filed': { takedownId: number }
  'takedown.asked': { takedownId: number; accountId: number }
  'takedown.viewed': { takedownId: number }
  'takedown.decided': { takedownId: number; accountId: number }
  'board.changed': { boardId: number }
  'topic.asked': { topicId: number; boardId: number; actorId: number; postId: number }
  'topic.changed': { topicId: number; boardId: number; actorId: number }
  'answer.posted': { topicId: number; boardId: number; actorId: number; postId: number }
  'comment.posted': { topicId: number; boardId: number; actorId: number; postId: number }
  'addendum.added': { topicId: number; boardId: number; actorId: number; postId: number }
  'post.edited': { topicId: number; boardId: number; actorId: number; postId: number }
  'post.hidden': { topicId: number; boardId: number; actorId: number; postId: number }
  'post.held': { postId: number; actorId: number }
  'post.shown': { topicId: number; boardId: number; actorId: number; postId: number }
  'edit.suggested': { topicId: number; boardId: number; actorId: number; postId: number }
  'suggestion.accepted': { topicId: number; boardId: number; actorId: number; postId: number }
  'suggestion.declined': { topicId: number; boardId: number; actorId: number; postId: number }
  'post.withdrawn': { topicId: number; boardId: number; actorId: number; postId: number }
  'topic.withdrawn': { topicId: number; boardId: number; actorId: number }
  'topic.closed': { topicId: number; boardId: number; actorId: number }
  'topic.slowed': { topicId: number; boardId: number; actorId: number; minutes: number }
  'topic.unslowed': { topicId: number; boardId: number; actorId: number }
  'topic.moved': { topicId: number; boardId: number; fromBoardId: number; actorId: number }
  'topic.merged': { topicId: number; boardId: number; fromId: number; fromBoardId: number; actorId: number }
  'topic.split': { topicId: number; boardId: number; newId: number; newBoardId: number; actorId: number }
  'topic.hidden': { topicId: number; boardId: number; actorId: number }
  'topic.shown': { topicId: number; boardId: number; actorId: number }
  'topic.heated': { topicId: number; boardId: number; actorId: number; heat: number }
  'topic.cooled': { topicId: number; boardId: number; actorId: number }
  'topic.rested': { topicId: number; boardId: number; actorId: number }
  'topic.woken': { topicId: number; boardId: number; actorId: number }
  'topic.reopened': { topicId: number; boardId: number; actorId: number }
  'best_answer.picked': { topicId: number; boardId: number; actorId: number; postId: number }
  'best_answer.unpicked': { topicId: number; boardId: number; actorId: number; postId: number }
  'reaction.given': { topicId: number; boardId: number; actorId: number; postId: number; kind: string }
  'reaction.withdrawn': { topicId: number; boardId: number; actorId: number; postId: number; kind: string }
  /** `days` are those on which the words were said that this one replaces or takes back. */
  'fix.given': { topicId: number; boardId: number; actorId: number; postId: number; days: string[] }
  'fix.withdrawn': { topicId: number; boardId: number; actorId: number; postId: number; days: string[] }
  'inbox.overdue': { companyId: number; topicId: number }
  'inbox.assigned': { companyId: number; topicId: number; accountId: number; actorId: number }
  'inbox.handed_back': { companyId: number; topicId: number; actorId: number }
  'answer.failing': { topicId: number; boardId: number; actorId: number; postId: number; versionIds: number[] }
  'company.alerted': { companyId: number; alertId: number }
  'ask.deflected': { topicId: number; boardId: number; postId: number }
  'synonyms.changed': Record<string, never>
  'mentor.called': { topicId: number; accountId: number }
  'badge.granted': { accountId: number; badge: string }
  'badge.changed': { accountId: number; badge: string }
  'helpers.counted': { accountId: number; places: string[] }
  'certification.applied': { certificationId: number; accountId: number }
  'certification.second_look_asked': { certificationId: number; accountId: number }
  'certification.decided': { certificationId: number; accountId: number }
  'certification.expiring': { certificationId: number; accountId: number }
  'certification.ended': { certificationId: number; accountId: number }
  'company.applied': { companyId: number; actorId: number }
  'company.domain_mail_asked': { companyId: number; actorId: number }
  'company.domain_proven': { companyId: number }
  'company.admitted': { companyId: number; actorId: number }
  'company.declined': { companyId: number; actorId: number }
  'company.changed': { companyId: number; actorId: number }
  'company.invited': { companyId: number; actorId: number; invitationId: number }
  'company.member_joined': { companyId: number; accountId: number }
  'company.member_left': { companyId: number; accountId: number; successorId: number }
  'company.role_changed': { companyId: number; accountId: number }
  'product.added': { companyId: number; productId: number; actorId: number }
  'product.changed': { companyId: number; productId: number; actorId: number }
  'product.version_added': { companyId: number; productId: number; versionId: number; actorId: number }
  'guarantee.asked': GuaranteeEvent
  'guarantee.pending': GuaranteeEvent
  'guarantee.given': GuaranteeEvent
  'guarantee.declined': GuaranteeEvent
  'guarantee.suspended': GuaranteeEvent
  'guarantee.resumed': GuaranteeEvent
  'guarantee.rechecked': GuaranteeEvent
  'guarantee.renewed': GuaranteeEvent
  'guarantee.expired': GuaranteeEvent
  'guarantee.revoked': GuaranteeEvent
  'guarantee.recalled': GuaranteeEvent
  'guarantee.renewal_due': GuaranteeEvent
  'guarantee.evidence_added': { guaranteeId: number; companyId: number }
  'topic.products_named': { topicId: number; boardId: number; actorId: number; productIds: number[] }
  'flag.settled': { accountId: number; itemId: number; outcome: string }
  'post.judged': { accountId: number; itemId: number; decision: string }
  'post.flagged': { topicId: number; boardId: number; actorId: number; postId: number }
  'review.opened': { itemId: number }
  'review.taken': { itemId: number }
  'review.decided': { itemId: number }
  'review.undone': { itemId: number }
  'insights.week_ended': { companyId: number; week: string }
  'site.changed': Record<string, never>
  'topics.imported': { boardIds: number[] }
}

/** `number` is the row of the guarantee's history that says what happened. */
type GuaranteeEvent = {
  guaranteeId: number
  companyId: number
  topicId: number
  boardId: number
  postId: number
  actorId: number
  number: number
}

export type EventName = keyof Events

/**
 * Events that come often and from which nothing follows but fresh pages: every web process is told, and there is no job.
 * `effects.ts` takes no consequence for one of them; who writes the first takes its name from here.
 */
export const NOTHING_FOLLOWS = [
  'ask.deflected',
  'badge.changed',
  'helpers.counted',
  'post.held',
  'review.decided',
  'review.taken',
  'review.undone',
] as const satisfies EventName[]

export type EventOf<Name extends EventName = EventName> = { [N in Name]: { id: number; name: N; data: Events[N] } }[Name]
