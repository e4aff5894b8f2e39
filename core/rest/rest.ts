import { TimhookError } from '../errors.ts'

/** Calls Tencent's server REST API for one app. */
export interface Rest {
  /**
   * @param service such as `group_open_http_svc`
   * @param command such as `get_group_info`
   */
  call(service: string, command: string, body?: object): Promise<Record<string, unknown>>
}

/** Stands in for the client of an app that has no `rest:` settings. */
export function restNotConfigured(sdkAppId: number): Rest {
  return {
    call() {
      throw new TimhookError('REST_NOT_CONFIGURED', `app ${sdkAppId} has no \`rest:\` settings`, {
        hint: 'Plugins that call the REST API need them in the config, under that app.',
      })
    },
  }
}
