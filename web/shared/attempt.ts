// SPDX-License-Identifier: MulanPSL-2.0
// One thing tried at a time: busy while it runs, its fault kept for <LError>, and a word when it worked.
import { ref } from 'vue'
import { say } from './toast'

export function useAttempt() {
  const busy = ref(false)
  const error = ref<unknown>(null)
  async function attempt(act: () => Promise<unknown>, done?: string): Promise<void> {
    busy.value = true
    error.value = null
    try {
      await act()
      if (done) say(done)
    } catch (caught) {
      error.value = caught
    }
    busy.value = false
  }
  return { busy, error, attempt }
}
