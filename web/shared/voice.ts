// SPDX-License-Identifier: MulanPSL-2.0
// Playing a recording without an address for it: the bytes are decoded and played, so the content security policy can
// stay at 'self'.
let context: AudioContext | null = null
let playing: AudioBufferSourceNode | null = null

export function stopVoice(): void {
  playing?.stop()
  playing = null
}
/** Plays to the end; onEnd is called when it stops, also when another one is started. Rejects on bytes that are no sound. */
export async function playVoice(blob: Blob, onEnd: () => void): Promise<void> {
  stopVoice()
  context = context ?? new AudioContext()
  if (context.state === 'suspended') await context.resume()
  const bytes = await blob.arrayBuffer()
  const sound = await context.decodeAudioData(bytes)
  playing = context.createBufferSource()
  playing.buffer = sound
  playing.connect(context.destination)
  playing.onended = onEnd
  playing.start()
}

/** The kind of recording this browser makes and the server takes, or null. */
export function voiceType(): string | null {
  if (typeof MediaRecorder === 'undefined' || !navigator.mediaDevices?.getUserMedia) return null
  const wanted = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus', 'audio/webm']
  return wanted.find((type) => MediaRecorder.isTypeSupported(type)) ?? null
}
