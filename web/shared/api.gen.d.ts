// SPDX-License-Identifier: MulanPSL-2.0
// Types of the API. Written by "npm run api" from the document of "linli openapi".
type Answer<T, S extends number = 200> = { responses: { [K in S]: { content: { 'application/json': T } } } }
type Nothing = { responses: { 204: { content?: never } } }
type List<T> = { items: T[]; next: string | null }

export interface components {
  schemas: {
    site: {
      name: string
      district: string
      demo: boolean
      phone: string
      calendar_version: string
      consent_version: string
      languages: string[]
      now: string
    }
    consent_text: { title: string; sections: { head: string; text: string }[] }
    consent: { version: string; zh: components['schemas']['consent_text']; en: components['schemas']['consent_text'] }
    service_item: {
      id: string
      version?: number
      code: string
      kind: string
      name_zh: string
      name_en: string
      hint_zh: string
      hint_en: string
      unit: string
      budget: number
    }
    place_ref: { id: string; level: string; name: string; full_name?: string }
    door: {
      code: string
      place: components['schemas']['place_ref']
      full_name: string
      phone: string
      steward_present: boolean
      open_count: number
      done_count: number
      items: components['schemas']['service_item'][]
    }
    wall_entry: {
      id: string
      kind: string
      item_zh: string
      item_en: string
      area: string
      state: string
      state_zh: string
      state_en: string
      reported_at: string
      closed_at: string | null
      due_at: string | null
      overdue: boolean
      outcome: string
      rating: number
    }
    wall_summary: {
      open: number
      done_30d: number
      on_time_30d: number | null
      median_hours_30d: number | null
    }
    me: {
      id: string
      kind: string
      name: string
      phone: string
      door_number: string
      home_place: { id: string; name: string; full_name: string } | null
      lang: string
      roles: string[]
      grants: {
        role: string
        place: components['schemas']['place_ref']
        post: { id: string; name: string } | null
      }[]
      demo: boolean
      password_expired: boolean
    }
    session: { token: string; expires_at: string; me: components['schemas']['me'] }
    consent_given: { version: string; given_at: string; withdrawn_at: string | null }
    demo_person: {
      key: string
      name: string
      role: string
      role_zh: string
      role_en: string
      place: string
      app: string
    }
    media: {
      id: string
      kind: string
      purpose: string
      width: number
      height: number
      content_type: string
    }
    item_ref: { id: string; code: string; name_zh: string; name_en: string }
    request_summary: {
      id: string
      version: number
      state: string
      state_zh: string
      state_en: string
      kind: string
      item: components['schemas']['item_ref']
      words: string
      area: string
      full_name: string
      reported_at: string
      due_at: string | null
      overdue: boolean
      due_provisional: boolean
      owner: { post: string; name: string } | null
      handler: string | null
      photo_count: number
      rating: number
      outcome: string
    }
    timeline_entry: {
      id: string
      at: string
      type: string
      label_zh: string
      label_en: string
      by: string
      note?: string
      media?: components['schemas']['media'][]
      from?: string
      to?: string
    }
    action: { action: string; label: string; needs_note: boolean; input: unknown }
    request: components['schemas']['request_summary'] & {
      door_number: string
      contact_name: string
      contact_phone: string
      is_private: boolean
      media: components['schemas']['media'][]
      timeline: components['schemas']['timeline_entry'][]
      actions: components['schemas']['action'][]
      relation: string
      deadline: {
        due_at: string | null
        unit: string
        budget: number
        calendar_version: string
        provisional: boolean
        elapsed_share: number
      }
    }
    contact: { contact_name: string; contact_phone: string; door_number: string }
    worklist: {
      items: components['schemas']['request_summary'][]
      counts: { to_sign: number; in_progress: number; overdue: number }
    }
    desk: {
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
    problem: { type: string; title: string; status: number; key: string; field?: string; args?: string[] }
  }
}
type S = components['schemas']

export interface paths {
  '/api/v1/site': { get: Answer<S['site']> }
  '/api/v1/consent': { get: Answer<S['consent']> }
  '/api/v1/items': { get: Answer<List<S['service_item']>> }
  '/api/v1/doors/{code}': { get: Answer<S['door']> }
  '/api/v1/wall': { get: Answer<List<S['wall_entry']>> }
  '/api/v1/wall/summary': { get: Answer<S['wall_summary']> }
  '/api/v1/auth/code': { post: Answer<{ expires_in_s: number; resend_in_s: number }, 202> }
  '/api/v1/auth/resident': { post: Answer<S['session']> }
  '/api/v1/auth/staff': { post: Answer<S['session']> }
  '/api/v1/auth/logout': { post: Nothing }
  '/api/v1/me': { get: Answer<S['me']>; patch: Answer<S['me']>; delete: Nothing }
  '/api/v1/me/password': { post: Nothing }
  '/api/v1/me/data': { get: Answer<unknown> }
  '/api/v1/me/consents': { get: Answer<List<S['consent_given']>> }
  '/api/v1/me/consents/withdraw': { post: Nothing }
  '/api/v1/demo/people': { get: Answer<{ items: S['demo_person'][] }> }
  '/api/v1/demo/become': { post: Answer<S['session']> }
  '/api/v1/media': { post: Answer<S['media'], 201> }
  '/api/v1/requests': { get: Answer<List<S['request_summary']>>; post: Answer<S['request'], 201> }
  '/api/v1/requests/{id}': { get: Answer<S['request']> }
  '/api/v1/requests/{id}/actions/{action}': { post: Answer<S['request']> }
  '/api/v1/requests/{id}/contact': { post: Answer<S['contact']> }
  '/api/v1/worklist': { get: Answer<S['worklist']> }
  '/api/v1/desk': { get: Answer<S['desk']> }
  '/api/v1/posts': { get: Answer<List<{ id: string; name: string }>> }
}
