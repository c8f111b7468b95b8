// SPDX-License-Identifier: MulanPSL-2.0
// What the console reads and writes, as the API tells it.
export type Id = string

export const placeLevels = ['district', 'subdistrict', 'community', 'grid', 'estate', 'building', 'unit', 'household'] as const
export type PlaceLevel = (typeof placeLevels)[number]
export const requestStates = [
  'reported', 'filed', 'dispatched', 'in_progress', 'awaiting_reporter', 'suspended', 'handled', 'callback', 'merged', 'closed', 'evaluated', 'rejected',
  'in_review', 'unclaimed', 'claimed', 'fulfilled', 'confirmed',
] as const
export type RequestState = (typeof requestStates)[number]
export type TaskState = 'summoned' | 'checked_in' | 'cleared' | 'recalled'
export const requestKinds = ['wish', 'repair', 'errand', 'dispute', 'finding'] as const
export type RequestKind = (typeof requestKinds)[number]
export const requestSources = ['app', 'phone', 'import', 'open311'] as const
export const roles = [
  'resident', 'steward', 'grid_worker', 'community', 'subdistrict', 'district', 'unit', 'system_admin', 'security_admin', 'audit_admin',
] as const
export type Role = (typeof roles)[number]
export const postRoles: readonly Role[] = ['steward', 'grid_worker', 'community', 'subdistrict', 'district', 'unit']
export const deskGrantRoles: readonly Role[] = ['community', 'subdistrict', 'district']
export const adminRoles: readonly Role[] = ['system_admin', 'security_admin', 'audit_admin']

export interface List<T> {
  items: T[]
  next: string | null
}
export interface PlaceRef {
  id: Id
  level: PlaceLevel
  name: string
}
export interface Grant {
  id?: Id
  role: Role
  place: PlaceRef | null
  post: { id: Id; name: string } | null
}
export interface Me {
  id: Id
  kind: 'resident' | 'staff'
  name: string
  phone: string
  lang: string
  roles: Role[]
  grants: Grant[]
  demo: boolean
  password_expired: boolean
}
export interface Item {
  id: Id
  version: number
  code: string
  kind: RequestKind
  name_zh: string
  name_en: string
  hint_zh: string
  hint_en: string
  route_role: Role
  route_org_id: Id | null
  unit: string
  budget: number
  dispatch_budget: number
  response_budget: number
  verification_budget: number
  bring_zh: string
  bring_en: string
  staff_verifies: boolean
  private_always: boolean
  sort: number
  closed: boolean
}
export interface ItemVersion extends Item {
  effective_from: string | null // null: since ever
}
export interface ItemQuestion {
  code: string
  datatype: string
  required: boolean
  variable: boolean
  description: string
  datatype_description: string
  choices: string
}
export interface ItemQuestions {
  batch: boolean
  keywords: string
  attributes: ItemQuestion[]
}
export interface Station {
  id: Id
  version: number
  place_id: Id
  name_zh: string
  name_en: string
  address: string
  phone: string
  lat: number
  lng: number
  hours_mon: string
  hours_tue: string
  hours_wed: string
  hours_thu: string
  hours_fri: string
  hours_sat: string
  hours_sun: string
  hours_holiday: string
  exceptions: string
  items: Id[]
  closed: boolean
  full_name: string
  open_now: boolean
  open_until: string | null
  opens_next: string | null
}
export interface RequestSummary {
  id: Id
  version: number
  state: RequestState
  state_zh: string
  state_en: string
  kind: RequestKind
  item: { id: Id; code: string; name_zh: string; name_en: string } | null
  exclusion: 'none' | 'asked' | 'excluded'
  exclusion_reason: string
  words: string
  area: string
  full_name: string
  reported_at: string
  due_at: string | null
  overdue: boolean
  due_provisional: boolean
  closed_at?: string | null
  owner: { post: string; name: string | null } | null
  handler: string | null
  photo_count: number
  rating: number | null
  outcome: string | null
}
export interface Media {
  id: Id
  kind: 'photo' | 'voice'
  purpose: string
  width: number
  height: number
  content_type: string
}
export interface TimelineEntry {
  reason?: string // of an exclusion
  id: Id
  at: string
  type: string
  label_zh: string
  label_en: string
  by: string | null
  note?: string | null
  media?: Media[] | null
  from?: string | null
  to?: string | null
  post?: string | null
  vacant?: string | null
}
export interface JsonSchema {
  type?: string | string[]
  title?: string
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  enum?: (string | number)[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
  format?: string
}
export interface RequestAction {
  action: string
  label: string
  needs_note: boolean
  input: JsonSchema | null
}
export interface Deadline {
  due_at: string | null
  unit: string
  budget: number
  calendar_version: string
  provisional: boolean
  elapsed_share: number
}
/** What a unit was summoned for by a whistle. */
export interface RequestTask {
  id: Id
  version: number
  state: TaskState
  state_zh: string
  state_en: string
  open: boolean
  request_id: Id
  item: { id: Id; code: string; name_zh: string; name_en: string } | null
  full_name: string
  ground: 'beyond_us' | 'joint' | 'emergency'
  wanted?: string
  post_id: Id
  post: string
  holder: string
  helper: string
  whistled_by: string
  whistled_at: string
  check_in_due_at: string | null
  due_at: string | null
  overdue: boolean
  elapsed_share: number
  checked_in_at: string | null
  ended_at: string | null
  handed_over: number
  escalated_to: string
  reply: string
  media: Media[] | null
  actions: RequestAction[]
}
export interface RequestDetail extends RequestSummary {
  tasks?: RequestTask[] | null
  open_tasks?: number
  door_number: string | null
  contact_name: string | null
  contact_phone: string | null
  media: Media[]
  timeline: TimelineEntry[]
  actions: RequestAction[]
  relation: string
  deadline: Deadline
  open: boolean
  asked?: 'none' | 'suspend' | 'extend'
  asked_until?: string | null
  asked_units?: number
  escalated_to?: string
  contested?: boolean
  appealed?: boolean
  paused_at?: string | null
  resume_at?: string | null
  supervised?: boolean
  master_id?: Id | null
  source?: string
  is_private?: boolean
  place?: PlaceRef | null
  reply?: string | null
}
export interface Desk {
  tasks_late: number
  to_decide: number
  to_review: number
  escalated: number
  to_dispatch: number
  due_soon: number
  overdue: number
  unsatisfied: number
  to_verify: number
  vacant_posts: number
  open: number
  closed_7d: number
  as_of: string
}
export interface Counts {
  to_sign: number
  in_progress: number
  overdue: number
}
export interface Worklist {
  items: RequestSummary[]
  counts: Counts
}
export interface Place {
  id: Id
  version: number
  parent_id: Id | null
  level: PlaceLevel
  code: string
  name: string
  invented: boolean
  lat: number
  lng: number
  child_count: number
  closed_at?: string | null
}
export interface Door {
  id: Id
  code: string
  place_id?: Id
  made_at: string
  revoked_at: string | null
}
export interface PlaceDetail extends Place {
  chain: PlaceRef[]
  door: Door | null
  posts: Post[]
  full_name?: string
}
export const orgLevels: readonly string[] = ['work_committee', 'community', 'grid_branch', 'building_group', 'household', 'unit', 'team']
export interface Org {
  id: Id
  version: number
  parent_id: Id | null
  level: string
  name: string
  place_id: Id | null
  closed_at: string | null
  helps: boolean
  books: boolean
  runs: boolean
  duty_hours: string
}
export interface Term {
  id: Id
  version: number
  post_id: Id
  person: { id: Id; name: string } | null
  person_id?: Id
  from: string
  to: string | null
}
export interface Post {
  id: Id
  version: number
  org_id: Id
  org?: { id: Id; name: string } | null
  place: PlaceRef | null
  role: Role
  name: string
  holder: { id: Id; name: string; term_id: Id; from: string } | null
}
export interface Person {
  id: Id
  version: number
  kind: 'resident' | 'staff'
  login: string
  name: string
  phone: string
  disabled: boolean
  locked_until: string | null
  last_seen_at: string | null
  created_at: string
  roles: Role[]
  grants?: Grant[]
}
export interface NewSecrets {
  person?: Person
  login: string
  password?: string
  totp_secret?: string
  otpauth?: string
}
export interface AccountGrant {
  id: Id
  person_id: Id
  role: Role
  place_id: Id | null
  made_at: string
  ended_at: string | null
}
export const timeUnits = ['urgent_hour', 'work_hour', 'work_day', 'day'] as const
export interface AuditEvent {
  id: Id
  at: string
  type: string
  subject_kind: string
  subject_id: Id
  actor: { kind: string; id: Id | null; role: string; name: string }
  data: unknown
  hash: string
}
export interface Verification {
  events: number
  seals: number
  unsealed: number
  fault: { subject_kind?: string; subject?: string; id?: string; at?: string; what?: string } | string | null
}
export interface Open311Key {
  id: Id
  name: string
  per_minute: number
  made_at: string
  ended_at: string | null
}
export interface NewOpen311Key {
  id: Id
  name: string
  api_key: string
}
export interface ImportRun {
  id: Id
  file_name: string
  mapping: string
  rows_read: number
  rows_new: number
  rows_same: number
  rows_bad: number
  rows_warned: number
  bad?: { line: number; bad?: boolean; field?: string; reason: string }[]
  total_bytes: number
  done_bytes: number
  started_at: string
  finished_at: string | null
  fault: string
}
export interface NoticeChannel {
  channel: string
  on: boolean
  waiting: number
  dead: number
  error: string
  reason: string
  paused_until: string | null
}
export interface Robot {
  id: Id
  full_name: string
  key_end: string
  error: string
  reason: string
  made_at: string
}
export interface UnsentNotice {
  id: Id
  channel: string
  template: string
  attempts: number
  error: string
  reason: string
  made_at: string
  failed_at: string | null
}
export interface ImportMapping {
  name: string
  text: string
}
