import { Bus } from '../../core/observe/bus.ts'
import type { Family } from '../../core/observe/metrics/family.ts'
import { createMetrics } from '../../core/observe/metrics/metrics.ts'
import type { Language } from './language.ts'
import { code, tableOf } from './markdown.ts'
import { translate } from './translate.ts'

/** The labels of each family, since a new server has no samples to take them from. */
export const LABELS: Readonly<Record<string, readonly string[]>> = {
  timhook_answer_seconds: ['phase', 'le'],
  timhook_backlog: ['plugin'],
  timhook_backlog_oldest_age_seconds: ['plugin'],
  timhook_build_info: ['version', 'node', 'engine'],
  timhook_callbacks_total: ['app', 'command', 'phase', 'outcome'],
  timhook_certificate_expiry_timestamp_seconds: ['listener'],
  timhook_dead_letters_total: ['plugin'],
  timhook_deadline_exceeded_total: ['phase'],
  timhook_event_loop_delay_seconds: ['statistic'],
  timhook_faults_total: ['command', 'path'],
  timhook_handler_failures_total: ['plugin', 'reason'],
  timhook_handler_seconds: ['plugin', 'le'],
  timhook_history_shortened_total: ['kind'],
  timhook_on_failure_total: ['plugin', 'outcome'],
  timhook_plugin_circuit_open: ['plugin'],
  timhook_plugin_held: ['plugin'],
  timhook_plugin_parked: ['plugin'],
  timhook_plugin_restarts_total: ['plugin'],
  timhook_requests_total: ['status', 'reason'],
  timhook_resends_total: ['command'],
  timhook_rest_calls_total: ['command', 'code'],
  timhook_rest_paused: ['app'],
  timhook_rest_pauses_total: ['app', 'reason'],
  timhook_retries_total: ['plugin'],
  timhook_store_seconds: ['le'],
  timhook_suspects_total: ['plugin'],
  timhook_verdicts_total: ['plugin', 'outcome'],
}

const HEAD = { en: ['Metric', 'Type', 'Labels', 'What it says'], zh: ['指标', '类型', '标签', '含义'] }

/** Every family of GET /metrics, as the server renders them. */
export async function metricFamilies(): Promise<Family[]> {
  const bodies = { usage: { held: 0, limit: 0 } }
  const metrics = createMetrics({ bus: new Bus(), version: '', engine: '', bodies, sources: () => undefined })
  const families = await metrics.read()
  metrics.stop()
  return families
}

export async function metricReference(language: Language): Promise<string> {
  const families = (await metricFamilies()).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const rows = families.map(({ name, type, help }) => [
    code(name),
    type,
    (LABELS[name] ?? []).map(code).join(', '),
    translate(language, help),
  ])
  return tableOf(HEAD[language], rows)
}
