import { useEffect, useState } from 'preact/hooks'
import type { Session } from '../admin/api-types.ts'
import { type Language, language, setLanguage, t } from './i18n/text.ts'
import { ApiFailure, get, onUnauthorized, post } from './net/api.ts'
import { type Route, useRoute } from './net/route.ts'
import { SessionContext } from './net/session.ts'
import { Failure } from './parts/failure.tsx'
import { LanguageChoice, Shell } from './shell.tsx'
import { Config } from './views/config.tsx'
import { DeadLetters } from './views/dead-letters/dead-letters.tsx'
import { OneEvent } from './views/event/event.tsx'
import { Events } from './views/events/events.tsx'
import { Login } from './views/login.tsx'
import { Overview } from './views/overview/overview.tsx'
import { Plugin } from './views/plugins/plugin.tsx'
import { PluginView } from './views/plugins/plugin-view.tsx'
import { Plugins } from './views/plugins/plugins.tsx'

const RETRY_MS = 2000

/** The page: the login if one is needed, otherwise the view in the link. */
export function App() {
  const route = useRoute()
  const [chosen, setChosen] = useState<Language>(language())
  const [session, setSession] = useState<Session | 'unknown' | 'login'>('unknown')
  const [failure, setFailure] = useState<ApiFailure>()

  useEffect(() => {
    onUnauthorized(() => setSession('login'))
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = (): void => {
      get<Session>('api/session').then(setSession, (error: unknown) => {
        if (!(error instanceof ApiFailure) || error.status === 401) return
        setFailure(error)
        timer = setTimeout(ask, RETRY_MS)
      })
    }
    ask()
    return () => clearTimeout(timer)
  }, [])

  const choose = (language: Language): void => {
    setLanguage(language)
    setChosen(language)
  }
  const logout = (): void => {
    post('api/logout').then(
      () => setSession('login'),
      () => undefined,
    )
  }

  if (session === 'unknown')
    return <main class="login">{failure ? <Failure failure={failure} /> : t('app.loading')}</main>
  if (session === 'login') {
    return (
      <Login key={chosen} onSession={setSession}>
        <LanguageChoice onLanguage={choose} />
      </Login>
    )
  }
  const [step = 'overview'] = route.steps
  return (
    <SessionContext.Provider value={session}>
      <Shell key={chosen} session={session} step={step} onLanguage={choose} onLogout={logout}>
        <View route={route} />
      </Shell>
    </SessionContext.Provider>
  )
}

function View({ route }: { route: Route }) {
  const [step = 'overview', id, more] = route.steps
  useEffect(() => {
    document.title = `${[...route.steps].join(' / ') || t('nav.overview')} – timhook`
    scrollTo({ top: 0 })
  }, [route.steps.join('/')])
  switch (step) {
    case 'overview':
      return <Overview route={route} />
    case 'events':
      return id === undefined ? <Events route={route} /> : <OneEvent key={id} id={id} />
    case 'dead-letters':
      return <DeadLetters key={JSON.stringify(route.params)} route={route} />
    case 'plugins':
      if (id === undefined) return <Plugins />
      return more === undefined ? <Plugin id={id} /> : <PluginView id={id} command={more} />
    case 'config':
      return <Config />
    default:
      return <h1>{t('app.notFound')}</h1>
  }
}
