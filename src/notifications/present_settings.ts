import type { Translate } from '../platform/i18n.ts'
import { ZONES } from './hours.ts'
import { LISTS } from './kinds.ts'
import { type NoticeSettings, RHYTHMS, WAYS } from './schema.ts'

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 0]

/** The form in which somebody says how he wants to be told; `values` are what he typed where it has to be mended. */
export function presentSettings(settings: NoticeSettings, t: Translate) {
  const hours = (chosen: number | null) => HOURS.map(hour => option(hour, t('noticeSettings.oclock', { hour }), chosen))
  return {
    lists: LISTS.map(list => ({
      name: `way_${list}`,
      label: t(`notices.lists.${list}`),
      hint: t(`noticeSettings.hints.${list}`),
      options: WAYS.map(way => option(way, t(`noticeSettings.ways.${way}`), settings.ways[list] ?? 'usual')),
    })),
    rhythms: RHYTHMS.map(rhythm => option(rhythm, t(`noticeSettings.rhythms.${rhythm}`), settings.rhythm)),
    hours: hours(settings.hour),
    weekdays: WEEKDAYS.map(day => option(day, t(`noticeSettings.weekdays.${day}`), settings.weekday)),
    zones: (ZONES.includes(settings.zone) ? ZONES : [settings.zone, ...ZONES]).map(zone =>
      option(zone, zone.replace('_', ' '), settings.zone),
    ),
    quietFrom: [option('', t('noticeSettings.noQuiet'), settings.quietFrom ?? ''), ...hours(settings.quietFrom)],
    quietTo: [option('', t('noticeSettings.noQuiet'), settings.quietTo ?? ''), ...hours(settings.quietTo)],
    stopped: settings.mailStoppedBy && t(`noticeSettings.stopped.${settings.mailStoppedBy}`),
  }
}

const option = (value: string | number, label: string, chosen: string | number | null) => ({ value, label, isChosen: value === chosen })
