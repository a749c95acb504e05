import { sendLetter } from '../accounts/letters.ts'
import { nameIn } from '../companies/present.ts'
import { findCompanyById } from '../companies/queries.ts'
import type { EventOf } from '../events.ts'
import { numberText, translator } from '../platform/i18n.ts'
import type { Services } from '../platform/services.ts'
import { deflectionOf } from './deflection.ts'
import { readFigures } from './insights.ts'
import { insightsPath } from './paths.ts'
import { percentText } from './present.ts'
import { dayLabel } from './present_rows.ts'
import { minutesText } from './present_tables.ts'
import { findSettings, listLetterReaders } from './queries.ts'
import { weekPeriod } from './weekly.ts'

/** Sends the week's figures to a company's admins who take them. No words anybody wrote are in it. */
export async function mailWeek(services: Services, { data: { companyId, week } }: EventOf<'insights.week_ended'>): Promise<void> {
  const { db } = services
  const [company, settings, readers, { figures }] = await Promise.all([
    findCompanyById(db, companyId),
    findSettings(db, companyId),
    listLetterReaders(db, companyId),
    readFigures(db, { companyId, productId: 0 }, weekPeriod(week)),
  ])
  const { now, before } = figures
  for (const { id, email, locale } of readers) {
    const t = translator(locale)
    const number = (value: number) => numberText(locale, value)
    await sendLetter(services, `insights:${companyId}:${week}:${id}`, email, {
      locale,
      key: 'insightsWeek',
      values: {
        company: nameIn(company, locale),
        week: dayLabel(week, locale),
        questions: number(now.questions),
        questionsBefore: number(before.questions),
        solved: percentText(now.solved, now.questions),
        firstAnswer: minutesText(now.median, t),
        fixed: percentText(now.fixed, now.fixed + now.failed),
        helped: number(now.helped),
        contacts: number(deflectionOf(now.stayed, now, settings).contacts),
        waiting: number(now.questions - now.answered),
      },
      link: services.siteUrl + insightsPath(company, false),
    })
  }
}
