// SPDX-License-Identifier: MulanPSL-2.0
// Short names for the shapes the server answers with.
import type { components } from './api.gen'

type Schemas = components['schemas']
export type Site = Schemas['site']
export type Consent = Schemas['consent']
export type ServiceItem = Schemas['service_item']
export type Door = Schemas['door']
export type WallEntry = Schemas['wall_entry']
export type WallSummary = Schemas['wall_summary']
export type Me = Schemas['me']
export type Session = Schemas['session']
export type DemoPerson = Schemas['demo_person']
export type ConsentGiven = Schemas['consent_given']
export type Media = Schemas['media']
export type RequestSummary = Schemas['request_summary']
export type Request = Schemas['request']
export type TimelineEntry = Schemas['timeline_entry']
export type Action = Schemas['action']
export type Contact = Schemas['contact']
export type Worklist = Schemas['worklist']
export type Desk = Schemas['desk']
export type Problem = Schemas['problem']
export interface List<T> {
  items: T[]
  next: string | null
}
export const KINDS = ['repair', 'errand', 'wish', 'dispute', 'finding'] as const
