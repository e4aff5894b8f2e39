import { useEffect, useState } from 'preact/hooks'
import type { Params } from './api.ts'
import { withParams } from './api.ts'

/** Where the page is: the steps of the path after `#/`, and its parameters. */
export interface Route {
  readonly steps: readonly string[]
  readonly params: Params
}

/** The link to a state of the page. */
export function linkTo(steps: readonly string[], params: Params = {}): string {
  return `#${withParams(`/${steps.map(encodeURIComponent).join('/')}`, params)}`
}

/** Goes to a state of the page. @param replaces whether "back" skips the current state */
export function goTo(steps: readonly string[], params: Params = {}, replaces = false): void {
  const link = linkTo(steps, params)
  if (replaces) history.replaceState(null, '', link)
  else history.pushState(null, '', link)
  dispatchEvent(new HashChangeEvent('hashchange'))
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = (): void => setHash(location.hash)
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return parseRoute(hash)
}

function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  return {
    steps: path
      .split('/')
      .filter((step) => step !== '')
      .map(decode),
    params: Object.fromEntries(new URLSearchParams(query)),
  }
}

/** A link that somebody has cut short must not break the page. */
function decode(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
