import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Root } from './app/App.tsx'
import './styles/index.css'

const place = document.querySelector('#page')
if (place === null) throw new Error('the page has no place to be')
createRoot(place).render(
  <StrictMode>
    <Root />
  </StrictMode>,
)
