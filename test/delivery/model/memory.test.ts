import { engine } from './memory.engine.ts'
import { describeModel } from './model.ts'

describeModel(engine)
