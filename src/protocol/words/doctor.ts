import type { Language } from '../messages/render.ts'
import { doctorDe } from './doctor-de.ts'
import { doctorEn } from './doctor-en.ts'
import type { DoctorWords } from './doctor-told.ts'

export function doctorWords(language: Language): DoctorWords {
  switch (language) {
    case 'en':
      return doctorEn
    case 'de':
      return doctorDe
  }
}
