import type { Ref } from 'preact'
import type { OutcomeFilter } from '../../../admin/api-types.ts'
import { t, type TextKey } from '../../i18n/text.ts'
import type { Params } from '../../net/api.ts'
import { goTo } from '../../net/route.ts'
import { useSession } from '../../net/session.ts'
import { fromInput, toInput } from '../../text/times.ts'
import type { EventFilter } from '../../text/match-event.ts'

const NAMES = ['app', 'command', 'group', 'account', 'outcome', 'plugin', 'id', 'since', 'until'] as const
const OUTCOMES: readonly OutcomeFilter[] = [
  'delivered',
  'done',
  'waiting',
  'dead',
  'kept',
  'reject',
  'drop',
  'failed',
  'refused',
]

/** The filter in a link. */
export function filterOf(params: Params): EventFilter {
  const known = NAMES.map((name) => [name, params[name]] as const)
  return Object.fromEntries(known.filter(([, value]) => value !== undefined && value !== ''))
}

/** Fields for each filter. Their values go into the link, and the list follows the link. */
export function Filters({ filter, formRef }: { filter: EventFilter; formRef: Ref<HTMLFormElement> }) {
  const { apps = [], plugins = [] } = useSession() ?? {}

  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const entries = NAMES.map((name) => [name, textOf(form.get(name))] as const)
    goTo(['events'], Object.fromEntries(entries.map(([name, text]) => [name, isTime(name) ? timeOf(text) : text])))
  }
  const isNarrow = NAMES.some((name) => name !== 'command' && filter[name] !== undefined)

  return (
    <form class="filters" role="search" aria-label={t('events.filters')} ref={formRef} onSubmit={submit}>
      <TextFilter name="command" value={filter.command} hint={t('events.commandHint')} />
      <details open={isNarrow}>
        <summary>{t('events.moreFilters')}</summary>
        <div class="fields">
          <TextFilter name="group" value={filter.group} />
          <TextFilter name="account" value={filter.account} />
          <Choice name="app" value={filter.app} choices={apps.map(String).map(asChoice)} />
          <TextFilter name="id" value={filter.id} />
          <Choice name="outcome" value={filter.outcome} choices={OUTCOMES.map((one) => [one, t(`outcome.${one}`)])} />
          <Choice name="plugin" value={filter.plugin} choices={plugins.map(asChoice)} />
          <TimeFilter name="since" value={filter.since} />
          <TimeFilter name="until" value={filter.until} />
        </div>
      </details>
      <div class="buttons">
        <button type="submit" class="primary">
          {t('events.apply')}
        </button>
        {Object.keys(filter).length > 0 && (
          <button type="button" onClick={() => goTo(['events'])}>
            {t('events.clear')}
          </button>
        )}
      </div>
    </form>
  )
}

type Name = (typeof NAMES)[number]

function isTime(name: Name): boolean {
  return name === 'since' || name === 'until'
}

function timeOf(text: string): string | undefined {
  return fromInput(text)?.toString()
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value.trim() : ''
}

function labelOf(name: Name): string {
  return t(`events.${name}` satisfies TextKey)
}

function TextFilter({ name, value, hint }: { name: Name; value: string | undefined; hint?: string }) {
  return (
    <label>
      {labelOf(name)}
      <input name={name} value={value ?? ''} placeholder={hint ?? ''} autocomplete="off" spellcheck={false} />
    </label>
  )
}

function TimeFilter({ name, value }: { name: Name; value: string | undefined }) {
  const at = value === undefined || !/^\d+$/.test(value) ? undefined : Number(value)
  return (
    <label>
      {labelOf(name)}
      <input type="datetime-local" step="1" name={name} value={toInput(at)} />
    </label>
  )
}

type Option = readonly [value: string, text: string]

function asChoice(value: string): Option {
  return [value, value]
}

/** A choice. A value from the link stays, even if it is no longer in the config. */
function Choice({ name, value, choices }: { name: Name; value: string | undefined; choices: readonly Option[] }) {
  const isKnown = value === undefined || choices.some(([choice]) => choice === value)
  const shown = isKnown ? choices : [asChoice(value), ...choices]
  return (
    <label>
      {labelOf(name)}
      <select name={name} value={value ?? ''}>
        <option value="">{t('events.any')}</option>
        {shown.map(([choice, text]) => (
          <option key={choice} value={choice} selected={choice === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
