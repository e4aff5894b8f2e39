import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Session } from '../../admin/api-types.ts'

export const SessionContext = createContext<Session | undefined>(undefined)

/** What this browser may do. */
export function useSession(): Session | undefined {
  return useContext(SessionContext)
}
