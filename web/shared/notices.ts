// SPDX-License-Identifier: MulanPSL-2.0
// What the person was told and has not read: the number beside the bell, kept fresh by the live stream.
import { ref, watch } from 'vue'
import { api } from './client'
import { onNotice } from './live'
import { me, signedIn } from './session'

export const unread = ref(0)

async function count(): Promise<void> {
  if (!signedIn.value) return void (unread.value = 0)
  unread.value = await api.get('/api/v1/me/notices/unread').then(
    (answer) => answer.unread,
    () => unread.value, // the bell stands without it
  )
}
watch(() => me.value?.id, count, { immediate: true })

/** For a component that shows the bell: ends with it. */
export function followNotices(): void {
  onNotice(() => void count())
}
/** All up to the newest that was seen. */
export async function markRead(newest: string): Promise<void> {
  await api.post('/api/v1/me/notices/read', { body: { up_to: newest } })
  await count()
}
