import { sql } from 'drizzle-orm'

/** Minutes a notice waits for others of its topic, so that they go in one mail; and for who asked to have read it on the site. */
export const GATHER_MINUTES = 10

/** Waits for the next digest. */
export const LATER = sql`timestamptz '9999-01-01'`

/** When the mail of a notice is due, by the settings `s` of the account `a` and what its kind says of itself; null where there is none. */
export const MAIL_AT = sql`
  case when a.email is null or a.confirmed_at is null or s.mail_stopped_at is not null then null
    when not (case s.ways->>told.list when 'all' then true when 'site' then false else told.by_mail end) and not (told.always and told.by_mail) then null
    when coalesce(s.rhythm, 'at_once') = 'at_once' then now() + case when told.always then interval '0' else make_interval(mins => ${sql.raw(String(GATHER_MINUTES))}) end
    when s.rhythm = 'never' then case when told.always and told.by_mail then now() end
    else ${LATER} end`

/** When browsers are to be rung; null for who has asked none to be, and for what is not worth it. */
export const PUSH_AT = sql`
  case when case s.ways->>told.list when 'all' then true when 'site' then false else told.by_push end
    and exists (select from push_devices d where d.account_id = a.id) then now() end`
