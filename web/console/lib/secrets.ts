// SPDX-License-Identifier: MulanPSL-2.0
// What an authenticator app reads (the key URI of RFC 6238 apps), and a QR as one path of an SVG.
export function otpauth(issuer: string, login: string, secret: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(login)}`
  return `otpauth://totp/${label}?secret=${secret.replace(/\s/g, '')}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`
}
/** Runs of dark modules in a row become one rectangle each. */
export function qrPath(rows: readonly (readonly boolean[])[]): string {
  let path = ''
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue
      let end = x
      while (row[end]) end++
      path += `M${x} ${y}h${end - x}v1h-${end - x}z`
      x = end
    }
  })
  return path
}
export const secretGroups = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ')
