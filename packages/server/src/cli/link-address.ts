/** Where a browser opens the page that takes a sign-in link. */
export function linkAddress(serverUrl: string, token: string): string {
  // What the server listens on is not always what a browser can open.
  return `${serverUrl.replace(/\/\/(0\.0\.0\.0|\[::\])(?=:|$)/, '//localhost')}/welcome?token=${token}`
}
