export { sample, text } from './testing/samples.ts'
export { testPlugin } from './testing/test-plugin.ts'
export type {
  CallbackSettings,
  FakeRest,
  FuzzSettings,
  Handled,
  LogEntry,
  Printed,
  RestCall,
  TestLog,
  TestPlugin,
  TestSettings,
  TestVerdict,
} from './testing/types.ts'
