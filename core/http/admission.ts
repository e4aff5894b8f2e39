import { commands } from '../protocol/commands.ts'
import { createSignatureCheck, OUTSIDE_WINDOW } from '../signature.ts'
import type { Parameters } from './parameters.ts'
import { ClockRefusal, Refusal } from './refusal.ts'

/** One app of the config, as far as its requests are concerned. */
export interface AdmittedApp {
  readonly sdkAppId: number
  readonly tokens: readonly string[]
  /** Milliseconds. */
  readonly signatureWindow: number
}

/** Whose request it is, and what it asks for. Nothing for the console's check of the URL, which names no command. */
export interface Admission {
  readonly app: AdmittedApp
  readonly command: string
  readonly signed: boolean
}

/** Makes the check that every request passes before its body is read. It throws Refusal 401 or 403. */
export function createAdmission(
  apps: readonly AdmittedApp[],
): (parameters: Parameters, nowMs: number) => Admission | undefined {
  // Compared as text: 0140… and 1.4e9 are not our id, whatever number they make.
  const byId = new Map(
    apps.map((app) => [
      String(app.sdkAppId),
      { app, check: app.tokens.length > 0 ? createSignatureCheck(app) : undefined },
    ]),
  )

  return ({ SdkAppid, CallbackCommand, Sign, RequestTime }, nowMs) => {
    const known = SdkAppid === undefined ? undefined : byId.get(SdkAppid)
    if (SdkAppid !== undefined && !known) throw new Refusal(403, 'SdkAppid: not one of the configured apps')
    if (!CallbackCommand) return undefined
    if (!known) throw new Refusal(403, 'SdkAppid: is required')
    const { app, check } = known
    const fault = check?.(Sign, RequestTime, nowMs)
    if (fault === OUTSIDE_WINDOW) throw new ClockRefusal(fault, nowMs - Number(RequestTime) * 1000)
    if (fault) throw new Refusal(401, fault)
    // The table's own text of the command: that of the URL is a part of it, and whoever keeps it keeps the whole URL.
    const command = commands.get(CallbackCommand)?.command ?? CallbackCommand
    return { app, command, signed: check !== undefined }
  }
}
