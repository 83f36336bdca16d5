import type { Step } from '../../core/plan/step.ts'
import type { Language } from '../messages/render.ts'
import { detailDe } from './detail-de.ts'

/** What a step is about, for people. English is what the plan has; other languages are made of the step's own data. */
export function detailIn(step: Step, language: Language): string {
  switch (language) {
    case 'en':
      return step.detail
    case 'de':
      return detailDe(step)
  }
}
