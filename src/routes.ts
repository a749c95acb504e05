import { accountRoutes } from './accounts/routes/account.ts'
import { ignoringRoutes } from './accounts/routes/ignoring.ts'
import { preferenceRoutes } from './accounts/routes/preferences.ts'
import { profileRoutes } from './accounts/routes/profile.ts'
import { resetRoutes } from './accounts/routes/reset.ts'
import { sessionRoutes } from './accounts/routes/session.ts'
import { signupRoutes } from './accounts/routes/signup.ts'
import { twoStepRoutes } from './accounts/routes/two_step.ts'
import { alertRoutes } from './admin/routes/alerts.ts'
import { boardAdminRoutes } from './admin/routes/boards.ts'
import { calmRoutes } from './admin/routes/calm.ts'
import { certificationAdminRoutes } from './admin/routes/certifications.ts'
import { companyAdminRoutes } from './admin/routes/companies.ts'
import { contestRoutes } from './admin/routes/contests.ts'
import { findingRoutes } from './admin/routes/findings.ts'
import { healthPageRoutes } from './admin/routes/health.ts'
import { memberRoutes } from './admin/routes/members.ts'
import { newcomerAdminRoutes } from './admin/routes/newcomers.ts'
import { searchReportRoutes } from './admin/routes/searches.ts'
import { setupRoutes } from './admin/routes/setup.ts'
import { siteRoutes } from './admin/routes/site.ts'
import { synonymRoutes } from './admin/routes/synonyms.ts'
import { wordRoutes } from './admin/routes/words.ts'
import { openapiRoutes } from './api/routes/openapi.ts'
import { apiSearchRoutes } from './api/routes/search.ts'
import { appRoutes } from './app_routes.ts'
import { applicationRoutes } from './companies/routes/applications.ts'
import { compareRoutes } from './companies/routes/comparing.ts'
import { inboxRoutes } from './companies/routes/inbox.ts'
import { manageRoutes } from './companies/routes/manage.ts'
import { namingRoutes } from './companies/routes/naming.ts'
import { officeRoutes } from './companies/routes/office.ts'
import { placeRoutes } from './companies/routes/places.ts'
import { productRoutes } from './companies/routes/products.ts'
import { teamRoutes } from './companies/routes/team.ts'
import { fixRoutes } from './fixes/routes.ts'
import { certificateRoutes } from './guarantees/routes/certificates.ts'
import { guaranteeRoutes } from './guarantees/routes/manage.ts'
import { offeringRoutes } from './guarantees/routes/offering.ts'
import { ownGuaranteeRoutes } from './guarantees/routes/own.ts'
import { healthRoutes } from './health_routes.ts'
import { helpRoutes } from './help_routes.ts'
import { insightRoutes } from './insights/routes.ts'
import { avatarRoutes } from './media/routes/avatars.ts'
import { pictureRoutes } from './media/routes/pictures.ts'
import { metricsRoutes } from './metrics_routes.ts'
import { auditRoutes } from './moderation/routes/audit.ts'
import { careRoutes } from './moderation/routes/care.ts'
import { flagRoutes } from './moderation/routes/flags.ts'
import { heldRoutes } from './moderation/routes/held.ts'
import { recordRoutes } from './moderation/routes/members.ts'
import { nudgeRoutes } from './moderation/routes/nudges.ts'
import { ownRoutes } from './moderation/routes/own.ts'
import { queueRoutes } from './moderation/routes/queue.ts'
import { restingRoutes } from './moderation/routes/resting.ts'
import { sealedRoutes } from './moderation/routes/sealed.ts'
import { standingRoutes } from './moderation/routes/standing.ts'
import { takedownRoutes } from './moderation/routes/takedown.ts'
import { takedownDeskRoutes } from './moderation/routes/takedown_desk.ts'
import { threadRoutes } from './moderation/routes/threads.ts'
import { transparencyRoutes } from './moderation/routes/transparency.ts'
import { followRoutes } from './notifications/routes/follows.ts'
import { inboundRoutes } from './notifications/routes/inbound.ts'
import { mailLinkRoutes } from './notifications/routes/mail_links.ts'
import { noticeRoutes } from './notifications/routes/notices.ts'
import { pushRoutes } from './notifications/routes/push.ts'
import { settingsRoutes } from './notifications/routes/settings.ts'
import type { Services } from './platform/services.ts'
import type { App } from './platform/web.ts'
import { reactionRoutes } from './reactions/routes.ts'
import { badgeRoutes } from './reputation/routes/badges.ts'
import { certificationRoutes } from './reputation/routes/certification.ts'
import { newcomerRoutes } from './reputation/routes/newcomers.ts'
import { peopleRoutes } from './reputation/routes/people.ts'
import { pointsRoutes } from './reputation/routes/points.ts'
import { searchRoutes } from './search/routes/search.ts'
import { similarRoutes } from './search/routes/similar.ts'
import { suggestionRoutes } from './search/routes/suggestions.ts'
import { useRoutes } from './search/routes/use.ts'
import { keepDraft } from './topics/drafts.ts'
import { draftPath } from './topics/paths.ts'
import { askRoutes } from './topics/routes/asking.ts'
import { besideRoutes } from './topics/routes/beside.ts'
import { draftRoutes } from './topics/routes/drafts.ts'
import { editingRoutes } from './topics/routes/editing.ts'
import { helpingRoutes } from './topics/routes/helping.ts'
import { listRoutes } from './topics/routes/lists.ts'
import { newsRoutes } from './topics/routes/news.ts'
import { postRoutes } from './topics/routes/posts.ts'
import { slowingRoutes } from './topics/routes/slowing.ts'
import { topicRoutes } from './topics/routes/topic.ts'

/** What can be asked: which door is mounted where. */
export async function mountRoutes(app: App, services: Services): Promise<void> {
  await healthRoutes(app, services)
  await metricsRoutes(app, services)
  await sessionRoutes(app, services, async (db, actor, place, content) => {
    await keepDraft(db, actor, place, content)
    return draftPath(place)
  })
  await signupRoutes(app, services)
  await resetRoutes(app, services)
  await accountRoutes(app, services)
  await twoStepRoutes(app, services)
  await profileRoutes(app, services)
  await preferenceRoutes(app, services)
  await ignoringRoutes(app, services)
  await pictureRoutes(app, services)
  await avatarRoutes(app, services)
  await setupRoutes(app, services)
  await siteRoutes(app, services)
  await searchReportRoutes(app, services)
  await alertRoutes(app, services)
  await healthPageRoutes(app, services)
  await synonymRoutes(app, services)
  await wordRoutes(app, services)
  await calmRoutes(app, services)
  await memberRoutes(app, services)
  await boardAdminRoutes(app, services)
  await certificationAdminRoutes(app, services)
  await contestRoutes(app, services)
  await companyAdminRoutes(app, services)
  await newcomerAdminRoutes(app, services)
  await findingRoutes(app, services)
  await listRoutes(app, services)
  await topicRoutes(app, services)
  await askRoutes(app, services)
  await postRoutes(app, services)
  await newsRoutes(app, services)
  await besideRoutes(app, services)
  await draftRoutes(app, services)
  await editingRoutes(app, services)
  await helpingRoutes(app, services)
  await slowingRoutes(app, services)
  await nudgeRoutes(app, services)
  await restingRoutes(app, services)
  await reactionRoutes(app, services)
  await certificationRoutes(app, services)
  await pointsRoutes(app, services)
  await applicationRoutes(app, services)
  await placeRoutes(app, services)
  await compareRoutes(app, services)
  await manageRoutes(app, services)
  await teamRoutes(app, services)
  await productRoutes(app, services)
  await namingRoutes(app, services)
  await fixRoutes(app, services)
  await newcomerRoutes(app, services)
  await peopleRoutes(app, services)
  await badgeRoutes(app, services)
  await certificateRoutes(app, services)
  await offeringRoutes(app, services)
  await inboxRoutes(app, services)
  await officeRoutes(app, services)
  await guaranteeRoutes(app, services)
  await insightRoutes(app, services)
  await ownGuaranteeRoutes(app, services)
  await flagRoutes(app, services)
  await auditRoutes(app, services)
  await threadRoutes(app, services)
  await queueRoutes(app, services)
  await ownRoutes(app, services)
  await recordRoutes(app, services)
  await standingRoutes(app, services)
  await heldRoutes(app, services)
  await takedownRoutes(app, services)
  await careRoutes(app, services)
  await transparencyRoutes(app, services)
  await takedownDeskRoutes(app, services)
  await sealedRoutes(app, services)
  await searchRoutes(app, services)
  await similarRoutes(app, services)
  await suggestionRoutes(app, services)
  await useRoutes(app, services)
  await noticeRoutes(app, services)
  await followRoutes(app, services)
  await settingsRoutes(app, services)
  await pushRoutes(app, services)
  await appRoutes(app, services)
  await mailLinkRoutes(app, services)
  await inboundRoutes(app, services)
  await openapiRoutes(app, services)
  await apiSearchRoutes(app, services)
  await helpRoutes(app)
}
