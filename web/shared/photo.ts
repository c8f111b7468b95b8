// SPDX-License-Identifier: MulanPSL-2.0
// Makes a photo small enough to travel from a stairwell: at most 1600 px on the longer side, JPEG, turned upright.
// What the camera wrote into the file (place, time, phone) is left behind by drawing it anew.
export const LONGEST_PX = 1600

export async function shrink(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file)
  const share = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * share))
  canvas.height = Math.max(1, Math.round(picture.height * share))
  const pen = canvas.getContext('2d')
  if (!pen) throw new Error('no canvas')
  pen.fillStyle = '#ffffff' // what was transparent
  pen.fillRect(0, 0, canvas.width, canvas.height)
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return new Promise((done, failed) =>
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('no JPEG'))), 'image/jpeg', 0.85),
  )
}

/** Draws a preview: no address is made for the photo, so the content security policy can stay at 'self'. */
export async function preview(blob: Blob, canvas: HTMLCanvasElement, side = 480): Promise<void> {
  const picture = await createImageBitmap(blob)
  const share = Math.min(1, side / Math.min(picture.width, picture.height))
  canvas.width = Math.round(picture.width * share)
  canvas.height = Math.round(picture.height * share)
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
}
