// SPDX-License-Identifier: MulanPSL-2.0
// Short names for the shapes the server answers with. The OpenAPI document calls every member of an answer optional
// (who may not read one does not get it) and every id nullable (0 is null); to a page that was sent a thing, its members
// are there: Whole says so.
import type { components } from './api.gen'

type Schemas = components['schemas']
type Member<K, V> = K extends 'id' ? NonNullable<Whole<V>> : Whole<V>
export type Whole<T> = T extends readonly (infer E)[]
  ? Whole<E>[]
  : T extends object
    ? { [K in keyof T]-?: Member<K, Exclude<T[K], undefined>> }
    : T

export type ServiceItem = Whole<Schemas['service_item']>
export type Station = Whole<Schemas['station_view']>
export type Consent = {
  version: string
  zh: { title: string; sections: { head: string; text: string }[] }
  en: { title: string; sections: { head: string; text: string }[] }
}
export type ConsentGiven = Omit<Whole<Schemas['consent_given']>, 'given_at'> & { given_at: string }
export type Door = Whole<Omit<Schemas['door_page'], 'items' | 'place' | 'common'>> & { items: ServiceItem[]; common?: string[]; place: Whole<Schemas['place_ref']> }
export type WallEntry = Omit<Whole<Schemas['wall_entry']>, 'reported_at'> & { reported_at: string }
export type WallSummary = Whole<Omit<Schemas['wall_summary'], 'on_time_30d' | 'median_hours_30d'>> & {
  on_time_30d: number | null
  median_hours_30d: number | null
}
export type Grant = Omit<Whole<Schemas['my_grant']>, 'place' | 'post'> & {
  place: Whole<Schemas['place_ref']>
  post: { id: string; name: string } | null
}
export type Me = Omit<Whole<Schemas['me']>, 'roles' | 'grants' | 'home_place'> & {
  roles: string[]
  grants: Grant[]
  home_place: { id: string; name: string; full_name: string } | null
}
export type Session = { token: string; expires_at: string; me: Me }
export type Media = Pick<Whole<Schemas['media_view']>, 'id' | 'kind' | 'purpose' | 'width' | 'height' | 'content_type'>
export type ItemRef = Whole<Schemas['item_ref']>
export type OwnerRef = Whole<Schemas['owner_ref']>
export type RequestSummary = Omit<Whole<Schemas['request_summary']>, 'item' | 'owner' | 'handler' | 'reported_at'> & {
  item: ItemRef
  owner: OwnerRef | null
  handler: string | null
  reported_at: string
}
export type TimelineEntry = Omit<Whole<Schemas['timeline_entry']>, 'at' | 'media' | 'note' | 'from' | 'to'> & {
  at: string
  note?: string
  media?: Media[]
  from?: string
  to?: string
}
export type Action = Omit<Whole<Schemas['action']>, 'input'> & { input: unknown }
export type Task = Omit<Whole<Schemas['task_view']>, 'item' | 'media' | 'actions' | 'request_id' | 'check_in_due_at' | 'due_at' | 'wanted'> & {
  item: ItemRef
  media: Media[] | null
  actions: Action[]
  request_id: string
  check_in_due_at: string | null
  due_at: string | null
  wanted?: string
}
export type Request = RequestSummary &
  Omit<Whole<Schemas['request_view']>, keyof RequestSummary | 'media' | 'timeline' | 'actions' | 'deadline' | 'tasks'> & {
    tasks: Task[] | null
    media: Media[]
    timeline: TimelineEntry[]
    actions: Action[]
    deadline: Whole<Schemas['deadline']>
  }
export type Notice = Omit<Whole<Schemas['notice_entry']>, 'made_at' | 'read_at'> & { made_at: string; read_at: string | null }
export type Contact = Whole<Schemas['contact']>
export type Worklist = { items: RequestSummary[]; counts: Whole<Schemas['work_counts']> }
export type RoundItem = Omit<Whole<Schemas['round_item']>, 'ticked_at' | 'care_id'> & { ticked_at: string | null; care_id: string | null }
export type Round = Omit<Whole<Schemas['round']>, 'list' | 'place' | 'opens_at' | 'closes_at'> & {
  list: RoundItem[]
  place: Whole<Schemas['place_ref']>
  opens_at: string
  closes_at: string
}
export type CareClear = Whole<Schemas['care_clear']>
export type Desk = Whole<Schemas['desk']>
export type Problem = { type: string; title: string; status: number; key: string; field?: string; args?: string[]; request_id?: string }
export interface List<T> {
  items: T[]
  next: string | null
}

/** Written by hand in the server, without a record: the document says only that they are JSON. */
export interface Site {
  name: string
  district: string
  demo: boolean
  phone: string
  calendar_version: string
  consent_version: string
  languages: string[]
  now: string
}
export interface DemoPerson {
  key: string
  name: string
  role: string
  role_zh: string
  role_en: string
  place: string
  app: string
}
export const KINDS = ['repair', 'errand', 'wish', 'dispute', 'finding'] as const

/** What a path answers with, where the document's own shape is too loose to use. */
export interface Answers {
  'get /api/v1/site': Site
  'get /api/v1/consent': Consent
  'get /api/v1/me': Me
  'patch /api/v1/me': Me
  'get /api/v1/doors/{code}': Door
  'get /api/v1/items': List<ServiceItem>
  'get /api/v1/stations': List<Station>
  'get /api/v1/wall': List<WallEntry>
  'get /api/v1/wall/summary': WallSummary
  'get /api/v1/me/notices': List<Notice>
  'get /api/v1/me/consents': List<ConsentGiven>
  'post /api/v1/auth/resident': Session
  'post /api/v1/auth/staff': Session
  'post /api/v1/auth/code': { expires_in_s: number; resend_in_s: number }
  'get /api/v1/demo/people': { items: DemoPerson[] }
  'post /api/v1/demo/become': Session
  'post /api/v1/media': Media
  'get /api/v1/requests': List<RequestSummary>
  'post /api/v1/requests': Request
  'get /api/v1/requests/{id}': Request
  'post /api/v1/requests/{id}/actions/{action}': Request
  'post /api/v1/requests/{id}/contact': Contact
  'get /api/v1/worklist': Worklist
  'get /api/v1/rounds/today': List<Round>
  'post /api/v1/rounds/{id}/ticks': Round
  'post /api/v1/rounds/{id}/findings': Round
  'post /api/v1/rounds/{id}/open': List<CareClear>
  'get /api/v1/desk': Desk
}
